/** Who wants in at a door, and where to send frames to. */
export interface ConnectRequest {
  /** `agents` or `customers`. */
  readonly door: string;
  /** `{ token }` at the agents' door, `{ resumeToken }` at the customers'. Untrusted. */
  readonly credentials: Readonly<Record<string, unknown>>;
  /** The session of this page, when its link was only interrupted. */
  readonly session?: string;
  /** Sends a snapshot also when that session is known: it is not certain that the transport brings all that was missed. */
  readonly snapshot?: boolean;
  /** Sends a frame to the page. Also called while the link is down: the transport keeps it for the return. */
  readonly send: (frame: unknown) => void;
  /** Ends the link, so that the page connects anew at once. Used where several nodes serve one domain. */
  readonly end?: () => void;
}

/** A page's link to the server. */
export interface ServerConnection {
  /** To be named when the page comes back. */
  readonly session: string;
  /** True: the page has missed nothing but what was sent meanwhile; false: a snapshot has been sent. */
  readonly recovered: boolean;
  /** Takes a frame from the page. */
  receive(frame: unknown): void;
  /** The link is down. Idempotent. */
  disconnected(reason: string): void;
}
