import type { AutomatedCall, CallObserver, Operation } from './automated-call';
import { toneName } from './tone-names';

/** Tells of every key that participants press, from the start to the stop, or to the end of the call. */
export class ToneWatch implements CallObserver {
  readonly #connection: AutomatedCall;
  readonly #watched = new Map<string, Operation>();
  #sequence = 0;

  constructor(connection: AutomatedCall) {
    this.#connection = connection;
    connection.observers.add(this);
  }

  start(rawId: string, operation: Operation): void {
    this.#watched.set(rawId, operation);
  }

  /** Harmless for one that is not watched. */
  stop(rawId: string, operation: Operation): void {
    if (this.#watched.delete(rawId)) this.#connection.send({ type: 'ContinuousDtmfRecognitionStopped' }, operation);
  }

  tone(from: string, key: string): void {
    const operation = this.#watched.get(from);
    if (operation === undefined) return;
    this.#sequence += 1;
    const data = { sequenceId: this.#sequence, tone: toneName(key) };
    this.#connection.send({ type: 'ContinuousDtmfRecognitionToneReceived', data }, operation);
  }

  ended(): void {
    for (const [rawId, operation] of [...this.#watched]) this.stop(rawId, operation);
  }
}
