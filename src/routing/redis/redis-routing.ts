import {
  ContactCenterError,
  delay,
  isContactCenterError,
  systemClock,
  systemRandom,
  toContactCenterError,
  type Clock,
  type Random,
} from 'onescreen';
import type { RoutingCommand, RoutingEvent, RoutingNode, RoutingOptions, RoutingView } from 'onescreen/routing';
import type { FailureListeners } from './answers';
import { Connection, unavailable, type RedisClient } from './connection';
import { keysOf, type RoutingKeys } from './keys';
import { Leadership } from './leadership';
import { batchesAtOnce, LogFollower } from './log-follower';
import { Outbox } from './outbox';
import { Replica } from './replica';
import { entriesOf, streamOf } from './reply';
import { sendScript } from './scripts';
import type { Sequencer } from './sequencer';
import { Succession } from './succession';

/**
 * Queues and rules are the same on every node of the domain, strategies included: every node follows them by itself. They
 * stay the same for the domain's life, too: a node that opens again follows what was done since the last snapshot by the
 * queues it has then. For other queues take another `domain`, such as `support-2`, let the first one run empty, and close it.
 */
export interface RedisRoutingOptions extends RoutingOptions, FailureListeners {
  /** A Redis 7 or Valkey client of yours; two connections are opened with its options, and it is left alone. */
  readonly redis: RedisClient;
  /** Name of what is routed together, such as a tenant or a group of queues. Not empty, without braces. */
  readonly domain: string;
  /** Name of this node, which no other node of the domain has and which it must not have again after a restart. Default: a random id. */
  readonly node?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Called with what happened since the node was opened, on every node in the same order, without gaps and once. */
  readonly onEvents?: (events: readonly RoutingEvent[]) => void;
  /** Called when this node was away for so long that the log no longer holds what happened meanwhile: look at `view` instead. */
  readonly onSkipped?: (range: { readonly from: number; readonly to: number }) => void;
  /** Called when this node begins or ceases to lead. */
  readonly onLeading?: (leading: boolean) => void;
  /** Called with what went wrong, and what this node goes on in spite of. */
  readonly onFault?: (fault: ContactCenterError) => void;
  /** Whether this node may lead; at least one of the domain has to. Default true. */
  readonly mayLead?: boolean;
  /** Milliseconds that a leader who is not heard of goes on being the leader. From 100; default 2,000. */
  readonly leaseMs?: number;
  /** Milliseconds after which a command without an answer is refused. Up to 300,000; default 10,000. */
  readonly commandTimeoutMs?: number;
  /** Commands after which the leader saves a snapshot and shortens the log. Default 20,000. */
  readonly snapshotEvery?: number;
}

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

/** Milliseconds that a read waits in Redis for something to come. */
const blockMs = 250;

/**
 * Joins the routing of a domain. Every node follows the domain's log in Redis with an engine of its own; one of them, the
 * leader, puts commands into it. Resolves once this node has caught up. Rejects with `routing/invalid` for options that
 * make no sense, and with `session/unavailable`, which is retryable, when Redis cannot be reached within `commandTimeoutMs`.
 *
 * @example
 * const routing = await redisRouting({ redis: new Redis(url), domain: 'contoso', queues, onEvents });
 * await routing.apply({ type: 'enqueue', task: { id: 't-1', queueId: 'support', channel: 'chat' } });
 */
export async function redisRouting(options: RedisRoutingOptions): Promise<RedisRouting> {
  check(options);
  const node = new Node(options);
  await node.open();
  return node;
}

class Node implements RedisRouting {
  readonly node: string;
  readonly #options: RedisRoutingOptions;
  readonly #clock: Clock;
  readonly #keys: RoutingKeys;
  readonly #leaseMs: number;
  readonly #replica: Replica;
  readonly #outbox: Outbox;
  readonly #commands: Connection;
  readonly #reads: Connection;
  readonly #follower: LogFollower;
  readonly #succession: Succession;
  readonly #abort = new AbortController();
  #leadership: Leadership | undefined;
  #live = false;
  /** Number of the last event that was told, or need not be. Where this node begins anew, it comes by old ones again. */
  #told = 0;
  #progressAt = 0;
  #closing: Promise<void> | undefined;

