import type { Selector } from 'onescreen';
import { invalid } from './check';
import { createRoutingEngine, stateOf, type RoutingEngine, type RoutingOptions } from './engine';
import { relaxInLine } from './enter-queue';
import { keepHours } from './keep-hours';
import { closeTask } from './lifecycle';
import { missDecision } from './matching';
import { retry } from './offers';
import { Offer } from './offer';
import type { RefusalRecord, TaskRecord } from './task-record';
import { factsOf, WorkerRecord, type Hold, type WorkerFacts } from './worker-record';
import { comeDue } from './scheduling';
import { offerSnapshot } from './snapshots';
import { endHold, type DecisionRecord, type RoutingState } from './state';
import { sweep } from './sweep';
import type { OfferSnapshot } from './task';
import type { Timer } from './timers';
import type { Worker } from './worker';

/** When a timer is due, and its place among those of the same time. */
type SavedTimer = readonly [at: number, order: number];

/** A field of a task that holds a timer. One without a line in {@link due} does not compile. */
type TaskTimer = { [K in keyof TaskRecord]-?: Timer extends TaskRecord[K] ? K : never }[keyof TaskRecord];

/** What a restored task gets anew. */
type Transient = 'queue' | 'line' | 'busyAt' | 'home' | 'open' | 'offers' | 'active' | 'expired';

interface SavedSelector {
  readonly selector: Selector;
  readonly expiresAt?: number | undefined;
  readonly attached?: boolean | undefined;
  /** `unused` while a task is in no queue, or was assigned before it waited, or its queue bypasses selectors. */
  readonly status: 'active' | 'expired' | 'unused';
}

interface SavedTask
  extends
    Omit<TaskRecord, Transient | 'selectors' | 'refusals' | TaskTimer>,
    Readonly<Partial<Record<Transient, undefined>>>,
    Readonly<Partial<Record<TaskTimer, SavedTimer | undefined>>> {
  readonly selectors: readonly SavedSelector[];
  readonly refusals: readonly RefusalRecord[];
}

interface SavedWorker extends Omit<WorkerFacts, 'holds'> {
  readonly holds: readonly (readonly [taskId: string, hold: Hold])[];
}

interface SavedOffer extends OfferSnapshot {
  readonly timer: SavedTimer;
}

interface SavedQueue {
  readonly id: string;
  readonly closed?: boolean | undefined;
  readonly handlings: readonly number[];
  readonly lastOffered?: Worker | undefined;
  readonly pools: readonly SavedPool[];
}

interface SavedPool {
  readonly channel: string;
  readonly leastCost?: number | undefined;
}

/**
 * Everything that decides what an engine does from now on, as plain JSON. Later commands do not change it, so that it
 * can be made into text bit by bit. What is in it besides `version` and `now` is the engine's own.
 */
export interface SavedRouting {
  readonly version: 1;
  /** Epoch milliseconds of the last command. */
  readonly now: number;
  readonly counters: RoutingState['counters'];
  readonly timers: number;
  readonly hoursTimer?: SavedTimer | undefined;
  readonly sweepTimer?: SavedTimer | undefined;
  readonly queues: readonly SavedQueue[];
  readonly workers: readonly SavedWorker[];
  readonly tasks: readonly SavedTask[];
  readonly offers: readonly SavedOffer[];
  readonly decisions: readonly { readonly id: string; readonly taskId: string; readonly timer: SavedTimer }[];
  /** What is still to be matched, after a strategy was asked. */
  readonly open?: { readonly tasks: readonly string[]; readonly workers: readonly string[] };
}

/** What the timers of a task do. */
const due: Readonly<Record<TaskTimer, (state: RoutingState, task: TaskRecord) => void>> = {
  selectorTimer: relaxInLine,
  holdTimer: endHold,
  closeTimer: closeTask,
  retryTimer: retry,
  dueTimer: comeDue,
};

const timersOf: readonly TaskTimer[] = ['selectorTimer', 'holdTimer', 'closeTimer', 'retryTimer', 'dueTimer'];

