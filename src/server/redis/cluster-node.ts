import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { Redis } from 'ioredis';
import {
  ContactCenterError,
  createLive,
  delay,
  systemClock,
  systemRandom,
  toContactCenterError,
  type Clock,
  type Live,
  type Random,
} from 'onescreen';
import {
  createServer,
  serverPaths,
  type AttachOptions,
  type ConnectRequest,
  type ContactCenterServer,
  type Logger,
  type ServerConnection,
  type ServerOptions,
} from 'onescreen/server';
import { errorFields, redacting } from 'onescreen/logging';
import { carriedRequest, isRepeatable } from './carried-http';
import { Connections } from './connections';
import { Election } from './election';
import { Inbox } from './inbox';
import { keysOf, type Keys } from './keys';
import { Leader } from './leader';
import { LeaderLink } from './leader-link';
import { LeaderGone, type WayToLeader } from './leading';
import type { Lease } from './lease';
import { isToNode } from './messages';
import { redisStore } from './redis-store';

/** How long a node leads that has gone silent, by default, in milliseconds (chosen). */
const usualLeaseMs = 2_000;

/** Every node says so often within a lease that it is there. */
const signsPerLease = 4;

/** Frames to all pages that Socket.IO keeps for those whose link is down, at most (chosen: some 25 MB of Redis). */
const mostMissed = 50_000;

/** How long a page or a request waits for somebody to lead, in milliseconds. */
const waitMs = 10_000;

export interface ClusterNodeOptions extends Omit<ServerOptions, 'store' | 'resumeKey'> {
  /**
   * A client of the vendor's for Redis or Valkey from version 6.2, whose options are used for connections of the node's
   * own; it is not closed. Tokens and messages of pages go through it: keep it as safe as the server itself.
   */
  readonly redis: Redis;
  /** Name of what the nodes serve together, such as a tenant's; part of every key. Default `onescreen`. */
  readonly domain?: string;
  /**
   * A secret of at least 32 characters that signs customers' resume tokens; the same for all nodes. Default: one that the
   * nodes keep in Redis.
   */
  readonly resumeKey?: string;
  /** How long a node that has gone silent goes on leading, in milliseconds, at least 500. Default 2 s. */
  readonly leaseMs?: number;
  /** What of the vendor's is answered with the server itself, such as why a task waits: at whichever node leads. */
  readonly atLeader?: LeaderHandler;
}

/** Answers requests with the server that leads. */
export interface LeaderHandler {
  /** Paths that are answered here, with everything below them. */
  readonly paths: readonly string[];
  readonly handle: (request: Request, server: ContactCenterServer) => Response | Promise<Response>;
}

/** One of several nodes that serve one domain. */
export interface ClusterNode extends Pick<ContactCenterServer, 'connect' | 'handle' | 'allowedOrigins' | 'paths'> {
  readonly id: string;
  /** Whether this node runs the domain's server; the others hand on to it. */
  readonly leads$: Live<boolean>;
  /** For `attachSockets()` of `onescreen/server`: pages come back to any node and find what they missed. */
  readonly adapter: NonNullable<AttachOptions['adapter']>;
  /** Leaves; another node leads at once. Idempotent. */
  close(): Promise<void>;
}

/**
 * Joins the nodes that serve a domain. All of them need the same options; only the one that leads runs the server. Throws
 * `command/invalid` or `routing/invalid` for options that make no sense.
 */
export function joinCluster(options: ClusterNodeOptions): ClusterNode {
  return new Node(options);
}

class Node implements ClusterNode {
  readonly id: string;
  readonly paths: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly leads$: Live<boolean>;
  readonly #options: ClusterNodeOptions;
  readonly #parts: { readonly clock: Clock; readonly random: Random; readonly logger: Logger };
  readonly #leaseMs: number;
  readonly #domain: string;
  readonly #keys: Keys;
  readonly #redis: Redis;
  readonly #election: Election;
  readonly #inbox: Inbox;
  readonly #leads = createLive(false);
  readonly #connections: Connections;
  #lease: Lease | undefined;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<() => void>();
  #adapter: ClusterNode['adapter'] | undefined;
  #way: WayToLeader | undefined;
  /** Ends what this node does as the one that leads. */
  #term: AbortController | undefined;
  /** Resolves once no server of this node is left. */
  #serving: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  /** When this process last had a turn. */
  #awakeAt = 0;

