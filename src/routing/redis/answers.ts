import { ContactCenterError } from 'onescreen';
import type { ClassificationFailure, Ranked, RoutingCommand, StrategyFailure } from 'onescreen/routing';
import { questionId, type Question, type Replica } from './replica';

type Decision = Extract<Question, { readonly type: 'decision-requested' }>;
type Unclassified = Extract<Question, { readonly type: 'classification-requested' }>;

/** Whoever wants to hear of vendors' functions that failed. */
export interface FailureListeners {
  /** As of `createRouter`; called on the node that leads. */
  readonly onClassificationFailed?: ((failure: ClassificationFailure) => void) | undefined;
  /** As of `createRouter`; called on the node that leads. */
  readonly onStrategyFailed?: ((failure: StrategyFailure) => void) | undefined;
}

interface AnswersParts extends FailureListeners {
  readonly replica: Replica;
  /** Takes an answer, as a command that is plain JSON. */
  readonly answer: (command: RoutingCommand) => void;
  readonly onFault: (error: unknown, message: string) => void;
}

/** Asks strategies and classification policies what the engine wants to know; only on the node that leads. */
export class Answers {
  readonly #parts: AnswersParts;
  readonly #asked = new Map<string, { readonly question: Question; readonly controller: AbortController }>();
  #closed = false;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** To be called after every batch: asks what is new, and aborts what is no longer wanted. */
  follow(): void {
    const { replica } = this.#parts;
    for (const [id, { question, controller }] of this.#asked) {
      if (replica.isOpen(question)) continue;
      this.#asked.delete(id);
      this.#drop(question, controller);
    }
    for (const question of replica.questions) if (!this.#asked.has(questionId(question))) this.#ask(question);
  }

  close(): void {
    this.#closed = true;
    const reason = new ContactCenterError('session/closed', 'unable to use the answer; this node does not lead');
    for (const { controller } of this.#asked.values()) controller.abort(reason);
    this.#asked.clear();
  }

  #drop(question: Question, controller: AbortController): void {
    if (controller.signal.aborted) return;
    controller.abort(new ContactCenterError('command/aborted', 'unable to use the answer; it is no longer awaited'));
    if (question.type !== 'decision-requested' || this.#parts.replica.at < question.expiresAt) return;
    this.#report(question, new ContactCenterError('command/timed-out', 'unable to use the answer; it is too late'));
  }

  #ask(question: Question): void {
    const id = questionId(question);
    const controller = new AbortController();
    this.#asked.set(id, { question, controller });
    const isWanted = () => !this.#closed && this.#asked.get(id)?.controller === controller;
    if (question.type === 'decision-requested') this.#rank(question, controller.signal, isWanted);
    else this.#classify(question, isWanted);
  }

  #classify(question: Unclassified, isWanted: () => boolean): void {
    const { taskId, policyId } = question;
    const { replica, onClassificationFailed } = this.#parts;
    const failed = (error: unknown) => this.#tell(() => onClassificationFailed?.({ taskId, policyId, error }));
    const command = replica.engine.classification(taskId)?.ask(failed);
    if (command === undefined) return;
    if (!isPromiseLike(command)) return this.#classified(question, command, failed);
    void command.then((later) => isWanted() && this.#classified(question, later, failed));
  }

  #classified({ taskId, classificationId }: Unclassified, command: RoutingCommand, failed: (error: unknown) => void) {
    let plain: RoutingCommand = command;
    try {
      JSON.stringify(command);
    } catch (error) {
      failed(error);
      plain = { type: 'classificationFailed', taskId, classificationId, reason: 'answered with what is no plain JSON' };
    }
    this.#parts.answer(plain);
  }

  #rank(question: Decision, signal: AbortSignal, isWanted: () => boolean): void {
    const decision = this.#parts.replica.engine.decision(question.decisionId);
    if (decision === undefined) return;
    let answer: unknown;
    try {
      answer = decision.strategy.rank?.({ ...decision.input, signal });
      if (isPromiseLike(answer)) {
        answer.then(
          (ranked) => isWanted() && this.#answered(question, ranked),
          (error: unknown) => isWanted() && this.#failed(question, error),
        );
        return;
      }
    } catch (error) {
      return this.#failed(question, error);
    }
    this.#answered(question, answer);
  }

  #answered(question: Decision, answer: unknown): void {
    const { decisionId } = question;
    let ranked: readonly Ranked[] | undefined;
    try {
      ranked = isRanking(answer) ? answer.map(plainly) : undefined;
    } catch (error) {
      return this.#failed(question, error);
    }
    if (ranked !== undefined) return this.#parts.answer({ type: 'decide', decisionId, ranked });
    const why = 'unable to use the answer; it is not a list of workers';
    this.#report(question, new ContactCenterError('routing/invalid', why, { field: 'rank' }));
    this.#parts.answer({ type: 'decisionFailed', decisionId, reason: 'did not answer with a list of workers' });
  }

  // Agents read the reason; what was thrown is for whoever wrote the strategy.
  #failed(question: Decision, error: unknown): void {
    this.#report(question, error);
    this.#parts.answer({ type: 'decisionFailed', decisionId: question.decisionId, reason: 'threw an error' });
  }

  #report({ taskId, queueId, strategy }: Decision, error: unknown): void {
    this.#tell(() => this.#parts.onStrategyFailed?.({ taskId, queueId, strategy, error }));
  }

  #tell(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#parts.onFault(error, 'unable to tell of a failure; whoever was told threw an error');
    }
  }
}

// What the engine reads of it, as far as JSON can hold that.
function plainly({ workerId, score, reason }: Ranked): Ranked {
  return {
    workerId,
    ...(typeof score === 'number' && Number.isFinite(score) && { score }),
    ...(typeof reason === 'string' && { reason }),
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

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
