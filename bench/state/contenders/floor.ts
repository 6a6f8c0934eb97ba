import { BehaviorSubject, distinctUntilChanged, map } from 'rxjs';
import type { Message } from '../workload';
import { subscribers, type Contender } from './contender';

interface Input {
  readonly conversation: number;
  readonly message: Message;
}

/** Immutable versions of a list that share chunks; the last chunk is shared by all, and each knows its own length. */
interface List {
  readonly chunks: readonly (readonly Message[])[];
  readonly end: Message[];
  readonly length: number;
}

interface Snapshot {
  readonly id: string;
  readonly messages: List;
}

const chunkSize = 128;

/**
 * The least that is correct, and delivered by RxJS: a snapshot for each conversation, a chunked list whose end is
 * shared, and a map from ids to places. No order but that of arrival, no senders, no receipts, no errors.
 */
export async function floor(conversations: number): Promise<Contender<Input>> {
  let calls = 0;
  const all = Array.from({ length: conversations }, (_, conversation) => {
    const places = new Map<string, number>();
    const state = new BehaviorSubject<Snapshot>({
      id: `c-${conversation}`,
      messages: { chunks: [], end: [], length: 0 },
    });
    const view = state.pipe(
      map((snapshot) => snapshot.messages),
      distinctUntilChanged(),
    );
    for (let each = 0; each < subscribers; each++) view.subscribe(() => calls++);
    return { places, state };
  });
  const of = (conversation: number) => {
    const found = all[conversation];
    if (found === undefined) throw new Error(`there is no conversation ${conversation}`);
    return found;
  };
  const take = ({ conversation, message }: Input) => {
    const { places, state } = of(conversation);
    const { id, messages } = state.value;
    const place = places.get(message.id);
    if (place === undefined) {
      places.set(message.id, messages.length);
      state.next({ id, messages: appended(messages, message) });
    } else {
      const known = at(messages, place);
      if (known !== undefined && known.version >= message.version) return;
      state.next({ id, messages: replaced(messages, place, message) });
    }
  };
  const contentsOf = (conversation: number) => {
    const { messages } = of(conversation).state.value;
    return Array.from({ length: messages.length }, (_, index) => at(messages, index)).filter(
      (one) => one !== undefined,
    );
  };
  return {
    input: (conversation, message) => ({ conversation, message }),
    fill(conversation, messages) {
      for (const message of messages) take({ conversation, message });
    },
    take,
    contents: (conversation) => contentsOf(conversation).map(({ id, text }) => `${id} ${text}`),
    objects: contentsOf,
    calls: () => calls,
    watching: 'each conversation',
    close: async () => {},
  };
}

function at({ chunks, end, length }: List, index: number): Message | undefined {
  if (index >= length) return undefined;
  const chunk = chunks[Math.floor(index / chunkSize)] ?? end;
  return chunk[index % chunkSize];
}

function appended({ chunks, end, length }: List, message: Message): List {
  const size = length - chunks.length * chunkSize;
  if (size === chunkSize) return { chunks: [...chunks, end], end: [message], length: length + 1 };
  const next = end.length === size ? end : end.slice(0, size);
  next.push(message);
  return { chunks, end: next, length: length + 1 };
}

function replaced({ chunks, end, length }: List, index: number, message: Message): List {
  const number = Math.floor(index / chunkSize);
  const changed = (chunks[number] ?? end).slice(0, length - number * chunkSize);
  changed[index % chunkSize] = message;
  if (number === chunks.length) return { chunks, end: changed, length };
  const next = chunks.slice();
  next[number] = changed;
  return { chunks: next, end, length };
}
