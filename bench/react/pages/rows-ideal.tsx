import type { Conversation, Live, Task } from 'onescreen';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { busyDesk, message } from '../../../test/react/busy-desk';
import { measureRowsOf, renderedRow } from './rows';

// The least that one writes by hand for a client as it is: what a row selects made once for each row and kept outside of React,
// found by index, one subscription each. No lookup by id, nothing that comes or goes.

interface Selected<T> {
  readonly subscribe: (changed: () => void) => () => void;
  readonly read: () => T;
}

function selected<T>(live: Live<T>): Selected<T> {
  return {
    subscribe: (changed) => {
      const subscription = live.subscribe(changed);
      return () => subscription.unsubscribe();
    },
    read: () => live.value,
  };
}

const toSelected = ({ timeline$, state$ }: Conversation, { status$, controls$ }: Task) => ({
  timeline: selected(timeline$),
  state: selected(state$),
  status: selected(status$),
  controls: selected(controls$),
});

const Selections = createContext<readonly ReturnType<typeof toSelected>[]>([]);

function useSelections(index: number): ReturnType<typeof toSelected> {
  const one = useContext(Selections)[index];
  if (one === undefined) throw new Error(`there is no row ${index}`);
  return one;
}

function useSelected<T>({ subscribe, read }: Selected<T>): T {
  return useSyncExternalStore(subscribe, read, read);
}

interface RowProps {
  readonly index: number;
}

const rowOf: Readonly<Record<string, (props: RowProps) => React.JSX.Element>> = {
  timeline$({ index }) {
    renderedRow();
    return <li>{useSelected(useSelections(index).timeline).length}</li>;
  },
  state$({ index }) {
    renderedRow();
    return <li>{useSelected(useSelections(index).state).unread}</li>;
  },
  'timeline$, state$, status$, controls$'({ index }) {
    renderedRow();
    const { timeline, state, status, controls } = useSelections(index);
    useSelected(state);
    useSelected(status);
    useSelected(controls);
    return <li>{useSelected(timeline).length}</li>;
  },
  // As hooks are that any component can combine: each finds the row's for itself.
  'timeline$, state$, status$, controls$ by hooks'({ index }) {
    renderedRow();
    useSelected(useSelections(index).state);
    useSelected(useSelections(index).status);
    useSelected(useSelections(index).controls);
    return <li>{useSelected(useSelections(index).timeline).length}</li>;
  },
};

measureRowsOf(async ({ rows, messages, hooks }) => {
  const { client, arrive } = await busyDesk(rows, messages);
  const Row = rowOf[hooks];
  if (Row === undefined) throw new Error(`there is no row with ${hooks}`);
  const tasks = client.tasks$.value;
  const selections = client.conversations$.value.map((conversation) => {
    const task = tasks.find(({ conversationId }) => conversationId === conversation.id);
    if (task === undefined) throw new Error(`there is no task for ${conversation.id}`);
    return toSelected(conversation, task);
  });
  const next = new Array<number>(rows).fill(messages);
  return {
    list: (
      <Selections.Provider value={selections}>
        {selections.map((_, index) => (
          <Row key={index} index={index} />
        ))}
      </Selections.Provider>
    ),
    happen(row) {
      const number = next[row] ?? 0;
      next[row] = number + 1;
      arrive(row, message(number));
    },
  };
});
