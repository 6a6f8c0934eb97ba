import type { Redis } from 'ioredis';
import { ContactCenterError, type Cancel, type Clock, type Random } from 'onescreen';
import type { ConnectRequest, ServerConnection } from 'onescreen/server';
import { recoveryMs } from '../session';
import { responseOf, type CarriedRequest } from './carried-http';
import { LeaderGone, type WayToLeader } from './leading';
import type { ToLeader, ToNode } from './messages';
import { Outbox } from './outbox';

interface LeaderLinkOptions {
  readonly redis: Redis;
  /** Where the leader reads. */
  readonly key: string;
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
}

interface PageLink {
  readonly request: ConnectRequest;
  up: boolean;
  forget?: Cancel;
}

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** The server of another node, over Redis. */
export class LeaderLink implements WayToLeader {
  /** Which messages of the leader are for this link. */
  readonly series: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #outbox: Outbox<ToLeader>;
  readonly #links = new Map<string, PageLink>();
  readonly #connecting = new Map<string, Waiter<ServerConnection>>();
  readonly #requests = new Map<string, Waiter<Response>>();
  #closed = false;

  constructor({ redis, key, node, clock, random }: LeaderLinkOptions) {
    this.#clock = clock;
    this.#random = random;
    this.series = `${node}/${random.id()}`;
    this.#outbox = new Outbox({ redis, key, clock, series: this.series });
  }

  connect(request: ConnectRequest): Promise<ServerConnection> {
    const link = this.#random.id();
    const { send: _send, end: _end, ...asked } = request;
    return this.#asked(this.#connecting, link, () => {
      this.#links.set(link, { request, up: true });
      this.#send({ type: 'connect', link, ...asked, credentials: { ...asked.credentials } });
    });
  }

  handle(request: CarriedRequest): Promise<Response> {
    const id = this.#random.id();
    return this.#asked(this.#requests, id, () => this.#send({ type: 'request', id, ...request }));
  }

  /** Resolves once Redis has it. */
  alive(): Promise<void> {
    return this.#outbox.send({ type: 'alive' });
  }

  receive(message: ToNode): void {
    if (this.#closed) return;
    switch (message.type) {
      case 'connected':
        return this.#connected(message);
      case 'refused': {
        const { link, error } = message;
        this.#links.delete(link);
        return this.#settle(this.#connecting, link)?.reject(errorOf(error));
      }
      case 'frame':
        return this.#links.get(message.link)?.request.send(message.frame);
      case 'gone':
        return this.#end(message.link);
      case 'response':
        return this.#settle(this.#requests, message.id)?.resolve(responseOf(message));
      case 'missed':
        return this.close();
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiters of [this.#connecting, this.#requests]) {
      for (const { reject } of [...waiters.values()]) reject(new LeaderGone());
      waiters.clear();
    }
    for (const link of [...this.#links.keys()]) this.#end(link);
  }

  #connected({ link, session, recovered }: Extract<ToNode, { type: 'connected' }>): void {
    const page = this.#links.get(link);
    this.#settle(this.#connecting, link)?.resolve({
      session,
      recovered,
      receive: (frame) => {
        if (page?.up === true) this.#send({ type: 'frame', link, frame });
      },
      disconnected: (reason) => {
        if (page?.up !== true) return;
        page.up = false;
        this.#send({ type: 'down', link, reason });
        // The server goes on sending what the page will miss; the transport keeps it.
        page.forget = this.#clock.schedule(recoveryMs, () => this.#links.delete(link));
      },
    });
  }

  #end(link: string): void {
    const page = this.#links.get(link);
    this.#links.delete(link);
    page?.forget?.();
    if (page?.up !== true) return;
    page.up = false;
    page.request.end?.();
  }

  #asked<T>(waiters: Map<string, Waiter<T>>, id: string, ask: () => void): Promise<T> {
    if (this.#closed) return Promise.reject(new LeaderGone());
    return new Promise((resolve, reject) => {
      waiters.set(id, { resolve, reject });
      ask();
    });
  }

  #settle<T>(waiters: Map<string, Waiter<T>>, id: string): Waiter<T> | undefined {
    const waiter = waiters.get(id);
    waiters.delete(id);
    return waiter;
  }

  #send(message: ToLeader): void {
    if (!this.#closed) void this.#outbox.send(message);
  }
}

function errorOf({ code, message, ...details }: Readonly<Record<string, unknown>>): ContactCenterError {
  const { retryable, field, retryAfterMs } = details;
  return new ContactCenterError(
    typeof code === 'string' ? code : 'command/failed',
    typeof message === 'string' ? message : 'unable to connect; the server failed',
    {
      retryable: retryable === true,
      ...(typeof field === 'string' && { field }),
      ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    },
  );
}
