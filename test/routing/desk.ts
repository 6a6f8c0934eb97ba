import { isContactCenterError } from 'onescreen';
import {
  createRoutingEngine,
  routingRules,
  type QueuePolicy,
  type Ranked,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type RoutingRules,
  type TaskSpec,
  type WorkerSpec,
} from 'onescreen/routing';

/** An engine, its time, and what it did so far. */
export class Desk {
  readonly engine: RoutingEngine;
  readonly log: RoutingEvent[] = [];
  now = 0;

  /** With rules where a queue needs them, or where some are given, behind the queues. */
  constructor(...of: (QueuePolicy | RoutingRules)[]) {
    const queues = of.flatMap((each) => ('attach' in each ? [] : each));
    const needs = queues.some(
      ({ hours, exceptions, strategy }) =>
        hours ?? exceptions ?? strategy?.exceptions ?? (strategy !== undefined && 'select' in strategy),
    );
    const rules = of.find((each) => 'attach' in each) ?? (needs ? routingRules() : undefined);
    this.engine = createRoutingEngine({
      queues: queues.length > 0 ? queues : [{ id: 'support' }],
      ...(rules !== undefined && { rules }),
    });
  }

  do(command: RoutingCommand): readonly RoutingEvent[] {
    const events = this.engine.apply(command, this.now);
    this.log.push(...events);
    return events;
  }

  /** Moves on by `ms` and wakes the engine whenever it wants to be woken on the way. */
  pass(ms: number): readonly RoutingEvent[] {
    const events: RoutingEvent[] = [];
    const end = this.now + ms;
    for (let wake = this.engine.wakeAt; wake !== undefined && wake <= end; wake = this.engine.wakeAt) {
      this.now = Math.max(this.now, wake);
      events.push(...this.do({ type: 'tick' }));
    }
    this.now = end;
    events.push(...this.do({ type: 'tick' }));
    return events;
  }

  /** Registers an available worker: one chat at a time in the queue `support`, unless told otherwise. */
  worker(id: string, more: Partial<WorkerSpec> = {}): readonly RoutingEvent[] {
    const channels = [{ channel: 'chat', cost: 1 }];
    return this.do({
      type: 'register',
      worker: { id, queues: ['support'], capacity: 1, channels, available: true, ...more },
    });
  }

  task(id: string, more: Partial<TaskSpec> = {}): readonly RoutingEvent[] {
    return this.do({ type: 'enqueue', task: { id, queueId: 'support', channel: 'chat', ...more } });
  }

  /** Accepts the open offer of a task. */
  accept(taskId: string): readonly RoutingEvent[] {
    return this.do({ type: 'accept', offerId: this.offerOf(taskId) });
  }

  offerOf(taskId: string): string {
    const offer = this.engine.task(taskId)?.offers[0];
    if (offer === undefined) throw new Error(`there is no offer for ${taskId}`);
    return offer.id;
  }

  /** Completes and closes a task. */
  finish(taskId: string): readonly RoutingEvent[] {
    return [...this.do({ type: 'complete', taskId }), ...this.do({ type: 'close', taskId })];
  }
}

/** `task -> worker` of every offer in `events`, in order. */
export function offers(events: readonly RoutingEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'offer-issued' ? `${event.taskId} -> ${event.workerId}` : []));
}

export function types(events: readonly RoutingEvent[]): readonly string[] {
  return events.map((event) => event.type);
}

/** A command or an answer as it comes from plain JavaScript or over a wire: nobody checked it. */
export function unchecked(json: string): RoutingCommand & readonly Ranked[] {
  return JSON.parse(json) as RoutingCommand & readonly Ranked[];
}

/** Code and field of the error that `run` throws. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isContactCenterError(error)) return error.field === undefined ? error.code : `${error.code} ${error.field}`;
    throw error;
  }
  return 'nothing was refused';
}
