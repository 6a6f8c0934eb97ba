import type { RankedWorker, RoutingExplanation, Selector } from 'onescreen';
import { limitFor, type CapacityLimit } from './capacity';
import { refusalOf, type TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import { satisfies } from './selectors';
import { copies } from './snapshots';
import type { RoutingState } from './state';
import type { Ranked, Refusal, RoutingStrategy } from './strategy';
import type { QueuePosition, RoutingTaskStatus } from './task';
import type { Worker } from './worker';

/** Most runners-up in an explanation. */
export const runnersUpKept = 8;

/** Why one worker is not asked for a task. */
export type Rejection =
  | { readonly by: 'unavailable' | CapacityLimit | 'already-offered' | 'already-assigned' }
  /** The task is for others alone. */
  | { readonly by: 'reserved' }
  | { readonly by: 'selector'; readonly selector: Selector }
  | { readonly by: 'refused'; readonly outcome: Refusal['outcome']; readonly retryAt?: number };

export interface WorkerVerdict {
  readonly workerId: string;
  /** Everything that speaks against this worker; empty for one who can be asked. */
  readonly rejectedBy: readonly Rejection[];
}

/** Why a task is where it is, as of the moment of asking. */
export interface TaskExplanation {
  readonly taskId: string;
  readonly status: RoutingTaskStatus;
  /** What has to happen next: a worker must become free or match, a worker, the strategy or the classification policy must answer, a command must come, or the time before which nobody is asked must pass. */
  readonly waitsFor: 'worker' | 'answer' | 'strategy' | 'classification' | 'command' | 'time';
  /** Milliseconds since its age began to count. */
  readonly waitedMs: number;
  readonly queueId: string;
  readonly strategy: string;
  readonly position?: QueuePosition;
  readonly selectors: readonly Selector[];
  readonly expiredSelectors: readonly Selector[];
  /** Epoch milliseconds at which the next of its selectors stops to count. */
  readonly nextSelectorExpiresAt?: number;
  /** Epoch milliseconds at which its queue opens, when it is closed. */
  readonly opensAt?: number;
  /** Workers of the queue who could be asked now. */
  readonly candidates: number;
  /** Every registered worker of the queue. */
  readonly workers: readonly WorkerVerdict[];
}

/** Looks at every worker of the task's queue. */
export function explainTask(
  state: RoutingState,
  task: TaskRecord,
  now: number,
  position: QueuePosition | undefined,
): TaskExplanation {
  const workers = Array.from(task.queue?.members ?? [], (worker) => ({
    workerId: worker.id,
    rejectedBy: rejections(task, worker, now),
  }));
  const nextExpiry = nextSelectorExpiry(task);
  return {
    taskId: task.id,
    status: task.status,
    waitsFor: waitsFor(task),
    ...state.vocabulary?.waits(state, task, now),
    waitedMs: Math.max(0, now - task.virtualStartAt),
    queueId: task.queueId,
    strategy: task.queue?.policy.strategy.name ?? '',
    ...(position !== undefined && { position }),
    selectors: copies(task.active),
    expiredSelectors: copies(task.expired),
    ...(nextExpiry !== undefined && { nextSelectorExpiresAt: nextExpiry }),
    candidates: workers.filter((each) => each.rejectedBy.length === 0).length,
    workers,
  };
}

/** Epoch milliseconds at which the next selector that still counts stops to. */
export function nextSelectorExpiry(task: TaskRecord): number | undefined {
  const times = task.selectors.flatMap(({ selector, expiresAt }) =>
    expiresAt !== undefined && !task.expired.includes(selector) ? expiresAt : [],
  );
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** A decision: who can be asked, as they were then, best first, and by what. */
export interface Choice {
  readonly strategy: RoutingStrategy;
  readonly workers: readonly Worker[];
  /** What the strategy's ranking said of the first of them, or why they were preferred. */
  readonly ranked: readonly Partial<Ranked>[];
  /** The first so many are asked. */
  readonly wanted: number;
  /** Why the queue's own strategy did not decide. */
  readonly fallback: string | undefined;
}

/**
 * What the engine keeps of a decision. Nothing it is made of changes later, so that its words can wait until
 * somebody reads them.
 */
export class OfferExplanation implements RoutingExplanation {
  readonly #choice: Choice;
  readonly #place: number;
  readonly #winner: Worker;
  readonly #now: number;
  readonly #queueId: string;
  readonly #channel: string;
  readonly #priority: number;
  readonly #selectors: readonly Selector[];
  readonly waitedMs: number;
  readonly fallback?: string;

  /** `winner`: the one at `place`. */
  constructor(task: TaskRecord, now: number, choice: Choice, place: number, winner: Worker) {
    this.#choice = choice;
    this.#place = place;
    this.#winner = winner;
    this.#now = now;
    this.waitedMs = Math.max(0, now - task.virtualStartAt);
    this.#queueId = task.queueId;
    this.#channel = task.channel;
    this.#priority = task.priority;
    this.#selectors = task.active;
    const fallback = choice.fallback ?? task.extra?.fault;
    if (fallback !== undefined) this.fallback = fallback;
  }

  get strategy(): string {
    return this.#choice.strategy.name;
  }

  get decidedAt(): Date {
    return new Date(this.#now);
  }

  get constraints(): RoutingExplanation['constraints'] {
    return {
      queueId: this.#queueId,
      channel: this.#channel,
      priority: this.#priority,
      selectors: copies(this.#selectors),
      candidates: this.#choice.workers.length,
    };
  }

  get winner(): RankedWorker {
    return this.#describe(this.#winner, this.#place);
  }

  get runnersUp(): readonly RankedWorker[] {
    const { workers, wanted } = this.#choice;
    return workers.slice(wanted, wanted + runnersUpKept).map((worker, index) => this.#describe(worker, wanted + index));
  }

  toJSON(): RoutingExplanation {
    const { strategy, decidedAt, waitedMs, winner, runnersUp, constraints, fallback } = this;
    return {
      strategy,
      decidedAt,
      waitedMs,
      winner,
      runnersUp,
      constraints,
      ...(fallback !== undefined && { fallback }),
    };
  }

  // In the strategy's words, where it has any.
  #describe(worker: Worker, place: number): RankedWorker {
    const { strategy, ranked } = this.#choice;
    const said = ranked[place];
    const score = Number.isFinite(said?.score) ? said?.score : undefined;
    const reason = said === undefined ? describe(strategy, worker, this.#now) : said.reason;
    return {
      workerId: worker.id,
      ...(score !== undefined && { score }),
      ...(typeof reason === 'string' && { reason }),
      labels: worker.labels,
    };
  }
}

// Words never get in the way of a decision.
function describe(strategy: RoutingStrategy, worker: Worker, now: number): string | undefined {
  try {
    return strategy.describe?.(worker, new Date(now));
  } catch {
    return undefined;
  }
}

function rejections(task: TaskRecord, worker: WorkerRecord, now: number): readonly Rejection[] {
  const found: Rejection[] = [];
  if (!worker.available) found.push({ by: 'unavailable' });
  if (task.only?.includes(worker.id) === false) found.push({ by: 'reserved' });
  const hold = worker.holds.get(task.id);
  if (hold !== undefined) found.push({ by: hold.offerId === undefined ? 'already-assigned' : 'already-offered' });
  const limit = hold === undefined ? limitFor(worker, task.demands) : undefined;
  if (limit !== undefined) found.push({ by: limit });
  for (const selector of task.active)
    if (!satisfies(worker, selector)) found.push({ by: 'selector', selector: { ...selector } });
  const refusal = refusalOf(task, worker, now);
  if (refusal !== undefined) {
    found.push({
      by: 'refused',
      outcome: refusal.outcome,
      ...(refusal.retryAt !== undefined && { retryAt: refusal.retryAt }),
    });
  }
  return found;
}

function waitsFor(task: TaskRecord): TaskExplanation['waitsFor'] {
  if (task.holdTimer !== undefined && task.heldFor === 'command') return 'time';
  if (task.decisionId !== undefined || task.holdTimer !== undefined) return 'strategy';
  if (task.offers.length > 0) return 'answer';
  return task.status === 'queued' && !task.suspended ? 'worker' : 'command';
}
