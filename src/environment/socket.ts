/** What happens on a socket, in order. */
export type SocketEvent =
  /** The link stands. `recovered`: everything sent meanwhile follows as frames; otherwise the server sends a snapshot. */
  | { readonly type: 'open'; readonly recovered: boolean }
  | { readonly type: 'frame'; readonly frame: unknown }
  /** The link is down; the socket is already trying again. */
  | { readonly type: 'down'; readonly reason: string }
  /** The server turned us away, `code` says why; the socket does not try again. */
  | { readonly type: 'refused'; readonly code: string; readonly message: string };

export interface SocketTarget {
  /** Origin (and path prefix) of the server, for example `https://cc.contoso.example`. */
  readonly url: string;
  /** Which of the server's doors: `agents` or `customers`. */
  readonly door: string;
  /** Asked at every connect for what the door wants to see, such as a token. */
  readonly credentials: () => Promise<Readonly<Record<string, unknown>>>;
  readonly receive: (event: SocketEvent) => void;
}

/**
 * A link of frames (JSON values) that reconnects by itself. Frames arrive in order and at most once.
 * The real one is Socket.IO (`onescreen/control-plane`); `testing` has one that needs no network.
 */
export interface Socket {
  /** Sends when the link stands; otherwise the frame is dropped, and the sender sends again after `open`. */
  send(frame: unknown): void;
  close(): void;
}

export type SocketConnect = (target: SocketTarget) => Socket;
