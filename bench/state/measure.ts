import { measureCall } from './calls/measure-calls';
import { withContender } from './contenders/contenders';
import type { Contender, Kind } from './contenders/contender';
import type { CallReport, HeapReport, Job, MessageJob, Timed, TimeReport } from './job';
import { message, received, type Ids, type Message } from './workload';

// One job in a process of its own: `measure.mjs <job as JSON>` prints its report as JSON.

/** Events of each kind that warm up, and as many that count; fewer where they take longer than this CPU time. */
const wantedEvents = 40_000;
const enoughUs = 800_000;
/** Events between two looks at the clock: more, once it is known that they take less than this. */
const firstBatch = 8;
const batchUs = 10_000;
/** Small histories are filled so often that together they have room for so many events. */
const roomFor = 1_000;

const kinds = ['new', 'edit'] as const;

type Store<Input> = Contender<Input>;

/** Measures one kind of event until it has enough of it. */
class Meter {
  readonly #kind: Kind;
  #batch = firstBatch;
  #warm = 0;
  #warmingUs = 0;
  #us = 0;
  #events = 0;
  #calls = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  get hasEnough(): boolean {
    return this.#events >= wantedEvents || this.#us >= enoughUs;
  }

  get timed(): Timed {
    return { us: this.#us / this.#events, events: this.#events, calls: this.#calls / this.#events };
  }

  /** Takes up to `most` events of each store; returns how many each has had. */
  run<Input>(
    stores: readonly Store<Input>[],
    { conversations, messages }: MessageJob,
    ids: Ids,
    most: number,
  ): number[] {
    return stores.map((store) => {
      let told = 0;
      while (told < most && !this.hasEnough) {
        const inputs: Input[] = [];
        for (const to = Math.min(most, told + this.#batch); told < to; told++) {
          const { conversation, message: next } = eventAt(told, this.#kind, conversations, messages, ids);
          inputs.push(store.input(conversation, received(next), this.#kind));
        }
        this.#take(store, inputs);
      }
      return told;
    });
  }

  #take<Input>(store: Store<Input>, inputs: readonly Input[]): void {
    const isWarm = this.#warm >= wantedEvents || this.#warmingUs >= enoughUs;
    const before = store.calls();
    const started = process.cpuUsage();
    for (const input of inputs) store.take(input);
    const { user, system } = process.cpuUsage(started);
    const us = user + system;
    if (us < batchUs) this.#batch *= 2;
    if (isWarm) {
      this.#us += us;
      this.#events += inputs.length;
      this.#calls += store.calls() - before;
    } else {
      this.#warmingUs += us;
      this.#warm += inputs.length;
    }
  }
}

/** By turns: no conversation is touched again before all others were. */
function eventAt(event: number, kind: Kind, conversations: number, messages: number, ids: Ids) {
  const turn = Math.floor(event / conversations);
  // A prime: no message is edited twice in one history.
  const index = kind === 'new' ? messages + turn : (turn * 7_919) % messages;
  return { conversation: event % conversations, message: message(index, ids, kind === 'new' ? 0 : turn + 1) };
}

async function time<Input>(job: MessageJob, ids: Ids, make: () => Promise<Store<Input>>): Promise<TimeReport> {
  const { conversations, messages } = job;
  // A history grows by a fifth at most.
  const most = Math.ceil(messages / 5) * conversations;
  const meters = { new: new Meter('new'), edit: new Meter('edit') };
  for (let turn = 0; kinds.some((kind) => !meters[kind].hasEnough); turn++) {
    litter(turn);
    const stores: Store<Input>[] = [];
    while (stores.length === 0 || stores.length * most < roomFor) stores.push(await filled(job, ids, make));
    const told = {
      new: meters.new.run(stores, job, ids, most),
      edit: meters.edit.run(stores, job, ids, most),
    };
    for (const [index, store] of stores.entries()) {
      check(store, job, ids, { new: told.new[index] ?? 0, edit: told.edit[index] ?? 0 });
      await store.close();
    }
  }
  return { new: meters.new.timed, edit: meters.edit.timed };
}

let garbage: unknown;

/**
 * Leaves garbage of up to 16 MB, another size each turn. All turns are alike, and would have the engine collect at the same
 * point of each: with one contender always within what is measured, with another never.
 */
function litter(turn: number): void {
  for (let left = (turn * 631) % 1_024; left > 0; left--)
    garbage = new Array<unknown>(2_048).fill(garbage === undefined);
}

async function filled<Input>(job: MessageJob, ids: Ids, make: () => Promise<Store<Input>>): Promise<Store<Input>> {
  const store = await make();
  for (let each = 0; each < job.conversations; each++) store.fill(each, history(job.messages, ids));
  return store;
}

function* history(messages: number, ids: Ids): Iterable<Message> {
  for (let index = 0; index < messages; index++) yield received(message(index, ids));
}

/** @throws Error when a store does not hold what it was told */
function check(
  store: Store<unknown>,
  { conversations, messages }: MessageJob,
  ids: Ids,
  told: Record<Kind, number>,
): void {
  const expected = Array.from({ length: conversations }, () => new Map<number, string>());
  for (const texts of expected)
    for (let index = 0; index < messages; index++) texts.set(index, textOf(message(index, ids)));
  for (const kind of kinds) {
    for (let event = 0; event < told[kind]; event++) {
      const turn = Math.floor(event / conversations);
      const index = kind === 'new' ? messages + turn : (turn * 7_919) % messages;
      const { conversation, message: next } = eventAt(event, kind, conversations, messages, ids);
      expected[conversation]?.set(index, textOf(next));
    }
  }
  for (const [conversation, texts] of expected.entries()) {
    if (store.contents(conversation).join('\n') !== [...texts.values()].join('\n'))
      throw new Error(`conversation ${conversation} does not hold what it was told`);
  }
}

function textOf({ id, text }: Message): string {
  return `${id} ${text}`;
}

/** What its messages weigh, beside the same objects in a plain array. */
async function weigh<Input>(job: MessageJob, make: () => Promise<Store<Input>>): Promise<HeapReport> {
  const count = job.messages * job.conversations;
  let store: Store<Input> | undefined = await make();
  const before = heap();
  for (let each = 0; each < job.conversations; each++) store.fill(each, history(job.messages, 'time'));
  const held = heap() - before;
  const objects = Array.from({ length: job.conversations }, (_, each) => store?.objects(each).slice() ?? []);
  await store.close();
  store = undefined;
  // What closing leaves behind is not the list's: only what goes with the list is.
  const withThem = heap();
  objects.length = 0;
  return { held: held / count, plain: (withThem - heap()) / count };
}

function heap(): number {
  for (let turn = 0; turn < 3; turn++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const isJob = (value: unknown): value is Job => typeof value === 'object' && value !== null && 'measure' in value;

const job: unknown = JSON.parse(process.argv[2] ?? 'null');
if (!isJob(job)) throw new Error('usage: measure.mjs <job as JSON>');
console.log(JSON.stringify(await run(job)));

async function run(job: Job): Promise<TimeReport | HeapReport | CallReport> {
  if (job.measure === 'call') return measureCall(job.contender, job.participants);
  return withContender<TimeReport | HeapReport>(job.contender, (make) => {
    const start = () => make(job.conversations);
    return job.measure === 'time' ? time(job, job.ids, start) : weigh(job, start);
  });
}
