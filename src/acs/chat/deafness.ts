import type { Cancel, Clock } from 'onescreen';
import type { RealtimeStream } from './realtime';

/** A push that is this much later than what we read or stored does not come. */
const pushGraceMs = 5_000;
/** A stream younger than this may not be registered yet: usually that takes 75 ms, but "connected" does not wait for it. */
export const youngStreamMs = 10_000;
/** How long a stream that was found deaf is watched more closely, unless it is heard. */
const doubtMs = 30_000;

/** Finds out that a stream which says it stands brings nothing: it has no event for that. */
export class DeafnessWatch {
  readonly #clock: Clock;
  readonly #doubted: () => void;
  /** Ids that the stream should have brought by now. */
  readonly #unheard = new Set<string>();
  readonly #timers = new Set<Cancel>();
  #doubtedUntil = -Infinity;

  constructor(clock: Clock, doubted: () => void) {
    this.#clock = clock;
    this.#doubted = doubted;
  }

  get isDoubted(): boolean {
    return this.#clock.now() < this.#doubtedUntil;
  }

  /** These are stored; `stream` should bring them, unless it is down or stands only just. */
  expect(ids: readonly string[], stream: RealtimeStream | undefined): void {
    const upSince = stream?.upSince;
    if (ids.length === 0 || stream === undefined || upSince === undefined) return;
    if (this.#clock.now() - upSince < youngStreamMs) return;
    for (const id of ids) this.#unheard.add(id);
    // Each waits for its own: what is sent later must not put off what is missing already.
    const cancel = this.#clock.schedule(pushGraceMs, () => {
      this.#timers.delete(cancel);
      if (!ids.some((id) => this.#unheard.has(id))) return;
      this.#unheard.clear();
      this.#doubtedUntil = this.#clock.now() + doubtMs;
      stream.deaf();
      this.#doubted();
    });
    this.#timers.add(cancel);
  }

  /** The stream has brought something; of a message, its id. */
  heard(id?: string): void {
    this.#doubtedUntil = -Infinity;
    if (id !== undefined) this.#unheard.delete(id);
  }

  /** The stream is another, or down: what it should have brought it never will. */
  forget(): void {
    this.#unheard.clear();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }
}
