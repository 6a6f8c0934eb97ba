/** A named lock over everything that shares it: the tabs of one browser profile, or the desks of one test. */
export interface Locks {
  /**
   * Waits for the lock and resolves with the function that gives it back. Rejects with the signal's reason when
   * aborted. `steal` takes it at once from whoever has it. `onLost` is called when somebody has stolen it from here.
   */
  acquire(name: string, options?: AcquireOptions): Promise<() => void>;
}

export interface AcquireOptions {
  readonly signal?: AbortSignal;
  readonly steal?: boolean;
  readonly onLost?: () => void;
}

/** Web Locks where there are any; elsewhere locks within this process. */
export function systemLocks(): Locks {
  return typeof navigator === 'object' && 'locks' in navigator ? webLocks(navigator.locks) : createLocks();
}

function webLocks(manager: LockManager): Locks {
  return {
    acquire: (name, { signal, steal = false, onLost } = {}) =>
      new Promise((resolve, reject) => {
        let held = false;
        // A request that steals cannot be aborted (Web Locks), and need not: it does not wait.
        const options = steal ? { steal } : signal === undefined ? {} : { signal };
        const hold = () => {
          held = true;
          return new Promise<void>((release) => resolve(() => release()));
        };
        manager.request(name, options, hold).catch((reason: unknown) => (held ? onLost?.() : reject(reason)));
      }),
  };
}

interface Waiting {
  readonly grant: () => void;
  readonly onLost: (() => void) | undefined;
}

/** Locks within one process, first come first served. */
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
