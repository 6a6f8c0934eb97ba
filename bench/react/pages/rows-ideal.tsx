import { createContext, useContext, useSyncExternalStore } from 'react';
import { message } from '../../../test/react/busy-desk';
import { measureRowsOf, renderedRow } from './rows';

// The least that does it: one store for each conversation, one subscription for each row.

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

const Stores = createContext<readonly Store[]>([]);

/** As hooks have it: the store comes from a context. */
function useLength(index: number): number | undefined {
  const store = useContext(Stores)[index] ?? nowhere;
  return useSyncExternalStore(store.subscribe, store.read).length;
}

const nowhere = createStore(0);

interface RowProps {
  readonly store: Store;
  readonly index: number;
}

const rowOf: Readonly<Record<string, (props: RowProps) => React.JSX.Element>> = {
  useSyncExternalStore({ store }) {
    renderedRow();
    return <li>{useSyncExternalStore(store.subscribe, store.read).length}</li>;
  },
  'useContext, useSyncExternalStore'({ index }) {
    renderedRow();
    return <li>{useLength(index)}</li>;
  },
  'useContext, useSyncExternalStore, four times'({ index }) {
    renderedRow();
    useLength(index);
    useLength(index);
    useLength(index);
    return <li>{useLength(index)}</li>;
  },
};

measureRowsOf(async ({ rows, messages, hooks }) => {
  const stores = Array.from({ length: rows }, () => createStore(messages));
  const Row = rowOf[hooks];
  if (Row === undefined) throw new Error(`there is no row with ${hooks}`);
  return {
    list: (
      <Stores.Provider value={stores}>
        {stores.map((store, index) => (
          <Row key={index} store={store} index={index} />
        ))}
      </Stores.Provider>
    ),
    happen: (row) => stores[row]?.append(),
  };
});
