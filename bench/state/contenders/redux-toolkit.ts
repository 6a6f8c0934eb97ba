import { configureStore, createEntityAdapter, createSlice } from '@reduxjs/toolkit';
import type { Message } from '../workload';
import { subscribers, type Contender } from './contender';

interface Put {
  readonly conversation: string;
  readonly message: Message;
}

/** Redux Toolkit as its documentation has it: an entity adapter for each conversation's messages, in one slice. */
export async function reduxToolkit(conversations: number): Promise<Contender<Put>> {
  let calls = 0;
  const adapter = createEntityAdapter<Message>();
  const initialState = Object.fromEntries(
    Array.from({ length: conversations }, (_, index) => [`c-${index}`, adapter.getInitialState()]),
  );
  const slice = createSlice({
    name: 'conversations',
    initialState,
    reducers: {
      filled(state, { payload }: { payload: { conversation: string; messages: readonly Message[] } }) {
        const one = state[payload.conversation];
        if (one !== undefined) adapter.setAll(one, payload.messages);
      },
      put(state, { payload }: { payload: Put }) {
        const one = state[payload.conversation];
        if (one !== undefined) adapter.setOne(one, payload.message);
      },
    },
  });
  const store = configureStore({ reducer: slice.reducer });
  const messagesOf = (conversation: number) => {
    const one = store.getState()[`c-${conversation}`];
    return one === undefined ? [] : one.ids.flatMap((id) => one.entities[id] ?? []);
  };
  for (let each = 0; each < subscribers; each++) {
    const watched = `c-${each % conversations}`;
    let last = store.getState()[watched];
    store.subscribe(() => {
      const now = store.getState()[watched];
      if (now === last) return;
      last = now;
      calls++;
    });
  }
  const { filled, put } = slice.actions;
  return {
    input: (conversation, message) => ({ conversation: `c-${conversation}`, message }),
    fill: (conversation, messages) =>
      void store.dispatch(filled({ conversation: `c-${conversation}`, messages: [...messages] })),
    take: (input) => void store.dispatch(put(input)),
    contents: (conversation) => messagesOf(conversation).map(({ id, text }) => `${id} ${text}`),
    objects: messagesOf,
    calls: () => calls,
    watching: 'everything',
    close: async () => {},
  };
}
