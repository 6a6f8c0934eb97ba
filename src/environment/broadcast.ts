/** Messages to all other holders of a channel of this name: the tabs of one origin, or the desks of one test. */
export interface Broadcast {
  open(name: string, receive: (message: unknown) => void): BroadcastLine;
}

export interface BroadcastLine {
  /** Sends a structured-cloneable `message` to the others, never to oneself. */
  post(message: unknown): void;
  close(): void;
}

/** BroadcastChannel; outside a browser nobody hears. */
export function systemBroadcast(): Broadcast {
  if (typeof BroadcastChannel !== 'function' || typeof document === 'undefined')
    return { open: () => ({ post() {}, close() {} }) };
  return {
    open(name, receive) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = (event: MessageEvent<unknown>) => receive(event.data);
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    },
  };
}
