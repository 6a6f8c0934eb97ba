import { isContactCenterError } from 'onescreen';
import type { SoundSource } from './automation-api';
import { callFailure } from './call-failures';
import type { CallParts } from './call-parts';
import { commandMs } from './time-limits';

/** Who is on hold in one call, by our wish. */
export class Holds {
  readonly #parts: CallParts;
  readonly #held = new Set<string>();

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  async hold(rawId: string, music: SoundSource | undefined): Promise<void> {
    const { api, commands, reading, id } = this.#parts;
    const isHeld = () => this.#isOnHold(rawId) === true;
    if (this.#held.has(rawId) && isHeld()) return;
    this.#held.add(rawId);
    const holding = commands.run('hold', (context) => api.hold(id(), rawId, music, context), {
      timeoutMs: commandMs,
      event: ({ type, result }) => {
        if (type === 'HoldFailed') throw callFailure('hold', result);
        return type === 'HoldAudioStarted' ? true : undefined;
      },
      seen: () => (isHeld() ? true : undefined),
      late: () => commands.later('hold', isHeld),
    });
    // Without music there may be no event at all.
    reading.soon();
    try {
      await holding;
    } catch (error) {
      if (isContactCenterError(error) && error.code !== 'command/timed-out') this.#held.delete(rawId);
      throw error;
    }
    this.#change(rawId, true);
  }

  async unhold(rawId: string): Promise<void> {
    const { api, commands, reading, id } = this.#parts;
    if (!this.#held.has(rawId) && this.#isOnHold(rawId) !== true) return commands.require('resume');
    // Of who may be on hold unseen, that they are not is no news.
    let wasSeen = false;
    const isSeen = (): boolean | undefined => {
      const isOnHold = this.#isOnHold(rawId);
      wasSeen ||= isOnHold === true;
      return isOnHold;
    };
    isSeen();
    const resuming = commands.run('resume', (context) => api.unhold(id(), rawId, context), {
      timeoutMs: commandMs,
      event: ({ type, result }) => {
        if (type === 'UnholdFailed') throw callFailure('resume', result);
        return type === 'HoldAudioCompleted' ? true : undefined;
      },
      seen: () => (isSeen() === false && wasSeen ? true : undefined),
      late: () => commands.later('resume', (isRead) => isSeen() !== true && (isRead || wasSeen)),
    });
    reading.soon();
    await resuming.catch(async (error: unknown) => {
      // Who is not on hold need not be taken from it.
      if (!isContactCenterError(error, 'call/wrong-state')) throw error;
      await reading.now().catch(() => {});
      if (this.#isOnHold(rawId) !== false) throw error;
    });
    this.#held.delete(rawId);
    this.#change(rawId, false);
  }

  /** Somebody has left the call. */
  left(rawId: string): void {
    this.#held.delete(rawId);
  }

  /** Undefined for who is not in the call. */
  #isOnHold(rawId: string): boolean | undefined {
    return this.#parts.roster.find(rawId)?.onHold;
  }

  #change(rawId: string, onHold: boolean): void {
    this.#parts.roster.change(rawId, { onHold });
    this.#parts.publish();
  }
}
