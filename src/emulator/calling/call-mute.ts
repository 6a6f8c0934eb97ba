import { CallingCommunicationError, reasonOf, reasons } from './calling-error';

export interface CallMuteOptions {
  readonly muted: boolean;
  /** Has the emulator mute or unmute this side. */
  readonly ask: (muted: boolean) => Promise<unknown>;
  /** True once the call has ended: nothing changes any more. */
  readonly over: () => boolean;
  /** Silences this side at once, whatever the emulator is slow to hear. */
  readonly silence: () => void;
  /** It may have to be sent or not, now. */
  readonly settled: () => void;
  readonly changed: () => void;
  readonly struck: () => void;
}

/** Whether this side of a call is muted, by itself or by others. */
export class CallMute {
  readonly #options: CallMuteOptions;
  #muted: boolean;
  #byOthers = false;

  constructor(options: CallMuteOptions) {
    this.#options = options;
    this.#muted = options.muted;
  }

  get muted(): boolean {
    return this.#muted;
  }

  async set(muted: boolean): Promise<void> {
    const { ask, silence, settled } = this.#options;
    // Silence comes first, sound last: nobody is heard who thinks to be muted.
    if (muted) silence();
    try {
      await ask(muted);
    } catch (error) {
      settled();
      throw new CallingCommunicationError(reasonOf(error, muted ? reasons.mute : reasons.unmute));
    }
    this.apply(muted, false);
  }

  /** As the emulator has it. */
  apply(muted: boolean, byOthers: boolean): void {
    const { over, changed, struck, settled } = this.#options;
    if (over()) return;
    const isStruck = byOthers && !this.#byOthers;
    this.#byOthers = byOthers;
    if (muted !== this.#muted) {
      this.#muted = muted;
      changed();
    }
    if (isStruck) struck();
    settled();
  }
}
