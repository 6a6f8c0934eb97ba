import type { ControlledCall, Playing, Prompt } from '../call-control';
import { errorFields, type Logger } from 'onescreen/logging';

interface Started {
  readonly prompt: Prompt;
  readonly playing: Playing;
}

/** What everybody in a call hears again and again as long as it is wanted, and words to one of them in between. */
export class CallSound {
  readonly #call: ControlledCall;
  readonly #logger: Logger;
  #wanted: Prompt | undefined;
  #started: Started | undefined;
  /** How often the wanted sound may still be begun anew. */
  #retries = 1;
  #words: Playing | undefined;
  #speaking = false;
  #stopping = false;

  constructor(call: ControlledCall, logger: Logger) {
    this.#call = call;
    this.#logger = logger;
  }

  /** From now on this is heard, or nothing; words that are being spoken end with the sound that they interrupt. */
  want(prompt: Prompt | undefined): void {
    if (prompt === this.#wanted) return;
    this.#wanted = prompt;
    this.#retries = 1;
    if (prompt === undefined) void this.#words?.stop();
    this.#apply();
  }

  /** Says something to one participant in place of the sound, and then goes on with it. Nothing is wanted: not said. */
  async say(prompt: Prompt, to: string, signal?: AbortSignal): Promise<void> {
    if (this.#speaking || this.#stopping || !this.#mayGoOn(signal)) return;
    this.#speaking = true;
    const stop = () => void this.#words?.stop();
    try {
      await this.#stopStarted();
      if (!this.#mayGoOn(signal)) return;
      this.#words = this.#call.play(prompt, { to });
      signal?.addEventListener('abort', stop, { once: true });
      await this.#words.done;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#words = undefined;
      this.#speaking = false;
      this.#apply();
    }
  }

  #mayGoOn(signal: AbortSignal | undefined): boolean {
    return this.#wanted !== undefined && signal?.aborted !== true && this.#call.end === undefined;
  }

  #apply(): void {
    if (this.#stopping || this.#started?.prompt === this.#wanted) return;
    if (this.#started !== undefined) {
      this.#stopping = true;
      void this.#stopStarted().then(() => {
        this.#stopping = false;
        this.#apply();
      });
    } else if (this.#wanted !== undefined && !this.#speaking && this.#call.end === undefined) {
      this.#start(this.#wanted);
    }
  }

  async #stopStarted(): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    await started?.playing.stop();
  }

  #start(prompt: Prompt): void {
    const started: Started = { prompt, playing: this.#call.play(prompt, { loop: true }) };
    this.#started = started;
    // It goes on until it is stopped: whatever else ends it is a failure.
    started.playing.done.then(
      () => this.#ended(started, undefined),
      (error: unknown) => this.#ended(started, error),
    );
  }

  #ended(started: Started, error: unknown): void {
    if (started !== this.#started) return;
    this.#started = undefined;
    if (this.#call.end !== undefined) return;
    this.#logger.warn('call-sound-failed', {
      call: this.#call.id,
      again: this.#retries > 0,
      ...(error !== undefined && errorFields(error)),
    });
    if (this.#retries === 0) return;
    this.#retries -= 1;
    this.#apply();
  }
}
