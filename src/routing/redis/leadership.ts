import type { Cancel, Clock } from 'onescreen';
import type { RoutingCommand } from 'onescreen/routing';
import { Answers, type FailureListeners } from './answers';
import { unavailable, type Connection } from './connection';
import type { RoutingKeys } from './keys';
import { LogClock } from './log-clock';
import { formatGroup, type LogBatch } from './log-batch';
import type { Replica } from './replica';
import { Sequencer } from './sequencer';
import { storeSnapshot } from './snapshots';

interface LeadershipParts extends FailureListeners {
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  readonly clock: Clock;
  readonly replica: Replica;
  readonly lease: string;
  readonly reign: string;
  readonly leaseMs: number;
  readonly snapshotEvery: number;
  /** Commands since the last snapshot, at least; leaders may be many, and short. */
  readonly unsaved: number;
  /** Called once, when this node cannot go on leading. */
  readonly onLost: (why: unknown) => void;
  readonly onFault: (error: unknown, message: string) => void;
}

/** What the leader does beyond following: order commands, wake the engine, ask strategies, save snapshots. */
export class Leadership {
  readonly sequencer: Sequencer;
  readonly #parts: LeadershipParts;
  readonly #answers: Answers;
  readonly #time: LogClock;
  #cancelWake: Cancel | undefined;
  #ticking = false;
  #commands: number;
  #saving = false;
  #ended = false;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.#commands = parts.unsaved;
    this.#time = new LogClock(parts.clock, parts.replica.at);
    this.sequencer = new Sequencer({
      ...{ ...parts, time: this.#time },
      token: Number(parts.lease.split(':')[0]),
      onAppended: (number, batch) => this.#onAppended(number, batch),
    });
    this.#answers = new Answers({ ...parts, answer: (command) => this.#add(command) });
    // What became due while nobody led happens now, and all nodes learn who leads.
    this.#tick();
  }

  /** Ends it; what is on its way to the log may still come there. */
  end(): void {
    this.#ended = true;
    this.#answers.close();
    this.#cancelWake?.();
    this.sequencer.stop();
  }

  #onAppended(number: number, batch: LogBatch): void {
    const { replica, onLost, snapshotEvery } = this.#parts;
    if (replica.apply(number, batch) !== 'applied')
      return onLost(unavailable('the log is not what this node has seen'));
    if (this.#ended) return;
    for (const [node, , , commands] of batch.groups) {
      this.#commands += commands.length;
      if (node === '' && commands.some(({ type }) => type === 'tick')) this.#ticking = false;
    }
    this.#answers.follow();
    this.#planTick();
    if (this.#commands >= snapshotEvery) void this.#save();
  }

  #add(command: RoutingCommand): void {
    this.sequencer.add(formatGroup('', 0, 0, [JSON.stringify(command)]));
  }

  #tick(): void {
    if (this.#ticking || this.#ended) return;
    this.#ticking = true;
    this.#add({ type: 'tick' });
  }

  #planTick(): void {
    const { replica, clock } = this.#parts;
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (replica.wakeAt === undefined || this.#ticking) return;
    this.#cancelWake = clock.schedule(this.#time.until(replica.wakeAt), () => this.#tick());
  }

  async #save(): Promise<void> {
    if (this.#saving) return;
    const { replica, lease, leaseMs, onFault } = this.#parts;
    this.#saving = true;
    this.#commands = 0;
    try {
      await storeSnapshot({ ...this.#parts, timeoutMs: leaseMs }, replica.save(), lease);
    } catch (error) {
      onFault(error, 'unable to save a snapshot');
    } finally {
      this.#saving = false;
    }
  }
}
