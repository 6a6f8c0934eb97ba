import { BehaviorSubject, distinctUntilChanged, map } from 'rxjs';
import { createLive, select, type LogEntry, type ProviderMessage } from 'onescreen';
import { channelFoldOf, createMessageFold } from '../../src/chat/message-fold';
import { emptyFold, reduce } from '../../src/conversation/reduce';

// What one message costs when ten watch its conversation, beside a hand-written spread reducer and bare delivery.

interface Contender {
  readonly name: string;
  /** Takes in a message that is new, or another version of one that is known. */
  take(message: ProviderMessage): void;
  /** How many messages it holds; checked after every run. */
  count(): number;
}

const sizes = [100, 1_000, 10_000];
const rounds = 5;
const subscribers = 10;
const start = Date.UTC(2026, 0, 5, 8);

function message(index: number, version = 0): ProviderMessage {
  const at = start + index * 1_000;
  const text = `message ${index}, version ${version}`;
  return { kind: 'message', providerId: `${at}`, version: at + version, at, seq: 0, sender: 'customer', text };
}

function onescreen(): Contender {
  const participant = { id: 'customer', role: 'customer', displayName: 'Customer', providerRefs: {} } as const;
  const joined: LogEntry = { seq: 1, at: start, by: { kind: 'system' }, type: 'participant-joined', participant };
  const empty = emptyFold('conversation', 'agent');
  empty.channels.set('chat', channelFoldOf(createMessageFold('chat')));
  let fold = reduce(empty, { type: 'log', entry: joined });
  const live = createLive(fold.snapshot);
  const timeline$ = select(live.live, (snapshot) => snapshot.timeline);
  for (let each = 0; each < subscribers; each++) timeline$.subscribe();
  return {
    name: 'onescreen',
    take(item) {
      fold = reduce(fold, { type: 'item', channelId: 'chat', item });
      live.set(fold.snapshot);
    },
    count: () => [...timeline$.value].filter((item) => item.kind === 'message').length,
  };
}

function spreadReducer(): Contender {
  const state = new BehaviorSubject<Readonly<Record<string, ProviderMessage>>>({});
  const view = state.pipe(
    map((messages) => messages),
    distinctUntilChanged(),
  );
  for (let each = 0; each < subscribers; each++) view.subscribe();
  return {
    name: 'spread reducer',
    take: (item) => state.next({ ...state.value, [item.providerId]: item }),
    count: () => Object.keys(state.value).length,
  };
}

function floor(): Contender {
  const held = new Map<string, ProviderMessage>();
  const changed = new BehaviorSubject(0);
  const view = changed.pipe(
    map((version) => version),
    distinctUntilChanged(),
  );
  for (let each = 0; each < subscribers; each++) view.subscribe();
  return {
    name: 'floor',
    take(item) {
      held.set(item.providerId, item);
      changed.next(changed.value + 1);
    },
    count: () => held.size,
  };
}

/** CPU microseconds for each of `messages`. */
function cost(contender: Contender, messages: readonly ProviderMessage[]): number {
  const before = process.cpuUsage();
  for (const each of messages) contender.take(each);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / messages.length;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function measure(make: () => Contender, size: number): { readonly append: number; readonly edit: number } {
  const contender = make();
  for (let index = 0; index < size; index++) contender.take(message(index));
  const append: number[] = [];
  const edit: number[] = [];
  // A history grows by a fifth at most while it is measured.
  const batch = Math.max(4, Math.floor(size / (5 * rounds)));
  for (let round = 0; round < rounds; round++) {
    const from = size + round * batch;
    append.push(
      cost(
        contender,
        Array.from({ length: batch }, (_, index) => message(from + index)),
      ),
    );
    const versions = Array.from({ length: batch }, (_, index) => message((index * 7_919) % size, round + 1));
    edit.push(cost(contender, versions));
  }
  const expected = size + rounds * batch;
  if (contender.count() !== expected) throw new Error(`${contender.name} holds ${contender.count()} of ${expected}`);
  return { append: median(append), edit: median(edit) };
}

for (const make of [onescreen, spreadReducer, floor]) measure(make, 2_000); // Warms up.
console.log('CPU microseconds a message, ten subscribers (append / edit), and ratios to ours\n');
for (const size of sizes) {
  const results = [onescreen, spreadReducer, floor].map((make) => ({ name: make().name, ...measure(make, size) }));
  const ours = results[0];
  for (const { name, append, edit } of results) {
    const ratio =
      ours === undefined ? '' : `${(append / ours.append).toFixed(2)} x / ${(edit / ours.edit).toFixed(2)} x`;
    console.log(
      `${`${size}`.padStart(7)}  ${name.padEnd(15)} ${append.toFixed(2)} / ${edit.toFixed(2)}`.padEnd(50),
      ratio,
    );
  }
}
