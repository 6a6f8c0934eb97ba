import { canTake, fits, search } from './candidates';
import { hasRoom } from './capacity';
import { OfferExplanation, runnersUpKept, type Candidate } from './explanation';
import type { Line } from './lane';
import { issueOffer } from './offers';
import { isSaturated, orderFault, type Pool } from './pool';
import { preferencesOf, type Preferences } from './preferences';
import type { ResolvedPolicy } from './queue-policy';
import type { TaskRecord, WorkerRecord } from './records';
import type { DecisionRecord, RoutingState } from './state';
import { longestIdle } from './strategies/longest-idle';
import type { Ranked, RoutingStrategy } from './strategy';
import { compareTasks } from './task-queue';
import type { Worker } from './worker';

/** So many others with room are passed by in search of runners-up. */
const runnersUpMissed = 4;

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
  if (openTasks.size === 0 && openWorkers.size === 0) return false;
  let proposals: Map<WorkerRecord, Proposal> | undefined;
  for (;;) {
    const open = openTasks.first;
    let task = open;
    for (const worker of openWorkers) {
      const before = proposals?.get(worker);
      const proposal = before !== undefined && stands(before, worker) ? before : propose(state, worker);
      if (proposal === undefined) {
        openWorkers.delete(worker);
        state.index.settle(worker);
        continue;
      }
      if (openWorkers.size > 1) (proposals ??= new Map<WorkerRecord, Proposal>()).set(worker, proposal);
      if (task === undefined || compareTasks(proposal.task, task) < 0) task = proposal.task;
    }
    if (task === undefined) return false;
    if (task === open) openTasks.delete(task);
    // Nobody fitted it before, so the only new worker is the only one there is.
    const [alone] = task !== open && openWorkers.size === 1 ? openWorkers : [];
    if (findWorker(state, task, alone)) {
      for (const worker of openWorkers) state.index.settle(worker);
      return true;
    }
  }
}

/** Follows a strategy's answer. Names of workers who cannot take the task are passed over. */
export function followRanking(state: RoutingState, decision: DecisionRecord, ranked: readonly Ranked[]): void {
  const { task } = decision;
  const policy = state.policies.get(task.queueId);
  endDecision(state, decision);
  if (policy === undefined) return;
  if (ranked.length === 0) {
    state.holdStill(task, state.now + policy.strategyRetryMs, 'strategy');
    state.enterLine(task);
    return;
  }
  const usable = new Map<string, Candidate>();
  for (const each of ranked) {
    const worker = state.workers.get(each.workerId);
    if (worker === undefined || usable.has(worker.id) || !canTake(state, task, worker)) continue;
    usable.set(worker.id, { worker: worker.view, ranked: each });
  }
  if (usable.size > 0) {
    const { fault } = preferencesOf(state, task, policy.strategy);
    return issueBest(state, task, policy.strategy, [...usable.values()], fault);
  }
  task.misses += 1;
  if (task.misses > missesForgiven)
    offerInOrder(state, task, policy, { failure: `${policy.strategy.name} named nobody who can take the task` });
  else state.enterLine(task);
}

/** Asks the longest idle worker in place of a strategy that failed. */
export function decideWithout(state: RoutingState, decision: DecisionRecord, reason: string): void {
  const { task } = decision;
  const policy = state.policies.get(task.queueId);
  endDecision(state, decision);
  if (policy !== undefined) offerInOrder(state, task, policy, { failure: `${policy.strategy.name} ${reason}` });
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
  for (const worker of decision.pool.open ?? []) state.openWorkers.add(worker);
}

/** Everyone who can be asked for `task`, the longest idle first where the queue's strategy has no order of its own. */
export function candidatesFor(state: RoutingState, task: TaskRecord): readonly Worker[] {
  const found: Worker[] = [];
  search(state, task, { visit: (worker) => found.push(worker.view) < 0 });
  return found;
}

/** The first task in order that a worker can be asked for. */
interface Proposal {
  readonly task: TaskRecord;
  readonly view: Worker;
  readonly line: Line;
}

// Offers to others do not spoil a proposal, unless they leave its strategy with too few workers to ask about.
function stands({ task, view, line }: Proposal, worker: WorkerRecord): boolean {
  return worker.isStill(view) && task.line === line && !isSaturated(line.pool);
}