  constructor(options: ClusterNodeOptions) {
    const { clock = systemClock, random = systemRandom, leaseMs = usualLeaseMs, redis: client } = { ...options };
    if (client === undefined)
      throw new ContactCenterError('command/invalid', 'unable to join cluster; redis is missing', { field: 'redis' });
    const logger = redacting(options.logger);
    const { domain = 'onescreen', allowedOrigins = [] } = options;
    if (!(leaseMs >= 500)) {
      throw new ContactCenterError('command/invalid', 'unable to join cluster; the lease must be at least 500 ms', {
        field: 'leaseMs',
      });
    }
    this.paths = [...serverPaths(options), ...(options.atLeader?.paths ?? [])];
    this.allowedOrigins = allowedOrigins;
    this.id = random.id();
    this.leads$ = this.#leads.live;
    this.#options = options;
    this.#parts = { clock, random, logger };
    this.#leaseMs = leaseMs;
    this.#domain = domain;
    const keys = (this.#keys = keysOf(domain));
    const connections = (this.#connections = new Connections({ client, clock, logger }));
    const redis = (this.#redis = connections.writing);
    this.#inbox = new Inbox({
      ...{ redis: connections.reading(), commands: redis, key: keys.toNode(this.id), clock },
      receive: (message, series) => this.#told(message, series),
      missed: (series) => {
        if (this.#isOfLeader(series)) this.#begin();
      },
    });
    const changed = (lease: Lease | undefined) => this.#led(lease);
    this.#election = new Election({ redis, keys, node: this.id, leaseMs, clock, changed });
    void this.#beAlive().catch(() => {});
  }

  get adapter(): ClusterNode['adapter'] {
    return (this.#adapter ??= createAdapter(this.#redis, {
      streamName: this.#keys.sockets,
      channelPrefix: this.#keys.sockets,
      sessionKeyPrefix: `${this.#keys.sockets}:session:`,
      maxLen: mostMissed,
      // Its connections end when a read does.
      blockTimeInMs: 1_000,
      onlyPlaintext: true,
    }));
  }

  async connect(request: ConnectRequest): Promise<ServerConnection> {
    const way = await this.#wayToLeader('connect');
    try {
      return await way.connect(request);
    } catch (error) {
      throw error instanceof LeaderGone ? noLeader('connect') : error;
    }
  }

