import type { ItemEvent, SendingEvent } from './conversation-event';
import type { FoldedTimeline } from './timeline';

/**
 * What the items of one messaging channel make of the timeline. Changes in place: only the newest fold of a conversation
 * may use it. Duplicates and any order of the same items end in the same timeline.
 */
export interface ChannelFold {
  /** Messages from others since the one who looks at it last marked as read. */
  readonly unread: number;
  /** Folds what a provider brought or this desk is sending; the same timeline when it says nothing new. */
  take(timeline: FoldedTimeline, event: ItemEvent | SendingEvent, who: Identities): FoldedTimeline;
  /** After somebody was introduced: what came under that name before is folded again. */
  identify(timeline: FoldedTimeline, who: Identities): FoldedTimeline;
}

/** Who is who: turns a name at a provider into a participant's id. */
export interface Identities {
  readonly self: string;
  participantOf(providerName: string): string | undefined;
}
