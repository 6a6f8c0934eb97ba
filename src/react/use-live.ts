import { createLive, type ContactCenterClient, type Live } from 'onescreen';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useContactCenter } from './contact-center-provider';
import { first, hydrating, signedOutClient } from './hydration';
import { shared } from './shared';

const nothing = createLive(undefined).live;

/**
 * The value of `live`, or what `selector` makes of it. The component renders again only when the result is another
 * by `equality` (default: `Object.is`). While there is no `live`, its value is undefined, for `selector` too. Of a page that
 * hydrates, it has to show what a server has rendered.
 */
export function useLive<T>(live: Live<T>): T;
export function useLive<T>(live: Live<T> | undefined): T | undefined;
export function useLive<T, S>(live: Live<T>, selector: (state: T) => S, equality?: (a: S, b: S) => boolean): S;
export function useLive<T, S>(
  live: Live<T> | undefined,
  selector: (state: T | undefined) => S,
  equality?: (a: S, b: S) => boolean,
): S;
export function useLive<T, S>(
  live: Live<T | undefined> = nothing,
  selector: (state: T | undefined) => T | S | undefined = itself,
  equality: (a: T | S | undefined, b: T | S | undefined) => boolean = Object.is,
): T | S | undefined {
  // What was rendered last; a fresh selector of the next render compares with it, so that an inline one costs nothing.
  const rendered = useRef<{ readonly value: T | S | undefined }>(undefined);
  const read = useMemo(() => {
    let memo: { readonly state: T | undefined; readonly value: T | S | undefined } | undefined;
    return () => {
      const state = live.value;
      if (memo !== undefined && Object.is(memo.state, state)) return memo.value;
      const before = memo ?? rendered.current;
      const fresh = selector(state);
      const value = before !== undefined && equality(before.value, fresh) ? before.value : fresh;
      memo = { state, value };
      return value;
    };
  }, [live, selector, equality]);
  const value = useSyncExternalStore(storeOf(live).subscribe, read, read);
  useEffect(() => {
    rendered.current = { value };
  }, [value]);
  return value;
}

/** {@link useLive} without a selector, for the hooks: the least that React has to do for it. */
export function useValue<T>(live: Live<T>): T;
export function useValue<T>(live: Live<T> | undefined): T | undefined;
export function useValue<T>(live: Live<T | undefined> = nothing): T | undefined {
  const { subscribe, read } = storeOf(live);
  useSyncExternalStore(subscribe, read, read);
  // What React has just read.
  return live.value;
}

/** The value of some state of the client; as long as React hydrates, that of a client to which nobody has signed in. */
export function useOfClient<T>(pick: (client: ContactCenterClient) => Live<T>): T {
  const live = pick(useContactCenter());
  const { subscribe, read, readFirst } = storeOf(live);
  const now = useSyncExternalStore(subscribe, read, readFirst);
  return now === hydrating ? pick(signedOutClient()).value : live.value;
}

/** The same functions for the same state, so that React subscribes once, and has nothing to do for what did not change. */
const storeOf = shared((live: Live<unknown>) => {
  const read = () => live.value;
  return {
    subscribe: (changed: () => void) => {
      const subscription = live.subscribe(changed);
      return () => subscription.unsubscribe();
    },
    read,
    readFirst: first(read, () => hydrating),
  };
});

function itself<T>(state: T): T {
  return state;
}
