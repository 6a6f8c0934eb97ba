import type { CommunicationTokenCredential } from '@azure/communication-common';
import type { Cancel } from 'onescreen';
import type { CallingPush, CallingRequest } from '../calls/frames';
import type { CallingSocket, EmulatedCallingEnvironment } from './calling-environment';
import { CallingCommunicationError, reasons } from './calling-error';
import { identityOf } from './identifiers';

type AccessToken = Awaited<ReturnType<CommunicationTokenCredential['getToken']>>;

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;
export type CallingQuestion = WithoutId<CallingRequest>;

export type Push = Exclude<CallingPush, { readonly type: 'answer' }>;

export interface SignallingOptions {
  readonly environment: EmulatedCallingEnvironment;
  readonly url: string;
  readonly credential: Pick<CommunicationTokenCredential, 'getToken'>;
  readonly kind: 'CallAgent' | 'TeamsCallAgent';
  readonly displayName?: string;
  readonly receive: (push: Push) => void;
  /** Registered again after the socket broke: what is not named in the pushes that follow may be over. */
  readonly returned: () => void;
  readonly connection: (connected: boolean, reason?: 'invalidToken' | 'connectionIssue') => void;
}

/** How long a question may go without its answer, ms: what the official package takes to give up (observed, 15 s). */
const answerWithinMs = 15_000;
/** The same for a transfer, which is answered when it has come to its end: the service gives it 60 s. */
const transferWithinMs = 65_000;
/** Waits between attempts to connect, ms: doubled each time, cut by up to half at random. */
const firstRetryMs = 500;
const longestRetryMs = 15_000;
/** How long before a token expires the next one is asked for, ms (the official credential: 10 minutes). */
const refreshAheadMs = 600_000;

/** How the emulator closes the connection of a token that has expired. */
const invalidTokenCode = 4401;

interface Asked {
  readonly id: number;
  readonly question: CallingQuestion;
  readonly wanted: () => boolean;
  readonly settle: (error: CallingCommunicationError | undefined, sdp?: string) => void;
}

