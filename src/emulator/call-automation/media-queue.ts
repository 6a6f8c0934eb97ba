import type { EndFrame } from '../calls/frames';

/** Something that is heard or listened for in a call, for a while. */
export interface MediaJob {
  /** Whom it is for; those for the same wait for each other. */
  readonly audience: string;
  /** Begins; resolves when it is over, for whatever reason. Never rejects. */
  run(): Promise<void>;
  /** Ends it, also one that has not begun. */
  cancel(): void;
}

/** What a cancelled operation reports. Source: published recordings of the service. */
export const cancelled: EndFrame = { code: 400, subCode: 8508, message: 'Action failed, the operation was cancelled.' };

/** The media operations of one connection: one at a time for the same audience. */
export class MediaQueue {
  readonly #jobs = new Map<string, MediaJob[]>();

  /** `interrupt`: ends everything else first. */
  add(job: MediaJob, interrupt: boolean): void {
    if (interrupt) this.cancelAll();
    const waiting = this.#jobs.get(job.audience);
    if (waiting !== undefined) return void waiting.push(job);
    const jobs = [job];
    this.#jobs.set(job.audience, jobs);
    void this.#run(job.audience, jobs);
  }

  cancelAll(): void {
    const all = [...this.#jobs.values()].flat();
    this.#jobs.clear();
    for (const job of all) job.cancel();
  }

  async #run(audience: string, jobs: MediaJob[]): Promise<void> {
    for (let job = jobs[0]; job !== undefined; job = jobs[0]) {
      await job.run();
      // Cancelled meanwhile, with everything behind it.
      if (this.#jobs.get(audience) !== jobs) return;
      jobs.shift();
    }
    this.#jobs.delete(audience);
  }
}
