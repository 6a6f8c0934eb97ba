import {
  delay,
  isContactCenterError,
  systemClock,
  systemRandom,
  toContactCenterError,
  type Clock,
  type ContactCenterError,
  type Random,
} from 'onescreen';
import type { RoutingCommand, RoutingEvent, RoutingNode, RoutingView } from 'onescreen/routing';
import { Connection, unavailable } from './connection';
import { keysOf, type RoutingKeys } from './keys';
import { Leadership } from './leadership';
import { LogFollower } from './log-follower';
import { checkOptions, type RedisRoutingOptions } from './options';
import { Outbox } from './outbox';
import { Reader } from './reader';
import { Replica } from './replica';
import { sendScript } from './scripts';
import type { Sequencer } from './sequencer';
import { signOff } from './sign-off';
import { storeSnapshot } from './snapshots';
import { Succession } from './succession';
import { Teller } from './teller';

/** One of the nodes that share a domain. */
export interface RedisRouting extends RoutingNode {
  readonly node: string;
  /** Whether this node puts commands into their order, wakes the engine and asks the strategies. */
  readonly leading: boolean;
}

/** Most entries of the inbox that may wait; more are refused with `command/rate-limited`. */
const longestInbox = 20_000;

/** Milliseconds that Redis has to answer what does not hang on the lease. */
const answerMs = 2_000;

/**
 * Joins the routing of a domain. Every node follows the domain's log in Redis with an engine of its own; one of them, the
 * leader, puts commands into it. Resolves once this node has caught up. Rejects with `routing/invalid` for options that
 * make no sense, or lack a queue that still has tasks or workers. Rejects within `commandTimeoutMs`, to be tried again, with
 * `session/unavailable` when Redis cannot be reached, and with `routing/differs` when nodes with other queues, rules or
 * `revision` are at work, or have ended without being closed.
 *
 * @example
 * const routing = await redisRouting({ redis: new Redis(url), domain: 'contoso', queues, onEvents });
 * await routing.apply({ type: 'enqueue', task: { id: 't-1', queueId: 'support', channel: 'chat' } });
 */
export async function redisRouting(options: RedisRoutingOptions): Promise<RedisRouting> {
  checkOptions(options);
  const node = new Node(options);
  await node.open();
  return node;
}

