import { ContactCenterError } from 'onescreen';
import type { CallEndCode, CollectRequest, Playing, Prompt } from '../call-control';
import { errorFields } from 'onescreen/logging';
import type { SoundSource } from './automation-api';
import type { CallbackEvent } from './callback-event';
import { callFailure } from './call-failures';
import type { CallParts } from './call-parts';
import { deferred } from './deferred';
import { MediaStack } from './media-stack';

/** What is heard in one call, and asked for by keys. */
export class CallSounds {
  readonly #parts: CallParts;
  readonly #media: MediaStack;
  readonly #sourceOf: (prompt: Prompt) => SoundSource | undefined;

  /** `sourceOf`: what a sound of ours is; undefined for silence. */
  constructor(parts: CallParts, sourceOf: (prompt: Prompt) => SoundSource | undefined) {
    const { api, clock, random, logger, id } = parts;
    this.#parts = parts;
    this.#sourceOf = sourceOf;
    this.#media = new MediaStack({
      ...{ clock, random },
      stopAll: () =>
        api.stopMedia(id()).catch((error: unknown) => {
          logger.warn('sound-not-stopped', errorFields(error));
          throw error;
        }),
    });
  }

  play(what: Prompt, { to, loop = false }: { readonly to?: string; readonly loop?: boolean }): Playing {
    const { api, logger, id } = this.#parts;
    const source = this.#sourceOf(what);
    if (source === undefined) return silence(loop);
    const { done, stop } = this.#media.push<true>({
      loop,
      stopped: true,
      begin: (context) => api.play(id(), { source, ...(to !== undefined && { to }), loop, context }),
      event: ({ type, result }) => {
        if (type === 'PlayFailed' && result.subCode !== 8508) throw playFailure(result);
        return type === 'PlayCompleted' || type === 'PlayCanceled' || type === 'PlayFailed' ? true : undefined;
      },
    });
    const played = done.then(() => {});
    played.catch((error: unknown) => logger.warn('sound-failed', errorFields(error)));
    return { done: played, stop };
  }

  async collect(from: string, { prompt, most, forMs }: CollectRequest, signal?: AbortSignal): Promise<string> {
    const { api, commands, id } = this.#parts;
    const action = 'collect tones';
    commands.require(action);
    const source = prompt === undefined ? undefined : this.#sourceOf(prompt);
    const silenceSeconds = Math.max(1, Math.ceil(forMs / 1_000));
    const { done, stop } = this.#media.push<string>({
      loop: false,
      stopped: '',
      begin: (context) =>
        api.recognise(id(), {
          ...{ from, most, silenceSeconds, context },
          ...(source !== undefined && { prompt: source }),
        }),
      event: ({ type, result, tones = '' }) => {
        if (type === 'RecognizeCompleted' || type === 'RecognizeCanceled') return tones;
        if (type !== 'RecognizeFailed') return undefined;
        // Nothing was pressed, or nothing more.
        if (result.subCode === 8510 || result.subCode === 8532) return tones;
        throw callFailure(action, result);
      },
    });
    const aborted = () => void stop();
    if (signal?.aborted === true) aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    return done.finally(() => signal?.removeEventListener('abort', aborted));
  }

  receive(event: CallbackEvent): void {
    this.#media.receive(event);
  }

  /** The call is over. */
  close(): void {
    this.#media.close();
  }
}

/** Nothing to be heard, for as long as it is to be heard. */
function silence(loop: boolean): Playing {
  if (!loop) return { done: Promise.resolve(), stop: () => Promise.resolve() };
  const { promise, resolve } = deferred();
  return { done: promise, stop: async () => resolve() };
}

function playFailure(end: CallEndCode): ContactCenterError {
  const { message } = callFailure('play', { ...end, code: 400, subCode: 8511 });
  return new ContactCenterError('call/play-failed', message, {
    provider: { name: 'acs', code: end.code, subCode: end.subCode },
  });
}
