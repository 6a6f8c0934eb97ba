import { ContactCenterError } from 'onescreen';
import { limitFor, slotsOf } from './capacity';
import { channelTrouble, holdChannel, releaseChannel } from './channels';
import {
  checkDemand,
  checkList,
  checkNumber,
  checkTask,
  checkText,
  checkWorker,
  checkWorkerChange,
  invalid,
  wrongState,
} from './check';
import type { PendingClassification } from './classification';
import type { RoutingCommand } from './commands';
import type { RoutingEvent } from './events';
import { explainTask, type TaskExplanation } from './explanation';
import { acceptOffer, assignTask, cancelTask, closeTask, completeTask, enqueueTask, requeueTask } from './lifecycle';
import { candidatesFor, decideWithout, followRanking, match } from './matching';
import { endOffer, lapses, makeUnavailable, revokeOffer, revokeOffersOf } from './offers';
import { resolvePolicies, type QueuePolicy } from './queue-policy';
import type { ChannelDemand, OfferRecord, TaskRecord, WorkerRecord } from './records';
import {
  offerSnapshot,
  queueSnapshot,
  routableTask,
  taskSnapshot,
  workerSnapshot,
  type QueueSnapshot,
} from './snapshots';
import type { RoutingRules } from './routing-rules';
import { RoutingState } from './state';
import type { RankInput, RoutingStrategy } from './strategy';
import type { OfferSnapshot, QueuePosition, TaskSnapshot, TaskSpec } from './task';
import type { WorkerSnapshot } from './worker';
import { deregisterWorker, makeAvailable, registerWorker, updateWorker } from './workforce';

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
  /** Where a task stands; undefined for one that does not wait. */
  position(taskId: string, now: number): QueuePosition | undefined;
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
  for (const { exceptions, hours, strategy } of options.rules === undefined ? state.policies.values() : [])
    if (exceptions.length > 0 || hours !== undefined || strategy.select !== undefined) throw withoutRules();
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
    const run = this.#checked(command, at);
    state.now = at;
    let passed = false;
    for (let timer = state.timers.takeDue(at); timer !== undefined; timer = state.timers.takeDue(at)) {
      timer.fire();
      passed = true;
    }
    const again = () => this.#prepare(command, at);
    if (!passed || state.vocabulary?.isOvertaken(again) !== true) run();
    state.unfinished = match(state);
    return state.takeEvents();
  }

  get wakeAt(): number | undefined {
    return this.#state.unfinished ? this.#state.now : this.#state.timers.next;
  }

  explain(taskId: string, now: number): TaskExplanation {
    const task = this.#state.tasks.get(taskId);
    if (task === undefined) throw gone('task', 'explain', 'it has ended or never was');
    return explainTask(this.#state, task, now, this.position(taskId));
  }

  position(taskId: string): QueuePosition | undefined {
    const task = this.#state.tasks.get(taskId);
    if (task?.line === undefined) return undefined;
    let slots = 0;
    for (const worker of this.#state.index.membersOf(task.queueId))
      if (worker.available) slots += slotsOf(worker, task.demands);
    return this.#state.queues.get(task.queueId)?.position(task, slots);
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
    const policy = task && state.policies.get(task.queueId);
    if (task === undefined || policy === undefined) return undefined;
    const lastOffered = state.lastOffered.get(task.queueId)?.id;
    const history = {
      ...(lastOffered !== undefined && { lastOffered }),
      refusals: [...task.refusals.values()].map(({ epoch: _, ...refusal }) => refusal),
      previousWorkers: task.previousWorkers,
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

  // Where a command from plain JavaScript lacks what no check looks for, reading it throws.
  #checked(command: RoutingCommand, now: number): () => void {
    try {
      return this.#prepare(command, now);
    } catch (error) {
      if (error instanceof ContactCenterError) throw error;
      throw invalid('apply routing command', 'something in it is missing or not what it should be', 'command');
    }
  }

  // Checks the command against how things will stand at `now`, without changing any; what it returns cannot fail.
  #prepare(command: RoutingCommand, now: number): () => void {
    const state = this.#state;
    switch (command.type) {
      case 'register':
        checkWorker(command.worker, 'worker');
        this.#checkQueues(command.worker.queues, 'worker.queues');
        if (state.workers.get(command.worker.id)?.registered === true) {
          throw invalid('register worker', `"${command.worker.id}" is registered already`, 'worker.id');
        }
        return () => registerWorker(state, command.worker);
      case 'update': {
        const worker = this.#worker(command.workerId, 'update');
        checkWorkerChange(command.change, 'change');
        this.#checkQueues(command.change.queues ?? [], 'change.queues');
        return () => updateWorker(state, worker, command.change, command.reason);
      }
      case 'setAvailable': {
        const worker = this.#worker(command.workerId, 'set availability of');
        if (command.available) return () => makeAvailable(state, worker);
        return () => {
          makeUnavailable(state, worker, command.reason ?? 'set-unavailable');
          if (command.keepOffers !== true) revokeOffersOf(state, worker, 'worker-unavailable');
        };
      }
      case 'deregister': {
        const worker = this.#worker(command.workerId, 'deregister');
        return () => deregisterWorker(state, worker, command.reason ?? 'deregistered');
      }
      case 'enqueue':
        checkTask(command.task, 'task');
        if (!this.#checkRules(command.task) || command.assignTo !== undefined || command.task.queueId !== undefined)
          this.#checkQueues([command.task.queueId ?? ''], 'task.queueId');
        if (this.#living(command.task.id, now) !== undefined)
          throw invalid('enqueue task', `there is one of id "${command.task.id}"`, 'task.id');
        return this.#prepareEnqueue(command);
      case 'assign': {
        const task = this.#task(command.taskId, 'assign', now);
        if (task.workerId !== undefined) throw wrongState(task, 'assign');
        const worker = this.#worker(command.workerId, 'assign task to');
        // What it is offered it has room for.
        if (!worker.holds.has(task.id)) checkRoom(worker, task.demands);
        return () => assignTask(state, task, worker);
      }
      case 'accept': {
        const offer = this.#offer(command.offerId, 'accept', now);
        return () => acceptOffer(state, offer);
      }
      case 'decline': {
        const offer = this.#offer(command.offerId, 'decline', now);
        const { retryAt, reason } = command;
        if (retryAt !== undefined) checkNumber(retryAt, 'retryAt');
        return () => {
          const more = { ...(retryAt !== undefined && { retryAt }) };
          endOffer(state, offer, { outcome: 'declined', ...more });
          const { id: offerId, taskId, workerId } = offer;
          state.emit({
            seq: state.nextEvent(),
            at: state.now,
            type: 'offer-declined',
            offerId,
            taskId,
            workerId,
            ...more,
            ...(reason !== undefined && { reason }),
          });
        };
      }
      case 'revoke': {
        if ('workerId' in command) {
          const worker = this.#worker(command.workerId, 'revoke offers of');
          return () => revokeOffersOf(state, worker, command.reason, { outcome: 'revoked' });
        }
        const offer = this.#offer(command.offerId, 'revoke', now);
        return () => revokeOffer(state, offer, command.reason, { outcome: 'revoked' });
      }
      case 'requeue': {
        const task = this.#task(command.taskId, 'requeue', now);
        if (task.status === 'wrapping' || task.status === 'completed') throw wrongState(task, 'requeue');
        checkDemand(command, 'requeue');
        this.#checkRules(command);
        this.#checkQueues(command.queueId === undefined ? [] : [command.queueId], 'queueId');
        if (command.exclude !== undefined) checkList(command.exclude, 'exclude');
        if (command.excludeUntil !== undefined) checkNumber(command.excludeUntil, 'excludeUntil');
        if (command.notBefore !== undefined) checkNumber(command.notBefore, 'notBefore');
        return () => requeueTask(state, task, command);
      }
      case 'hold':
      case 'release': {
        const action = command.type === 'hold' ? 'add channel to' : 'take channel from';
        const task = this.#task(command.taskId, action, now);
        const channel = checkText(command.channel, 'channel');
        const trouble = channelTrouble(task, command.type, channel);
        if (trouble !== undefined) throw wrongState(task, action, trouble);
        if (command.type === 'release') return () => releaseChannel(state, task, channel);
        const { cost } = command;
        if (cost !== undefined) checkNumber(cost, 'cost', { min: 0 });
        const worker = this.#worker(task.workerId ?? '', 'add channel to task of');
        checkRoom(worker, [{ channel, cost }], 'add channel to task of');
        return () => holdChannel(state, task, worker, { channel, cost });
      }
      case 'complete': {
        const task = this.#task(command.taskId, 'complete', now);
        if (task.status !== 'assigned') throw wrongState(task, 'complete');
        return () => completeTask(state, task);
      }
      case 'close': {
        const task = this.#task(command.taskId, 'close', now);
        if (task.status !== 'wrapping' && task.status !== 'completed') throw wrongState(task, 'close');
        if (command.closeAt !== undefined) checkNumber(command.closeAt, 'closeAt');
        return () => closeTask(state, task, command);
      }
      case 'cancel': {
        const task = this.#task(command.taskId, 'cancel', now);
        const { type: _, taskId: __, reason, ...result } = command;
        return () => cancelTask(state, task, reason, result);
      }
      case 'decide': {
        checkList(command.ranked, 'ranked');
        if (command.ranked.some(({ workerId }) => typeof workerId !== 'string'))
          throw invalid('apply routing command', 'a worker in it has no id', 'ranked');
        return () => {
          const decision = state.decisions.get(command.decisionId);
          if (decision !== undefined) followRanking(state, decision, command.ranked);
        };
      }
      case 'decisionFailed':
        return () => {
          const decision = state.decisions.get(command.decisionId);
          if (decision !== undefined) decideWithout(state, decision, command.reason);
        };
      case 'tick':
        return () => {};
      default: {
        const run = state.vocabulary?.prepare(state, command, (id, action) => this.#task(id, action, now));
        if (run === undefined) throw invalid('apply routing command', 'its type is unknown', 'type');
        return run;
      }
    }
  }

  #prepareEnqueue({ task, assignTo }: Extract<RoutingCommand, { type: 'enqueue' }>): () => void {
    const state = this.#state;
    if (assignTo === undefined) return () => enqueueTask(state, task);
    const worker = this.#worker(assignTo, 'assign task to');
    checkRoom(worker, [task, ...(task.more ?? []).map((channel) => ({ channel }))]);
    return () => enqueueTask(state, task, worker);
  }

  #worker(id: string, action: string): WorkerRecord {
    const worker = this.#state.workers.get(id);
    if (worker?.registered !== true) throw gone('worker', action, 'it is not registered');
    return worker;
  }

  #offer(id: string, action: string, now: number): OfferRecord {
    const offer = this.#state.offers.get(id);
    if (offer === undefined) throw gone('offer', action, 'it has ended or never was');
    if (offer.expiresAt <= now) throw gone('offer', action, 'it has expired');
    if (lapses(this.#state, offer.workerId, now)) throw gone('offer', action, 'its worker let another one expire');
    return offer;
  }

  #task(id: string, action: string, now: number): TaskRecord {
    const task = this.#living(id, now);
    if (task === undefined) throw gone('task', action, 'it has ended or never was');
    return task;
  }

  #living(id: string, now: number): TaskRecord | undefined {
    const task = this.#state.tasks.get(id);
    return task?.closeAt !== undefined && task.closeAt <= now ? undefined : task;
  }

  // Whether anything needs them.
  #checkRules(spec: Pick<TaskSpec, 'scheduleAt' | 'classificationPolicyId'>): boolean {
    if (spec.scheduleAt === undefined && spec.classificationPolicyId === undefined) return false;
    if (this.#state.vocabulary === undefined) throw withoutRules();
    this.#state.vocabulary.check(spec);
    return true;
  }

  #checkQueues(ids: readonly string[], field: string): void {
    const unknown = ids.find((id) => !this.#state.policies.has(id));
    if (unknown !== undefined) throw invalid('apply routing command', `there is no queue "${unknown}"`, field);
  }
}

function withoutRules(): ContactCenterError {
  return invalid('set up routing', 'it takes routingRules()', 'rules');
}

function gone(what: 'offer' | 'task' | 'worker', action: string, why: string): ContactCenterError {
  return new ContactCenterError(`${what}/gone`, `unable to ${action} ${what}; ${why}`);
}

function checkRoom(worker: WorkerRecord, demands: readonly ChannelDemand[], action = 'assign task to'): void {
  const limit = limitFor(worker, demands);
  if (limit === undefined || limit === 'offer-limit') return;
  const why = limit === 'channel' ? 'it does not serve the channel' : 'it has no capacity left';
  throw new ContactCenterError('worker/no-capacity', `unable to ${action} worker; ${why}`);
}
