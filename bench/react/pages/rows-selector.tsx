import { useCallback, useSyncExternalStore } from 'react';
import { message } from '../../../test/react/busy-desk';
import { measureRowsOf, renderedRow } from './rows';

// One store for all conversations, which every row looks into after every change.

interface Conversation {
  readonly messages: readonly ReturnType<typeof message>[];
}

measureRowsOf(async ({ rows, messages }) => {
  let state: Readonly<Record<string, Conversation>> = Object.fromEntries(
    Array.from({ length: rows }, (_, index) => [
      `c-${index}`,
      { messages: Array.from({ length: messages }, (__, each) => message(each)) },
    ]),
  );
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  function Row({ id }: { readonly id: string }) {
    renderedRow();
    const read = useCallback(() => state[id], [id]);
    return <li>{useSyncExternalStore(subscribe, read)?.messages.length}</li>;
  }
  return {
    list: Object.keys(state).map((id) => <Row key={id} id={id} />),
    happen(row) {
      const before = state[`c-${row}`]?.messages ?? [];
      state = { ...state, [`c-${row}`]: { messages: [...before, message(before.length)] } };
      for (const listener of listeners) listener();
    },
  };
});
