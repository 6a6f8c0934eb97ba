import { canTake, search, suits } from './candidates';
import { OfferExplanation, runnersUpKept, type Choice } from './explanation';
import type { Line } from './line';
import { issueOffer } from './offers';
import { isSaturated, orderFault, type Pool } from './pool';
import { noPreferences, preferencesOf, type Preferences } from './preferences';
import type { ResolvedPolicy } from './queue-policy';
import type { TaskRecord } from './task-record';
import type { Slot, WorkerRecord } from './worker-record';
import type { Visitor } from './sorted-list';
import type { DecisionRecord, RoutingState } from './state';
import { longestIdle } from './strategies/longest-idle';
import type { Ranked, RoutingStrategy } from './strategy';
import { compareTasks } from './task-queue';
import type { Worker } from './worker';

/** So many workers behind those who are asked are looked at for runners-up. */
const lookedBeyond = runnersUpKept;

/** So many answers in a row that cannot be followed are asked for again; then the longest idle worker is asked. */
const missesForgiven = 2;

const standIn = longestIdle();

/**
 * Brings waiting tasks and open workers together, the first task in order first, until nothing fits
 * any more. Returns early, with true, when a strategy has to be asked: tasks further back wait until
 * it has answered or time has passed, so that none of them overtakes.
 *
 * Only what changed is looked at. It holds between commands that no waiting task fits a worker with
 * room, so a match needs a task or a worker that is new in `openTasks` or `openWorkers`.
 */
export function match(state: RoutingState): boolean {
  const { openTasks, openWorkers } = state;
  if (openTasks.size === 0 && openWorkers.length === 0) return false;
  let proposals: Map<WorkerRecord, Proposal> | undefined;
  for (;;) {
    const open = openTasks.first;
    let task = open;
    let alone: WorkerRecord | undefined;
    for (let at = 0; at < openWorkers.length;) {
      const worker = openWorkers[at];
      if (worker === undefined) break;
      let proposal = proposals?.get(worker);
      if (proposal === undefined || !stands(proposal, worker)) {
        proposal = propose(state, worker);
        if (proposal === undefined) {
          closeAt(openWorkers, at);
          state.index.settle(worker);
          continue;
        }
        if (openWorkers.length > 1) (proposals ??= new Map<WorkerRecord, Proposal>()).set(worker, proposal);
      }
      if (task === undefined || compareTasks(proposal.task, task) < 0) task = proposal.task;
      alone = worker;
      at += 1;
    }
    if (task === undefined) return false;
    if (task === open) state.close(task);
    // Nobody fitted it before, so the only new worker is the only one there is.
    if (findWorker(state, task, task !== open && openWorkers.length === 1 ? alone : undefined)) {
      for (const worker of openWorkers) state.index.settle(worker);
      return true;
    }
  }
}

// Takes a worker from the open ones, whose order does not matter.
function closeAt(openWorkers: WorkerRecord[], at: number): void {
  const last = openWorkers.pop();
  const closed = openWorkers[at];
  if (last === undefined) return;
  if (closed !== undefined) openWorkers[at] = last;
  (closed ?? last).isOpen = false;
}

/** Follows a strategy's answer. Names of workers who cannot take the task are passed over. */
export function followRanking(state: RoutingState, decision: DecisionRecord, ranked: readonly Ranked[]): void {
  const { task } = decision;
  const policy = task.queue?.policy;
  endDecision(state, decision);
  if (policy === undefined) return;
  if (ranked.length === 0) {
    state.holdStill(task, state.now + policy.strategyRetryMs, 'strategy');
    state.enterLine(task);
    return;
  }
  const usable = new Map<WorkerRecord, Ranked>();
  for (const each of ranked) {
    const worker = state.workers.get(each.workerId);
    if (worker !== undefined && !usable.has(worker) && canTake(state, task, worker)) usable.set(worker, each);
  }
  if (usable.size > 0) {
    const { fault } = preferencesOf(state, task, policy.strategy);
    return issueBest(state, task, policy, policy.strategy, [...usable.keys()], [...usable.values()], fault);
  }
  task.misses += 1;
  if (task.misses > missesForgiven)
    offerInOrder(
      state,
      task,
      policy,
      noPreferences,
      undefined,
      `${policy.strategy.name} named nobody who can take the task`,
    );
  else state.enterLine(task);
}

