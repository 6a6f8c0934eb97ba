import { ContactCenterError } from 'onescreen';
import { slotsOf } from './capacity';
import { checkNumber, invalid } from './check';
import type { PendingClassification } from './classification';
import type { RoutingCommand } from './commands';
import type { RoutingEvent } from './events';
import { explainTask, type TaskExplanation } from './explanation';
import { candidatesFor, match } from './matching';
import { follow, gone, withoutRules } from './follow';
import { resolvePolicies, type QueuePolicy } from './queue-policy';
import type { RoutingRules } from './routing-rules';
import {
  offerSnapshot,
  queueSnapshot,
  routableTask,
  taskSnapshot,
  workerSnapshot,
  type QueueSnapshot,
} from './snapshots';
import { RoutingState } from './state';
import type { RankInput, RoutingStrategy } from './strategy';
import type { NextTask, OfferSnapshot, QueuePosition, TaskSnapshot } from './task';
import type { WorkerSnapshot } from './worker';

/** A question to a queue's strategy: call `strategy.rank` with `input`, and apply `decide` or `decisionFailed`. */
export interface PendingDecision {
  readonly id: string;
  readonly taskId: string;
  readonly strategy: RoutingStrategy;
  readonly input: Omit<RankInput, 'signal'>;
}

export interface RoutingOptions {
  readonly queues: readonly QueuePolicy[];
  /** `routingRules()`, for queues and tasks that need them; the engine refuses what it does not know without them. */
  readonly rules?: RoutingRules;
  /** What the ids of its offers begin with: another one for each engine whose offers the same pages may see. Default `o-`. */
  readonly offerPrefix?: string;
}

/**
 * Who gets which task: a deterministic state machine. The same commands at the same times give the
 * same events, on any machine; nothing in it runs by itself. `createRouter` runs one on a clock.
 */
export interface RoutingEngine {
  /**
   * Lets time pass up to `now` (epoch ms; a clock that goes backwards is taken to stand still), then
   * follows the command; one that time has overtaken by then, such as an acceptance when a rule of the queue cancels the
   * task at that moment, is dropped, unless a `tick` came before. Throws `routing/invalid` for bad input, `offer/gone`, `task/gone` and
   * `worker/gone` for what is no longer there, `task/wrong-state`, `task/unassign-limit`, and `worker/no-capacity`; nothing has changed then.
   */
  apply(command: RoutingCommand, now: number): readonly RoutingEvent[];
  /** When to apply the next `tick` (epoch ms), if nothing else comes first. */
  readonly wakeAt: number | undefined;
  /** Why a task is where it is, and what speaks against each worker of its queue. Throws `task/gone`. */
  explain(taskId: string, now: number): TaskExplanation;
  /**
   * Where a task stands, or one would that was enqueued now; undefined for one that does not wait, and for a queue that
   * there is not. Rules of the queue that would move the task at once, and selectors of a strategy, are left out of account.
   * Throws `routing/invalid` for a task to come in an engine without `routingRules()`.
   */
  position(task: string | NextTask, now: number): QueuePosition | undefined;
  task(id: string): TaskSnapshot | undefined;
  worker(id: string): WorkerSnapshot | undefined;
  offer(id: string): OfferSnapshot | undefined;
  queue(id: string): QueueSnapshot | undefined;
  /** All tasks that are not closed or cancelled, in the order in which they came. */
  tasks(): readonly TaskSnapshot[];
  /** All workers, those included who were deregistered with work in hand. */
  workers(): readonly WorkerSnapshot[];
  /** A question that awaits its answer; undefined once it does not. */
  decision(id: string): PendingDecision | undefined;
  /** The question about a task's classification that awaits its answer. */
  classification(taskId: string): PendingClassification | undefined;
}

/** Makes an engine with these queues and no workers. Throws `routing/invalid` for a policy that makes no sense. */
export function createRoutingEngine(options: RoutingOptions): RoutingEngine {
  const state = new RoutingState(resolvePolicies(options.queues));
  state.offerPrefix = options.offerPrefix ?? state.offerPrefix;
  options.rules?.attach(state);
  for (const { policy } of options.rules === undefined ? state.queues.values() : []) {
    const { id, exceptions, hours, strategy } = policy;
    if (exceptions.length > 0 || hours !== undefined || strategy.select !== undefined)
      throw withoutRules(`queue "${id}", for its exceptions, hours or selecting strategy,`);
  }
  return new Engine(state);
}

/** What an engine of this module knows, for `saveRouting`. */
export function stateOf(engine: RoutingEngine): RoutingState | undefined {
  return Engine.stateOf(engine);
}

