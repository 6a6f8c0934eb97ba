/** Messages to all other holders of a channel of this name: the tabs of one origin, or the desks of one test. */
export interface Broadcast {
  open(name: string, receive: (message: unknown) => void): BroadcastLine;
}

export interface BroadcastLine {
  /** Sends a structured-cloneable `message` to the others, never to oneself. */
  post(message: unknown): void;
  close(): void;
}

/** BroadcastChannel; undefined outside a browser's page. */
export function systemBroadcast(): Broadcast | undefined {
  if (typeof document === 'undefined' || typeof BroadcastChannel === 'undefined') return undefined;
  return {
    open(name, receive) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }: MessageEvent<unknown>) => receive(data);
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    },
  };
}
