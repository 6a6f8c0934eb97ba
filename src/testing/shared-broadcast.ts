import type { Broadcast } from 'onescreen';

/** A broadcast within one process. Delivery is asynchronous and in order, as between tabs: give it to all the tabs of one simulated browser. */
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