/** Asks the longest idle worker in place of a strategy that failed. */
export function decideWithout(state: RoutingState, decision: DecisionRecord, reason: string): void {
  const { task } = decision;
  const policy = task.queue?.policy;
  endDecision(state, decision);
  if (policy !== undefined)
    offerInOrder(state, task, policy, noPreferences, undefined, `${policy.strategy.name} ${reason}`);
}

export function missDecision(state: RoutingState, decision: DecisionRecord): void {
  const waited = decision.task.queue?.policy.strategyTimeoutMs;
  decideWithout(state, decision, `did not answer within ${waited} ms`);
}

/** Stops to wait for an answer; the task stays out of line until it is placed again. */
export function endDecision(state: RoutingState, decision: DecisionRecord): void {
  state.decisions.delete(decision.id);
  state.timers.cancel(decision.timer);
  decision.task.decisionId = undefined;
  decision.pool.deciding -= 1;
  // Others may have been held back because as many questions were open as there are workers.
  for (const worker of decision.pool.open ?? []) state.openUp(worker);
}

/** Everyone who can be asked for `task`, the longest idle first where the queue's strategy has no order of its own. */
export function candidatesFor(state: RoutingState, task: TaskRecord): readonly Worker[] {
  return search(state, task, { wanted: Infinity, beyond: 0 }).map(({ view }) => Object.freeze(view));
}

/** The first task in order that a worker can be asked for, as the worker was when it was looked for. */
interface Proposal {
  readonly task: TaskRecord;
  readonly version: number;
  readonly line: Line;
}

// Offers to others do not spoil a proposal, unless they leave its strategy with too few workers to ask about.
function stands({ task, version, line }: Proposal, worker: WorkerRecord): boolean {
  return worker.version === version && task.line === line && !isSaturated(line.pool);
}

function propose(state: RoutingState, worker: WorkerRecord): Proposal | undefined {
  const proposer = new Proposer(state, worker);
  for (const slot of worker.slots) {
    if (!slot.open) continue;
    proposer.slot = slot;
    for (const pool of slot.pools) {
      if (pool.awaited === 0 || !isServed(pool)) continue;
      for (const lane of worker.lanes) {
        if (lane.pool === pool) for (const line of lane.waiting) proposer.look(line);
      }
      const line = pool.personal.get(worker.id);
      if (line !== undefined) proposer.look(line);
    }
  }
  const { best: task, from: line } = proposer;
  return task && line && { task, version: worker.version, line };
}

function isServed(pool: Pool): boolean {
  return !isSaturated(pool) && !pool.queue.closed;
}

class Proposer implements Visitor<TaskRecord> {
  best: TaskRecord | undefined;
  from: Line | undefined;
  slot: Slot | undefined;
  readonly #state: RoutingState;
  readonly #worker: WorkerRecord;
  #line: Line | undefined;

  constructor(state: RoutingState, worker: WorkerRecord) {
    this.#state = state;
    this.#worker = worker;
  }