function propose(state: RoutingState, worker: WorkerRecord): Proposal | undefined {
  let best: TaskRecord | undefined;
  let from: Line | undefined;
  const look = (lines: readonly Line[]) => {
    for (const line of lines) {
      if ((line.mask & worker.mask) !== line.mask) continue;
      line.tasks.walk((task) => {
        if (best !== undefined && compareTasks(best, task) <= 0) return 'stop';
        if (!fits(state, task, worker)) return 'next';
        best = task;
        from = line;
        return 'stop';
      });
    }
  };
  for (const slot of worker.slots) {
    for (const pool of slot.pools) {
      if (!hasRoom(worker, slot, Math.min(slot.cost, pool.leastCost)) || isSaturated(pool)) continue;
      if (state.queues.get(pool.queueId)?.closed !== false) continue;
      for (const lane of slot.lanes) if (lane.waiting.length > 0 && lane.pool === pool) look(lane.waiting);
      const line = pool.personal.get(worker.id);
      if (line !== undefined) look([line]);
    }
  }
  return best && from && { task: best, view: worker.view, line: from };
}

/** True when the strategy has to be asked first. `alone`: nobody else can be asked. */
function findWorker(state: RoutingState, task: TaskRecord, alone: WorkerRecord | undefined): boolean {
  const policy = state.policies.get(task.queueId);
  const pool = state.index.pool(task.queueId, task.channel);
  if (policy === undefined || pool === undefined) return false;
  const { strategy, concurrentOffers } = policy;
  const preferences = preferencesOf(state, task, strategy);
  if (strategy.compare !== undefined || task.only !== undefined) {
    offerInOrder(state, task, policy, { alone, ...preferences });
    return false;
  }
  if (preferences.candidates.length > 0) {
    issueBest(state, task, strategy, preferences.candidates);
    if (task.offers.size >= concurrentOffers) return false;
  }
  let wanted = false;
  if (!isSaturated(pool)) search(state, task, { visit: () => (wanted = true) });
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

interface Finding extends Partial<Preferences> {
  /** Why the strategy does not decide. */
  readonly failure?: string;
  /** Nobody else can be asked. */
  readonly alone?: WorkerRecord | undefined;
}

function offerInOrder(state: RoutingState, task: TaskRecord, policy: ResolvedPolicy, finding: Finding): void {
  const { candidates: preferred = [], failure, fault, alone } = finding;
  const strategy: RoutingStrategy = policy.strategy.compare === undefined ? standIn : policy.strategy;
  const wanted = policy.concurrentOffers - task.offers.size;
  const found = [...preferred];
  if (alone !== undefined) {
    if (found.length === 0) found.push({ worker: alone.view });
  } else {
    let misses = 0;
    search(state, task, {
      visit(worker) {
        if (!preferred.some((each) => each.worker.id === worker.id)) found.push({ worker: worker.view });
        return found.length >= wanted + runnersUpKept;
      },
      isEnough: () => found.length >= wanted,
      miss: () => ++misses >= runnersUpMissed,
      after: strategy.rotate === true ? state.lastOffered.get(task.queueId) : undefined,
    });
  }
  const [first, second] = found;
  const told = failure ?? fault ?? (first && second && orderFault(strategy, first.worker, second.worker));
  issueBest(state, task, strategy, found, told);
}

function issueBest(
  state: RoutingState,
  task: TaskRecord,
  strategy: RoutingStrategy,
  candidates: readonly Candidate[],
  fallback?: string,
): void {
  const wanted = (state.policies.get(task.queueId)?.concurrentOffers ?? 1) - task.offers.size;
  const choice = { strategy, candidates, wanted, fallback };
  for (const [place, winner] of candidates.entries()) {
    if (place >= wanted) break;
    const worker = state.workers.get(winner.worker.id);
    if (worker !== undefined) issueOffer(state, task, worker, new OfferExplanation(task, state.now, choice, winner));
  }
  // Not up for matching again before something changes; without any offer it goes back to its place.
  state.enterLine(task);
  if (state.openTasks.has(task)) state.openTasks.delete(task);
}
