import type { Cancel, Locks, Page } from 'onescreen';

/** Web Locks; where there are none, outside a browser, everybody is alone and has every lock at once. */
export function systemLocks(): Locks {
  return typeof navigator === 'object' && 'locks' in navigator
    ? webLocks(navigator.locks)
    : { acquire: async () => () => {} };
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

/** The browser's page; elsewhere one that is never left. */
export function systemPage(): Page {
  if (typeof window === 'undefined' || typeof document === 'undefined') return { onLeave: never, onReturn: never };
  const listen = (type: 'pagehide' | 'pageshow', run: (event: PageTransitionEvent) => void): Cancel => {
    window.addEventListener(type, run);
    return () => window.removeEventListener(type, run);
  };
  return {
    onLeave: (run) => listen('pagehide', run),
    onReturn: (run) => listen('pageshow', ({ persisted }) => persisted && run()),
  };
}

const never = (): Cancel => () => {};