class Engine implements RoutingEngine {
  readonly #state: RoutingState;

  constructor(state: RoutingState) {
    this.#state = state;
  }

  static stateOf(engine: RoutingEngine): RoutingState | undefined {
    return #state in engine ? engine.#state : undefined;
  }

  apply(command: RoutingCommand, now: number): readonly RoutingEvent[] {
    const state = this.#state;
    checkNumber(now, 'now');
    const at = Math.max(state.now, now);
    const isDue = (state.timers.next ?? Infinity) <= at;
    this.#follow(command, at, isDue);
    if (isDue) this.#pass(command);
    state.unfinished = match(state);
    return state.takeEvents();
  }

  #follow(command: RoutingCommand, at: number, isCheck: boolean): void {
    const state = this.#state;
    const { now } = state;
    try {
      if (!isCheck) state.now = at;
      follow(state, command, at, isCheck ? 'check' : 'do');
      state.now = at;
    } catch (error) {
      state.now = now;
      if (error instanceof ContactCenterError) throw error;
      // Where a command from plain JavaScript lacks what no check looks for, reading it throws.
      throw invalid('apply routing command', 'something in it is missing or not what it should be', 'command');
    }
  }

  // Lets time pass, and follows what it has not overtaken.
  #pass(command: RoutingCommand): void {
    const state = this.#state;
    const { now, timers } = state;
    for (let timer = timers.takeDue(now); timer !== undefined; timer = timers.takeDue(now)) timer.fire(state);
    if (state.vocabulary?.isOvertaken(() => follow(state, command, now, 'check')) !== true)
      follow(state, command, now, 'again');
  }

  get wakeAt(): number | undefined {
    return this.#state.unfinished ? this.#state.now : this.#state.timers.next;
  }

  explain(taskId: string, now: number): TaskExplanation {
    const task = this.#state.tasks.get(taskId);
    if (task === undefined) throw gone('task', 'explain', 'it has ended or never was');
    return explainTask(this.#state, task, now, this.position(taskId, now));
  }

  position(given: string | NextTask, now: number): QueuePosition | undefined {
    const state = this.#state;
    const { vocabulary } = state;
    if (typeof given !== 'string' && vocabulary === undefined) throw withoutRules('the position of a task to come');
    const task = typeof given === 'string' ? state.tasks.get(given) : vocabulary?.next(state, given);
    if (task?.line === undefined || task.queue === undefined) return undefined;
    const { queue, offers, decisionId } = task;
    let slots = 0;
    for (const worker of queue.members) if (worker.available) slots += slotsOf(worker, task.demands);
    const startsAt = queue.closed ? vocabulary?.waits(state, task, now)?.opensAt : slots > 0 ? now : undefined;
    const isAsked = offers.length > 0 || decisionId !== undefined;
    return queue.position(task, slots, startsAt && startsAt - now, isAsked);
  }

  task(id: string): TaskSnapshot | undefined {
    const task = this.#state.tasks.get(id);
    return task && taskSnapshot(task);
  }

  worker(id: string): WorkerSnapshot | undefined {
    const worker = this.#state.workers.get(id);
    return worker && workerSnapshot(worker);
  }

  offer(id: string): OfferSnapshot | undefined {
    const offer = this.#state.offers.get(id);
    return offer && offerSnapshot(offer);
  }

  queue(id: string): QueueSnapshot | undefined {
    return queueSnapshot(this.#state, id);
  }

  tasks(): readonly TaskSnapshot[] {
    return [...this.#state.tasks.values()].map(taskSnapshot);
  }

  workers(): readonly WorkerSnapshot[] {
    return [...this.#state.workers.values()].map(workerSnapshot);
  }

  decision(id: string): PendingDecision | undefined {
    const state = this.#state;
    const task = state.decisions.get(id)?.task;
    const queue = task?.queue;
    if (task === undefined || queue === undefined) return undefined;
    const { policy, lastOffered } = queue;
    const history = {
      ...(lastOffered !== undefined && { lastOffered: lastOffered.id }),
      refusals: [...task.refusals.values()].map(({ epoch: _, ...refusal }) => refusal),
      previousWorkers: [...task.previousWorkers],
    };
    const candidates = candidatesFor(state, task);
    const input = {
      task: routableTask(task),
      candidates,
      now: new Date(state.now),
      history,
      options: policy.strategyOptions,
    };
    return { id, taskId: task.id, strategy: policy.strategy, input };
  }

  classification(taskId: string): PendingClassification | undefined {
    return this.#state.vocabulary?.pendingClassification(this.#state, taskId);
  }
}
