import type { ContactCenterError } from '../errors';

/**
 * `degraded`: work goes on, `lost` says without what; `offline`: no word from the control plane, it is tried
 * again by itself.
 */
export interface SessionState {
  readonly status: 'signed-out' | 'connecting' | 'online' | 'degraded' | 'offline';
  /** Since when. */
  readonly since: Date;
  /** What does not work now, such as `offers`, `chat`, `tokens`. */
  readonly lost: readonly string[];
  readonly error?: ContactCenterError;
}
