import {
  ContactCenterError,
  delay,
  systemClock,
  systemRandom,
  toContactCenterError,
  type Cancel,
  type Clock,
  type Random,
} from 'onescreen';
import type {
  QueuePolicy,
  RoutingCommand,
  RoutingEvent,
  RoutingNode,
  RoutingView,
  StrategyFailure,
} from 'onescreen/routing';
import { Answers } from './answers';
import { Connection, unavailable, type RedisClient } from './connection';
import { keysOf, type RoutingKeys } from './keys';
import { parseBatch, type LogBatch } from './log-batch';
import { Outbox } from './outbox';
import { rendezvous } from './rendezvous';
import { Replica } from './replica';
import { bidOf, entriesOf, streamOf } from './reply';
import { bidScript, sendScript } from './scripts';
import { Sequencer } from './sequencer';
import { loadSnapshot, storeSnapshot } from './snapshots';

export interface RedisRoutingOptions {
  /** A Redis 7 or Valkey client of yours; two connections are opened with its options, and it is left alone. */
  readonly redis: RedisClient;
  /** Name of what is routed together, such as a tenant or a group of queues. Not empty, without braces. */
  readonly domain: string;
  /** The same on every node of the domain, strategies included: every node follows them by itself. */
  readonly queues: readonly QueuePolicy[];
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
  /** As of `createRouter`; called on the node that leads. */
  readonly onStrategyFailed?: (failure: StrategyFailure) => void;
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

/** Each further node in the order of succession waits so much longer before it takes a lease that nobody has. */
const succession = { partOfLease: 12 };

/** Milliseconds that a read waits in Redis for something to come. */
const blockMs = 250;

/** Batches read from the log at once. */
const batchesAtOnce = 64;

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
  #live = false;
  #sequencer: Sequencer | undefined;
  #answers: Answers | undefined;
  /** The lease that this node has, as it stands in Redis. */
  #lease: string | undefined;
  #head = 0;
  #members: readonly string[] = [];
  readonly #membersSince = new Map<string, number>();
  #mayBidAt = 0;
  #cancelBid: Cancel | undefined;
  #bidding = false;
  #cancelWake: Cancel | undefined;
  #ticking = false;
  #sinceSnapshot = 0;
  #saving = false;
  #progressAt = 0;
  #reloading: Promise<void> | undefined;
  readonly #abort = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(options: RedisRoutingOptions) {
    const { clock = systemClock, random = systemRandom, leaseMs = 2_000, commandTimeoutMs = 10_000 } = options;
    this.#options = options;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.node = options.node ?? random.id();
    this.#keys = keysOf(options.domain);
    this.#replica = new Replica({
      queues: options.queues,
      onEvents: (events) => this.#publish(events),
      onDone: (node, number, outcome) => {
        if (node === this.node) this.#outbox.settle(number, outcome);
      },
    });
    this.#outbox = new Outbox({
      node: this.node,
      clock,
      timeoutMs: commandTimeoutMs,
      send: (group) => this.#send(group),
    });
    const parts = { client: options.redis, clock, onFault: (fault: ContactCenterError) => this.#report(fault) };
    this.#commands = new Connection({ ...parts, onReady: () => this.#onReady() });
    this.#reads = new Connection(parts);
  }

  get view(): RoutingView {
    return this.#replica.view;
  }

  get seq(): number {
    return this.#replica.seq;
  }

  get leading(): boolean {
    return this.#sequencer !== undefined;
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
    this.#bidIn(0);
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
    this.#cancelBid?.();
    this.#outbox.close();
    const sequencer = this.#sequencer;
    this.#stopLeading();
    if (sequencer !== undefined) {
      await sequencer
        .release('', this.node)
        .catch((error: unknown) => this.#fault(error, 'unable to hand over at once'));
    } else if (this.#commands.ready) {
      await this.#commands
        .call('ZREM', [this.#keys.nodes, this.node], this.#leaseMs)
        .catch((error: unknown) => this.#fault(error, 'unable to say good-bye'));
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
        await this.#reload();
        await this.#readLogTo(await this.#headInRedis());
        return;
      } catch (error) {
        if (this.#commands.ready) throw error;
      }
    }
  }

  async #headInRedis(): Promise<number> {
    return Number((await this.#commands.call('GET', [this.#keys.head], this.#leaseMs)) ?? 0);
  }

  async #readLogTo(head: number): Promise<void> {
    while (this.#replica.batch < head && !this.#closed) {
      const before = this.#replica.batch;
      const args = [this.#keys.log, `${before + 1}-0`, '+', 'COUNT', batchesAtOnce];
      const entries = await this.#commands.call('XRANGE', args, this.#leaseMs);
      if ((await this.#follow(entries)) === 0 && this.#replica.batch === before) await this.#reload();
    }
  }

  // How many entries of the log there were.
  async #follow(entries: unknown): Promise<number> {
    let count = 0;
    for (const { id, text } of entriesOf(entries)) {
      count += 1;
      const number = Number(id.split('-')[0]);
      const batch = parseBatch(text);
      if (batch === undefined) {
        this.#fault(undefined, `unable to follow the log; its batch ${number} makes no sense`);
        continue;
      }
      if (!(await this.#apply(number, batch))) break;
    }
    return count;
  }

  async #apply(number: number, batch: LogBatch): Promise<boolean> {
    const result = this.#replica.apply(number, batch);
    if (result !== 'applied') {
      if (result === 'differs')
        this.#fault(undefined, 'unable to follow the log; this node did not do what its leader did');
      await this.#reload();
      return false;
    }
    this.#progressAt = this.#clock.now();
    if (batch.heir !== undefined && this.#lease === undefined) this.#succeed(batch.heir);
    return true;
  }

  // From the last snapshot, or from nothing.
  #reload(): Promise<void> {
    this.#reloading ??= this.#load().finally(() => (this.#reloading = undefined));
    return this.#reloading;
  }

  async #load(): Promise<void> {
    const before = this.#replica.seq;
    const saved = await loadSnapshot({ connection: this.#commands, keys: this.#keys, timeoutMs: this.#leaseMs });
    if (saved === undefined) this.#replica.reset();
    else this.#replica.restore(saved);
    this.#outbox.forget((number) => this.#replica.wasDone(this.node, number));
    if (this.#live && this.#replica.seq > before) {
      this.#options.onSkipped?.({ from: before + 1, to: this.#replica.seq });
    }
  }

  // Blocks in Redis for what comes next: of the inbox for the leader, of the log for all others.
  async #read(): Promise<void> {
    while (!this.#closed) {
      await this.#reads.whenReady();
      if (this.#closed) return;
      try {
        const sequencer = this.#sequencer;
        if (sequencer !== undefined) await this.#readInbox(sequencer);
        else await this.#readLog();
      } catch (error) {
        if (this.#closed) return;
        this.#fault(error, 'unable to read from Redis');
        await delay(this.#clock, 50, this.#abort.signal).catch(() => {});
      }
    }
  }

  async #readLog(): Promise<void> {
    const from = `${this.#replica.batch}-0`;
    const args = ['COUNT', batchesAtOnce, 'BLOCK', blockMs, 'STREAMS', this.#keys.log, from];
    const answer = await this.#reads.call('XREAD', args, blockMs + this.#leaseMs);
    await this.#follow(streamOf(answer));
  }

  async #readInbox(sequencer: Sequencer): Promise<void> {
    if (!sequencer.hasRoom) return delay(this.#clock, 1);
    const args = ['COUNT', batchesAtOnce, 'BLOCK', blockMs, 'STREAMS', this.#keys.inbox, sequencer.taken];
    const answer = await this.#reads.call('XREAD', args, blockMs + this.#leaseMs);
    for (const { id, text } of entriesOf(streamOf(answer))) {
      if (!sequencer.add(text, id) && !sequencer.stopped) {
        this.#fault(undefined, 'unable to use an entry of the inbox; it makes no sense');
      }
    }
  }

  async #send(group: string): Promise<'ok' | 'full' | 'failed'> {
    if (this.#sequencer?.add(group) === true) return 'ok';
    if (!this.#commands.ready) return 'failed';
    try {
      const answer = await this.#commands.run(sendScript, [this.#keys.inbox], [group, longestInbox], this.#leaseMs);
      return answer === 'full' ? 'full' : 'ok';
    } catch {
      return 'failed';
    }
  }

  // What was under way when Redis went may be lost with it.
  #onReady(): void {
    if (!this.#live) return;
    this.#outbox.sendAgain();
    this.#bidIn(0);
  }

  #bidIn(delayMs: number): void {
    if (this.#closed) return;
    this.#cancelBid?.();
    this.#cancelBid = this.#clock.schedule(delayMs, () => {
      this.#cancelBid = undefined;
      void this.#bid();
    });
  }

  async #bid(): Promise<void> {
    if (this.#bidding || this.#closed) return;
    this.#bidding = true;
    let next = this.#leaseMs / 4;
    try {
      if (this.#commands.ready) next = await this.#askForLease();
    } catch (error) {
      this.#fault(error, 'unable to ask for the lease');
    } finally {
      this.#bidding = false;
      if (this.#cancelBid === undefined) this.#bidIn(next);
    }
  }

  // Milliseconds until it is to be asked again.
  async #askForLease(): Promise<number> {
    const own = this.#lease;
    const wants = own === undefined && this.#reloading === undefined && this.#clock.now() >= this.#mayBidAt;
    const names = [this.#keys.lease, this.#keys.token, this.#keys.head, this.#keys.nodes];
    const args = [this.node, own ?? '', this.#leaseMs, wants ? 1 : 0, 1];
    const answer = await this.#commands.run(bidScript, names, args, this.#leaseMs);
    const bid = bidOf(answer);
    if (this.#closed) return 0;
    this.#meet(bid.nodes);
    const { lease } = bid;
    if (own !== undefined && this.#lease === own) {
      if (lease !== own) this.#loseLease(unavailable('another node leads'));
      else this.#yield();
      return this.#leaseMs / 4;
    }
    if (own === undefined && wants && lease.endsWith(`:${this.node}`)) {
      this.#lease = lease;
      void this.#lead(lease, bid.head);
      return this.#leaseMs / 4;
    }
    const wait = this.#place() * (this.#leaseMs / succession.partOfLease);
    this.#mayBidAt = this.#clock.now() + Math.max(0, bid.leftMs) + wait;
    // A leader who renews is seen to before its lease could end.
    return Math.min(this.#leaseMs / 4, Math.max(0, bid.leftMs) + wait + 1);
  }

  #meet(nodes: readonly string[]): void {
    const now = this.#clock.now();
    this.#members = nodes;
    for (const node of this.#membersSince.keys()) if (!nodes.includes(node)) this.#membersSince.delete(node);
    for (const node of nodes) if (!this.#membersSince.has(node)) this.#membersSince.set(node, now);
  }

  // Place of this node among those who may lead, 0 for the first.
  #place(): number {
    const { domain } = this.#options;
    return rendezvous(domain, [...new Set([...this.#members, this.node])]).indexOf(this.node);
  }

  // A leader has left and the lease is free.
  #succeed(heir: string): void {
    const place = heir === this.node ? 0 : this.#place() + (heir === '' ? 0 : 1);
    const wait = place * (this.#leaseMs / succession.partOfLease);
    this.#mayBidAt = this.#clock.now() + wait;
    this.#bidIn(wait);
  }

  // Gives the lease to the node whose it should be, once that has been there for a while.
  #yield(): void {
    const sequencer = this.#sequencer;
    if (sequencer === undefined) return;
    const settled = this.#clock.now() - 2 * this.#leaseMs;
    const lasting = this.#members.filter((node) => (this.#membersSince.get(node) ?? Infinity) <= settled);
    const [first] = rendezvous(this.#options.domain, [...new Set([...lasting, this.node])]);
    if (first === undefined || first === this.node) return;
    this.#stopLeading();
    this.#mayBidAt = this.#clock.now() + this.#leaseMs;
    void sequencer
      .release(first, '')
      .catch((error: unknown) => this.#fault(error, 'unable to hand over at once'))
      .finally(() => this.#outbox.sendAgain());
  }

  async #lead(lease: string, head: number): Promise<void> {
    try {
      await this.#readLogTo(head);
    } catch (error) {
      if (this.#lease === lease) this.#loseLease(error);
      return;
    }
    if (this.#lease !== lease || this.#closed) return;
    this.#head = this.#replica.batch;
    const sequencer = new Sequencer({
      ...{ connection: this.#commands, keys: this.#keys, clock: this.#clock, replica: this.#replica },
      ...{ lease, token: Number(lease.split(':')[0]), leaseMs: this.#leaseMs },
      onAppended: (number, batch) => this.#onAppended(sequencer, number, batch),
      onLost: (why) => {
        if (this.#sequencer === sequencer) this.#loseLease(why);
      },
    });
    this.#sequencer = sequencer;
    this.#answers = new Answers({
      ...{ replica: this.#replica, clock: this.#clock, onStrategyFailed: this.#options.onStrategyFailed },
      answer: (command) => sequencer.addOwn(command),
    });
    this.#sinceSnapshot = 0;
    // What became due while nobody led happens now, and all nodes learn who leads.
    sequencer.addOwn({ type: 'tick' });
    this.#ticking = true;
    this.#outbox.sendAgain();
    this.#options.onLeading?.(true);
  }

  #onAppended(sequencer: Sequencer, number: number, batch: LogBatch): void {
    const result = this.#replica.apply(number, batch);
    if (result !== 'applied') {
      this.#loseLease(unavailable('the log is not what this node has seen'));
      return;
    }
    this.#progressAt = this.#clock.now();
    if (this.#sequencer !== sequencer) return;
    for (const [node, , commands] of batch.groups) {
      this.#sinceSnapshot += commands.length;
      if (node === '' && commands.some(([, { type }]) => type === 'tick')) this.#ticking = false;
    }
    this.#answers?.follow();
    this.#planTick(sequencer);
    if (this.#sinceSnapshot >= (this.#options.snapshotEvery ?? 20_000)) void this.#save();
  }

  #planTick(sequencer: Sequencer): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    const { wakeAt } = this.#replica;
    if (wakeAt === undefined || this.#ticking) return;
    this.#cancelWake = this.#clock.schedule(Math.max(0, wakeAt - this.#clock.now()), () => {
      this.#cancelWake = undefined;
      if (this.#sequencer !== sequencer || this.#ticking) return;
      this.#ticking = true;
      sequencer.addOwn({ type: 'tick' });
    });
  }

  async #save(): Promise<void> {
    const lease = this.#lease;
    if (this.#saving || lease === undefined) return;
    this.#saving = true;
    this.#sinceSnapshot = 0;
    try {
      const parts = { connection: this.#commands, keys: this.#keys, timeoutMs: this.#leaseMs };
      await storeSnapshot(parts, this.#replica.save(), lease);
    } catch (error) {
      this.#fault(error, 'unable to save a snapshot');
    } finally {
      this.#saving = false;
    }
  }

  #loseLease(why: unknown): void {
    this.#fault(why, 'unable to go on leading');
    this.#stopLeading();
    this.#bidIn(this.#leaseMs / 4);
    this.#outbox.sendAgain();
  }

  #stopLeading(): void {
    const led = this.#sequencer;
    this.#lease = undefined;
    this.#sequencer = undefined;
    this.#answers?.close();
    this.#answers = undefined;
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    this.#ticking = false;
    led?.stop();
    if (led !== undefined) this.#options.onLeading?.(false);
  }

  #publish(events: readonly RoutingEvent[]): void {
    if (!this.#live) return;
    try {
      this.#options.onEvents?.(events);
    } catch (error) {
      this.#fault(error, 'unable to tell of events; whoever was told threw an error');
    }
  }

  #fault(error: unknown, message: string): void {
    if (this.#closed) return;
    this.#report(toContactCenterError(error, 'routing/fault', message));
  }

  #report(fault: ContactCenterError): void {
    this.#options.onFault?.(fault);
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
