import type { ChatClient } from '@azure/communication-chat';
import type { CommunicationIdentityClient } from '@azure/communication-identity';
import { systemClock, type Clock } from 'onescreen';
import { operation, type AcsConnection } from './acs-connection';

/** A token is replaced when less than this is left of it, in milliseconds. */
const renewBeforeMs = 300_000;

interface Held {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** The server's own user at ACS: it owns the threads, adds who takes part and removes who leaves. */
export class AcsServiceUser {
  readonly #connection: AcsConnection;
  readonly #clock: Clock;
  #id: string | undefined;
  #identity: Promise<CommunicationIdentityClient> | undefined;
  #chat: Promise<ChatClient> | undefined;
  #held: Promise<Held> | undefined;
  #renewAt = 0;

  constructor(
    connection: AcsConnection,
    { id, clock = systemClock }: { readonly id?: string; readonly clock?: Clock },
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#id = id;
  }

  identity(): Promise<CommunicationIdentityClient> {
    return (this.#identity ??= this.#connection.identity());
  }

  /** Carries out a call as this user; once again with a new token when the one it had is refused. */
  async call<T>(run: (chat: ChatClient) => Promise<T>): Promise<T> {
    const chat = await (this.#chat ??= this.#connection.chat({ getToken: () => this.#token(), dispose: () => {} }));
    try {
      return await run(chat);
    } catch (error) {
      if (statusOf(error) !== 401) throw error;
      this.#held = undefined;
      return run(chat);
    }
  }

  // One request at a time, however many calls wait for it.
  #token(): Promise<Held> {
    if (this.#held !== undefined && this.#clock.now() < this.#renewAt) return this.#held;
    const held = this.#issue();
    this.#held = held;
    this.#renewAt = Number.POSITIVE_INFINITY;
    held.then(
      ({ expiresOnTimestamp }) => {
        if (this.#held === held) this.#renewAt = expiresOnTimestamp - renewBeforeMs;
      },
      () => {
        if (this.#held === held) this.#held = undefined;
      },
    );
    return held;
  }

  async #issue(): Promise<Held> {
    const identity = await this.identity();
    if (this.#id === undefined) {
      const { user, token, expiresOn } = await identity.createUserAndToken(['chat'], operation);
      this.#id = user.communicationUserId;
      return { token, expiresOnTimestamp: expiresOn.getTime() };
    }
    const { token, expiresOn } = await identity.getToken({ communicationUserId: this.#id }, ['chat'], operation);
    return { token, expiresOnTimestamp: expiresOn.getTime() };
  }
}

/** The HTTP status that an official client's error tells of. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