  async handle(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === '/health') return this.#health();
    try {
      const carried = await carriedRequest(request);
      for (;;) {
        const way = await this.#wayToLeader('answer request');
        try {
          return await way.handle(carried);
        } catch (error) {
          if (!(error instanceof LeaderGone)) throw error;
          if (!isRepeatable(carried)) throw noLeader('answer request');
        }
      }
    } catch (error) {
      const known = toContactCenterError(error, 'command/failed', 'unable to answer request; the node failed');
      const status = known.retryable ? 503 : known.code === 'message/too-large' ? 413 : 500;
      return Response.json({ error: known.toJSON() }, { status });
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    for (const wake of this.#waiting) wake();
    this.#leave();
    await this.#serving;
    await this.#election.close();
    this.#inbox.close();
    this.#leads.complete();
    await this.#redis.del(this.#keys.toNode(this.id)).catch(() => {});
    this.#redis.disconnect();
  }

  #health(): Response {
    const { clock } = this.#parts;
    // A short while without Redis is no reason to send pages elsewhere, where they wait as well.
    const isUp = clock.now() - (this.#connections.downSince ?? clock.now()) < waitMs && !this.#closing.signal.aborted;
    return Response.json({ status: isUp ? 'ok' : 'down', leads: this.#leads.value }, { status: isUp ? 200 : 503 });
  }

  /** Rejects with `session/unavailable` when nobody leads for long. */
  async #wayToLeader(action: string): Promise<WayToLeader> {
    const { clock } = this.#parts;
    const until = clock.now() + waitMs;
    for (;;) {
      const left = until - clock.now();
      if (this.#closing.signal.aborted || left <= 0) throw noLeader(action);
      if (this.#way !== undefined) return this.#way;
      await new Promise<void>((resolve) => {
        const wake = () => {
          cancel();
          this.#waiting.delete(wake);
          resolve();
        };
        const cancel = clock.schedule(left, wake);
        this.#waiting.add(wake);
      });
    }
  }

  /** Somebody else leads from now on, or nobody does. */
  #led(lease: Lease | undefined): void {
    this.#leave();
    if (lease === undefined || this.#closing.signal.aborted) return;
    this.#lease = lease;
    if (lease.node !== this.id) return this.#begin();
    const term = (this.#term = new AbortController());
    this.#serving = this.#serving.then(() => this.#lead(lease, term.signal));
  }

  #leave(): void {
    this.#lease = undefined;
    this.#term?.abort();
    this.#term = undefined;
    this.#leads.set(false);
    const way = this.#way;
    this.#way = undefined;
    way?.close();
  }

  #open(way: WayToLeader): void {
    this.#way = way;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Hands on to whoever leads, from the beginning. */
  #begin(): void {
    const { clock, random } = this.#parts;
    const lease = this.#lease;
    if (lease === undefined || lease.node === this.id) return;
    this.#way?.close();
    const key = this.#keys.toLeader(lease.token);
    this.#open(new LeaderLink({ redis: this.#redis, key, node: this.id, clock, random }));
  }

  async #lead(lease: Lease, over: AbortSignal): Promise<void> {
    if (over.aborted) return;
    const { logger } = this.#parts;
    const { redis: _redis, domain: _domain, leaseMs: _leaseMs, atLeader, ...options } = this.#options;
    const { token } = lease;
    const lost = () => this.#election.lost(lease);
    const term = { fence: this.#keys.fence, token, lost };
    let server: ContactCenterServer | undefined;
    try {
      const store = redisStore({ redis: this.#redis, domain: this.#domain, term, random: this.#parts.random });
      const resumeKey = options.resumeKey ?? (await this.#sharedKey());
      server = createServer({ ...options, store, resumeKey });
      const { ready } = server;
      await Promise.race([ready, aborted(over)]);
      if (!over.aborted) {
        logger.info('node-leads', { node: this.id, token });
        this.#open(
          new Leader({
            ...{ server, atLeader, redis: this.#redis, reading: this.#connections.reading(), keys: this.#keys },
            ...{ token, node: this.id, aliveMs: this.#aliveMs, ...this.#parts },
          }),
        );
        this.#leads.set(true);
        await aborted(over);
        logger.info('node-leads-no-more', { node: this.id, token });
      }
    } catch (error) {
      logger.error('node-cannot-lead', { node: this.id, token, ...errorFields(error) });
      await this.#election.resign(lease);
    }
    await server?.close();
  }

  /** The key of a domain whose vendor gives none. */
  async #sharedKey(): Promise<string> {
    const { random } = this.#parts;
    await this.#redis.set(this.#keys.resumeKey, `${random.id()}${random.id()}`, 'NX');
    return (await this.#redis.get(this.#keys.resumeKey)) ?? '';
  }

  get #aliveMs(): number {
    return this.#leaseMs / signsPerLease;
  }

  /** Tells whoever leads regularly that this node is there. */
  async #beAlive(): Promise<void> {
    for (;;) {
      this.#awakeAt = this.#parts.clock.now();
      if (this.#way instanceof LeaderLink) await this.#way.alive();
      await delay(this.#parts.clock, this.#aliveMs, this.#closing.signal);
    }
  }

  #told(message: unknown, series: string): void {
    const link = this.#way;
    if (!(link instanceof LeaderLink) || !this.#isOfLeader(series) || !isToNode(message)) return;
    // Whoever has been paused for so long is not counted on any more, and what comes now is for pages that are elsewhere.
    if (this.#parts.clock.now() - this.#awakeAt > this.#leaseMs) return this.#begin();
    link.receive(message);
    if (link.closed && this.#way === link) this.#begin();
  }

  #isOfLeader(series: string): boolean {
    return this.#way instanceof LeaderLink && series.includes(`/${this.#way.series}/`);
  }
}

function noLeader(action: string): ContactCenterError {
  const why = `unable to ${action}; no node leads at the moment`;
  return new ContactCenterError('session/unavailable', why, { retryable: true });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
