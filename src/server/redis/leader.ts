import type { Redis } from 'ioredis';
import { delay, toContactCenterError, type Clock, type Random } from 'onescreen';
import type { ConnectRequest, ContactCenterServer, Logger, ServerConnection } from 'onescreen/server';
import { errorFields } from 'onescreen/logging';
import { carriedResponse, requestOf, type CarriedRequest } from './carried-http';
import type { LeaderHandler } from './cluster-node';
import { Inbox } from './inbox';
import type { Keys } from './keys';
import { LeaderGone, type WayToLeader } from './leading';
import { isToLeader, type ToLeader, type ToNode } from './messages';
import { Outbox } from './outbox';

/** A node that has said nothing while this one has said so often that it is there is gone. */
const mostSilent = 5;

interface LeaderOptions {
  readonly server: ContactCenterServer;
  readonly atLeader: LeaderHandler | undefined;
  readonly redis: Redis;
  /** A connection of its own, for reading. */
  readonly reading: Redis;
  readonly keys: Keys;
  readonly token: number;
  readonly node: string;
  /** How often nodes say that they are there, in milliseconds. */
  readonly aliveMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** A node whose pages and requests come here. */
interface Follower {
  readonly node: string;
  readonly outbox: Outbox<ToNode>;
  readonly links: Map<string, FollowersLink>;
  silent: number;
  gone: boolean;
}

/** Undefined until the server has let it in; `down`: it broke before that. */
interface FollowersLink {
  connection: ServerConnection | undefined;
  down: string | undefined;
}

/** The server that leads, for the pages of this node and for other nodes. */
export class Leader implements WayToLeader {
  readonly #options: LeaderOptions;
  readonly #inbox: Inbox;
  /** By the name of their series. */
  readonly #followers = new Map<string, Follower>();
  /** Links of this node's own pages. */
  readonly #local = new Set<() => void>();
  readonly #closing = new AbortController();

