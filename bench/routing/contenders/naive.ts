import { satisfies, type RoutingStrategy, type Worker, type WorkerChannel } from 'onescreen/routing';
import type { Selector } from 'onescreen';
import type { Matcher, Offered } from '../matcher';
import { capacity, channels, selectorsOf, workerId, type World } from '../workload';
import { engineOf } from './ours';

/** A worker whom the naive matcher changes in place. */
export type NaiveWorker = { -readonly [Key in keyof Worker]: Worker[Key] } & {
  readonly number: number;
  readonly inHand: Record<string, number>;
};

export interface NaiveTask {
  readonly number: number;
  readonly channel: string;
  readonly cost: number;
  readonly max: number;
  readonly priority: number;
  readonly selectors: readonly Selector[];
  readonly refusedBy: Set<NaiveWorker>;
  worker: NaiveWorker | undefined;
}

/** Makes, of what a task asks for, a test of workers. */
export type Demand = (selectors: readonly Selector[]) => (worker: NaiveWorker) => boolean;

const everySelector: Demand = (selectors) => (worker) => selectors.every((selector) => satisfies(worker, selector));

/** A matcher that can be told what it is to offer, so as to reach a state without deciding anything. */
export interface NaiveMatcher extends Matcher {
  /** Offers what it is told from now on, with the offers of the next call; undefined: decides itself again. */
  follow(told: (() => readonly { readonly task: number; readonly worker: number }[]) | undefined): void;
}

/**
 * The rules in their plainest form: filters and sorts all workers for a task that wants somebody, and scans all waiting
 * tasks for a worker who has room.
 */
export function naive(
  strategy: RoutingStrategy,
  demand: Demand = everySelector,
): (world: World, offered: Offered) => NaiveMatcher {
  return (world, offered) => {
    const workers = workersOf(world, strategy);
    const living = new Map<number, NaiveTask & { readonly matches: (worker: NaiveWorker) => boolean }>();
    type Living = NonNullable<ReturnType<typeof living.get>>;
    const waiting = new Set<Living>();
    let following: (() => readonly { readonly task: number; readonly worker: number }[]) | undefined;

    const better = (a: NaiveWorker, b: NaiveWorker) => strategy.compare?.(a, b) || (a.id < b.id ? -1 : 1);
    const sooner = (a: Living, b: Living) => b.priority - a.priority || a.number - b.number;

    function fits(task: Living, worker: NaiveWorker): boolean {
      return (
        worker.consumed + task.cost <= capacity &&
        (worker.inHand[task.channel] ?? 0) < task.max &&
        !task.refusedBy.has(worker) &&
        task.matches(worker)
      );
    }

    // Nobody with room fits a waiting task, but for the tasks and the workers that something has just changed about.
    function match(tasks: readonly Living[], freed: readonly NaiveWorker[]): void {
      if (following !== undefined) {
        for (const { task, worker } of following()) give(found(living.get(task)), found(workers[worker]));
        return;
      }
      const wanted = [...waiting].filter((task) => tasks.includes(task) || freed.some((worker) => fits(task, worker)));
      for (const task of wanted.sort(sooner)) {
        const asked = tasks.includes(task) ? workers : freed;
        const [best] = asked.filter((worker) => fits(task, worker)).sort(better);
        if (best !== undefined) give(task, best);
      }
    }

    function give(task: Living, worker: NaiveWorker): void {
      waiting.delete(task);
      task.worker = worker;
      load(worker, task, 1);
      offered(task.number, worker.number);
    }

    function refuse(numbers: readonly number[], now: number): void {
      const tasks = numbers.map((number) => found(living.get(number)));
      const freed = tasks.map((task) => {
        const worker = free(task, now);
        task.refusedBy.add(worker);
        waiting.add(task);
        return worker;
      });
      match(tasks, [...new Set(freed)]);
    }

    return {
      follow: (told) => (following = told),
      arrive(number) {
        const selectors = selectorsOf(world, number);
        const { channel, cost, max } = found(channels[world.channel[number] ?? 0]);
        const task: Living = {
          number,
          channel,
          cost,
          max,
          priority: world.priority[number] ?? 0,
          selectors,
          refusedBy: new Set(),
          worker: undefined,
          matches: demand(selectors),
        };
        living.set(number, task);
        waiting.add(task);
        match([task], []);
      },
      accept() {},
      decline: (number, now) => refuse([number], now),
      expire: refuse,
      end(number, now) {
        const worker = free(found(living.get(number)), now);
        living.delete(number);
        match([], [worker]);
      },
      check(expected) {
        if (waiting.size !== expected || living.size !== expected)
          throw new Error(`${waiting.size} tasks wait of ${living.size}, not ${expected}`);
        if (workers.some(({ consumed }) => consumed !== 0)) throw new Error('a worker still has work');
      },
    };
  };
}

function free(task: NaiveTask, now: number): NaiveWorker {
  const worker = found(task.worker);
  task.worker = undefined;
  load(worker, task, -1);
  worker.idleSince = now;
  return worker;
}

function load(worker: NaiveWorker, { channel, cost }: NaiveTask, by: 1 | -1): void {
  worker.consumed += by * cost;
  worker.loadRatio = worker.consumed / worker.capacity;
  worker.inHand[channel] = (worker.inHand[channel] ?? 0) + by;
  const open = worker.channels.filter((each) => hasRoom(worker, each));
  worker.usesLeft = (worker.flexibility * open.length) / worker.channels.length;
}

function hasRoom({ consumed, inHand }: NaiveWorker, { channel, cost, max = Infinity }: WorkerChannel): boolean {
  return consumed + cost <= capacity && (inHand[channel] ?? 0) < max;
}

// As the engine describes them when they are new, whatever a strategy may look at.
function workersOf(world: World, strategy: RoutingStrategy): readonly NaiveWorker[] {
  const engine = engineOf(world, strategy);
  return Array.from({ length: world.workers }, (_, number) => {
    const inHand: Record<string, number> = {};
    return { ...found(engine.worker(workerId(number))), number, inHand, load: inHand };
  });
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the naive matcher knows no such thing');
  return value;
}
