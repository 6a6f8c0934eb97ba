import type { Clock } from 'onescreen';

/** Registrations of one user beyond this number push out the oldest (chosen). */
const maxPerUser = 100;

/** A client instance that wants its user's events at an endpoint. */
export interface Registration {
  readonly id: string;
  readonly user: string;
  readonly endpoint: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Knows which endpoints get a user's events. Several clients of one user each have a registration. */
export class Registrar {
  readonly #clock: Clock;
  readonly #byUser = new Map<string, Map<string, Registration>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  register(registration: Registration): void {
    const own = this.#byUser.get(registration.user) ?? new Map<string, Registration>();
    this.#byUser.set(registration.user, own);
    own.delete(registration.id);
    own.set(registration.id, registration);
    for (const [id, { expiresAt }] of own) {
      if (expiresAt <= this.#clock.now() || own.size > maxPerUser) own.delete(id);
    }
  }

  /** Tells whether there was such a registration of this user. */
  unregister(user: string, id: string): boolean {
    const own = this.#byUser.get(user);
    const found = own?.delete(id) ?? false;
    if (own?.size === 0) this.#byUser.delete(user);
    return found;
  }

  /** The registrations of a user that have not expired. */
  of(user: string): readonly Registration[] {
    const now = this.#clock.now();
    return [...(this.#byUser.get(user)?.values() ?? [])].filter(({ expiresAt }) => expiresAt > now);
  }

  *all(): Iterable<Registration> {
    for (const user of this.#byUser.keys()) yield* this.of(user);
  }
}
