import { useSyncExternalStore } from 'react';
import { message } from '../../../test/react/busy-desk';
import { measureRowsOf, renderedRow } from './rows';

// No client: an array for each conversation, one subscription for each row. What is left is React.

function createStore(count: number) {
  const messages = Array.from({ length: count }, (_, index) => message(index));
  let snapshot = { length: count, last: messages.at(-1) };
  const listeners = new Set<() => void>();
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    read: () => snapshot,
    append() {
      const last = message(messages.length);
      messages.push(last);
      snapshot = { length: messages.length, last };
      for (const listener of listeners) listener();
    },
  };
}

type Store = ReturnType<typeof createStore>;

function Row({ store }: { readonly store: Store }) {
  renderedRow();
  return <li>{useSyncExternalStore(store.subscribe, store.read).length}</li>;
}

measureRowsOf(async ({ rows, messages }) => {
  const stores = Array.from({ length: rows }, () => createStore(messages));
  return {
    list: stores.map((store, index) => <Row key={index} store={store} />),
    happen: (row) => stores[row]?.append(),
  };
});
