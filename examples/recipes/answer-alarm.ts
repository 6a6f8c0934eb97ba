import { systemClock, type Clock, type Live, type MessageItem, type Timeline } from 'onescreen';
import { distinctUntilChanged, map, Observable, of, startWith, switchMap } from 'rxjs';

/**
 * True from when a message of the other side has waited `afterMs` for an answer, counted from its server time, until
 * somebody answers. One timer at most, and none while nobody waits.
 */
export function answerAlarm(
  timeline$: Live<Timeline>,
  { afterMs, clock = systemClock }: { readonly afterMs: number; readonly clock?: Clock },
): Observable<boolean> {
  return timeline$.pipe(
    map(waitingSince),
    distinctUntilChanged(),
    switchMap((since) => (since === undefined ? of(false) : dueAt(clock, since + afterMs))),
    distinctUntilChanged(),
  );
}

/** When the first of the messages came that nobody has answered; epoch milliseconds. */
function waitingSince(timeline: Timeline): number | undefined {
  let first: MessageItem | undefined;
  for (let index = timeline.length - 1; index >= 0; index--) {
    const item = timeline.at(index);
    if (item?.kind !== 'message' || item.deletedAt !== undefined) continue;
    if (item.direction === 'out') break;
    first = item;
  }
  return first?.at.getTime();
}

function dueAt(clock: Clock, at: number): Observable<boolean> {
  const due$ = new Observable<boolean>((subscriber) => clock.schedule(at - clock.now(), () => subscriber.next(true)));
  return due$.pipe(startWith(false));
}