/** Saves what an engine of `createRoutingEngine` knows. Throws `routing/invalid` for any other. */
export function saveRouting(engine: RoutingEngine): SavedRouting {
  const state = stateOf(engine);
  if (state === undefined) throw invalid('save routing', 'the engine is none of createRoutingEngine', 'engine');
  return {
    version: 1,
    now: state.now,
    counters: { ...state.counters },
    timers: state.timers.count,
    hoursTimer: state.vocabulary?.hoursTimer && saveTimer(state.vocabulary.hoursTimer),
    sweepTimer: state.vocabulary?.sweepTimer && saveTimer(state.vocabulary.sweepTimer),
    queues: Array.from(state.queues, ([id, { handlings, closed, lastOffered, pools }]) => ({
      id,
      closed,
      handlings: [...handlings],
      lastOffered,
      pools: Array.from(pools, ([channel, { leastCost }]) => ({
        channel,
        leastCost: leastCost < Infinity ? leastCost : undefined,
      })),
    })),
    workers: Array.from(state.workers.values(), (worker) => ({
      ...factsOf(worker),
      holds: [...worker.holds],
    })),
    tasks: Array.from(state.tasks.values(), saveTask),
    offers: Array.from(state.offers.values(), (offer) => ({ ...offerSnapshot(offer), timer: saveTimer(offer) })),
    decisions: Array.from(state.decisions.values(), ({ id, task, timer }) => ({
      id,
      taskId: task.id,
      timer: saveTimer(timer),
    })),
    ...(state.unfinished && {
      open: {
        tasks: Array.from(state.openTasks, ({ id }) => id),
        workers: Array.from(state.openWorkers, ({ id }) => id),
      },
    }),
  };
}

/**
 * Makes an engine that goes on as the saved one would have: the same commands give the same events. Throws
 * `routing/invalid` for a state of another version, for one whose workers or tasks name a queue that is not there, and
 * as `createRoutingEngine` does. A decision that was awaited goes to the longest idle worker when its time is over,
 * unless it is answered before.
 */
export function restoreRouting(options: RoutingOptions, saved: SavedRouting): RoutingEngine {
  const engine = createRoutingEngine(options);
  const state = stateOf(engine);
  if (state !== undefined) restore(state, saved);
  return engine;
}

function restore(state: RoutingState, saved: SavedRouting): void {
  const { version }: { version?: unknown } = saved ?? {};
  if (version !== 1) throw invalid('restore routing', 'its version is unknown', 'saved.version');
  for (const part of ['queues', 'workers', 'tasks', 'offers', 'decisions'] as const)
    if (!Array.isArray(saved[part])) throw invalid('restore routing', `it has no list of ${part}`, `saved.${part}`);
  state.now = saved.now;
  state.unfinished = saved.open !== undefined;
  state.timers.count = saved.timers;
  Object.assign(state.counters, saved.counters);
  const { vocabulary } = state;
  if (vocabulary !== undefined) {
    const { hoursTimer, sweepTimer } = saved;
    state.timers.cancel(vocabulary.hoursTimer);
    vocabulary.hoursTimer = hoursTimer && restoreTimer(state, hoursTimer, () => keepHours(state));
    vocabulary.sweepTimer = sweepTimer && restoreTimer(state, sweepTimer, () => sweep(state));
  }
  for (const { id, closed = false, handlings, lastOffered, pools } of saved.queues) {
    const queue = state.queues.get(id);
    if (queue === undefined) continue;
    queue.closed = closed;
    queue.handlings.push(...handlings);
    queue.lastOffered = lastOffered;
    for (const { channel, leastCost = Infinity } of pools) state.index.pool(queue, channel).leastCost = leastCost;
  }
  for (const [index, each] of saved.workers.entries()) {
    for (const id of each.queues) checkQueue(state, id, `saved.workers[${index}].queues`);
    const worker = new WorkerRecord({ ...each, holds: new Map(each.holds) });
    state.workers.set(worker.id, worker);
    state.index.refresh(worker);
  }
  for (const [index, each] of saved.tasks.entries()) {
    if (each.queueId !== '') checkQueue(state, each.queueId, `saved.tasks[${index}].queueId`);
    state.tasks.set(each.id, restoreTask(state, each));
  }
  for (const { id, taskId, workerId, cost, issuedAt, expiresAt, timer } of saved.offers) {
    const task = state.tasks.get(taskId);
    const worker = state.workers.get(workerId);
    if (task === undefined || worker === undefined) continue;
    const offer = state.timers.start(new Offer(id, task, worker, cost, issuedAt, expiresAt), timer[1]);
    state.offers.set(id, offer);
    task.offers = [...task.offers, offer];
  }
  for (const { id, taskId, timer } of saved.decisions) {
    const task = state.tasks.get(taskId);
    if (task?.queue === undefined) continue;
    const pool = state.index.pool(task.queue, task.channel);
    const missed = restoreTimer(state, timer, () => missDecision(state, decision));
    const decision: DecisionRecord = { id, task, pool, timer: missed };
    state.decisions.set(id, decision);
    pool.deciding += 1;
  }
  for (const task of state.tasks.values()) state.place(task);
  for (const id of saved.open?.tasks ?? []) {
    const task = state.tasks.get(id);
    if (task === undefined) continue;
    task.open = true;
    state.openTasks.add(task);
  }
  for (const id of saved.open?.workers ?? []) {
    const worker = state.workers.get(id);
    if (worker !== undefined) state.openUp(worker);
  }
}

