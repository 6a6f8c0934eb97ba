import type { AnswerFrame } from '../protocol/frames';

/** How many answers are remembered per agent or conversation. */
const limit = 256;

/** Lets each command id be carried out once; repetitions get the same answer, also while the first is under way. */
export class Answers {
  readonly #answers = new Map<string, Promise<AnswerFrame>>();

  has(id: string): boolean {
    return this.#answers.has(id);
  }

  once(id: string, carryOut: () => Promise<AnswerFrame>): Promise<AnswerFrame> {
    const known = this.#answers.get(id);
    if (known !== undefined) return known;
    const answer = carryOut();
    this.#answers.set(id, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= limit) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
