import { ContactCenterError, isContactCenterError } from 'onescreen';
import { unavailable, type Connection } from './connection';
import { otherDecisions, otherFormat, otherOptions } from './differs';
import type { RoutingKeys } from './keys';
import { parseBatch } from './log-batch';
import type { Replica } from './replica';
import { entriesOf } from './reply';
import { loadSnapshot } from './snapshots';

/** Batches read from the log at once. */
export const batchesAtOnce = 64;

/** Why a batch was not applied. */
type Obstacle = Exclude<ReturnType<Replica['apply']>, 'applied'> | 'senseless';

interface LogFollowerParts {
  readonly replica: Replica;
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  readonly timeoutMs: number;
  /** Called after every batch; `heir` is there when its leader left. */
  readonly onApplied: (heir: string | undefined) => void;
  /** Called when the replica began anew, from a snapshot or from nothing. */
  readonly onReloaded: () => void;
  /** Called where this node has decided otherwise than its leader. */
  readonly onDiffers: () => void;
  /** Called when it cannot go on before there is a later snapshot. */
  readonly onStuck: (why: ContactCenterError) => void;
  readonly onFault: (error: unknown, message: string) => void;
}

/** Keeps the replica up with the log, from a snapshot where the log does not reach back far enough. */
export class LogFollower {
  readonly #parts: LogFollowerParts;
  #reloading: Promise<void> | undefined;
  /** Redis has not all of what this node has had of the log: it is to begin again. */
  behind = false;
  #stuck: ContactCenterError | undefined;
  /** Batch of the snapshot from which it began. */
  #loaded = 0;
  /** The last batch on account of which it began anew: a second time would not help. */
  #mended = 0;
  /** The last batch that was told of as a fault. */
  #reported = 0;

  constructor(parts: LogFollowerParts) {
    this.#parts = parts;
  }

  /** Whether the replica has what a leader has to have, as far as this node knows. */
  get isFit(): boolean {
    return !this.behind && this.#reloading === undefined && this.#stuck === undefined;
  }

  /** Why the log cannot be followed any further, as long as that is so. */
  get stuck(): ContactCenterError | undefined {
    return this.#stuck;
  }

  /** Reads the log up to batch `head`, while `wanted`. Rejects where it is stuck, and when Redis cannot be used. */
  async catchUp(head: number, wanted: () => boolean): Promise<void> {
    const { replica, connection, keys, timeoutMs } = this.#parts;
    let reloadedAt = -1;
    while (replica.batch < head && wanted()) {
      const before = replica.batch;
      const args = [keys.log, `${before + 1}-0`, '+', 'COUNT', batchesAtOnce];
      await this.follow(await connection.call('XRANGE', args, timeoutMs));
      if (this.#stuck !== undefined) throw this.#stuck;
      if (replica.batch !== before) continue;
      if (before <= reloadedAt) throw unavailable(`the log lacks what comes behind its batch ${before}`);
      reloadedAt = before;
      await this.reload();
    }
  }

  /** Applies entries of the log as Redis gave them. */
  async follow(entries: unknown): Promise<void> {
    const { replica, onApplied } = this.#parts;
    for (const { id, text } of entriesOf(entries)) {
      const number = Number(id.split('-')[0]);
      if (number <= replica.batch) continue;
      const batch = parseBatch(text);
      const result = batch === undefined ? 'senseless' : replica.apply(number, batch);
      if (result !== 'applied') return this.#meet(number, result);
      onApplied(batch?.heir);
    }
  }

  /** Whether the last batch applied is the one that the log has by its number, as far as that can be told. */
  async isInLog(): Promise<boolean> {
    const { replica, connection, keys, timeoutMs } = this.#parts;
    const { batch, reign } = replica;
    const answer = await connection.call('XRANGE', [keys.log, `${batch}-0`, `${batch}-0`], timeoutMs);
    const [entry] = entriesOf(answer);
    return entry === undefined || parseBatch(entry.text)?.reign === reign;
  }

  /** Begins anew from the last snapshot, or from nothing. */
  reload(): Promise<void> {
    this.#reloading ??= this.#load().finally(() => (this.#reloading = undefined));
    return this.#reloading;
  }

  /** Begins anew where it was stuck, once there is another snapshot. */
  async recover(): Promise<void> {
    const { connection, keys, timeoutMs } = this.#parts;
    const last = Number(await connection.call('GET', [keys.snapshot], timeoutMs));
    if (last !== this.#loaded) await this.reload();
  }

  /** Begins anew where this node is behind; batches are counted from lower on. */
  async beginAgain(): Promise<void> {
    this.#mended = 0;
    this.#reported = 0;
    await this.reload();
    this.behind = false;
  }

  async #load(): Promise<void> {
    const { replica, onReloaded } = this.#parts;
    const found = await loadSnapshot(this.#parts);
    this.#loaded = found?.batch ?? 0;
    try {
      if (found !== undefined && 'format' in found) throw otherFormat(found.format);
      const saved = found?.saved;
      if (saved === undefined) replica.reset();
      else replica.restore(saved);
    } catch (error) {
      if (isContactCenterError(error)) this.#stop(error);
      throw error;
    }
    this.#stuck = undefined;
    onReloaded();
  }

  async #meet(number: number, obstacle: Obstacle): Promise<void> {
    const { onDiffers, onFault } = this.#parts;
    const why = reasonFor(number, obstacle);
    const mayHelp = obstacle !== 'foreign' && obstacle !== 'senseless' && number > this.#mended;
    // A node that was away for long is no fault.
    if (number > this.#reported && !(mayHelp && obstacle === 'gap')) {
      this.#reported = number;
      onFault(why, why.message);
    }
    if (obstacle === 'differs') onDiffers();
    if (!mayHelp) return this.#stop(why);
    this.#mended = number;
    await this.reload();
  }

  #stop(why: ContactCenterError): void {
    this.#stuck = why;
    this.#parts.onStuck(why);
  }
}

function reasonFor(number: number, obstacle: Obstacle): ContactCenterError {
  switch (obstacle) {
    case 'foreign':
      return otherOptions();
    case 'differs':
      return otherDecisions();
    case 'gap':
      return unavailable(`the log lacks what comes before its batch ${number}`);
    case 'forked':
      return unavailable('it has lost the end of the log');
    case 'senseless':
      return new ContactCenterError('routing/fault', `unable to follow the log; its batch ${number} makes no sense`);
  }
}
