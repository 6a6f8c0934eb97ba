import type { RankedWorker } from 'onescreen';
import { limitFor } from './capacity';
import { explainOffer, rankedWorker, runnersUpKept, type Choice } from './explanation';
import { issueOffer } from './offers';
import type { ResolvedPolicy } from './queue-policy';
import { refusalOf, type TaskRecord, type WorkerRecord } from './records';
import { satisfiesAll } from './selectors';
import type { SortedList } from './sorted-list';
import type { DecisionRecord, RoutingState } from './state';
import { longestIdle } from './strategies/longest-idle';
import type { Ranked, RoutingStrategy } from './strategy';
import { compareTasks } from './task-queue';
import type { Worker } from './worker';
import type { Pool } from './worker-index';

/** So many more workers are looked at for runners-up once the winners are found. */
const runnersUpSearched = 32;

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
  const proposals = new Map<WorkerRecord, Proposal>();
  for (;;) {
    let task = state.openTasks.first;
    for (const worker of state.openWorkers) {
      const before = proposals.get(worker);
      const proposal = before !== undefined && stands(before, worker) ? before : propose(state, worker);
      if (proposal === undefined) {
        state.openWorkers.delete(worker);
        continue;
      }
      proposals.set(worker, proposal);
      if (task === undefined || compareTasks(proposal.task, task) < 0) task = proposal.task;
    }
    if (task === undefined) return false;
    if (findWorker(state, task)) return true;
  }
}

/** Follows a strategy's answer. Names of workers who cannot take the task are passed over. */
export function followRanking(state: RoutingState, decision: DecisionRecord, ranked: readonly Ranked[]): void {
  const { task, pool } = decision;
  const policy = state.policies.get(task.queueId);
  endDecision(state, decision);
  if (policy === undefined) return;
  if (ranked.length === 0) {
    state.holdStill(task, state.now + policy.strategyRetryMs, 'strategy');
    state.enterLine(task);
    return;
  }
  const seen = new Set<string>();
  const usable: RankedWorker[] = [];
  for (const each of ranked) {
    const worker = state.workers.get(each.workerId);
    if (
      worker === undefined ||
      seen.has(worker.id) ||
      !pool.workers.has(worker.view) ||
      !fits(state, task, worker.view)
    )
      continue;
    seen.add(worker.id);
    usable.push(rankedWorker(worker.view, state.now, each));
  }
  if (usable.length > 0) {
    issueBest(state, task, policy, { strategy: policy.strategy.name, ranked: usable });
    return;
  }
  task.misses += 1;
  if (task.misses > missesForgiven)
    offerInOrder(state, task, policy, pool, `${policy.strategy.name} named nobody who can take the task`);
  else state.enterLine(task);
}

/** Asks the longest idle worker in place of a strategy that failed. */
export function decideWithout(state: RoutingState, decision: DecisionRecord, reason: string): void {
  const { task, pool } = decision;
  const policy = state.policies.get(task.queueId);
  endDecision(state, decision);
  if (policy !== undefined) offerInOrder(state, task, policy, pool, `${policy.strategy.name} ${reason}`);
}

export function missDecision(state: RoutingState, decision: DecisionRecord): void {
  const waited = state.policies.get(decision.task.queueId)?.strategyTimeoutMs;
  decideWithout(state, decision, `did not answer within ${waited} ms`);
}

/** Stops to wait for an answer; the task stays out of line until it is placed again. */
export function endDecision(state: RoutingState, decision: DecisionRecord): void {
  state.decisions.delete(decision.id);
  state.timers.cancel(decision.timer);
  decision.task.decisionId = undefined;
  decision.pool.deciding -= 1;
  // Others may have been held back because as many questions were open as there are workers.
  for (const { id } of decision.pool.workers) {
    const worker = state.workers.get(id);
    if (worker !== undefined) state.openWorkers.add(worker);
  }
}

/** Everyone in the pool who can be asked for `task`, in the pool's order. */
export function candidatesFor(state: RoutingState, task: TaskRecord): readonly Worker[] {
  const pool = state.index.pool(task.queueId, task.channel);
  return pool === undefined ? [] : [...pool.workers].filter((worker) => fits(state, task, worker));
}

