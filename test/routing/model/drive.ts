import fc from 'fast-check';
import {
  leastLoaded,
  longestIdle,
  roundRobin,
  type QueuePolicy,
  type RoutingCommand,
  type RoutingEvent,
} from 'onescreen/routing';
import { Oracle, type OracleQueue, type OracleTask } from '../oracle';
import { commandWish, concrete, team, type CommandWish } from './commands';
import { Past } from './past';
import type { Subject } from './subject';

/** Queues for a subject that is driven against the model. */
export const modelQueues: readonly OracleQueue[] = [
  { id: 'support', order: 'longestIdle', offerTtlMs: 15_000, concurrentOffers: 1 },
  {
    id: 'sales',
    order: 'longestIdle',
    offerTtlMs: 7_000,
    concurrentOffers: 2,
    onExpire: 'keep',
    releaseCapacityAt: 'wrapping',
    maxUnassignments: 1,
  },
  { id: 'back', order: 'leastLoaded', offerTtlMs: 7_000, concurrentOffers: 3, releaseCapacityAt: 'wrapping' },
  { id: 'odd', order: 'roundRobin', offerTtlMs: 20_000, concurrentOffers: 1, onExpire: 'keep' },
];

const strategies = { longestIdle, leastLoaded, roundRobin };

/** The same queues as the subject is set up with. */
export const subjectQueues: readonly QueuePolicy[] = modelQueues.map(({ order, ...queue }) => ({
  ...queue,
  strategy: strategies[order](),
}));

/** One command at one time. `twice`: delivered once more; `restart`: the subject loses what is not kept, afterwards. */
export interface Step {
  readonly wish: CommandWish;
  /** Milliseconds; below 0: the clock was put back for this command. */
  readonly passed: number;
  readonly twice: boolean;
  readonly restart: boolean;
}

/** What the model knows nothing of. */
export const leftOut = [
  'decide',
  'decisionFailed',
  'classify',
  'classificationFailed',
  'enqueue later',
  'requeue elsewhere',
] as const;

const step: fc.Arbitrary<Step> = fc.record({
  wish: commandWish(...leftOut),
  passed: fc.constantFrom(0, 0, 0, 0, 1, 300, 1_500, 7_500, -500, -100_000),
  twice: fc.integer({ min: 0, max: 7 }).map((each) => each === 0),
  restart: fc.integer({ min: 0, max: 19 }).map((each) => each === 0),
});

/** A team, and what is done with it. */
export function course(maxSteps: number): fc.Arbitrary<readonly [readonly RoutingCommand[], readonly Step[]]> {
  return fc.tuple(team, fc.array(step, { minLength: 10, maxLength: maxSteps, size: 'max' }));
}

/** Commands that may act once more when they are delivered twice: they say what is to be, not what is to change. */
const repeatable = new Set(['requeue', 'revoke', 'update', 'setAvailable', 'tick', 'close']);

/** How often what happened. */
export class Tally {
  readonly #counts = new Map<string, number>();
  commands = 0;

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Of each type of command, how many were accepted and refused, and all else. */
  toString(): string {
    return [...this.#counts]
      .sort()
      .map(([what, count]) => `${what}: ${count}`)
      .join('\n');
  }
}

/**
 * Drives a subject through a course and throws, with the step named, where it does not do what the model does, or where
 * a worker has more than it may, a task is in two hands or lost, one overtakes its equal, or an offer does not end.
 */
export async function drive(
  subject: Subject,
  [first, steps]: readonly [readonly RoutingCommand[], readonly Step[]],
  tally: Tally,
): Promise<void> {
  const oracle = new Oracle(modelQueues);
  const run = new Run(subject, oracle, tally);
  for (const [number, command] of first.entries()) await run.command(`registration ${number}`, command, run.now);
  for (const [number, { wish, passed, twice, restart }] of steps.entries()) {
    if (passed > 0) await run.pass(`before step ${number}`, passed);
    const command = concrete(wish, run, run.now, number);
    const at = run.now + Math.min(0, passed);
    if (passed < 0) tally.add('clock put back');
    await run.command(`step ${number}`, command, at);
    if (twice) await run.again(`step ${number}, delivered twice`, command, at);
    if (!restart) continue;
    await subject.restart();
    tally.add('restart');
    await run.compare(`restart after step ${number}`);
  }
  await run.pass('in the end', 3_600_000);
  await run.finish();
}

class Run {
  now = 1_000_000;
  tasks: Awaited<ReturnType<Subject['tasks']>> = [];
  readonly past = new Past();
  readonly #subject: Subject;
  readonly #oracle: Oracle;
  readonly #tally: Tally;
  /** Offers that are open, and those that have ended. */
  readonly #offers = new Map<string, Extract<RoutingEvent, { readonly type: 'offer-issued' }>>();
  readonly #ended = new Set<string>();
  readonly #reduced = new Set<string>();
  #seq = 0;

