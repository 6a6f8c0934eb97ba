import type { Cancel, Clock } from 'onescreen';
import { unavailable, type Connection } from './connection';
import type { RoutingKeys } from './keys';
import { rendezvous } from './rendezvous';
import { bidOf } from './reply';
import { bidScript } from './scripts';

interface SuccessionParts {
  readonly domain: string;
  readonly node: string;
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Number of the last batch that this node has applied. */
  readonly batch: () => number;
  /** Called whenever Redis was heard of. `isBehind`: its log ends before what this node had applied when it asked. */
  readonly onHeard: (isBehind: boolean) => void;
  readonly mayLead: boolean;
  /** Whether this node knows enough to lead now; the others hear of it as long as that is so. */
  readonly isFit: () => boolean;
  readonly onWon: (lease: string, head: number) => void;
  readonly onLost: (why: unknown) => void;
  /** Called when another node is to lead, which has been there for a while. */
  readonly onYield: (heir: string) => void;
  readonly onFault: (error: unknown, message: string) => void;
}

/**
 * Who leads: asks four times in the time of a lease, which renews one's own, and shows when nobody has it. Then the nodes
 * take it in the order of {@link rendezvous}, one waiting a little for the other, so that domains spread over nodes.
 */
export class Succession {
  readonly #parts: SuccessionParts;
  /** When each of the nodes that are there was first heard of. */
  readonly #since = new Map<string, number>();
  #lease: string | undefined;
  #mayBidAt = 0;
  #cancel: Cancel | undefined;
  #asking: Promise<void> | undefined;
  #closed = false;

  constructor(parts: SuccessionParts) {
    this.#parts = parts;
  }

  /** The lease that this node has, as it stands in Redis. */
  get lease(): string | undefined {
    return this.#lease;
  }

  /** Whether others were there lately that may lead. */
  get hasPeers(): boolean {
    return [...this.#since.keys()].some((node) => node !== this.#parts.node);
  }

  /** Asks in so many milliseconds, instead of when it would have. */
  askIn(delayMs: number): void {
    this.#cancel?.();
    if (this.#closed) return;
    this.#cancel = this.#parts.clock.schedule(delayMs, () => {
      this.#cancel = undefined;
      this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    });
  }

  /** To be called when a leader has left, who named an heir or nobody. */
  succeed(heir: string): void {
    if (this.#lease !== undefined) return;
    const place = heir === this.#parts.node ? 0 : this.#place() + (heir === '' ? 0 : 1);
    const wait = place * this.#step;
    this.#mayBidAt = this.#parts.clock.now() + wait;
    this.askIn(wait);
  }

  /** Has the lease no longer, and wants none for `restMs`. */
  drop(restMs: number): void {
    this.#lease = undefined;
    this.#mayBidAt = this.#parts.clock.now() + restMs;
    this.askIn(restMs);
  }

  /** Resolves once it is known whether the lease came by what was asked last. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    await this.#asking;
  }

  /** Milliseconds by which each node in the order waits longer than the one before. */
  get #step(): number {
    return this.#parts.leaseMs / 12;
  }

  async #ask(): Promise<void> {
    let next = this.#parts.leaseMs / 4;
    try {
      if (this.#parts.connection.ready) next = await this.#bid();
    } catch (error) {
      this.#parts.onFault(error, 'unable to ask who leads');
    } finally {
      if (this.#cancel === undefined) this.askIn(next);
    }
  }

  // Milliseconds until it is to be asked again.
  async #bid(): Promise<number> {
    const { connection, keys, node, clock, leaseMs, mayLead, isFit, onHeard, onWon, onLost } = this.#parts;
    const own = this.#lease;
    const canLead = mayLead && isFit();
    const wants = canLead && own === undefined && clock.now() >= this.#mayBidAt;
    const names = [keys.lease, keys.token, keys.head, keys.nodes];
    const before = this.#parts.batch();
    const answer = await connection.run(
      bidScript,
      names,
      [node, own ?? '', leaseMs, wants ? 1 : 0, canLead ? 1 : 0],
      leaseMs,
    );
    const bid = bidOf(answer);
    const isWon = wants && bid.lease.slice(bid.lease.indexOf(':') + 1) === node;
    if (!this.#closed) {
      this.#meet(bid.nodes);
      onHeard(bid.head < before);
    }
    if (own !== undefined) {
      if (this.#closed) return leaseMs;
      if (this.#lease === own && bid.lease !== own) onLost(unavailable('another node leads'));
      else if (this.#lease === own) this.#considerYielding();
      return leaseMs / 4;
    }
    if (isWon) {
      this.#lease = bid.lease;
      onWon(bid.lease, bid.head);
      return leaseMs / 4;
    }
    const wait = Math.max(0, bid.leftMs) + this.#place() * this.#step;
    const turn = clock.now() + wait;
    // Its turn at a free lease does not move away each time that it asks.
    if (bid.lease !== '' || this.#mayBidAt <= clock.now()) this.#mayBidAt = turn;
    else this.#mayBidAt = Math.min(this.#mayBidAt, turn);
    return Math.min(leaseMs / 4, this.#mayBidAt - clock.now() + 1);
  }

  #meet(nodes: readonly string[]): void {
    const now = this.#parts.clock.now();
    for (const node of this.#since.keys()) if (!nodes.includes(node)) this.#since.delete(node);
    for (const node of nodes) if (!this.#since.has(node)) this.#since.set(node, now);
  }

  // Place of this node among those that may lead, 0 for the first.
  #place(): number {
    const { domain, node } = this.#parts;
    return rendezvous(domain, [...new Set([...this.#since.keys(), node])]).indexOf(node);
  }

  #considerYielding(): void {
    const { domain, node, clock, leaseMs, onYield } = this.#parts;
    const settled = clock.now() - 2 * leaseMs;
    const lasting = [...this.#since].flatMap(([other, since]) => (since <= settled || other === node ? [other] : []));
    const [first] = rendezvous(domain, lasting);
    if (first !== undefined && first !== node) onYield(first);
  }
}
