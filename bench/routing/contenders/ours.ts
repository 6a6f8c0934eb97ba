import {
  createRoutingEngine,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type RoutingStrategy,
  type TaskSpec,
} from 'onescreen/routing';
import type { Matcher, Offered } from '../matcher';
import { numberOf, offerTtlMs, startAt, taskSpec, workerSpec, type World } from '../workload';

export const queueId = 'support';

/** An engine with the workers of a world. Who refuses an offer stays available, and is not asked for the task again. */
export function engineOf(world: World, strategy: RoutingStrategy): RoutingEngine {
  const engine = createRoutingEngine({ queues: [{ id: queueId, strategy, offerTtlMs, onExpire: 'keep' }] });
  for (let worker = 0; worker < world.workers; worker++)
    engine.apply({ type: 'register', worker: workerSpec(world, worker, queueId) }, startAt);
  return engine;
}

/** The engine as an application has it: commands with ids in, every event read, every offer with its explanation. */
export function ours(strategy: RoutingStrategy): (world: World, offered: Offered) => Matcher {
  return (world, offered) => application(world, engineOf(world, strategy), offered);
}

/** What an application has of an engine, and the benchmark looks at. */
interface Applied {
  apply(command: RoutingCommand, now: number): readonly RoutingEvent[];
  tasks(): readonly { readonly status: string }[];
  workers(): readonly { readonly consumed: number }[];
}

export function application(world: World, engine: Applied, offered: Offered): Matcher {
  // What an application has in hand of its tasks: their ids, and the offers that are out.
  const specs: (TaskSpec | undefined)[] = [];
  const ids: string[] = [];
  const offerIds: string[] = [];

  function apply(command: RoutingCommand, now: number): void {
    for (const event of engine.apply(command, now)) read(event);
  }

  function read(event: RoutingEvent): void {
    switch (event.type) {
      case 'offer-issued': {
        const { winner, constraints } = event.explanation;
        if (winner.workerId !== event.workerId || constraints.candidates < 1)
          throw new Error(`the explanation of ${event.offerId} is about something else`);
        const task = numberOf(event.taskId);
        offerIds[task] = event.offerId;
        return offered(task, numberOf(event.workerId));
      }
      default:
        return;
    }
  }

  return {
    prepare(from, to) {
      for (let task = from; task < to; task++) {
        const spec = taskSpec(world, task, queueId);
        specs[task] = spec;
        ids[task] = spec.id;
      }
    },
    arrive(task, now) {
      const spec = specs[task];
      specs[task] = undefined;
      if (spec !== undefined) apply({ type: 'enqueue', task: spec }, now);
    },
    accept: (task, now) => apply({ type: 'accept', offerId: offerIds[task] ?? '' }, now),
    decline: (task, now) => apply({ type: 'decline', offerId: offerIds[task] ?? '' }, now),
    expire: (_, now) => apply({ type: 'tick' }, now),
    end(task, now) {
      const id = ids[task] ?? '';
      apply({ type: 'complete', taskId: id }, now);
      apply({ type: 'close', taskId: id }, now);
    },
    check(waiting) {
      const left = engine.tasks();
      if (left.length !== waiting) throw new Error(`the engine has ${left.length} tasks, not ${waiting}`);
      if (left.some(({ status }) => status !== 'queued')) throw new Error('somebody still has a task');
      if (engine.workers().some(({ consumed }) => consumed !== 0)) throw new Error('a worker still has work');
    },
  };
}
