import { ContactCenterError, type Cancel, type Clock } from 'onescreen';
import { invalid } from './check';
import type { RoutingCommand } from './commands';
import type { RoutingEngine } from './engine';
import type { RoutingEvent } from './events';
import { isRanking } from './strategies/ranking-of';

export interface RouterOptions {
  readonly engine: RoutingEngine;
  readonly clock: Clock;
  /** Called with what happened, in order, whether a command, time or a strategy's answer brought it about. */
  readonly onEvents?: (events: readonly RoutingEvent[]) => void;
  /** Called with every command after the engine took it, ticks and answers included: applied again at the same times, they give the same events. */
  readonly onCommand?: (command: RoutingCommand, now: number) => void;
  /** Called with what a classification policy threw or rejected with; tasks and events tell no more than that it failed. */
  readonly onClassificationFailed?: (failure: ClassificationFailure) => void;
  /** Called with what a strategy's `rank` threw, rejected with or answered wrongly, and when it was too late. Explanations never quote it. */
  readonly onStrategyFailed?: (failure: StrategyFailure) => void;
}

/** A question that a strategy did not answer; the longest idle worker is asked instead. */
export interface StrategyFailure {
  readonly taskId: string;
  readonly queueId: string;
  readonly strategy: string;
  /** What it threw; of ours with `routing/invalid` for a wrong answer, `command/timed-out` for none. */
  readonly error: unknown;
}

/** A classification policy that did not answer. */
export interface ClassificationFailure {
  readonly taskId: string;
  readonly policyId: string;
  readonly error: unknown;
}

type Unclassified = Extract<RoutingEvent, { readonly type: 'classification-requested' }>;
type Question = Extract<RoutingEvent, { readonly type: 'decision-requested' }>;

/** An engine on a clock: it wakes up when something is due, and asks the queues' strategies. */
export interface Router {
  /** Applies a command now and returns what followed from it at once. Throws as {@link RoutingEngine.apply} does, and `session/closed` after `close`. */
  apply(command: RoutingCommand): readonly RoutingEvent[];
  /** Ends the wake-ups and aborts what strategies are working on. Idempotent. */
  close(): void;
}

export function createRouter(options: RouterOptions): Router {
  return new EngineRouter(options);
}

const tick: RoutingCommand = { type: 'tick' };

class EngineRouter implements Router {
  readonly #options: RouterOptions;
  readonly #asked = new Map<string, { readonly question: Question; readonly controller: AbortController }>();
  #cancelWake: Cancel | undefined;
  #wakeAt: number | undefined;
  #closed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#plan();
  }

  apply(command: RoutingCommand): readonly RoutingEvent[] {
    if (this.#closed)
      throw new ContactCenterError('session/closed', 'unable to apply routing command; the router is closed');
    const { engine, clock } = this.#options;
    // What is due goes first, so that the command is refused where time has overtaken it.
    const isDue = engine.wakeAt !== undefined && engine.wakeAt <= clock.now();
    return this.#run(...(isDue ? [tick] : []), command);
  }

  close(): void {
    this.#closed = true;
    this.#cancelWake?.();
    for (const { controller } of this.#asked.values()) controller.abort(closedReason());
    this.#asked.clear();
  }

  #run(...commands: RoutingCommand[]): readonly RoutingEvent[] {
    const all: RoutingEvent[] = [];
    try {
      for (let next = commands.shift(); next !== undefined; next = commands.shift())
        commands.unshift(...this.#step(next, all));
    } finally {
      this.#plan();
      if (all.length > 0) this.#options.onEvents?.(all);
    }
    return all;
  }

  // The engine stops behind each question, so that nobody overtakes a task whose answer comes at once.
  #step(command: RoutingCommand, all: RoutingEvent[]): readonly RoutingCommand[] {
    const { engine, clock, onCommand } = this.#options;
    const now = clock.now();
    const events = engine.apply(command, now);
    all.push(...events);
    onCommand?.(command, now);
    this.#abortStale();
    const last = events.at(-1);
    const follows = last?.type === 'decision-requested' ? [this.#ask(last)] : [];
    for (const event of events) if (event.type === 'classification-requested') follows.push(...this.#classify(event));
    return follows;
  }

  // The answer as a command, or nothing as long as it is awaited.
  #classify({ taskId, classificationId: id, policyId }: Unclassified): readonly RoutingCommand[] {
    const { engine, onClassificationFailed } = this.#options;
    const pending = engine.classification(taskId);
    if (pending?.id !== id) return [];
    const answer = pending.ask((error) => onClassificationFailed?.({ taskId, policyId, error }));
    if (!isPromiseLike(answer)) return [answer];
    void answer.then((command) => {
      if (!this.#closed) this.#run(command);
    });
    return [];
  }

  // The answer as a command; for one that is still awaited, the command that goes on meanwhile.
  #ask(question: Question): RoutingCommand {
    const { decisionId } = question;
    const decision = this.#options.engine.decision(decisionId);
    if (decision === undefined) return tick;
    const controller = new AbortController();
    let answer: unknown;
    try {
      answer = decision.strategy.rank?.({ ...decision.input, signal: controller.signal });
    } catch (error) {
      return this.#failed(question, error);
    }
    if (!isPromiseLike(answer)) return this.#answered(question, answer);
    this.#asked.set(decisionId, { question, controller });
    const reenter = (command: () => RoutingCommand) => {
      if (!this.#closed && this.#asked.delete(decisionId)) this.#run(command());
    };
    answer.then(
      (ranked) => reenter(() => this.#answered(question, ranked)),
      (error: unknown) => reenter(() => this.#failed(question, error)),
    );
    return tick;
  }

  #answered(question: Question, answer: unknown): RoutingCommand {
    const { decisionId } = question;
    if (isRanking(answer)) return { type: 'decide', decisionId, ranked: answer };
    this.#report(question, invalid('use the answer', 'it is not a list of workers', 'rank'));
    return { type: 'decisionFailed', decisionId, reason: 'did not answer with a list of workers' };
  }

  // Agents read the reason; what was thrown is for whoever wrote the strategy.
  #failed(question: Question, error: unknown): RoutingCommand {
    this.#report(question, error);
    return { type: 'decisionFailed', decisionId: question.decisionId, reason: 'threw an error' };
  }

  #report({ taskId, queueId, strategy }: Question, error: unknown): void {
    this.#options.onStrategyFailed?.({ taskId, queueId, strategy, error });
  }

  #abortStale(): void {
    const { engine, clock } = this.#options;
    for (const [id, { question, controller }] of this.#asked) {
      if (engine.decision(id) !== undefined) continue;
      this.#asked.delete(id);
      controller.abort(new ContactCenterError('command/aborted', 'unable to use the answer; it is no longer awaited'));
      if (clock.now() < question.expiresAt) continue;
      this.#report(question, new ContactCenterError('command/timed-out', 'unable to use the answer; it is too late'));
    }
  }

  #plan(): void {
    const { engine, clock } = this.#options;
    const { wakeAt } = engine;
    if (this.#closed || wakeAt === this.#wakeAt) return;
    this.#cancelWake?.();
    this.#wakeAt = wakeAt;
    this.#cancelWake =
      wakeAt === undefined
        ? undefined
        : clock.schedule(Math.max(0, wakeAt - clock.now()), () => {
            this.#wakeAt = undefined;
            this.#run(tick);
          });
  }
}

export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function closedReason(): ContactCenterError {
  return new ContactCenterError('session/closed', 'unable to use the answer; the router is closed');
}
