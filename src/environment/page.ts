import type { Cancel } from './clock';

/** The life of the page that a desk runs in. */
export interface Page {
  /** Calls `run` when the page is left: closed, navigated away from, or put aside for a return with "back". */
  onLeave(run: () => void): Cancel;
  /** Calls `run` when a page that was put aside is shown again. */
  onReturn(run: () => void): Cancel;
  /** Calls `run` once, when the browser has nothing better to do; where it does not tell, never. */
  whenIdle(run: () => void): void;
}

/** The browser's page; elsewhere one that is never left. */
export function systemPage(): Page {
  if (typeof window === 'undefined' || typeof document === 'undefined')
    return { onLeave: never, onReturn: never, whenIdle() {} };
  const listen = (type: 'pagehide' | 'pageshow', run: (event: PageTransitionEvent) => void): Cancel => {
    window.addEventListener(type, run);
    return () => window.removeEventListener(type, run);
  };
  return {
    onLeave: (run) => listen('pagehide', run),
    onReturn: (run) => listen('pageshow', ({ persisted }) => persisted && run()),
    whenIdle: (run) => {
      if (typeof requestIdleCallback === 'function') requestIdleCallback(() => run());
    },
  };
}

const never = (): Cancel => () => {};