// For a worker of the task's pool, which vouches for its availability and its usual cost.
function fits(state: RoutingState, task: TaskRecord, worker: Worker): boolean {
  if (task.only?.includes(worker.id) === false) return false;
  if (!satisfiesAll(worker, task.active)) return false;
  if (limitFor(worker, task.demands) !== undefined) return false;
  if (task.refusals.size === 0 && task.offers.size === 0) return true;
  const record = state.workers.get(worker.id);
  return record !== undefined && !record.holds.has(task.id) && refusalOf(task, record, state.now) === undefined;
}

/** The first task in order that a worker can be asked for. */
interface Proposal {
  readonly task: TaskRecord;
  readonly view: Worker;
  readonly line: SortedList<TaskRecord>;
  readonly pool: Pool;
}

// Offers to others do not spoil a proposal, unless they leave its strategy with too few workers to ask about.
function stands(proposal: Proposal, worker: WorkerRecord): boolean {
  return proposal.view === worker.view && proposal.task.line === proposal.line && !saturated(proposal.pool);
}

function propose(state: RoutingState, worker: WorkerRecord): Proposal | undefined {
  let best: Proposal | undefined;
  const { view } = worker;
  for (const queueId of view.queues) {
    const queue = state.queues.get(queueId);
    for (const { channel } of view.channels) {
      const pool = state.index.pool(queueId, channel);
      if (queue === undefined || queue.closed || pool === undefined || !pool.workers.has(view) || saturated(pool))
        continue;
      const line = queue.waiting(channel);
      line.walk((task) => {
        if (best !== undefined && compareTasks(best.task, task) <= 0) return true;
        if (!fits(state, task, view)) return false;
        best = { task, view, line, pool };
        return true;
      });
    }
  }
  return best;
}

// As many questions are open as there are workers to give: another answer could not be followed.
function saturated(pool: Pool): boolean {
  return pool.deciding >= pool.workers.size;
}

/** True when the strategy has to be asked first. */
function findWorker(state: RoutingState, task: TaskRecord): boolean {
  state.openTasks.delete(task);
  const policy = state.policies.get(task.queueId);
  const pool = state.index.pool(task.queueId, task.channel);
  if (policy === undefined || pool === undefined || pool.workers.size === 0) return false;
  if (policy.strategy.compare !== undefined || task.only !== undefined) {
    offerInOrder(state, task, policy, pool, undefined);
    return false;
  }
  let wanted = false;
  if (!saturated(pool)) pool.workers.walk((worker) => (wanted = fits(state, task, worker)));
  if (wanted) ask(state, task, policy, pool);
  return wanted;
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
    type: 'decision-requested',
    decisionId: id,
    taskId: task.id,
    queueId: task.queueId,
    strategy: policy.strategy.name,
    expiresAt,
  });
}

function offerInOrder(
  state: RoutingState,
  task: TaskRecord,
  policy: ResolvedPolicy,
  pool: Pool,
  failure: string | undefined,
): void {
  const strategy: RoutingStrategy = policy.strategy.compare === undefined ? standIn : policy.strategy;
  const wanted = policy.concurrentOffers - task.offers.size;
  const found: Worker[] = [];
  let searched = 0;
  pool.workers.walk(
    (worker) => {
      if (found.length >= wanted) searched += 1;
      if (fits(state, task, worker)) found.push(worker);
      return found.length >= wanted + runnersUpKept || searched >= runnersUpSearched;
    },
    strategy.rotate === true ? state.lastOffered.get(task.queueId) : undefined,
  );
  const fallback = failure ?? pool.fault;
  if (found.length > 0) pool.fault = undefined;
  const ranked = found.map((worker) => rankedWorker(worker, state.now, strategy));
  issueBest(state, task, policy, { strategy: strategy.name, ranked, fallback });
}

function issueBest(state: RoutingState, task: TaskRecord, policy: ResolvedPolicy, choice: Choice): void {
  const wanted = policy.concurrentOffers - task.offers.size;
  for (const winner of choice.ranked.slice(0, wanted)) {
    const worker = state.workers.get(winner.workerId);
    if (worker !== undefined) issueOffer(state, task, worker, explainOffer(task, state.now, choice, winner, wanted));
  }
  // Not up for matching again before something changes; without any offer it goes back to its place.
  state.enterLine(task);
  state.openTasks.delete(task);
}
