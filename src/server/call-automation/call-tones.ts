import { ContactCenterError } from 'onescreen';
import { errorFields } from 'onescreen/logging';
import { wordOfTone, type CallbackEvent } from './callback-event';
import { callFailure } from './call-failures';
import type { CallParts } from './call-parts';
import { commandMs } from './time-limits';

/** The keys that are pressed in one call, and those that we send. */
export class CallTones {
  readonly #parts: CallParts;
  /** Whose keys are listened for, by the operation's name. */
  readonly #heard = new Map<string, string>();

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /** Listens for somebody's keys from now on; again: no effect. */
  hear(rawId: string): void {
    if ([...this.#heard.values()].includes(rawId)) return;
    const { api, random, logger, id } = this.#parts;
    const context = random.id();
    this.#heard.set(context, rawId);
    api.hearTones(id(), rawId, context).catch((error: unknown) => {
      this.#heard.delete(context);
      logger.debug('tones-not-heard', errorFields(error));
    });
  }

  /** Whose key an event tells of, and which; undefined for other events. */
  read({ type, context, tone }: CallbackEvent): { readonly from: string; readonly tone: string } | undefined {
    if (type !== 'ContinuousDtmfRecognitionToneReceived' || context === undefined || tone === undefined)
      return undefined;
    const from = this.#heard.get(context);
    return from === undefined ? undefined : { from, tone };
  }

  /** Somebody has left the call. */
  left(rawId: string): void {
    for (const [context, heard] of [...this.#heard]) if (heard === rawId) this.#heard.delete(context);
  }

  async send(rawId: string, tones: string): Promise<void> {
    const { api, commands, id } = this.#parts;
    const action = 'send tones';
    const words = Array.from(tones, (tone) => {
      const word = wordOfTone(tone);
      if (word !== undefined) return word;
      throw new ContactCenterError('command/invalid', 'unable to send tones; there is one that is on no phone', {
        field: 'tones',
      });
    });
    await commands.run(action, (context) => api.sendTones(id(), rawId, words, context), {
      timeoutMs: commandMs + 1_000 * words.length,
      event: ({ type, result }) => {
        if (type === 'SendDtmfTonesFailed') throw callFailure(action, result);
        return type === 'SendDtmfTonesCompleted' ? true : undefined;
      },
      late: () => commands.later(action, () => false),
    });
  }
}
