import type { SocketConnect, SocketEvent, SocketTarget } from 'onescreen';

/** One link that the code under test opened, played by the test. */
export interface ScriptedLink {
  readonly target: SocketTarget;
  readonly sent: unknown[];
  closed: boolean;
  receive(event: SocketEvent): void;
}

/** A socket without a server: the test says what happens on it. */
export function scriptedSocket(): { readonly connect: SocketConnect; readonly links: ScriptedLink[] } {
  const links: ScriptedLink[] = [];
  return {
    links,
    connect(target) {
      const link: ScriptedLink = { target, sent: [], closed: false, receive: (event) => target.receive(event) };
      links.push(link);
      return { send: (frame) => void link.sent.push(frame), close: () => void (link.closed = true) };
    },
  };
}
