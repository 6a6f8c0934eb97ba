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
  readonly error?: ContactCenterError;
}

/** What the link makes of the session. `known`: the control plane has spoken once. */
export function sessionOf(link: LinkState, lost: readonly string[], known: boolean): Omit<SessionState, 'since'> {
  if (link.status === 'refused') return { ...link, status: 'signed-out', lost: [] };
  if (link.status === 'online' && known) return { status: lost.length > 0 ? 'degraded' : 'online', lost };
  if (link.status === 'offline' && known) return { ...link, status: 'offline', lost: ['offers', ...lost] };
  return { ...link, status: 'connecting', lost: [] };
}
