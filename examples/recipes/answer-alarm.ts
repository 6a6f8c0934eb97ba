import { isPending, systemClock, type Clock, type Conversation, type Participant, type Timeline } from 'onescreen';
import { combineLatest, distinctUntilChanged, map, Observable, of, startWith, switchMap } from 'rxjs';

/**
 * True from when a message of the customer has waited `afterMs` for an answer, counted from its server time, until
 * somebody answers: this agent, a colleague or an expert, but no bot. What could not be sent yet answers nothing. One timer at
 * most, and none while nobody waits.
 */
export function answerAlarm(
  { timeline$, participants$ }: Pick<Conversation, 'timeline$' | 'participants$'>,
  { afterMs, clock = systemClock }: { readonly afterMs: number; readonly clock?: Clock },
): Observable<boolean> {
  return combineLatest([timeline$, participants$]).pipe(
    map(([timeline, participants]) => waitingSince(timeline, participants)),
    distinctUntilChanged(),
    switchMap((since) => (since === undefined ? of(false) : dueAt(clock, since + afterMs))),
    distinctUntilChanged(),
  );
}

/** When the first of the messages came that nobody has answered; epoch milliseconds. */
function waitingSince(timeline: Timeline, participants: readonly Participant[]): number | undefined {
  const roles = new Map(participants.map(({ id, role }) => [id, role]));
  let first: number | undefined;
  for (let index = timeline.length - 1; index >= 0; index--) {
    const item = timeline.at(index);
    if (item?.kind !== 'message' || item.deletedAt !== undefined) continue;
    // Of an earlier conversation: it is over.
    if (item.source !== item.channelId) continue;
    const role = roles.get(item.from ?? '');
    if (role === 'customer') first = item.at.getTime();
    else if (role !== undefined && role !== 'bot' && !isPending(item)) break;
  }
  return first;
}

function dueAt(clock: Clock, at: number): Observable<boolean> {
  const due$ = new Observable<boolean>((subscriber) => clock.schedule(at - clock.now(), () => subscriber.next(true)));
  return due$.pipe(startWith(false));
}
