import {
  delay,
  isContactCenterError,
  type Clock,
  type MeetingChange,
  type MeetingParticipant,
  type MeetingReport,
} from 'onescreen';

/** The roster is told when it has been still for this long, in milliseconds (chosen). */
const stillMs = 300;
/** A report that does not get through is tried again after so long, in milliseconds, and so often (chosen). */
const againMs = 2_000;
const tries = 5;

/** Tells the control plane what happens in a meeting, in order. */
export class MeetingReports {
  readonly #send: (report: MeetingReport) => Promise<unknown>;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #tail: Promise<void> = Promise.resolve();
  #others: Iterable<MeetingParticipant> | undefined;
  #told = '';
  #cancel: () => void = () => {};

  constructor(send: (report: MeetingReport) => Promise<unknown>, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** `ref`: one's own name in the meeting. */
  self(change: MeetingChange, ref: string | undefined): void {
    this.#tell({ type: 'self', change, ...(ref !== undefined && { ref }) });
  }

  over(): void {
    this.#tell({ type: 'over' });
  }

  others(people: Iterable<MeetingParticipant>): void {
    this.#others = people;
    this.#cancel();
    this.#cancel = this.#clock.schedule(stillMs, () => this.#tellOthers());
  }

  /** This side is out: nobody looks any more. */
  forgetOthers(): void {
    this.#cancel();
    this.#others = undefined;
    this.#told = '';
  }

  /** Resolves when all that was told is through, or given up. */
  settled(): Promise<void> {
    return this.#tail;
  }

  close(): void {
    this.forgetOthers();
    this.#closing.abort();
  }

  #tellOthers(): void {
    const inside = [...(this.#others ?? [])].filter(({ status }) => status !== 'connecting');
    const people = inside.map(({ id, displayName = '' }) => ({ ref: id, displayName }));
    const told = JSON.stringify(people);
    if (told === this.#told) return;
    this.#told = told;
    this.#tell({ type: 'others', people });
  }

  #tell(report: MeetingReport): void {
    this.#tail = this.#tail.then(() => this.#deliver(report));
  }

  async #deliver(report: MeetingReport): Promise<void> {
    const { signal } = this.#closing;
    for (let left = tries; left > 0 && !signal.aborted; left--) {
      try {
        await this.#send(report);
        return;
      } catch (error) {
        // A refusal stays one; the meeting goes on without being told of.
        if (isContactCenterError(error) && !error.retryable) return;
        await delay(this.#clock, againMs, signal).catch(() => {});
      }
    }
  }
}
