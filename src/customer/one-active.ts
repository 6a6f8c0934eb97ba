/** What can be put on hold, here on this page. */
export interface Holdable {
  /** True while it is active, and one must make room for another. */
  readonly isActive: boolean;
  hold(): Promise<void>;
  resume(): Promise<void>;
}

/** One call or meeting is active on a page: which were put on hold for another, and come back after it. */
export class OneActive {
  readonly #calls = new Set<Holdable>();
  readonly #meetings = new Set<Holdable>();
  /** Whoever was put on hold for a meeting, and for a call. */
  readonly #held = new Set<Holdable>();

  addCall(call: Holdable): void {
    this.#calls.add(call);
  }

  addMeeting(meeting: Holdable): void {
    this.#meetings.add(meeting);
  }

  /** Before a meeting becomes active. Rejects as a hold does: then it must not. */
  async holdCalls(): Promise<void> {
    for (const call of this.#calls) await this.#hold(call);
  }

  /** Before a call becomes active. */
  async holdMeetings(): Promise<void> {
    for (const meeting of this.#meetings) await this.#hold(meeting);
  }

  /** It is over: what was put on hold for it comes back. */
  remove(one: Holdable): void {
    this.#held.delete(one);
    const isKnown = this.#calls.delete(one) || this.#meetings.delete(one);
    if (!isKnown || [...this.#calls, ...this.#meetings].some(({ isActive }) => isActive)) return;
    const [next] = this.#held;
    if (next === undefined) return;
    this.#held.delete(next);
    // It stays on hold when it cannot come back; its own state says so.
    next.resume().catch(() => {});
  }

  async #hold(one: Holdable): Promise<void> {
    if (!one.isActive) return;
    await one.hold();
    this.#held.add(one);
  }
}
