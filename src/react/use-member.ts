import { select, type Live } from 'onescreen';
import { useMemo, useSyncExternalStore } from 'react';
import type { Subscription } from 'rxjs';
import { shared } from './shared';

/**
 * The view of the member with that id, undefined while there is none: one subscription, whatever the list and the member do.
 * `viewOf` gives the same view for the same member, and is the same function at every render.
 */
export function useMember<Member extends { readonly id: string }, T>(
  members$: Live<ReadonlyMap<string, Member>>,
  id: string,
  viewOf: (member: Member) => Live<T>,
): T | undefined {
  const { subscribe, read } = useMemo(() => toStore(members$, id, viewOf), [members$, id, viewOf]);
  return useSyncExternalStore(subscribe, read, read);
}

/** As React takes it. Every message goes through it, so nothing stands between the view and React, no operator either. */
function toStore<Member, T>(
  members$: Live<ReadonlyMap<string, Member>>,
  id: string,
  viewOf: (member: Member) => Live<T>,
) {
  return {
    subscribe: (changed: () => void) => {
      let shown: Member | undefined;
      let view: Subscription | undefined;
      const follow = (all: ReadonlyMap<string, Member>) => {
        const member = all.get(id);
        if (member === shown) return;
        shown = member;
        view?.unsubscribe();
        view = member && viewOf(member).subscribe(changed);
        if (member === undefined) changed();
      };
      const members = members$.subscribe(follow);
      return () => {
        members.unsubscribe();
        view?.unsubscribe();
      };
    },
    read: (): T | undefined => {
      const member = members$.value.get(id);
      return member && viewOf(member).value;
    },
  };
}

/** A list by the ids of its members: a thousand rows that look for theirs do not each walk the list. */
export function byId<Member extends { readonly id: string }>() {
  return shared((list$: Live<readonly Member[]>) =>
    select(list$, (list): ReadonlyMap<string, Member> => new Map(list.map((member) => [member.id, member]))),
  );
}
