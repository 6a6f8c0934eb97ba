import type { ContactCenterClient, Live } from 'onescreen';
import { useSyncExternalStore } from 'react';
import type { Subscription } from 'rxjs';
import { useContactCenter } from './contact-center-provider';
import { first } from './hydration';
import { shared } from './shared';

/** As React takes it. */
interface Store<T> {
  readonly subscribe: (changed: () => void) => () => void;
  readonly read: () => T | undefined;
  readonly readFirst: () => T | undefined;
  readonly isShown: () => boolean;
}

/** Makes hooks that show one task in hand; see {@link memberHooks}. */
export const taskHook = memberHooks(({ tasks$ }) => tasks$);

/** Makes hooks that show one conversation; see {@link memberHooks}. */
export const conversationHook = memberHooks(({ conversations$ }) => conversations$);

/**
 * A hook takes the id of a member and has the value of its view, undefined while there is no such member: one subscription,
 * whatever the list and the member do. `viewOf` gives the same view for the same member.
 */
function memberHooks<Member extends { readonly id: string }>(
  listOf: (client: ContactCenterClient) => Live<readonly Member[]>,
) {
  // A thousand rows that look for theirs do not each walk the list.
  const byId = shared((list: readonly Member[]) => new Map(list.map((member) => [member.id, member])));
  return <T>(viewOf: (member: Member) => Live<T>) => {
    const storesOf = shared((client: ContactCenterClient) =>
      memberStores(listOf(client), (list, id) => {
        const member = byId(list).get(id);
        return member && viewOf(member);
      }),
    );
    return function useMember(id: string): T | undefined {
      const { subscribe, read, readFirst } = storesOf(useContactCenter())(id);
      return useSyncExternalStore(subscribe, read, readFirst);
    };
  };
}

/** One for each id that is shown: a render finds it again without a place for it in React, which costs more. */
export function memberStores<List, T>(
  list$: Live<List>,
  find: (list: List, id: string) => Live<T> | undefined,
): (id: string) => Store<T> {
  const stores = new Map<string, Store<T>>();
  let swept: List | undefined;
  return (id) => {
    const known = stores.get(id);
    if (known !== undefined) return known;
    const list = list$.value;
    // Whether anything that was rendered comes to be shown, or is shown again, nobody says.
    if (list !== swept) for (const [other, { isShown }] of stores) if (!isShown()) stores.delete(other);
    swept = list;
    const store = toStore(list$, (now: List) => find(now, id));
    stores.set(id, store);
    return store;
  };
}

/** Every message goes through it, so nothing stands between the view and React, no operator either. */
function toStore<List, T>(list$: Live<List>, find: (list: List) => Live<T> | undefined): Store<T> {
  let subscribers = 0;
  let found: { readonly list: List; readonly view: Live<T> | undefined } | undefined;
  const viewOfNow = (): Live<T> | undefined => {
    const list = list$.value;
    if (found?.list !== list) found = { list, view: find(list) };
    return found.view;
  };
  const read = () => viewOfNow()?.value;
  return {
    subscribe: (changed) => {
      let shown: Live<T> | undefined;
      let following: Subscription | undefined;
      const follow = () => {
        const view = viewOfNow();
        if (view === shown) return;
        shown = view;
        following?.unsubscribe();
        following = view?.subscribe(changed);
        if (view === undefined) changed();
      };
      const members = list$.subscribe(follow);
      subscribers++;
      return () => {
        members.unsubscribe();
        following?.unsubscribe();
        subscribers--;
      };
    },
    read,
    readFirst: first(read, () => undefined),
    isShown: () => subscribers > 0,
  };
}