class Node implements RedisRouting {
  readonly node: string;
  readonly #options: RedisRoutingOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #keys: RoutingKeys;
  readonly #leaseMs: number;
  readonly #replica: Replica;
  readonly #teller: Teller;
  readonly #outbox: Outbox;
  readonly #commands: Connection;
  readonly #reads: Connection;
  readonly #follower: LogFollower;
  readonly #reader: Reader;
  readonly #succession: Succession;
  readonly #abort = new AbortController();
  #reached = false;
  #leadership: Leadership | undefined;
  /** This node has won the lease, and takes up what it is to lead. */
  #winning: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RedisRoutingOptions) {
    const { domain, clock = systemClock, random = systemRandom } = options;
    const { leaseMs = 2_000, commandTimeoutMs = 10_000 } = options;
    this.#options = options;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#random = random;
    this.node = options.node ?? random.id();
    const session = options.node === undefined ? this.node : `${this.node}~${random.id()}`;
    this.#keys = keysOf(domain);
    this.#replica = new Replica({
      ...{ engine: options, revision: options.revision, session },
      onEvents: (events) => this.#teller.tell(events),
      onDone: (number, outcome) => this.#outbox.settle(number, outcome),
      onForked: (seq) => this.#teller.takeBack(seq),
    });
    this.#teller = new Teller({ ...options, onFault: (error, message) => this.#fault(error, message) });
    const send = (group: string) => this.#send(group);
    this.#outbox = new Outbox({ session, clock, timeoutMs: commandTimeoutMs, send });
    const reach = {
      client: options.redis,
      clock,
      onFault: (fault: ContactCenterError) => this.#fault(fault, fault.message),
    };
    this.#commands = new Connection({ ...reach, onReady: () => this.#onReady() });
    this.#reads = new Connection(reach);
    const onFault = (error: unknown, message: string) => this.#fault(error, message);
    const parts = { node: this.node, domain, clock, leaseMs, connection: this.#commands, keys: this.#keys, onFault };
    this.#follower = new LogFollower({
      ...{ ...parts, replica: this.#replica, timeoutMs: Math.max(leaseMs, answerMs) },
      onApplied: (heir) => {
        if (heir !== undefined) this.#succession.succeed(heir);
      },
      onReloaded: () => this.#onReloaded(),
      onDiffers: () => this.#teller.takeBack(this.#replica.verified),
      onStuck: (why) => this.#outbox.abandon(why),
    });
    this.#reader = new Reader({
      ...{ ...parts, connection: this.#reads, timeoutMs: answerMs, replica: this.#replica, follower: this.#follower },
      sequencer: () => this.#leadership?.sequencer,
    });
    this.#succession = new Succession({
      ...parts,
      mayLead: options.mayLead ?? true,
      isFit: () => this.#teller.live && this.#follower.isFit,
      batch: () => this.#replica.batch,
      onHeard: (isBehind) => this.#onHeard(isBehind),
      onWon: (lease, head) => {
        this.#winning = this.#lead(lease, head);
      },
      onLost: (why) => this.#loseLease(why),
      onYield: (heir) => void this.#handOver(heir),
    });
  }

  get view(): RoutingView {
    return this.#replica.view;
  }

  get seq(): number {
    return this.#replica.seq;
  }

  get leading(): boolean {
    return this.#leadership !== undefined;
  }

  async open(): Promise<void> {
    const { commandTimeoutMs = 10_000 } = this.#options;
    const late = new AbortController();
    let trouble: ContactCenterError | undefined;
    const tooLate = delay(this.#clock, commandTimeoutMs, late.signal).then(
      () => Promise.reject(trouble ?? unavailable(`it was not reached within ${commandTimeoutMs} ms`)),
      () => {},
    );
    try {
      await Promise.race([this.#catchUp((error) => (trouble = error)), tooLate]);
    } catch (error) {
      await this.close();
      throw toContactCenterError(error, 'session/unavailable', 'unable to open routing; Redis cannot be used');
    } finally {
      late.abort();
    }
    this.#teller.live = true;
    void this.#reader.run(this.#abort.signal);
    this.#succession.askIn(0);
  }

  apply(command: RoutingCommand): Promise<readonly RoutingEvent[]> {
    const { stuck } = this.#follower;
    return stuck === undefined || this.#closed ? this.#outbox.submit(command) : Promise.reject(stuck);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    this.#outbox.close();
    const { hasPeers } = this.#succession;
    // What it has just won is left like what it leads: others may count on it already.
    await this.#succession.close();
    await this.#winning;
    const led = this.#leadership;
    this.#stopLeading();
    try {
      if (led !== undefined) await this.#leave(led.sequencer, hasPeers);
      else if (this.#commands.ready) await this.#leaveOthers();
    } catch (error) {
      this.#report(error, 'unable to leave at once');
    }
    this.#commands.close();
    this.#reads.close();
  }

  // Whoever opens next begins from a snapshot that includes all of the log, and need not have the same queues.
  async #leave(sequencer: Sequencer, hasPeers: boolean): Promise<void> {
    if (!(await sequencer.release('', this.node))) return;
    const parts = { connection: this.#commands, keys: this.#keys, timeoutMs: Math.max(this.#leaseMs, answerMs) };
    const saved = this.#replica.save();
    const until = this.#clock.now() + this.#leaseMs / 2;
    while (hasPeers && this.#clock.now() < until) {
      await delay(this.#clock, this.#leaseMs / 20);
      if ((await this.#commands.call('EXISTS', [this.#keys.lease], answerMs)) === 1) return;
    }
    await storeSnapshot(parts, saved, '');
  }

  // Where a leader has ended without a word and nobody has taken its place, nobody else leaves a snapshot.
  async #leaveOthers(): Promise<void> {
    const [connection, keys, clock] = [this.#commands, this.#keys, this.#clock];
    // Nobody counts on a node that could not lead.
    if (!(this.#options.mayLead ?? true) || !this.#teller.live || !this.#follower.isFit) {
      await connection.call('ZREM', [keys.nodes, this.node], this.#leaseMs);
      return;
    }
    const head = await signOff({ connection, keys, clock, node: this.node, leaseMs: this.#leaseMs });
    if (head === undefined) return;
    await this.#follower.catchUp(head, () => true);
    if (!(await this.#follower.isInLog())) return;
    const timeoutMs = Math.max(this.#leaseMs, answerMs);
    await storeSnapshot({ connection, keys, timeoutMs }, this.#replica.save(), '');
  }

  get #closed(): boolean {
    return this.#abort.signal.aborted;
  }

  // From the last snapshot and what the log has behind it.
  async #catchUp(onTrouble: (error: ContactCenterError) => void): Promise<void> {
    while (!this.#closed) {
      await this.#commands.whenReady();
      try {
        await (this.#follower.stuck === undefined ? this.#follower.reload() : this.#follower.recover());
        if (this.#follower.stuck !== undefined) throw this.#follower.stuck;
        const head = await this.#commands.call('GET', [this.#keys.head], answerMs);
        return await this.#follower.catchUp(Number(head ?? 0), () => !this.#closed);
      } catch (error) {
        if (!isContactCenterError(error, 'session/unavailable') && !isContactCenterError(error, 'routing/differs'))
          throw error;
        onTrouble(error);
        await delay(this.#clock, 50, this.#abort.signal).catch(() => {});
      }
    }
  }

  async #send(group: string): Promise<'ok' | 'full' | 'failed'> {
    if (this.#leadership?.sequencer.add(group) === true) return 'ok';
    if (!this.#commands.ready) return 'failed';
    try {
      const answer = await this.#commands.run(sendScript, [this.#keys.inbox], [group, longestInbox], answerMs);
      return answer === 'full' ? 'full' : 'ok';
    } catch {
      return 'failed';
    }
  }

  #onReady(): void {
    // Another Redis may be behind the address by now: it is read where it is written, also where the former still answers.
    if (this.#reached) this.#reads.anew();
    this.#reached = true;
    if (!this.#teller.live) return;
    // What was under way when Redis went may be lost with it.
    this.#outbox.sendAgain();
    this.#succession.askIn(0);
  }

  #onHeard(isBehind: boolean): void {
    if (isBehind) this.#fallBehind();
    this.#outbox.sendLate(2 * this.#leaseMs);
  }

  #fallBehind(): void {
    if (this.#follower.behind) return;
    this.#follower.behind = true;
    const why = unavailable('it has lost the end of the log');
    if (this.#succession.lease === undefined) this.#fault(why, 'unable to follow the log');
    else this.#loseLease(why);
  }

  #onReloaded(): void {
    this.#outbox.forget((number) => this.#replica.wasDone(number));
    this.#teller.skipTo(this.#replica.seq);
  }

  async #lead(lease: string, head: number): Promise<void> {
    const isWanted = () => this.#succession.lease === lease;
    let isInLog: boolean;
    let saved: number;
    try {
      await this.#follower.catchUp(head, isWanted);
      isInLog = await this.#follower.isInLog();
      saved = Number(await this.#commands.call('GET', [this.#keys.snapshot], answerMs));
    } catch (error) {
      if (isWanted()) this.#loseLease(error);
      return;
    }
    if (!isWanted()) return;
    if (this.#follower.behind) return this.#loseLease(unavailable('it has lost the end of the log'));
    // What Redis has lost others may have replaced by as many batches since.
    if (!isInLog || this.#replica.batch > head) return this.#fallBehind();
    const leadership = new Leadership({
      ...{ ...this.#options, connection: this.#commands, keys: this.#keys, clock: this.#clock, replica: this.#replica },
      ...{ lease, reign: this.#random.id(), leaseMs: this.#leaseMs },
      snapshotEvery: this.#options.snapshotEvery ?? 20_000,
      unsaved: this.#replica.batch - saved,
      onLost: (why) => {
        if (this.#leadership === leadership) this.#loseLease(why);
      },
      onFault: (error, message) => this.#fault(error, message),
    });
    this.#leadership = leadership;
    this.#outbox.sendAgain();
    this.#teller.guard(() => this.#options.onLeading?.(true));
  }

  async #handOver(heir: string): Promise<void> {
    const led = this.#leadership;
    if (led === undefined) return;
    this.#stopLeading();
    this.#succession.drop(this.#leaseMs);
    await led.sequencer.release(heir, '').catch((error: unknown) => this.#fault(error, 'unable to hand over at once'));
    this.#outbox.sendAgain();
  }

  #loseLease(why: unknown): void {
    this.#fault(why, 'unable to go on leading');
    this.#stopLeading();
    this.#succession.drop(this.#leaseMs / 4);
    this.#outbox.sendAgain();
  }

  #stopLeading(): void {
    const led = this.#leadership;
    this.#leadership = undefined;
    led?.end();
    if (led !== undefined) this.#teller.guard(() => this.#options.onLeading?.(false));
  }

  // What comes of closing is no fault.
  #fault(error: unknown, message: string): void {
    if (!this.#closed) this.#report(error, message);
  }

  #report(error: unknown, message: string): void {
    try {
      this.#options.onFault?.(toContactCenterError(error, 'routing/fault', message));
    } catch {
      // There is nobody else to tell.
    }
  }
}
