import { BehaviorSubject, distinctUntilChanged, map } from 'rxjs';
import type { Message } from '../workload';
import { subscribers, type Contender } from './contender';

interface Input {
  readonly conversation: number;
  readonly message: Message;
}

type Messages = Readonly<Record<string, Message>>;

/** What one writes first: a record of records, copied with the spread operator, and selectors. */
export async function spread(conversations: number): Promise<Contender<Input>> {
  let calls = 0;
  const nobody: Messages = {};
  const state = new BehaviorSubject<Readonly<Record<string, Messages>>>(
    Object.fromEntries(Array.from({ length: conversations }, (_, index) => [`c-${index}`, nobody])),
  );
  for (let each = 0; each < subscribers; each++) {
    const watched = `c-${each % conversations}`;
    const view = state.pipe(
      map((all) => all[watched]),
      distinctUntilChanged(),
    );
    view.subscribe(() => calls++);
  }
  const messagesOf = (conversation: number) => Object.values(state.value[`c-${conversation}`] ?? nobody);
  return {
    input: (conversation, message) => ({ conversation, message }),
    fill(conversation, messages) {
      const filled = Object.fromEntries([...messages].map((one) => [one.id, one]));
      state.next({ ...state.value, [`c-${conversation}`]: filled });
    },
    take({ conversation, message }) {
      const id = `c-${conversation}`;
      const known = state.value[id] ?? nobody;
      state.next({ ...state.value, [id]: { ...known, [message.id]: message } });
    },
    contents: (conversation) => messagesOf(conversation).map(({ id, text }) => `${id} ${text}`),
    objects: messagesOf,
    calls: () => calls,
    watching: 'everything',
    close: async () => {},
  };
}
