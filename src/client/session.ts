import type { ContactCenterError } from '../errors';
import type { LinkState } from '../provider/control-plane';

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
  /**
   * Why it is `connecting` or `offline`, such as `session/offline` while the control plane cannot be reached and
   * `token/unavailable` while there is no token: it is tried again all the same. Once `signed-out`: why it ended.
   */
  readonly error?: ContactCenterError;
}

/** What the link makes of the session. `known`: the control plane has spoken once. */
export function sessionOf(link: LinkState, lost: readonly string[], known: boolean): Omit<SessionState, 'since'> {
  const { status } = link;
  if (known && status === 'online') return { status: lost.length > 0 ? 'degraded' : status, lost };
  if (known && status === 'offline') return { ...link, status, lost: ['offers', ...lost] };
  return { ...link, status: status === 'refused' ? 'signed-out' : 'connecting', lost: [] };
}
