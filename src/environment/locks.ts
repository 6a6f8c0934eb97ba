/** A named lock over everything that shares it: the tabs of one browser profile, or the desks of one test. */
export interface Locks {
  /** Waits for the lock and resolves with the function that gives it back. Rejects with the signal's reason when aborted. */
  acquire(name: string, signal?: AbortSignal): Promise<() => void>;
}

/** Web Locks where there are any; elsewhere locks within this process. */
export function systemLocks(): Locks {
  return typeof navigator === 'object' && 'locks' in navigator ? webLocks(navigator.locks) : createLocks();
}

function webLocks(manager: LockManager): Locks {
  return {
    acquire: (name, signal) =>
      new Promise((resolve, reject) => {
        const options = signal === undefined ? {} : { signal };
        manager.request(name, options, () => new Promise<void>((release) => resolve(() => release()))).catch(reject);
      }),
  };
}

/** Locks within one process, first come first served. */
export function createLocks(): Locks {
  const tails = new Map<string, Promise<void>>();
  return {
    async acquire(name, signal) {
      const before = tails.get(name) ?? Promise.resolve();
      let release: () => void = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      const tail = before.then(() => held);
      tails.set(name, tail);
      const done = () => {
        release();
        if (tails.get(name) === tail) tails.delete(name);
      };
      try {
        await (signal === undefined ? before : raceAbort(before, signal));
      } catch (reason) {
        done();
        throw reason;
      }
      return done;
    },
  };
}

function raceAbort(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
