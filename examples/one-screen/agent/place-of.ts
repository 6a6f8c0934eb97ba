import { isPending, type Timeline, type TimelineItem } from 'onescreen';

/** Where `item`, or a later version of it, is in `timeline`; where it would be, when it has gone. */
export function placeOf(timeline: Timeline, item: TimelineItem): number {
  const time = item.at.getTime();
  let low = 0;
  let high = timeline.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = timeline.at(middle);
    if (other !== undefined && !isPending(other) && other.at.getTime() < time) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < timeline.length; index++) {
    const other = timeline.at(index);
    if (other?.id === item.id) return index;
    if (other !== undefined && !isPending(other) && other.at.getTime() > time) break;
  }
  return low;
}
