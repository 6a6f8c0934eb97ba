import { select, type Live } from 'onescreen';
import { useMemo, useSyncExternalStore } from 'react';
import { distinctUntilChanged, map, of, switchMap, type Observable } from 'rxjs';
import { shared } from './shared';
import { subscriptionTo } from './use-live';

/**
 * The view of the member with that id, undefined while there is none: one subscription, whatever the list and the member do.
 * `viewOf` gives the same view for the same member, and is the same function at every render.
 */
export function useMember<Member extends { readonly id: string }, T>(
  members$: Live<ReadonlyMap<string, Member>>,
  id: string,
  viewOf: (member: Member) => Live<T>,
): T | undefined {
  const [subscribe, read] = useMemo(() => {
    const view$ = members$.pipe(
      map((members) => members.get(id)),
      distinctUntilChanged(),
      switchMap((member): Observable<T | undefined> => (member === undefined ? of(undefined) : viewOf(member))),
    );
    const value = () => {
      const member = members$.value.get(id);
      return member && viewOf(member).value;
    };
    return [subscriptionTo(view$), value] as const;
  }, [members$, id, viewOf]);
  return useSyncExternalStore(subscribe, read, read);
}

/** A list by the ids of its members: a thousand rows that look for theirs do not each walk the list. */
export function byId<Member extends { readonly id: string }>() {
  return shared((list$: Live<readonly Member[]>) =>
    select(list$, (list): ReadonlyMap<string, Member> => new Map(list.map((member) => [member.id, member]))),
  );
}