  constructor(options: LeaderOptions) {
    this.#options = options;
    const { reading: redis, redis: commands, keys, token, clock } = options;
    this.#inbox = new Inbox({
      ...{ redis, commands, clock, key: keys.toLeader(token) },
      receive: (message, series) => {
        if (isToLeader(message)) this.#receive(message, series);
      },
      missed: (series) => this.#missed(series),
    });
    void this.#beAlive().catch(() => {});
  }

  async connect(request: ConnectRequest): Promise<ServerConnection> {
    const send = (frame: unknown) => {
      if (!this.#closed) request.send(frame);
    };
    const connection = await this.#options.server.connect({ ...request, send }).catch((error: unknown) => {
      throw this.#closed ? new LeaderGone() : error;
    });
    if (this.#closed) throw new LeaderGone();
    const end = () => request.end?.();
    this.#local.add(end);
    return {
      ...connection,
      receive: (frame) => {
        if (!this.#closed) connection.receive(frame);
      },
      disconnected: (reason) => {
        this.#local.delete(end);
        if (!this.#closed) connection.disconnected(reason);
      },
    };
  }

  async handle(request: CarriedRequest): Promise<Response> {
    const response = await this.#answered(request, (answer) => answer);
    // What it says once somebody else leads is not true any more.
    if (this.#closed) throw new LeaderGone();
    return response;
  }

  close(): void {
    if (this.#closed) return;
    this.#closing.abort();
    this.#inbox.close();
    for (const end of [...this.#local]) end();
    this.#local.clear();
    this.#followers.clear();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  #receive(message: ToLeader, series: string): void {
    const follower = this.#followers.get(series) ?? this.#arrived(series);
    follower.silent = 0;
    const { links, outbox } = follower;
    switch (message.type) {
      case 'alive':
        return this.#count(follower);
      case 'connect':
        return void this.#letIn(follower, message);
      case 'frame': {
        const link = links.get(message.link);
        if (link === undefined) return void outbox.send({ type: 'gone', link: message.link });
        return link.connection?.receive(message.frame);
      }
      case 'down': {
        const link = links.get(message.link);
        if (link?.connection === undefined) {
          if (link !== undefined) link.down = message.reason;
          return;
        }
        links.delete(message.link);
        return link.connection.disconnected(message.reason);
      }
      case 'request':
        return void this.#answer(follower, message);
    }
  }

  async #letIn(follower: Follower, message: Extract<ToLeader, { type: 'connect' }>): Promise<void> {
    const { type: _type, link: id, session, snapshot, ...request } = message;
    const { outbox, links } = follower;
    const link: FollowersLink = { connection: undefined, down: undefined };
    links.set(id, link);
    const send = (frame: unknown) => {
      if (!this.#closed && !follower.gone) void outbox.send({ type: 'frame', link: id, frame });
    };
    try {
      const connection = await this.#options.server.connect({
        ...{ ...request, send },
        ...(session !== undefined && { session }),
        ...(snapshot !== undefined && { snapshot }),
      });
      if (this.#closed) return;
      if (follower.gone || link.down !== undefined) {
        links.delete(id);
        return connection.disconnected(link.down ?? 'node gone');
      }
      link.connection = connection;
      void outbox.send({ type: 'connected', link: id, session: connection.session, recovered: connection.recovered });
    } catch (error) {
      links.delete(id);
      if (this.#closed || follower.gone) return;
      const known = toContactCenterError(error, 'command/failed', 'unable to connect; the server failed');
      void outbox.send({ type: 'refused', link: id, error: { ...known.toJSON() } });
    }
  }

  async #answer(follower: Follower, { id, ...request }: Extract<ToLeader, { type: 'request' }>): Promise<void> {
    const response = await this.#answered(request, carriedResponse);
    if (!this.#closed && !follower.gone) void follower.outbox.send({ type: 'response', id, ...response });
  }

  /** What `use` makes of the answer; of one that cannot be used, or never comes, it gets the error. */
  async #answered<T>(carried: CarriedRequest, use: (answer: Response) => T | Promise<T>): Promise<T> {
    const { server, atLeader, logger } = this.#options;
    const { pathname } = new URL(carried.url);
    const isTheirs = atLeader?.paths.some((path) => pathname === path || pathname.startsWith(`${path}/`)) === true;
    try {
      const request = requestOf(carried);
      return await use(await (isTheirs ? atLeader.handle(request, server) : server.handle(request)));
    } catch (error) {
      logger.error('request-failed', { path: isTheirs ? 'at-leader' : 'server', ...errorFields(error) });
      const known = toContactCenterError(error, 'command/failed', 'unable to answer request; the server failed');
      return use(Response.json({ error: known.toJSON() }, { status: known.retryable ? 503 : 500 }));
    }
  }

  #arrived(series: string): Follower {
    const { logger, node: own } = this.#options;
    const node = nodeOf(series);
    // It begins anew: what it had before is over.
    for (const [name, other] of this.#followers) if (other.node === node) this.#drop(name, other, 'begun anew');
    const follower: Follower = {
      node,
      outbox: this.#outboxTo(series),
      links: new Map(),
      silent: 0,
      gone: false,
    };
    this.#followers.set(series, follower);
    if (node !== own) logger.info('node-follows', { node });
    return follower;
  }

  #outboxTo(series: string): Outbox<ToNode> {
    const { redis, keys, token, random, clock } = this.#options;
    const key = keys.toNode(nodeOf(series));
    return new Outbox({ redis, key, series: `${token}/${series}/${random.id()}`, clock });
  }

  #missed(series: string): void {
    const follower = this.#followers.get(series);
    if (follower !== undefined) this.#drop(series, follower, 'messages missing');
    void this.#outboxTo(series).send({ type: 'missed' });
  }

  #drop(series: string, follower: Follower, reason: string): void {
    this.#followers.delete(series);
    follower.gone = true;
    this.#options.logger.warn('node-gone', { node: follower.node, reason });
    for (const { connection } of follower.links.values()) connection?.disconnected(reason);
    follower.links.clear();
  }

  /** Says regularly that this node is there, by the way that others do: so Redis that is gone makes nobody silent. */
  async #beAlive(): Promise<void> {
    const { redis, keys, token, node, random, clock, aliveMs } = this.#options;
    const series = `${node}/${random.id()}`;
    const outbox = new Outbox<ToLeader>({ redis, key: keys.toLeader(token), series, clock });
    for (;;) {
      await outbox.send({ type: 'alive' });
      await delay(clock, aliveMs, this.#closing.signal);
    }
  }

  /** With every sign of life of this node, the others' silence grows longer. */
  #count({ node }: Follower): void {
    if (node !== this.#options.node) return;
    for (const [series, follower] of this.#followers) {
      follower.silent += 1;
      if (follower.silent <= mostSilent) continue;
      this.#inbox.forget(series);
      this.#drop(series, follower, 'silent');
      void this.#options.redis.del(this.#options.keys.toNode(follower.node)).catch(() => {});
    }
  }
}

function nodeOf(series: string): string {
  const [node = ''] = series.split('/', 1);
  return node;
}
