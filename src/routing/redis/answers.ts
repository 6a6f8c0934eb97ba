import { ContactCenterError, type Clock } from 'onescreen';
import type { Ranked, RoutingCommand, StrategyFailure } from 'onescreen/routing';
import type { Question, Replica } from './replica';

interface AnswersParts {
  readonly replica: Replica;
  readonly clock: Clock;
  /** Takes an answer, as a command. */
  readonly answer: (command: RoutingCommand) => void;
  readonly onStrategyFailed: ((failure: StrategyFailure) => void) | undefined;
}

/** Asks the queues' strategies what the engine wants to know; only on the node that leads. */
export class Answers {
  readonly #parts: AnswersParts;
  readonly #asked = new Map<string, { readonly question: Question; readonly controller: AbortController }>();
  #closed = false;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** To be called after every batch: asks what is new, and aborts what is no longer wanted. */
  follow(): void {
    const { replica, clock } = this.#parts;
    for (const [id, { question, controller }] of this.#asked) {
      if (replica.decision(id) !== undefined) continue;
      this.#asked.delete(id);
      if (controller.signal.aborted) continue;
      controller.abort(new ContactCenterError('command/aborted', 'unable to use the answer; it is no longer awaited'));
      if (clock.now() < question.expiresAt) continue;
      this.#report(question, new ContactCenterError('command/timed-out', 'unable to use the answer; it is too late'));
    }
    for (const question of replica.questions) if (!this.#asked.has(question.decisionId)) this.#ask(question);
  }

  close(): void {
    this.#closed = true;
    const reason = new ContactCenterError('session/closed', 'unable to use the answer; this node does not lead');
    for (const { controller } of this.#asked.values()) controller.abort(reason);
    this.#asked.clear();
  }

  #ask(question: Question): void {
    const { decisionId } = question;
    const decision = this.#parts.replica.decision(decisionId);
    if (decision === undefined) return;
    const controller = new AbortController();
    this.#asked.set(decisionId, { question, controller });
    let answer: unknown;
    try {
      answer = decision.strategy.rank?.({ ...decision.input, signal: controller.signal });
    } catch (error) {
      return this.#failed(question, error);
    }
    if (!isPromiseLike(answer)) return this.#answered(question, answer);
    const wanted = () => !this.#closed && this.#asked.get(decisionId)?.controller === controller;
    answer.then(
      (ranked) => wanted() && this.#answered(question, ranked),
      (error: unknown) => wanted() && this.#failed(question, error),
    );
  }

  #answered(question: Question, answer: unknown): void {
    const { decisionId } = question;
    if (isRanking(answer)) return this.#parts.answer({ type: 'decide', decisionId, ranked: answer });
    const why = 'unable to use the answer; it is not a list of workers';
    this.#report(question, new ContactCenterError('routing/invalid', why, { field: 'rank' }));
    this.#parts.answer({ type: 'decisionFailed', decisionId, reason: 'did not answer with a list of workers' });
  }

  // Agents read the reason; what was thrown is for whoever wrote the strategy.
  #failed(question: Question, error: unknown): void {
    this.#report(question, error);
    this.#parts.answer({ type: 'decisionFailed', decisionId: question.decisionId, reason: 'threw an error' });
  }

  #report({ taskId, queueId, strategy }: Question, error: unknown): void {
    this.#parts.onStrategyFailed?.({ taskId, queueId, strategy, error });
  }
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
