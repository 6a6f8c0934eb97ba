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
  /**
   * The server time (epoch milliseconds) from which on at least `keep` messages are, and what has to be there to mark all
   * as read; undefined when there is nothing to let go.
   */
  oldestOf(timeline: FoldedTimeline, keep: number): number | undefined;
  /** Lets go of what is older than `before`, and ignores it until it is recalled; what is unread of it still counts. */
  forget(timeline: FoldedTimeline, before: number): FoldedTimeline;
  /** Older items count again when they come. */
  recall(): void;
  /** After somebody was introduced: what came under that name before is folded again. */
  identify(timeline: FoldedTimeline, who: Identities): FoldedTimeline;
}

/** Who is who: turns a name at a provider into a participant's id. */
export interface Identities {
  readonly self: string;
  participantOf(providerName: string): string | undefined;
}