/** The registration of one call agent with the emulator: it reconnects by itself and keeps the token fresh. */
export class Signalling {
  readonly #options: SignallingOptions;
  readonly #endpoint: string;
  #socket: CallingSocket | undefined;
  #registered = false;
  #everRegistered = false;
  #closed = false;
  #lastId = 0;
  #attempts = 0;
  #token: AccessToken | undefined;
  #cancelRetry: Cancel = () => {};
  #cancelRefresh: Cancel = () => {};
  /** Ends the current attempt or connection. */
  #abandon: () => void = () => {};
  /** Sent and not answered, or waiting for the connection. */
  readonly #asked = new Map<number, Asked>();
  #identity: string | undefined;

  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#endpoint = options.environment.random.id();
  }

  /** Whom the first token is for. */
  get identity(): string {
    return this.#identity ?? '';
  }

  get registered(): boolean {
    return this.#registered;
  }

  /**
   * Registers. Resolves when that is done or must wait for a connection.
   * @throws CallingCommunicationError when there is no token, the identity has an agent, or the emulator refuses
   */
  async open(): Promise<void> {
    const { page } = this.#options.environment;
    const token = await this.#getToken();
    if (this.#closed) throw new CallingCommunicationError(reasons.disposed);
    const identity = identityOf(token.token);
    if (page.has(identity)) throw new CallingCommunicationError(reasons.duplicateAgent);
    page.add(identity);
    this.#identity = identity;
    try {
      await this.#connect(token);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Asks the emulator; waits for the connection first, and then asks only what is still `wanted`.
   * Resolves with an answer's media description, if any.
   */
  ask(question: CallingQuestion, wanted: () => boolean = () => true): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new CallingCommunicationError(reasons.disposed));
      const id = ++this.#lastId;
      const { clock } = this.#options.environment;
      const limitMs = question.type === 'transfer' ? transferWithinMs : answerWithinMs;
      const cancel = clock.schedule(limitMs, () => settle(new CallingCommunicationError(reasons.network)));
      const settle: Asked['settle'] = (error, sdp) => {
        cancel();
        this.#asked.delete(id);
        if (error !== undefined) reject(error);
        else resolve(sdp);
      };
      const asked = { id, question, wanted, settle };
      this.#asked.set(id, asked);
      if (this.#registered) this.#send(asked);
    });
  }

  /** Says something whose answer does not matter; nothing is said without a connection. */
  tell(question: CallingQuestion): void {
    if (this.#registered) this.#socket?.send(JSON.stringify({ ...question, id: ++this.#lastId }));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry();
    this.#cancelRefresh();
    this.#registered = false;
    this.#abandon();
    for (const { settle } of [...this.#asked.values()]) settle(new CallingCommunicationError(reasons.disposed));
    if (this.#identity !== undefined) this.#options.environment.page.delete(this.#identity);
  }

  async #getToken(): Promise<AccessToken> {
    try {
      const token = await this.#options.credential.getToken();
      if (token.token !== '') return token;
    } catch (error) {
      throw Object.assign(new CallingCommunicationError(reasons.tokenExpired), { cause: error });
    }
    throw new CallingCommunicationError(reasons.tokenExpired);
  }

  /** Resolves when registered or when the attempt failed and another one is planned; rejects when refused. */
  #connect(token: AccessToken): Promise<void> {
    return new Promise((resolve, reject) => {
      const { environment, url, kind, displayName } = this.#options;
      let over = false;
      const end = (reason: 'invalidToken' | 'connectionIssue') => {
        if (over) return;
        over = true;
        cancel();
        this.#lost(reason);
        resolve();
      };
      const refused = (error: CallingCommunicationError) => {
        over = true;
        cancel();
        socket.close();
        this.#socket = undefined;
        reject(error);
      };
      this.#abandon = () => refused(new CallingCommunicationError(reasons.disposed));
      const registration = ++this.#lastId;
      const cancel = environment.clock.schedule(answerWithinMs, () => {
        socket.close();
        end('connectionIssue');
      });
      const socket = environment.socket(url, {
        opened: () => {
          if (over || this.#closed) return;
          socket.send(
            JSON.stringify({
              type: 'register',
              id: registration,
              token: token.token,
              kind,
              endpoint: this.#endpoint,
              ...(displayName !== undefined && { displayName }),
            }),
          );
        },
        received: (text) => {
          if (over || this.#closed) return;
          const push = readPush(text);
          if (push === undefined) return;
          if (push.type !== 'answer') return this.#options.receive(push);
          if (push.id !== registration) {
            const error = push.error === undefined ? undefined : new CallingCommunicationError(push.error);
            return this.#asked.get(push.id)?.settle(error, push.sdp);
          }
          cancel();
          if (push.error !== undefined) return refused(new CallingCommunicationError(push.error));
          this.#stand(token);
          resolve();
        },
        closed: (code) => end(code === invalidTokenCode ? 'invalidToken' : 'connectionIssue'),
      });
      this.#socket = socket;
    });
  }

  #stand(token: AccessToken): void {
    const again = this.#everRegistered;
    this.#registered = true;
    this.#everRegistered = true;
    this.#attempts = 0;
    this.#token = token;
    this.#planRefresh();
    this.#options.connection(true);
    if (again) this.#options.returned();
    // Asked while there was no connection. What was sent before it broke has been given up.
    for (const asked of [...this.#asked.values()]) {
      if (asked.wanted()) this.#send(asked);
      else asked.settle(new CallingCommunicationError(reasons.over));
    }
  }

  #send({ id, question }: Asked): void {
    this.#socket?.send(JSON.stringify({ ...question, id }));
  }

  #lost(reason: 'invalidToken' | 'connectionIssue'): void {
    if (this.#closed) return;
    this.#cancelRefresh();
    this.#socket = undefined;
    if (this.#registered) {
      this.#registered = false;
      // Whether these were carried out is unknown; the calls that the emulator names on return tell.
      for (const { settle } of [...this.#asked.values()]) settle(new CallingCommunicationError(reasons.network));
      this.#options.connection(false, reason);
    }
    this.#planRetry();
  }

  #planRetry(): void {
    const { clock, random } = this.#options.environment;
    const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#attempts++);
    this.#cancelRetry = clock.schedule(longest * (1 - random.next() / 2), () => {
      void this.#retry();
    });
  }

  async #retry(): Promise<void> {
    try {
      const token = await this.#getToken();
      if (!this.#closed) await this.#connect(token);
    } catch {
      if (this.#closed) return;
      // Refused, or no token: another token may be better.
      this.#options.connection(false, 'invalidToken');
      this.#planRetry();
    }
  }

  #planRefresh(): void {
    const { clock } = this.#options.environment;
    this.#cancelRefresh();
    if (this.#token === undefined) return;
    const left = this.#token.expiresOnTimestamp - clock.now();
    const wait = left > refreshAheadMs ? left - refreshAheadMs : Math.max(1000, left / 2);
    this.#cancelRefresh = clock.schedule(wait, () => {
      void this.#refresh();
    });
  }

  async #refresh(): Promise<void> {
    const held = this.#token;
    if (held === undefined) return;
    let fresh: AccessToken | undefined;
    try {
      fresh = await this.#getToken();
      if (fresh.token !== held.token && this.#registered) {
        await this.ask({ type: 'refresh', token: fresh.token });
        this.#token = fresh;
      }
    } catch {
      // As long as the held token is valid, there is time to try again.
    }
    if (this.#closed || !this.#registered) return;
    if ((this.#token?.expiresOnTimestamp ?? 0) > this.#options.environment.clock.now()) return this.#planRefresh();
    this.#abandon();
    this.#lost('invalidToken');
  }
}

const pushTypes: ReadonlySet<unknown> = new Set<CallingPush['type']>([
  ...([
    'answer',
    'incoming',
    'incoming-ended',
    'id-changed',
    'call',
    'levels',
    'caption',
    'tone',
    'recovered',
  ] as const),
]);

/** The emulator is of this package and version, so that a frame of a known type has its shape. */
function isPush(value: unknown): value is CallingPush {
  return typeof value === 'object' && value !== null && 'type' in value && pushTypes.has(value.type);
}

function readPush(text: string): CallingPush | undefined {
  const value: unknown = JSON.parse(text);
  return isPush(value) ? value : undefined;
}