  constructor(options: RedisRoutingOptions) {
    const { domain, clock = systemClock, random = systemRandom } = options;
    const { leaseMs = 2_000, commandTimeoutMs = 10_000 } = options;
    this.#options = options;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.node = options.node ?? random.id();
    this.#keys = keysOf(domain);
    this.#replica = new Replica({
      engine: options,
      node: this.node,
      onEvents: (events) => this.#publish(events),
      onDone: (number, outcome) => this.#outbox.settle(number, outcome),
    });
    const send = (group: string) => this.#send(group);
    this.#outbox = new Outbox({ node: this.node, clock, timeoutMs: commandTimeoutMs, send });
    const reach = { client: options.redis, clock, onFault: (fault: ContactCenterError) => options.onFault?.(fault) };
    this.#commands = new Connection({ ...reach, onReady: () => this.#onReady() });
    this.#reads = new Connection(reach);
    const onFault = (error: unknown, message: string) => this.#fault(error, message);
    const parts = { node: this.node, domain, clock, leaseMs, connection: this.#commands, keys: this.#keys, onFault };
    this.#follower = new LogFollower({
      ...{ ...parts, replica: this.#replica, timeoutMs: Math.max(leaseMs, answerMs) },
      onApplied: (heir) => {
        this.#progressAt = clock.now();
        if (heir !== undefined) this.#succession.succeed(heir);
      },
      onReloaded: () => this.#onReloaded(),
    });
    this.#succession = new Succession({
      ...parts,
      mayLead: options.mayLead ?? true,
      isFit: () => this.#live && !this.#follower.reloading,
      batch: () => this.#replica.batch,
      onHeard: (isBehind) => this.#onHeard(isBehind),
      onWon: (lease, head) => void this.#lead(lease, head),
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
    const tooLate = delay(this.#clock, commandTimeoutMs, late.signal).then(
      () => Promise.reject(unavailable(`it was not reached within ${commandTimeoutMs} ms`)),
      () => {},
    );
    try {
      await Promise.race([this.#catchUp(), tooLate]);
    } catch (error) {
      await this.close();
      throw toContactCenterError(error, 'session/unavailable', 'unable to open routing; Redis cannot be used');
    } finally {
      late.abort();
    }
    this.#live = true;
    void this.#read();
    this.#succession.askIn(0);
  }

  apply(command: RoutingCommand): Promise<readonly RoutingEvent[]> {
    return this.#outbox.submit(command);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    this.#outbox.close();
    this.#succession.close();
    const led = this.#leadership;
    this.#stopLeading();
    try {
      if (led !== undefined) await led.sequencer.release('', this.node);
      else if (this.#commands.ready) await this.#commands.call('ZREM', [this.#keys.nodes, this.node], this.#leaseMs);
    } catch (error) {
      this.#report(error, 'unable to leave at once');
    }
    this.#commands.close();
    this.#reads.close();
  }

  get #closed(): boolean {
    return this.#abort.signal.aborted;
  }

  // From the last snapshot and what the log has behind it.
  async #catchUp(): Promise<void> {
    while (!this.#closed) {
      await this.#commands.whenReady();
      try {
        await this.#follower.reload();
        const head = await this.#commands.call('GET', [this.#keys.head], answerMs);
        return await this.#follower.catchUp(Number(head ?? 0), () => !this.#closed);
      } catch (error) {
        if (!isContactCenterError(error, 'session/unavailable')) throw error;
        await delay(this.#clock, 50, this.#abort.signal).catch(() => {});
      }
    }
  }

  // Blocks in Redis for what comes next: of the inbox for the leader, of the log for all others.
  async #read(): Promise<void> {
    while (!this.#closed) {
      await this.#reads.whenReady();
      if (this.#closed) return;
      try {
        const sequencer = this.#leadership?.sequencer;
        if (sequencer !== undefined) await this.#readInbox(sequencer);
        else await this.#follower.follow(await this.#readStream(this.#keys.log, `${this.#replica.batch}-0`));
      } catch (error) {
        this.#fault(error, 'unable to read from Redis');
        this.#leadership?.sequencer.takeAgain();
        await delay(this.#clock, 50, this.#abort.signal).catch(() => {});
      }
    }
  }

  async #readInbox(sequencer: Sequencer): Promise<void> {
    if (!sequencer.hasRoom) return delay(this.#clock, 1);
    for (const { id, text } of entriesOf(await this.#readStream(this.#keys.inbox, sequencer.taken))) {
      if (!sequencer.add(text, id) && !sequencer.stopped) {
        this.#fault(undefined, 'unable to use an entry of the inbox; it makes no sense');
      }
    }
  }

  async #readStream(key: string, from: string): Promise<unknown> {
    const args = ['COUNT', batchesAtOnce, 'BLOCK', blockMs, 'STREAMS', key, from];
    return streamOf(await this.#reads.call('XREAD', args, blockMs + answerMs));
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

  // What was under way when Redis went may be lost with it.
  #onReady(): void {
    if (!this.#live) return;
    this.#outbox.sendAgain();
    this.#succession.askIn(0);
  }

  #onHeard(isBehind: boolean): void {
    const now = this.#clock.now();
    if (this.#leadership === undefined && isBehind) {
      this.#fault(undefined, 'unable to follow the log; Redis has lost its end');
      void this.#follower.reload().catch((error: unknown) => this.#fault(error, 'unable to begin anew'));
    }
    // Where nothing moves, what was sent may have been lost; where much is under way, it is only late.
    if (this.#outbox.size > 0 && now - this.#progressAt > 2 * this.#leaseMs) {
      this.#progressAt = now;
      this.#outbox.sendAgain();
    }
  }

  #onReloaded(): void {
    const before = this.#told;
    this.#outbox.forget((number) => this.#replica.wasDone(this.node, number));
    const { seq } = this.#replica;
    if (this.#live && seq > before) this.#options.onSkipped?.({ from: before + 1, to: seq });
    this.#told = Math.max(this.#told, seq);
  }

  async #lead(lease: string, head: number): Promise<void> {
    const isWanted = () => this.#succession.lease === lease && !this.#closed;
    try {
      await this.#follower.catchUp(head, isWanted);
    } catch (error) {
      if (isWanted()) this.#loseLease(error);
      return;
    }
    if (!isWanted()) return;
    const { snapshotEvery = 20_000, onClassificationFailed, onStrategyFailed, onLeading } = this.#options;
    const leadership = new Leadership({
      ...{ connection: this.#commands, keys: this.#keys, clock: this.#clock, replica: this.#replica },
      ...{ lease, leaseMs: this.#leaseMs, snapshotEvery, onClassificationFailed, onStrategyFailed },
      onApplied: () => (this.#progressAt = this.#clock.now()),
      onLost: (why) => {
        if (this.#leadership === leadership) this.#loseLease(why);
      },
      onFault: (error, message) => this.#fault(error, message),
    });
    this.#leadership = leadership;
    this.#outbox.sendAgain();
    onLeading?.(true);
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
    if (led !== undefined) this.#options.onLeading?.(false);
  }

  #publish(events: readonly RoutingEvent[]): void {
    const [first] = events;
    const news = first !== undefined && first.seq > this.#told ? events : events.filter(({ seq }) => seq > this.#told);
    this.#told = Math.max(this.#told, this.#replica.seq);
    if (!this.#live || news.length === 0) return;
    try {
      this.#options.onEvents?.(news);
    } catch (error) {
      this.#fault(error, 'unable to tell of events; whoever was told threw an error');
    }
  }

  // What comes of closing is no fault.
  #fault(error: unknown, message: string): void {
    if (!this.#closed) this.#report(error, message);
  }

  #report(error: unknown, message: string): void {
    this.#options.onFault?.(toContactCenterError(error, 'routing/fault', message));
  }
}

function check({ domain, leaseMs = 2_000, commandTimeoutMs = 10_000, snapshotEvery = 1 }: RedisRoutingOptions): void {
  const refuse = (field: string, wanted: string) => {
    throw new ContactCenterError('routing/invalid', `unable to open routing; ${field} must be ${wanted}`, { field });
  };
  if (typeof domain !== 'string' || domain === '' || /[{}]/.test(domain)) refuse('domain', 'a name without braces');
  if (!(leaseMs >= 100)) refuse('leaseMs', 'at least 100');
  if (!(commandTimeoutMs > 0 && commandTimeoutMs <= 300_000)) refuse('commandTimeoutMs', 'above 0 and at most 300,000');
  if (!(snapshotEvery >= 1)) refuse('snapshotEvery', 'at least 1');
}
