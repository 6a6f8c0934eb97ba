/** Messages to all other holders of a channel of this name: the tabs of one origin, or the desks of one test. */
export interface Broadcast {
  open(name: string, receive: (message: unknown) => void): BroadcastLine;
}

export interface BroadcastLine {
  /** Sends a structured-cloneable `message` to the others, never to oneself. */
  post(message: unknown): void;
  close(): void;
}

/** BroadcastChannel where there is one; elsewhere a broadcast within this process. */
export function systemBroadcast(): Broadcast {
  if (typeof BroadcastChannel !== 'function' || typeof document === 'undefined') return createBroadcast();
  return {
    open(name, receive) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = (event: MessageEvent<unknown>) => receive(event.data);
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    },
  };
}

/** A broadcast within one process. Delivery is asynchronous and in order, as between tabs. */
export function createBroadcast(): Broadcast {
  const lines = new Map<string, Set<(message: unknown) => void>>();
  return {
    open(name, receive) {
      const receivers = lines.get(name) ?? new Set();
      lines.set(name, receivers);
      receivers.add(receive);
      return {
        post(message) {
          for (const other of receivers) {
            if (other === receive) continue;
            queueMicrotask(() => {
              if (receivers.has(other)) other(structuredClone(message));
            });
          }
        },
        close() {
          receivers.delete(receive);
          if (receivers.size === 0) lines.delete(name);
        },
      };
    },
  };
}
