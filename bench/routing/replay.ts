import { step } from './agenda';
import type { Matcher, Offered } from './matcher';
import type { Script } from './script';
import { startAt } from './workload';

/** A matcher offered something else than the script says. */
export class TraceDiffers extends Error {}

/**
 * Plays a script against a matcher, and throws {@link TraceDiffers} at the first offer that is not the one of the
 * script. Costs next to nothing by itself, unlike a world that is played.
 */
export class Replay {
  readonly #script: Script;
  readonly #matcher: Matcher;
  #call = 0;
  #offers = 0;
  #prepared = 0;

  constructor(script: Script, contender: (offered: Offered) => Matcher) {
    this.#script = script;
    this.#matcher = contender((task, worker) => {
      const index = this.#offers++;
      if (script.offeredTask[index] !== task || script.offeredWorker[index] !== worker) this.#fail(task, worker);
    });
  }

  /** Offers that were made so far. */
  get offers(): number {
    return this.#offers;
  }

  /** The next call. */
  get call(): number {
    return this.#call;
  }

  /** The offers that the call under way is to lead to, and has not yet. */
  due(): readonly { readonly task: number; readonly worker: number }[] {
    const { offeredTask, offeredWorker, offersAfter } = this.#script;
    const due = [];
    for (let index = this.#offers; index < offersAfter[this.#call]!; index++)
      due.push({ task: offeredTask[index]!, worker: offeredWorker[index]! });
    return due;
  }

  /** Has what a caller has in hand made ready, for all calls before `to`. */
  prepare(to: number): void {
    const { what, task } = this.#script;
    let tasks = this.#prepared;
    for (let call = this.#call; call < to; call++) if (what[call] === step.arrive) tasks = task[call]! + 1;
    this.#matcher.prepare?.(this.#prepared, tasks);
    this.#prepared = tasks;
  }

  /** Makes all calls before `to`. */
  run(to: number): void {
    const { what, task, at, offersAfter } = this.#script;
    const matcher = this.#matcher;
    let call = this.#call;
    while (call < to) {
      this.#call = call;
      const each = task[call]!;
      const now = startAt + at[call]!;
      switch (what[call]) {
        case step.arrive:
          matcher.arrive(each, now);
          break;
        case step.accept:
          matcher.accept(each, now);
          break;
        case step.decline:
          matcher.decline(each, now);
          break;
        case step.end:
          matcher.end(each, now);
          break;
        default: {
          const expired = [each];
          while (what[call + 1] === step.expire && at[call + 1] === at[call]) expired.push(task[++call]!);
          this.#call = call;
          matcher.expire(expired, now);
        }
      }
      if (this.#offers !== offersAfter[call]) this.#fail();
      call += 1;
    }
    this.#call = call;
  }

  /** Throws when the matcher does not hold what it should when everything is over. */
  check(): void {
    this.#matcher.check(this.#script.waiting);
  }

  #fail(task?: number, worker?: number): never {
    const { offeredTask, offeredWorker, offers } = this.#script;
    const index = task === undefined ? this.#offers : this.#offers - 1;
    const expected = index < offers ? `task ${offeredTask[index]} to worker ${offeredWorker[index]}` : 'none';
    const got = task === undefined ? 'too few or too many' : `task ${task} to worker ${worker}`;
    throw new TraceDiffers(`offer ${index} (call ${this.#call}) is ${got}; expected ${expected}`);
  }
}
