import type { AnswerFrame } from '../protocol/frames';

/** How many answers are remembered per agent or conversation. */
const limit = 256;

/** Lets each command id be carried out once; repetitions get the same answer, also while the first is under way. */
export class Answers {
  readonly #answers = new Map<string, Promise<AnswerFrame>>();
  /** Those under way whose answers are not remembered. */
  readonly #reads = new Map<string, Promise<AnswerFrame>>();

  /** Whether the answer is remembered, or will be. */
  has(id: string): boolean {
    return this.#answers.has(id);
  }

  /** `isRead`: it changes nothing and its answer may be large, so that it is carried out again whenever it comes again. */
  once(id: string, carryOut: () => Promise<AnswerFrame>, isRead = false): Promise<AnswerFrame> {
    const known = this.#answers.get(id) ?? this.#reads.get(id);
    if (known !== undefined) return known;
    const answer = carryOut();
    if (isRead) {
      const over = () => void this.#reads.delete(id);
      this.#reads.set(id, answer);
      answer.then(over, over);
      return answer;
    }
    this.#answers.set(id, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= limit) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