function saveTask(task: TaskRecord): SavedTask {
  return {
    ...task,
    queue: undefined,
    line: undefined,
    busyAt: undefined,
    home: undefined,
    open: undefined,
    offers: undefined,
    active: undefined,
    expired: undefined,
    selectors: task.selectors.map(({ selector, expiresAt, attached }) => ({
      selector,
      expiresAt,
      attached: attached || undefined,
      status: task.active.includes(selector) ? 'active' : task.expired.includes(selector) ? 'expired' : 'unused',
    })),
    refusals: [...task.refusals.values()],
    selectorTimer: saveTimer(task.selectorTimer),
    holdTimer: saveTimer(task.holdTimer),
    closeTimer: saveTimer(task.closeTimer),
    retryTimer: saveTimer(task.retryTimer),
    dueTimer: saveTimer(task.dueTimer),
  };
}

// One object spread, in front, is what engines are fast at; fields that JSON left out give all records nearly one shape.
function restoreTask(state: RoutingState, saved: SavedTask): TaskRecord {
  const { only, decisionId, workerId, assignedAt, closeAt, heldFor, extra } = saved;
  const active: Selector[] = [];
  const expired: Selector[] = [];
  const selectors = saved.selectors.map(({ selector, expiresAt, attached, status }) => {
    if (status === 'active') active.push(selector);
    if (status === 'expired') expired.push(selector);
    return { selector, expiresAt, attached: attached === true };
  });
  const task: TaskRecord = {
    ...saved,
    only,
    decisionId,
    workerId,
    assignedAt,
    closeAt,
    heldFor,
    extra,
    queue: state.queues.get(saved.queueId),
    line: undefined,
    busyAt: 0,
    home: undefined,
    open: false,
    offers: [],
    selectors,
    active,
    expired,
    refusals: new Map(saved.refusals.map((refusal) => [refusal.workerId, refusal])),
    selectorTimer: undefined,
    holdTimer: undefined,
    closeTimer: undefined,
    retryTimer: undefined,
    dueTimer: undefined,
  };
  for (const name of timersOf) {
    const timer = saved[name];
    if (timer !== undefined) task[name] = restoreTimer(state, timer, () => due[name](state, task));
  }
  return task;
}

function saveTimer(timer: Timer): SavedTimer;
function saveTimer(timer: Timer | undefined): SavedTimer | undefined;
function saveTimer(timer: Timer | undefined): SavedTimer | undefined {
  return timer && [timer.at, timer.order];
}

function restoreTimer(state: RoutingState, [at, order]: SavedTimer, fire: () => void): Timer {
  return state.timers.set(at, fire, order);
}

function checkQueue(state: RoutingState, id: string, field: string): void {
  if (!state.queues.has(id)) throw invalid('restore routing', `there is no queue "${id}"`, field);
}
