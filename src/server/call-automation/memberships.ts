import { isContactCenterError } from 'onescreen';
import type { CallEndCode, ControlledCall } from '../call-control';
import { callFailure } from './call-failures';
import type { CallParts } from './call-parts';
import { leftByThemselves, removed, transferred } from './end-codes';
import { commandMs } from './time-limits';

/** Who is taken out of one call, and who is taken over into it. */
export class Memberships {
  readonly #parts: CallParts;
  /** Whom we have taken out, until they come back. */
  readonly #removed = new Set<string>();

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  async remove(rawId: string): Promise<void> {
    const { api, commands, reading, roster, publish, id } = this.#parts;
    const action = 'remove participant';
    const isOut = () => !roster.has(rawId);
    const removing = commands.run(action, (context) => api.remove(id(), rawId, context), {
      timeoutMs: commandMs,
      event: ({ type, result }) => {
        if (type === 'RemoveParticipantFailed') throw callFailure(action, result);
        return type === 'RemoveParticipantSucceeded' ? true : undefined;
      },
      seen: () => (isOut() ? true : undefined),
      late: () => commands.later(action, isOut),
    });
    reading.soon();
    await removing.catch((error: unknown) => {
      // Who has left already need not be removed.
      if (!isContactCenterError(error, 'call/gone')) throw error;
      return commands.later(action, isOut);
    });
    this.takenOut(rawId);
    publish();
  }

  async moveHere(rawIds: readonly string[], from: ControlledCall): Promise<void> {
    const { api, commands, roster, publish, id } = this.#parts;
    const action = 'move participants';
    const all = () => rawIds.every((rawId) => roster.has(rawId));
    await commands.run(action, (context) => api.move(id(), rawIds, from.id, context), {
      timeoutMs: commandMs,
      event: ({ type, result, participant }) => {
        if (type === 'MoveParticipantFailed' || type === 'MoveParticipantsFailed') throw callFailure(action, result);
        if (type === 'MoveParticipantSucceeded' && participant !== undefined) roster.entered(participant);
        if (type === 'MoveParticipantsSucceeded') for (const rawId of rawIds) roster.entered(rawId);
        return all() ? true : undefined;
      },
      seen: () => (all() ? true : undefined),
      late: () => commands.later(action, all),
    });
    publish();
  }

  async mute(rawId: string): Promise<void> {
    const { api, commands, random, roster, publish, id } = this.#parts;
    commands.require('mute');
    try {
      await api.mute(id(), rawId, random.id());
    } catch (error) {
      throw commands.failed('mute', error);
    }
    roster.change(rawId, { muted: true });
    publish();
  }

  /** We have taken somebody out. */
  takenOut(rawId: string): void {
    this.#removed.add(rawId);
    this.#parts.roster.left(rawId);
  }

  /** Somebody is in the call, or is to be. */
  welcome(rawId: string): void {
    this.#removed.delete(rawId);
  }

  /** Why somebody has left: the service does not say so. */
  leaving(rawId: string, how: { readonly transferred: boolean; readonly hasCalled: boolean }): CallEndCode {
    if (this.#removed.has(rawId)) return removed;
    return how.transferred ? transferred : leftByThemselves(rawId, how.hasCalled);
  }
}
