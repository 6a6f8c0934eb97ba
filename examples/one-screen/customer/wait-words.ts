import type { WaitEstimate } from 'onescreen/customer';
import { duration } from '../duration';

/** What the page says of the wait before anything is started. */
export function waitWords({ open, estimatedWaitMs }: WaitEstimate): string {
  if (!open) return 'We are closed now. Write to us, and we call you back.';
  if (estimatedWaitMs === undefined) return 'Nobody is here just now. Write to us, and we call you back.';
  if (estimatedWaitMs === 0) return 'Somebody is free now.';
  return `About ${duration(estimatedWaitMs)} to wait, or have us call you back.`;
}
