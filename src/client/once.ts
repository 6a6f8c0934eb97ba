import { filter, firstValueFrom, mergeMap, pairwise, startWith, type Observable } from 'rxjs';
import type { Live } from '../live';

/** The first value, from now on, that is such as is waited for. */
export function onceSuch<T, Such extends T>(live: Live<T>, isSuch: (value: T) => value is Such): Promise<Such> {
  return firstValueFrom(live.pipe(filter(isSuch)));
}

/** Emits each member of a list once, those already in it first. */
export function eachOnce<T>(list$: Live<readonly T[]>): Observable<T> {
  return list$.pipe(
    startWith<readonly T[]>([]),
    pairwise(),
    mergeMap(([before, now]) => now.filter((member) => !before.includes(member))),
  );
}
