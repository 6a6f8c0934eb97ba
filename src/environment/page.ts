import type { Cancel } from './clock';

/** The life of the page that a desk runs in. */
export interface Page {
  /** Calls `run` when the page is left: closed, navigated away from, or put aside for a return with "back". */
  onLeave(run: () => void): Cancel;
  /** Calls `run` when a page that was put aside is shown again. */
  onReturn(run: () => void): Cancel;
}
