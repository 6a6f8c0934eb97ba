import type { Live, MessageItem, Timeline, TimelineItem } from 'onescreen';
import { concatMap, defer, filter, type Observable } from 'rxjs';

/**
 * What others write in a conversation, the customer and colleagues, each message once, those there already first; also what is read back
 * from history. As much work as there is news: a long timeline is not walked for one message at its end.
 */
export function messagesFromOthers(timeline$: Live<Timeline>): Observable<MessageItem> {
  return defer(() => {
    const told = new Set<string>();
    let length = 0;
    const news = (timeline: Timeline): readonly TimelineItem[] => {
      const growth = timeline.length - length;
      length = timeline.length;
      return newest(timeline, growth, told);
    };
    return timeline$.pipe(
      concatMap(news),
      filter((item) => item.kind === 'message'),
      filter(({ direction, deletedAt }) => direction === 'in' && deletedAt === undefined),
    );
  });
}

/** Items that were not told yet, oldest first, sought from the end until there are as many as the timeline has grown by. */
function newest(timeline: Timeline, growth: number, told: Set<string>): readonly TimelineItem[] {
  const found: TimelineItem[] = [];
  for (let index = timeline.length - 1; index >= 0; index--) {
    const item = timeline.at(index);
    if (item === undefined) break;
    if (!told.has(item.id)) {
      told.add(item.id);
      found.push(item);
    } else if (found.length >= growth) break;
  }
  return found.reverse();
}
