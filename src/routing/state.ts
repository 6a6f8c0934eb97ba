import type { RoutingEvent } from './events';
import type { ResolvedPolicy } from './queue-policy';
import { Line } from './line';
import { PassingMap } from './passing-map';
import type { Pool } from './pool';
import type { Offer } from './offer';
import type { TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import { SortedList } from './sorted-list';
import { compareTasks, TaskQueue } from './task-queue';
import { Timers, type Timer } from './timers';
import type { Vocabulary } from './vocabulary';
import { WorkerIndex } from './worker-index';

/** Room for so many events of a command is kept for the next. */
const mostKept = 64;

/** A question to a strategy that is not answered yet. */
export interface DecisionRecord {
  readonly id: string;
  readonly task: TaskRecord;
  readonly pool: Pool;
  readonly timer: Timer;
}

/** Everything the engine knows, and the few steps that keep its parts in agreement. */
export class RoutingState {
  readonly queues = new Map<string, TaskQueue>();
  readonly workers = new Map<string, WorkerRecord>();
  readonly tasks = new PassingMap<string, TaskRecord>();
  readonly offers = new PassingMap<string, Offer>();
  readonly decisions = new Map<string, DecisionRecord>();
  readonly timers = new Timers();
  readonly index = new WorkerIndex(this.queues);
  /** Waiting tasks for which somebody may now be found. */
  readonly openTasks = new SortedList<TaskRecord>(compareTasks);
  /** Workers for whom a waiting task may now be found. */
  readonly openWorkers: WorkerRecord[] = [];
  /** What the ids of offers begin with. */
  offerPrefix = 'o-';
  now = 0;
  /** Whether matching stopped early, for a strategy's answer. */
  unfinished = false;
  readonly #usualDemands = new Map<string, TaskRecord['demands']>();
  readonly #events: RoutingEvent[] = [];
  #emitted = 0;
  readonly counters = { event: 0, offer: 0, decision: 0, order: 0, epoch: 0, classification: 0 };
  /** What came with `routingRules`. */
  vocabulary: Vocabulary | undefined;

  constructor(policies: ReadonlyMap<string, ResolvedPolicy>) {
    for (const [id, policy] of policies) this.queues.set(id, new TaskQueue(policy));
  }

  /** Its number is to be {@link nextEvent}, its time {@link now}. */
  emit(event: RoutingEvent): void {
    this.#events[this.#emitted++] = event;
  }

  nextEvent(): number {
    return (this.counters.event += 1);
  }

  takeEvents(): readonly RoutingEvent[] {
    const events = this.#events.slice(0, this.#emitted);
    if (this.#emitted > mostKept) this.#events.length = 0;
    this.#emitted = 0;
    return events;
  }

  /** The next number of its kind; ids come from it, so that the same commands give the same ids. */
  count(what: keyof RoutingState['counters']): number {
    this.counters[what] += 1;
    return this.counters[what];
  }

  /** To be called after anything in `worker` changed. `open`: work that waits may now fit it. */
  refresh(worker: WorkerRecord, open: boolean): void {
    this.index.refresh(worker);
    if (!worker.registered && worker.holds.size === 0) this.workers.delete(worker.id);
    if (open && worker.available) this.openUp(worker);
  }

  /** Looks for work for `worker` at the next matching. */
  openUp(worker: WorkerRecord): void {
    if (worker.isOpen) return;
    worker.isOpen = true;
    this.openWorkers.push(worker);
  }

  /** Frees the capacity that `worker` holds for a task. */
  release(worker: WorkerRecord, taskId: string, activity: boolean): void {
    if (!worker.free(taskId)) return;
    if (activity) worker.idleSince = this.now;
    this.refresh(worker, true);
  }

  /** Of a task that has only this channel, and costs what is usual; shared by all of them. */
  usualDemands(channel: string): TaskRecord['demands'] {
    let demands = this.#usualDemands.get(channel);
    if (demands === undefined) this.#usualDemands.set(channel, (demands = [{ channel }]));
    return demands;
  }

  /** Of a task that is to be there; it takes its place afterwards. */
  setQueue(task: TaskRecord, id: string): void {
    task.queueId = id;
    task.queue = this.queues.get(id);
  }

  /** Takes a task out of every list whose order its fields decide; {@link enterLine} puts it back. */
  leaveLine(task: TaskRecord): void {
    task.line?.delete(task);
    task.line = undefined;
    this.close(task);
  }

  /** Takes a task from those for which somebody may be found. */
  close(task: TaskRecord): void {
    if (!task.open) return;
    task.open = false;
    this.openTasks.delete(task);
  }

  /**
   * Puts a task up for matching when it wants an offer, which puts it in its place when nobody is found; in its place
   * at once otherwise.
   */
  enterLine(task: TaskRecord): void {
    const line = this.#lineFor(task);
    const { queue } = task;
    const opens = line instanceof Line && queue?.closed === false;
    this.#move(task, opens && task.line !== line ? queue.busy : line);
    if (!opens) return this.close(task);
    if (task.open) return;
    task.open = true;
    this.openTasks.add(task);
  }

  /** Puts `task` where it belongs; out of line when it neither waits nor is offered. */
  place(task: TaskRecord): void {
    this.#move(task, this.#lineFor(task));
  }

  /** Asks nobody for a task before `until`; it keeps its place. To be followed by {@link enterLine}. */
  holdStill(task: TaskRecord, until: number, heldFor: 'strategy' | 'command'): void {
    task.heldFor = heldFor;
    task.holdTimer = this.timers.set(until, () => endHold(this, task));
  }

  cancelTimers(task: TaskRecord): void {
    const { timers } = this;
    if (task.selectorTimer !== undefined) task.selectorTimer = timers.cancel(task.selectorTimer);
    if (task.holdTimer !== undefined) task.holdTimer = timers.cancel(task.holdTimer);
    if (task.closeTimer !== undefined) task.closeTimer = timers.cancel(task.closeTimer);
    if (task.retryTimer !== undefined) task.retryTimer = timers.cancel(task.retryTimer);
    if (task.dueTimer !== undefined) task.dueTimer = timers.cancel(task.dueTimer);
  }

  #move(task: TaskRecord, line: TaskRecord['line']): void {
    if (line === task.line) return;
    task.line?.delete(task);
    line?.add(task);
    task.line = line;
  }

  #lineFor(task: TaskRecord): TaskRecord['line'] {
    const { queue, status, offers } = task;
    if (task.suspended || (status !== 'queued' && status !== 'offered')) return undefined;
    if (
      task.decisionId !== undefined ||
      task.holdTimer !== undefined ||
      (offers.length > 0 && offers.length >= (queue?.policy.concurrentOffers ?? 1))
    )
      return queue?.busy;
    const home = this.index.homeOf(task);
    return home?.whom === undefined ? home?.line : home.pool.lineOf(home.whom);
  }
}

export function endHold(state: RoutingState, task: TaskRecord): void {
  task.holdTimer = undefined;
  state.enterLine(task);
}
