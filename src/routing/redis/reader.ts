import { delay, type Clock } from 'onescreen';
import type { Connection } from './connection';
import type { RoutingKeys } from './keys';
import { batchesAtOnce, type LogFollower } from './log-follower';
import type { Replica } from './replica';
import { entriesOf, streamOf } from './reply';
import type { Sequencer } from './sequencer';

/** Milliseconds that a read waits in Redis for something to come. */
const blockMs = 250;

interface ReaderParts {
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly replica: Replica;
  readonly follower: LogFollower;
  /** Of this node, while it leads. */
  readonly sequencer: () => Sequencer | undefined;
  readonly onFault: (error: unknown, message: string) => void;
}

/** Waits in Redis for what comes next, on a connection of its own: of the inbox for the leader, of the log for all others. */
export class Reader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Reads until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { connection, clock, sequencer, onFault } = this.#parts;
    while (!signal.aborted) {
      await connection.whenReady();
      if (signal.aborted) return;
      try {
        await this.#next(signal);
      } catch (error) {
        onFault(error, 'unable to read from Redis');
        sequencer()?.takeAgain();
        await delay(clock, 50, signal).catch(() => {});
      }
    }
  }

  async #next(signal: AbortSignal): Promise<void> {
    const { keys, clock, leaseMs, replica, follower } = this.#parts;
    const sequencer = this.#parts.sequencer();
    if (sequencer !== undefined) return this.#readInbox(sequencer);
    if (follower.behind) return follower.beginAgain();
    if (follower.stuck === undefined) return follower.follow(await this.#readStream(keys.log, `${replica.batch}-0`));
    await delay(clock, leaseMs / 2, signal).catch(() => {});
    if (!signal.aborted) await follower.recover();
  }

  async #readInbox(sequencer: Sequencer): Promise<void> {
    const { clock, keys, onFault } = this.#parts;
    if (!sequencer.hasRoom) return delay(clock, 1);
    for (const { id, text } of entriesOf(await this.#readStream(keys.inbox, sequencer.taken))) {
      if (!sequencer.add(text, id) && !sequencer.stopped)
        onFault(undefined, 'unable to use an entry of the inbox; it makes no sense');
    }
  }

  async #readStream(key: string, from: string): Promise<unknown> {
    const { connection, timeoutMs } = this.#parts;
    const args = ['COUNT', batchesAtOnce, 'BLOCK', blockMs, 'STREAMS', key, from];
    return streamOf(await connection.call('XREAD', args, blockMs + timeoutMs));
  }
}
