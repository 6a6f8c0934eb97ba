import type { Locks } from 'onescreen';

interface Waiting {
  readonly grant: () => void;
  readonly onLost: (() => void) | undefined;
}

/** Locks within one process, first come first served: give it to all the tabs of one simulated browser. */
export function createLocks(): Locks {
  const queues = new Map<string, Waiting[]>();
  return {
    acquire: (name, { signal, steal = false, onLost } = {}) =>
      new Promise((resolve, reject) => {
        if (!steal && signal?.aborted === true) return reject(signal.reason);
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        const leave = () => {
          signal?.removeEventListener('abort', onAbort);
          const index = queue.indexOf(me);
          if (index < 0) return;
          queue.splice(index, 1);
          if (queue.length === 0) queues.delete(name);
          else if (index === 0) queue[0]?.grant();
        };
        const onAbort = () => {
          leave();
          reject(signal?.reason);
        };
        const grant = () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(leave);
        };
        const me: Waiting = { grant, onLost };
        if (steal) {
          const robbed = queue.shift();
          queue.unshift(me);
          grant();
          robbed?.onLost?.();
        } else {
          queue.push(me);
          if (queue[0] === me) grant();
          else signal?.addEventListener('abort', onAbort, { once: true });
        }
      }),
  };
}
