import type { Connection } from './connection';
import type { RoutingKeys } from './keys';
import { parseBatch } from './log-batch';
import type { Replica } from './replica';
import { entriesOf } from './reply';
import { loadSnapshot } from './snapshots';

/** Batches read from the log at once. */
export const batchesAtOnce = 64;

interface LogFollowerParts {
  readonly replica: Replica;
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  readonly timeoutMs: number;
  /** Called after every batch; `heir` is there when its leader left. */
  readonly onApplied: (heir: string | undefined) => void;
  /** Called when the replica began anew, from a snapshot or from nothing. */
  readonly onReloaded: () => void;
  readonly onFault: (error: unknown, message: string) => void;
}

/** Keeps the replica up with the log, from a snapshot where the log does not reach back far enough. */
export class LogFollower {
  readonly #parts: LogFollowerParts;
  #reloading: Promise<void> | undefined;

  constructor(parts: LogFollowerParts) {
    this.#parts = parts;
  }

  get reloading(): boolean {
    return this.#reloading !== undefined;
  }

  /** Reads the log up to batch `head`, while `wanted`. */
  async catchUp(head: number, wanted: () => boolean): Promise<void> {
    const { replica, connection, keys, timeoutMs } = this.#parts;
    while (replica.batch < head && wanted()) {
      const before = replica.batch;
      const args = [keys.log, `${before + 1}-0`, '+', 'COUNT', batchesAtOnce];
      await this.follow(await connection.call('XRANGE', args, timeoutMs));
      if (replica.batch === before) await this.reload();
    }
  }

  /** Applies entries of the log as Redis gave them. */
  async follow(entries: unknown): Promise<void> {
    const { replica, onApplied, onFault } = this.#parts;
    for (const { id, text } of entriesOf(entries)) {
      const number = Number(id.split('-')[0]);
      if (number <= replica.batch) continue;
      const batch = parseBatch(text);
      const result = batch === undefined ? 'senseless' : replica.apply(number, batch);
      if (result === 'applied') {
        onApplied(batch?.heir);
        continue;
      }
      if (result === 'differs')
        onFault(undefined, 'unable to follow the log; this node does otherwise than its leader');
      if (result === 'senseless') onFault(undefined, `unable to follow the log; its batch ${number} makes no sense`);
      await this.reload();
      return;
    }
  }

  /** Begins anew from the last snapshot, or from nothing. */
  reload(): Promise<void> {
    this.#reloading ??= this.#load().finally(() => (this.#reloading = undefined));
    return this.#reloading;
  }

  async #load(): Promise<void> {
    const { replica, onReloaded } = this.#parts;
    const saved = await loadSnapshot(this.#parts);
    if (saved === undefined) replica.reset();
    else replica.restore(saved);
    onReloaded();
  }
}
