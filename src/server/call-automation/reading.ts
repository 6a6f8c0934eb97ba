import type { Cancel, Clock } from 'onescreen';
import { errorFields, type Logger } from 'onescreen/logging';
import type { AutomationApi } from './automation-api';
import { endOf } from './call-failures';
import type { Roster } from './roster';
import { reconcileMs, soonMs } from './time-limits';

export interface ReadingParts {
  readonly api: Pick<AutomationApi, 'read' | 'participants'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly roster: Roster;
  /** The connection to read; undefined while there is none, or the call is over. */
  readonly id: () => string | undefined;
  readonly foundConnected: () => void;
  /** The roster is what was read. */
  readonly foundPeople: () => void;
  readonly foundGone: () => void;
}

/** Reads how one call stands: every now and then, in doubt, and when asked; one reading at a time. */
export class Reading {
  readonly #parts: ReadingParts;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #cancelLater: Cancel = () => {};
  #cancelSoon: Cancel | undefined;
  #closed = false;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** One that begins from now on: what runs already may have asked before. */
  now(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    return (this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.#start();
      }));
  }

  #start(): Promise<void> {
    return (this.#running = this.#read().finally(() => (this.#running = undefined)));
  }

  soon(): void {
    if (this.#closed || this.#cancelSoon !== undefined) return;
    this.#cancelSoon = this.#parts.clock.schedule(soonMs, () => {
      this.#cancelSoon = undefined;
      void this.now().catch(() => {});
    });
  }

  /** Again and again from now on. */
  begin(): void {
    if (this.#closed) return;
    const { clock, logger } = this.#parts;
    this.#cancelLater();
    this.#cancelLater = clock.schedule(reconcileMs, () => {
      void this.now()
        .catch((error: unknown) => logger.debug('call-not-read', errorFields(error)))
        .then(() => this.begin());
    });
  }

  /** Reads no more of its own accord. */
  close(): void {
    this.#closed = true;
    this.#cancelLater();
    this.#cancelSoon?.();
  }

  async #read(): Promise<void> {
    const { api, roster, id: idNow, foundConnected, foundPeople, foundGone } = this.#parts;
    const id = idNow();
    if (id === undefined) return;
    const { version } = roster;
    try {
      const state = await api.read(id);
      if (state === 'disconnected') return foundGone();
      if (state !== 'connected' || idNow() === undefined) return;
      foundConnected();
      const participants = await api.participants(id);
      // What happened meanwhile is newer than what was read.
      if (idNow() === undefined || roster.version !== version) return;
      roster.adopt(participants);
      foundPeople();
    } catch (error) {
      if (endOf(error)?.code !== 404) throw error;
      foundGone();
    }
  }
}
