import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Random } from 'onescreen';
import type { RealtimeConnection } from './realtime-connection';

/** Life of an allocated endpoint, in seconds; a client registers for at most this long. */
export const endpointTtlSeconds = 86_400;

/** A sid that is not used within this time is void, in milliseconds. */
const sessionTtlMs = 60_000;
const maxEndpoints = 10_000;
const maxSessions = 10_000;

/** An address that pushes go to. It outlives the websockets that serve it. */
export interface Endpoint {
  readonly id: string;
  readonly user: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The newest of the sockets that serve it. */
  connection: RealtimeConnection | undefined;
}

/** Query parameters that a client echoes: they name and prove its endpoint. */
export type ConnectParameters = Readonly<Record<'sr' | 'issuer' | 'sp' | 'se' | 'st' | 'sig', string>>;

/** Allocates endpoints and the sessions (sids) by which websockets attach to them. */
export class Endpoints {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #key: Buffer;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #sessions = new Map<string, { readonly endpoint: Endpoint; readonly expiresAt: number }>();

  constructor(clock: Clock, random: Random, accessKey: Uint8Array) {
    this.#clock = clock;
    this.#random = random;
    this.#key = createHmac('sha256', accessKey).update('connect parameters').digest();
  }

  get size(): number {
    return this.#endpoints.size;
  }

  all(): Iterable<Endpoint> {
    return this.#endpoints.values();
  }

  get(id: string): Endpoint | undefined {
    const endpoint = this.#endpoints.get(id);
    return endpoint === undefined || endpoint.expiresAt <= this.#clock.now() ? undefined : endpoint;
  }

  /** The endpoint that valid connect parameters of the same user name, else a new one. */
  allocate(user: string, query: URLSearchParams): { endpoint: Endpoint; parameters: ConnectParameters } {
    const now = this.#clock.now();
    const id = this.verify(user, query) ?? this.#random.id();
    const expiresAt = now + endpointTtlSeconds * 1000;
    const endpoint: Endpoint = { id, user, expiresAt, connection: this.#endpoints.get(id)?.connection };
    this.#endpoints.delete(id);
    this.#endpoints.set(id, endpoint);
    this.#makeRoom();
    const parameters = {
      sr: id,
      issuer: 'local',
      sp: 'connect',
      se: String(expiresAt),
      st: String(now),
      sig: this.#sign(id, user, String(expiresAt)),
    };
    return { endpoint, parameters };
  }

  /** The id of the endpoint that the echoed parameters prove, or `undefined`. */
  verify(user: string, query: URLSearchParams): string | undefined {
    const [id, expiry, signature] = ['sr', 'se', 'sig'].map((name) => query.get(name) ?? '');
    if (id === undefined || expiry === undefined || signature === undefined || id === '') return undefined;
    if (!(Number(expiry) > this.#clock.now())) return undefined;
    const given = Buffer.from(signature);
    const expected = Buffer.from(this.#sign(id, user, expiry));
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
  }

  openSession(endpoint: Endpoint): string {
    const sid = this.#random.id();
    this.#sessions.set(sid, { endpoint, expiresAt: this.#clock.now() + sessionTtlMs });
    for (const [oldest] of this.#sessions) {
      if (this.#sessions.size <= maxSessions) break;
      this.#sessions.delete(oldest);
    }
    return sid;
  }

  /** The endpoint of a session, which can be taken once. */
  takeSession(sid: string): Endpoint | undefined {
    const session = this.#sessions.get(sid);
    this.#sessions.delete(sid);
    if (session === undefined || session.expiresAt <= this.#clock.now()) return undefined;
    return this.#endpoints.get(session.endpoint.id);
  }

  #makeRoom(): void {
    for (const [id, endpoint] of this.#endpoints) {
      if (this.#endpoints.size <= maxEndpoints) return;
      if (endpoint.connection === undefined) this.#endpoints.delete(id);
    }
  }

  #sign(id: string, user: string, expiry: string): string {
    return createHmac('sha256', this.#key).update(`${id}\n${user}\n${expiry}`).digest('base64url');
  }
}
