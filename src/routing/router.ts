import { ContactCenterError, type Cancel, type Clock } from 'onescreen';
import type { RoutingCommand } from './commands';
import type { RoutingEngine } from './engine';
import type { RoutingEvent } from './events';
import type { Ranked } from './strategy';

export interface RouterOptions {
  readonly engine: RoutingEngine;
  readonly clock: Clock;
  /** Called with what happened, in order, whether a command, time or a strategy's answer brought it about. */
  readonly onEvents?: (events: readonly RoutingEvent[]) => void;
  /** Called with every command after the engine took it, ticks and answers included: applied again at the same times, they give the same events. */
  readonly onCommand?: (command: RoutingCommand, now: number) => void;
}

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

class EngineRouter implements Router {
  readonly #options: RouterOptions;
  readonly #asked = new Map<string, AbortController>();
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
    return this.#run(command);
  }

  close(): void {
    this.#closed = true;
    this.#cancelWake?.();
    for (const controller of this.#asked.values()) controller.abort(closedReason());
    this.#asked.clear();
  }

  #run(first: RoutingCommand): readonly RoutingEvent[] {
    const all: RoutingEvent[] = [];
    try {
      let next: RoutingCommand | undefined = first;
      while (next !== undefined) next = this.#step(next, all);
    } finally {
      this.#plan();
    }
    if (all.length > 0) this.#options.onEvents?.(all);
    return all;
  }

  // The engine stops behind each question, so that nobody overtakes a task whose answer comes at once.
  #step(command: RoutingCommand, all: RoutingEvent[]): RoutingCommand | undefined {
    const { engine, clock, onCommand } = this.#options;
    const now = clock.now();
    const events = engine.apply(command, now);
    all.push(...events);
    onCommand?.(command, now);
    this.#abortStale();
    const last = events.at(-1);
    return last?.type === 'decision-requested' ? this.#ask(last.decisionId) : undefined;
  }

  // The answer as a command; for one that is still awaited, the command that goes on meanwhile.
  #ask(decisionId: string): RoutingCommand {
    const decision = this.#options.engine.decision(decisionId);
    if (decision === undefined) return { type: 'tick' };
    const controller = new AbortController();
    let answer: unknown;
    try {
      answer = decision.strategy.rank?.({ ...decision.input, signal: controller.signal });
    } catch (error) {
      return failed(decisionId, error);
    }
    if (!isPromiseLike(answer)) return answered(decisionId, answer);
    this.#asked.set(decisionId, controller);
    answer.then(
      (ranked) => this.#reenter(answered(decisionId, ranked), decisionId),
      (error: unknown) => this.#reenter(failed(decisionId, error), decisionId),
    );
    return { type: 'tick' };
  }

  #reenter(command: RoutingCommand, decisionId: string): void {
    if (this.#closed || !this.#asked.delete(decisionId)) return;
    this.#run(command);
  }

  #abortStale(): void {
    for (const [id, controller] of this.#asked) {
      if (this.#options.engine.decision(id) !== undefined) continue;
      this.#asked.delete(id);
      controller.abort(new ContactCenterError('command/aborted', 'unable to use the answer; it is no longer awaited'));
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
            this.#run({ type: 'tick' });
          });
  }
}

function answered(decisionId: string, answer: unknown): RoutingCommand {
  return isRanking(answer)
    ? { type: 'decide', decisionId, ranked: answer }
    : { type: 'decisionFailed', decisionId, reason: 'did not answer with a list of workers' };
}

function failed(decisionId: string, error: unknown): RoutingCommand {
  return {
    type: 'decisionFailed',
    decisionId,
    reason: `threw: ${error instanceof Error ? error.message : String(error)}`,
  };
}

function isRanking(value: unknown): value is readonly Ranked[] {
  return (
    Array.isArray(value) &&
    value.every(
      (each: unknown) =>
        typeof each === 'object' && each !== null && 'workerId' in each && typeof each.workerId === 'string',
    )
  );
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function closedReason(): ContactCenterError {
  return new ContactCenterError('session/closed', 'unable to use the answer; the router is closed');
}
