import type { ConversationEvent } from '../conversation/conversation-event';
import type { OfferOutcome } from '../protocol/agent-frames';
import type { SessionState } from './session';

/** What the client has folded, in the order in which it did. For logs, metrics and tests; state is in the `Live`s. */
export type ContactCenterEvent = {
  /** Counts this client's events from 1. */
  readonly seq: number;
  /** The desk's time. */
  readonly at: Date;
  /** Where it comes from. */
  readonly origin: 'control-plane' | 'provider' | 'desk';
} & ContactCenterFact;

export type ContactCenterFact =
  | { readonly type: 'session'; readonly state: SessionState }
  | { readonly type: 'offer-issued'; readonly offerId: string; readonly conversationId: string }
  | { readonly type: 'offer-ended'; readonly offerId: string; readonly outcome: OfferOutcome }
  | { readonly type: 'conversation'; readonly conversationId: string; readonly event: ConversationEvent }
  /**
   * It was at this desk before a gap in the link, and is not behind it: it has ended or gone to others meanwhile, or a
   * control plane that keeps nothing was started anew. Told before it leaves: `client.conversation()` still finds it.
   */
  | { readonly type: 'conversation-gone'; readonly conversationId: string };
