import { ContactCenterError, delay, type Cancel, type Clock, type Random } from 'onescreen';
import type { Playing } from '../call-control';
import type { CallbackEvent } from './callback-event';
import { callFailure, isUncertain, requestFailure } from './call-failures';

/** How long a sound without an end of its own may take, in milliseconds (chosen); its event is then taken for lost. */
const longestSoundMs = 120_000;
/** Pause before a sound that broke off is begun again, in milliseconds, and how often in a row (both chosen). */
const restartMs = 1_000;
const mostRestarts = 5;
/** How often the service is asked once more to be quiet, with the same pause in between (chosen). */
const mostStops = 5;

/** One thing that is to be heard, or listened for. */
export interface Sound<T> {
  /** Asks the service for it, under this name. */
  readonly begin: (context: string) => Promise<void>;
  /** What its event says, undefined when it decides nothing; throws for a failure. */
  readonly event: (event: CallbackEvent) => T | undefined;
  readonly loop: boolean;
  /** Milliseconds. Left out: `longestSoundMs`. */
  readonly atMostMs?: number;
  /** What it comes to when it is stopped, or its event never comes. */
  readonly stopped: T;
}

interface Entry {
  readonly loop: boolean;
  /** Name of the latest try, when there is one that the service may be busy with. */
  context: string | undefined;
  over: boolean;
  restarts: number;
  cancelTimer: Cancel;
  readonly begin: (context: string) => Promise<void>;
  readonly receive: (event: CallbackEvent) => void;
  readonly fail: (error: unknown) => void;
  readonly late: () => void;
  readonly atMostMs: number;
}

export interface MediaParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Stops whatever is played, or listened for, in this call. */
  readonly stopAll: () => Promise<void>;
}

/**
 * What is heard in a call. The service queues sounds, so that none would ever come after music; and it can stop all of
 * them only. So it is asked for one at a time: the newest, and, when that is over, the one before from its beginning.
 */
export class MediaStack {
  readonly #parts: MediaParts;
  #entries: readonly Entry[] = [];
  #playing: Entry | undefined;
  #work: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(parts: MediaParts) {
    this.#parts = parts;
  }

  push<T>(sound: Sound<T>): { readonly done: Promise<T>; readonly stop: Playing['stop'] } {
    let settle: { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void } | undefined;
    const done = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
    done.catch(() => {});
    const finish = (act: () => void) => {
      if (entry.over) return;
      entry.over = true;
      entry.cancelTimer();
      this.#entries = this.#entries.filter((other) => other !== entry);
      act();
    };
    const succeed = (value: T) => finish(() => settle?.resolve(value));
    const entry: Entry = {
      loop: sound.loop,
      context: undefined,
      over: false,
      restarts: 0,
      cancelTimer: () => {},
      begin: sound.begin,
      atMostMs: sound.atMostMs ?? longestSoundMs,
      receive: (event) => {
        try {
          const value = sound.event(event);
          if (value !== undefined) succeed(value);
        } catch (error) {
          entry.fail(error);
        }
      },
      fail: (error) => finish(() => settle?.reject(error)),
      late: () => succeed(sound.stopped),
    };
    if (this.#closing.signal.aborted) {
      entry.fail(callFailure('play', { code: 404, subCode: 8522 }));
    } else {
      this.#entries = [...this.#entries, entry];
      void this.#next();
    }
    const stop = async () => {
      if (entry.over) return;
      succeed(sound.stopped);
      await this.#next();
    };
    return { done, stop };
  }

  receive(event: CallbackEvent): void {
    const { context } = event;
    const entry = context === undefined ? undefined : this.#entries.find((one) => one.context === context);
    if (entry === undefined) return;
    // Somebody else has stopped it, or the service broke off: music begins again.
    if (entry.loop && /^Play(?:Completed|Canceled)$/.test(event.type)) return this.#restart(entry);
    entry.receive(event);
    if (!entry.over) return;
    if (this.#playing === entry) this.#playing = undefined;
    void this.#next();
  }

  /** The call is over. */
  close(): void {
    this.#closing.abort();
    for (const entry of this.#entries) entry.late();
    this.#playing = undefined;
  }

  #restart(entry: Entry): void {
    if (this.#playing === entry) this.#playing = undefined;
    entry.context = undefined;
    entry.restarts++;
    if (entry.restarts > mostRestarts) {
      entry.fail(new ContactCenterError('call/play-failed', 'unable to play; the service breaks off again and again'));
      return void this.#next();
    }
    entry.cancelTimer = this.#parts.clock.schedule(restartMs, () => void this.#next());
  }

  #next(): Promise<void> {
    this.#work = this.#work.then(() => this.#turn());
    return this.#work;
  }

  /** Makes the service play the newest, whatever it plays now. */
  async #turn(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const wanted = this.#entries.at(-1);
    if (wanted !== undefined && this.#playing === wanted) return;
    const { clock, random } = this.#parts;
    const playing = this.#playing;
    if (playing !== undefined) {
      this.#playing = undefined;
      playing.context = undefined;
      playing.cancelTimer();
      await this.#stopAll();
    }
    // Meanwhile others may have come, or the wanted one may be over.
    const next = this.#entries.at(-1);
    if (next === undefined || this.#closing.signal.aborted) return;
    const context = random.id();
    next.context = context;
    this.#playing = next;
    try {
      await next.begin(context);
    } catch (error) {
      if (this.#playing === next) this.#playing = undefined;
      next.fail(requestFailure('play', error));
      // It may be played all the same, and nobody would stop it.
      if (isUncertain(error)) await this.#stopAll();
      return void this.#next();
    }
    if (next.over || next.loop) return;
    next.cancelTimer = clock.schedule(next.atMostMs, () => {
      next.late();
      if (this.#playing === next) this.#playing = undefined;
      void this.#next();
    });
  }

  /** The people in the call would not hear each other for a sound that goes on. */
  async #stopAll(): Promise<void> {
    const { clock, stopAll } = this.#parts;
    const { signal } = this.#closing;
    for (let left = mostStops; !signal.aborted; left--) {
      try {
        return await stopAll();
      } catch (error) {
        const { code } = requestFailure('stop sounds', error);
        // What cannot be stopped else has ended already, or the call has.
        if (left === 0 || (code !== 'call/service' && code !== 'call/throttled')) return;
        await delay(clock, restartMs, signal).catch(() => {}); // Closed: nothing more.
      }
    }
  }
}