  look(line: Line): void {
    const { first, second } = line;
    if (first === undefined || (this.best !== undefined && compareTasks(this.best, first) <= 0)) return;
    if (second !== undefined && !this.#state.index.facts.has(this.#worker.number, second)) return;
    this.#line = line;
    line.tasks.walk(this);
  }

  visit(task: TaskRecord): boolean {
    if (this.best !== undefined && compareTasks(this.best, task) <= 0) return true;
    const { home } = task;
    if (home === undefined || this.slot === undefined) return false;
    if (!this.#state.index.facts.answer(this.#worker, home.demand)) return false;
    if (!suits(this.#state, task, this.#worker, this.slot)) return false;
    this.best = task;
    this.from = this.#line;
    return true;
  }
}

/** True when the strategy has to be asked first. `alone`: nobody else can be asked. */
function findWorker(state: RoutingState, task: TaskRecord, alone: WorkerRecord | undefined): boolean {
  const policy = task.queue?.policy;
  const pool = state.index.homeOf(task)?.pool;
  if (policy === undefined || pool === undefined) return false;
  const { strategy, concurrentOffers } = policy;
  const preferences = preferencesOf(state, task, strategy);
  if (strategy.compare !== undefined || task.only !== undefined) {
    offerInOrder(state, task, policy, preferences, alone);
    return false;
  }
  const { workers, ranked } = preferences;
  if (workers.length > 0) {
    issueBest(state, task, policy, strategy, workers, ranked, undefined);
    if (task.offers.length >= concurrentOffers) return false;
  }
  if (isSaturated(pool) || search(state, task, { wanted: 1, beyond: 0 }).length === 0) {
    state.place(task);
    return false;
  }
  ask(state, task, policy, pool);
  return true;
}

function ask(state: RoutingState, task: TaskRecord, policy: ResolvedPolicy, pool: Pool): void {
  const id = `d-${state.count('decision')}`;
  const expiresAt = state.now + policy.strategyTimeoutMs;
  const timer = state.timers.set(expiresAt, () => missDecision(state, decision));
  const decision: DecisionRecord = { id, task, pool, timer };
  state.decisions.set(id, decision);
  pool.deciding += 1;
  task.decisionId = id;
  state.enterLine(task);
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'decision-requested',
    decisionId: id,
    taskId: task.id,
    queueId: task.queueId,
    strategy: policy.strategy.name,
    expiresAt,
  });
}

/** `alone`: nobody else can be asked. `failure`: why the strategy does not decide. */
function offerInOrder(
  state: RoutingState,
  task: TaskRecord,
  policy: ResolvedPolicy,
  { workers: preferred, ranked, fault }: Preferences,
  alone?: WorkerRecord,
  failure?: string,
): void {
  const strategy: RoutingStrategy = policy.strategy.compare === undefined ? standIn : policy.strategy;
  let found = preferred;
  if (alone === undefined) {
    const after = strategy.rotate === true ? task.queue?.lastOffered : undefined;
    const wanted = policy.concurrentOffers - task.offers.length;
    found = search(state, task, { wanted, beyond: lookedBeyond, after });
    if (preferred.length > 0) found = [...preferred, ...found.filter((each) => !preferred.includes(each))];
  } else if (preferred.length === 0) found = [alone];
  const [first, second] = found;
  const told = failure ?? fault ?? (first && second && orderFault(strategy, first.view, second.view));
  issueBest(state, task, policy, strategy, found, ranked, told);
}

/** Asks the first ones. `ranked`: what is to be said of them, as far as that is not for the strategy to describe. */
function issueBest(
  state: RoutingState,
  task: TaskRecord,
  { concurrentOffers }: ResolvedPolicy,
  strategy: RoutingStrategy,
  workers: readonly WorkerRecord[],
  ranked: Choice['ranked'],
  fallback: string | undefined,
): void {
  if (workers.length > 0) {
    const wanted = concurrentOffers - task.offers.length;
    const choice: Choice = { strategy, workers: workers.map(({ view }) => view), ranked, wanted, fallback };
    for (let place = 0; place < wanted; place += 1) {
      const worker = workers[place];
      if (worker === undefined) break;
      issueOffer(state, task, worker, new OfferExplanation(task, state.now, choice, place, worker.view));
    }
  }
  // Not up for matching again before something changes; without any offer it goes to its place.
  state.place(task);
  state.close(task);
}
