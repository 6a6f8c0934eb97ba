import { createLive, type Live } from 'onescreen';
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';

const nothing = createLive(undefined).live;

/**
 * The value of `live`, or what `selector` makes of it. The component renders again only when the result is another
 * by `equality` (default: `Object.is`). Undefined while there is no `live`.
 */
export function useLive<T>(live: Live<T>): T;
export function useLive<T>(live: Live<T> | undefined): T | undefined;
export function useLive<T, S>(live: Live<T>, selector: (state: T) => S, equality?: (a: S, b: S) => boolean): S;
export function useLive<T, S>(
  live: Live<T | undefined> = nothing,
  selector: (state: T | undefined) => T | S | undefined = itself,
  equality: (a: T | S | undefined, b: T | S | undefined) => boolean = Object.is,
): T | S | undefined {
  // What was rendered last; a fresh selector of the next render compares with it, so that an inline one costs nothing.
  const rendered = useRef<{ readonly value: T | S | undefined }>(undefined);
  const subscribe = useCallback(
    (changed: () => void) => {
      const subscription = live.subscribe(changed);
      return () => subscription.unsubscribe();
    },
    [live],
  );
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
  const value = useSyncExternalStore(subscribe, read, read);
  useEffect(() => {
    rendered.current = { value };
  }, [value]);
  return value;
}

function itself<T>(state: T): T {
  return state;
}
