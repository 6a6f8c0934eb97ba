import { ends } from '../calls/end-reasons';
import type { EndFrame } from '../calls/frames';
import type { ServerPlay } from '../calls/server-call';
import type { AutomatedCall, Operation } from './automated-call';
import { cancelled, type MediaJob } from './media-queue';
import type { PlaySource } from './play-source';
import { endOf } from './refusals';

/** What a file reports that cannot be played. Source: published recordings of the service. */
export const badFormat: EndFrame = { code: 400, subCode: 8535, message: 'Action failed, file format is invalid.' };

/** Plays sources one after the other, to everybody or to some. */
export class Playback {
  readonly #connection: AutomatedCall;
  readonly #to: readonly string[];
  #stopped = false;
  #plays: readonly ServerPlay[] = [];

  constructor(connection: AutomatedCall, to: readonly string[]) {
    this.#connection = connection;
    this.#to = to;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** True when all has been played; false when it was stopped, or whoever should hear it has left. Throws as the call does. */
  async play(sources: readonly NonNullable<PlaySource>[], loop: boolean): Promise<boolean> {
    do {
      for (const { sound, durationMs } of sources) {
        if (this.#stopped) return false;
        const { call } = this.#connection;
        const audience = this.#to.length === 0 ? [undefined] : this.#to;
        this.#plays = audience.map((to) => call.play(sound, to, { durationMs, loop: loop && sources.length === 1 }));
        const ways = await Promise.all(this.#plays.map(({ done }) => done));
        if (ways.every((way) => way === 'stopped')) return false;
      }
    } while (loop);
    return !this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
    for (const play of this.#plays) play.stop();
  }
}

export interface PlayOrder {
  readonly sources: readonly PlaySource[];
  /** Raw ids; empty: everybody. */
  readonly to: readonly string[];
  readonly loop: boolean;
  readonly operation: Operation;
}

/** One play with its events. */
export class PlayJob implements MediaJob {
  readonly audience: string;
  readonly #connection: AutomatedCall;
  readonly #order: PlayOrder;
  readonly #playback: Playback;
  #begun = false;
  #over = false;

  constructor(connection: AutomatedCall, order: PlayOrder) {
    this.audience = [...order.to].sort().join(' ');
    this.#connection = connection;
    this.#order = order;
    this.#playback = new Playback(connection, order.to);
  }

  async run(): Promise<void> {
    const { sources, to, loop } = this.#order;
    const playable = sources.flatMap((source) => (source === undefined ? [] : [source]));
    if (playable.length < sources.length)
      return this.#report('PlayFailed', badFormat, { failedPlaySourceIndex: sources.indexOf(undefined) });
    const present = this.#connection.call.participants();
    if (to.some((rawId) => !present.some((one) => one.rawId === rawId)))
      return this.#report('PlayFailed', { ...ends.callGone, message: 'Participant not found.' });
    this.#begun = true;
    this.#connection.send({ type: 'PlayStarted' }, this.#order.operation);
    try {
      const whole = await this.#playback.play(playable, loop);
      if (whole) this.#report('PlayCompleted');
      else this.#report('PlayFailed', ends.callGone);
    } catch (error) {
      this.#report('PlayFailed', endOf(error) ?? ends.callGone);
    }
  }

  cancel(): void {
    this.#report('PlayCanceled', cancelled);
    if (this.#begun) this.#playback.stop();
  }

  #report(type: string, result?: EndFrame, data: { readonly failedPlaySourceIndex?: number } = {}): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection.send({ type, data, ...(result !== undefined && { result }) }, this.#order.operation);
  }
}