  constructor(subject: Subject, oracle: Oracle, tally: Tally) {
    this.#subject = subject;
    this.#oracle = oracle;
    this.#tally = tally;
  }

  async command(what: string, command: RoutingCommand, at: number): Promise<boolean> {
    const where = `${what}: ${JSON.stringify(command)} at ${at}`;
    this.#tally.commands += 1;
    const meant = new Map(this.#offers);
    const actual = await this.#subject.apply(command, at);
    const expected = this.#oracle.apply(command, (id) => meant.get(id), at);
    if (typeof actual === 'string' || typeof expected === 'string') {
      same(actual, expected, `${where}, refusal`);
      this.#tally.add(`${command.type} refused`);
      this.#tally.add(String(expected));
      return false;
    }
    this.#tally.add(`${command.type} accepted`);
    if (command.type === 'update') this.#reduced.add(command.workerId);
    if (command.type === 'register') this.#reduced.add(command.worker.id);
    this.#note(actual, where);
    same(pairs(actual), expected, `${where}, offers`);
    await this.compare(where, actual);
    return true;
  }

  /** The same command once more is refused, or changes nothing that anybody has or is offered. */
  async again(what: string, command: RoutingCommand, at: number): Promise<void> {
    const before = repeatable.has(command.type) ? '' : await this.#facts();
    const accepted = await this.command(what, command, at);
    this.#tally.add('delivered twice');
    if (accepted && !repeatable.has(command.type)) same(await this.#facts(), before, what);
  }

  async pass(what: string, passed: number): Promise<void> {
    this.now += passed;
    const events = await this.#subject.pass(this.now);
    for (let from = 0, to = 0; from < events.length; from = to) {
      const at = events[from]?.at ?? 0;
      while (events[to]?.at === at) to += 1;
      const some = events.slice(from, to);
      this.#note(some, what);
      const expected = this.#oracle.apply({ type: 'tick' }, () => undefined, at);
      same(pairs(some), expected, `${what}, at ${at}, offers`);
    }
    const left = this.#oracle.apply({ type: 'tick' }, () => undefined, this.now);
    same([], left, `${what}, offers that were not made`);
    await this.compare(what);
  }

  async compare(where: string, events: readonly RoutingEvent[] = []): Promise<void> {
    const oracle = this.#oracle;
    this.tasks = await this.#subject.tasks();
    const workers = await this.#subject.workers();
    const tasks = [...oracle.tasks.values()];
    same(
      this.tasks.map((each) => `${each.id} ${each.status} ${each.workerId ?? ''} ${each.channels.join('+')}`),
      tasks.map(
        (each) =>
          `${each.id} ${oracle.status(each)} ${each.workerId ?? ''} ${each.channels.map(({ channel }) => channel).join('+')}`,
      ),
      `${where}, tasks`,
    );
    same(
      this.tasks.flatMap((each) =>
        each.offers.map((offer) => `${each.id} -> ${offer.workerId} until ${offer.expiresAt}`),
      ),
      tasks.flatMap((each) =>
        oracle.offers
          .filter(({ taskId }) => taskId === each.id)
          .map((offer) => `${each.id} -> ${offer.workerId} until ${offer.expiresAt}`),
      ),
      `${where}, offers that are open`,
    );
    const hands = new Set<string>();
    for (const { id, consumed, capacity, channels, load, offerIds, taskIds } of workers) {
      const held = oracle.held(id);
      const units = held.reduce((total, { cost }) => total + cost, 0);
      same([id, consumed], [id, units], `${where}, units in use`);
      const loads = Object.entries(load).flatMap(([channel, count]) => Array<string>(count).fill(channel));
      same(loads.sort(), held.map(({ channel }) => channel).sort(), `${where}, channels in use of ${id}`);
      // Whose own limits were changed may be left with more than it may have, but then without offers.
      const limited = !this.#reduced.has(id);
      if (consumed > capacity && (limited || offerIds.length > 0))
        throw new Error(`${where}: ${id} has ${consumed} of ${capacity}`);
      for (const { channel, max = Infinity } of channels)
        if (limited && (load[channel] ?? 0) > max)
          throw new Error(`${where}: ${id} has ${load[channel]} of ${channel}`);
      for (const taskId of taskIds) {
        if (hands.has(taskId)) throw new Error(`${where}: ${taskId} is in two hands`);
        hands.add(taskId);
      }
    }
    for (const event of events)
      if (event.type === 'offer-issued') this.#checkOrder(event.taskId, event.workerId, where);
  }

  async finish(): Promise<void> {
    for (const { offerId, expiresAt } of this.#offers.values())
      if (expiresAt <= this.now) throw new Error(`${offerId} has never ended`);
    const living = new Set((await this.#subject.tasks()).map((each) => each.id));
    for (const id of this.#oracle.tasks.keys()) if (!living.has(id)) throw new Error(`${id} is lost`);
  }

  // Nobody who is served goes before its equal who waits for the same worker and has no offer at all.
  #checkOrder(taskId: string, workerId: string, where: string): void {
    const served = this.#oracle.tasks.get(taskId);
    const worker = this.#oracle.workers.get(workerId);
    if (served === undefined || !this.#isPlain(served)) return;
    for (const other of this.#oracle.tasks.values()) {
      if (other.queueId !== served.queueId || other.channels[0]?.channel !== served.channels[0]?.channel) continue;
      if (other.channels[0]?.cost !== served.channels[0]?.cost || !this.#isPlain(other)) continue;
      if (other.state !== 'queued' || other.suspended || other.notBefore > this.#oracle.now) continue;
      if (this.#oracle.status(other) === 'offered' || worker?.refused.has(other.id) === true) continue;
      this.#tally.add('looked for someone overtaken');
      if (this.#oracle.precedes(other, served)) throw new Error(`${where}: ${other.id} was overtaken by ${taskId}`);
    }
  }

  #isPlain({ channels, only, selectors }: OracleTask): boolean {
    return channels.length === 1 && only === undefined && selectors.length === 0;
  }

  #note(events: readonly RoutingEvent[], where: string): void {
    this.past.note(events);
    for (const event of events) {
      this.#tally.add(`event ${event.type}`);
      this.#seq += 1;
      same(event.seq, this.#seq, `${where}, number of an event`);
      if (event.type === 'offer-issued') {
        this.#offers.set(event.offerId, event);
      } else if ('offerId' in event && event.type !== 'task-assigned') {
        if (this.#ended.has(event.offerId)) throw new Error(`${where}: ${event.offerId} ended twice`);
        this.#ended.add(event.offerId);
        this.#offers.delete(event.offerId);
      }
    }
  }

  async #facts(): Promise<string> {
    return JSON.stringify([await this.#subject.tasks(), await this.#subject.workers()]);
  }
}

function pairs(events: readonly RoutingEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'offer-issued' ? `${event.taskId} -> ${event.workerId}` : []));
}

function same(actual: unknown, expected: unknown, where: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${where}: the subject says ${got}, the model ${wanted}`);
}
