import { delay, type Clock, type ContactCenterError, type Random } from 'onescreen';
import { statusOf, toAcsError } from './acs-error';
import { backOff } from '../back-off';
import type {
  AcsChatClient,
  AcsMessageEvent,
  AcsParticipant,
  AcsReceiptEvent,
  AcsThreadEvent,
  AcsTypingEvent,
} from './official-client';

/** What one thread's session wants to hear of the user's stream. */
export interface RealtimeListener {
  readonly threadId: string;
  /** It stands (again). Whatever happened before was not, and will not be, delivered. */
  up(): void;
  down(error?: ContactCenterError): void;
  receive(event: RealtimeEvent): void;
}

export type RealtimeEvent =
  | { readonly type: 'message'; readonly event: AcsMessageEvent }
  | { readonly type: 'typing'; readonly event: AcsTypingEvent }
  | { readonly type: 'receipt'; readonly event: AcsReceiptEvent }
  | {
      readonly type: 'participants';
      readonly added: readonly AcsParticipant[];
      readonly removed: readonly AcsParticipant[];
    }
  | { readonly type: 'thread-deleted' };

export interface RealtimeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly createClient: () => Promise<AcsChatClient>;
  /** Wants another token than the current one, which the service may be refusing. */
  readonly renewToken: () => Promise<void>;
}

/** The official client gives its own start 20 s, and its requests 10 s each. */
const startTimeoutMs = 30_000;
/** Usual is 0.4 s; the event can be missed, as the client hooks it late. */
const connectTimeoutMs = 15_000;
/** A working client is back within 15 s of a short outage; one that was refused four times never is, and does not say so. */
const reconnectTimeoutMs = 20_000;
const stopTimeoutMs = 5_000;
/**
 * Between attempts that start but never connect, doubling up to here: a client whose websocket is refused, as by a
 * company's proxy, asks for a new one some 35 times a second for as long as it is let.
 */
const longestPauseMs = 60_000;
/** Between restarts of a stream that says it stands but delivers nothing: doubling from here. */
const deafPauseMs = 30_000;
const longestDeafPauseMs = 600_000;

type End = { readonly why: 'lost' | 'deaf' | 'closed' } | { readonly why: 'failed'; readonly error: unknown };

/**
 * Keeps one user's realtime stream going over official clients that give up: start, watch, stop, start anew with
 * another client. One step at a time, because start and stop of the official client must not overlap.
 */
export class RealtimeStream {
  readonly #options: RealtimeOptions;
  readonly #listeners = new Set<RealtimeListener>();
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  #isUp = false;
  #upSince: number | undefined;
  #end: (end: End) => void = () => {};
  #wakeUp: () => void = () => {};
  #hurry: () => void = () => {};
  #deafRestarts = 0;
  #deafUntil = 0;

  constructor(options: RealtimeOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Epoch milliseconds since when the stream stands; undefined while it does not. */
  get upSince(): number | undefined {
    return this.#isUp ? this.#upSince : undefined;
  }

  add(listener: RealtimeListener): () => void {
    this.#listeners.add(listener);
    if (this.#isUp) listener.up();
    return () => this.#listeners.delete(listener);
  }

  /** Something did not arrive that should have: start anew, though not again and again. */
  deaf(): void {
    const { clock } = this.#options;
    if (!this.#isUp || clock.now() < this.#deafUntil) return;
    this.#deafUntil = clock.now() + Math.min(longestDeafPauseMs, deafPauseMs * 2 ** this.#deafRestarts);
    this.#deafRestarts += 1;
    this.#end({ why: 'deaf' });
  }

  /** The network or the page is back: do not wait for the next try. */
  wake(): void {
    this.#wakeUp();
    this.#hurry();
  }

  /** Waits until the official client has stopped, 5 s at most. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#closing.abort();
    this.#end({ why: 'closed' });
    await this.#done;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    for (let failures = 0; !this.#closing.signal.aborted;) {
      const started = this.#options.createClient();
      const { end, wasUp } = await this.#attempt(started);
      await this.#stop(started);
      if (this.#closing.signal.aborted) return;
      failures = wasUp ? 0 : failures + 1;
      // Started, yet never connected: the token may be refused where we cannot see it.
      const neverConnected = end.why === 'lost' && !wasUp;
      if (end.why === 'failed' ? statusOf(end.error) === 401 : neverConnected) {
        this.#options.renewToken().catch(() => {}); // Its failure shows in the next attempt.
      }
      const longest = neverConnected ? longestPauseMs : undefined;
      if (failures > 0) await this.#pause(backOff(failures, random, longest), clock);
    }
  }

  /** One client's life: from its start to the moment it is no good any more. */
  async #attempt(created: Promise<AcsChatClient>): Promise<{ readonly end: End; readonly wasUp: boolean }> {
    const { clock } = this.#options;
    let cancel = () => {};
    let over = false;
    let wasUp = false;
    const ended = new Promise<End>((resolve) => (this.#end = resolve));
    const deadline = (ms: number) => {
      cancel();
      cancel = clock.schedule(ms, () => this.#end({ why: 'lost' }));
    };
    deadline(startTimeoutMs);
    const start = async () => {
      const client = await created;
      if (over) return;
      await client.startRealtimeNotifications();
      if (over) return client.stopRealtimeNotifications().catch(() => {}); // Too late, and given up already.
      deadline(connectTimeoutMs);
      client.on('realTimeNotificationConnected', () => {
        if (over) return;
        cancel();
        this.#hurry = () => {};
        wasUp = true;
        this.#setUp(true);
      });
      client.on('realTimeNotificationDisconnected', () => {
        if (over) return;
        deadline(reconnectTimeoutMs);
        this.#hurry = () => deadline(stopTimeoutMs);
        this.#setUp(false);
      });
      this.#wire(client, (threadId, event) => {
        if (!over) this.#receive(threadId, event);
      });
    };
    start().catch((error: unknown) => this.#end({ why: 'failed', error }));
    const end = await ended;
    over = true;
    cancel();
    this.#hurry = () => {};
    this.#setUp(false, end);
    return { end, wasUp };
  }

  /** Only a started client takes listeners, and a stop drops them. One each, however many threads are open. */
  #wire(client: AcsChatClient, receive: (threadId: string, event: RealtimeEvent) => void): void {
    const message = (event: AcsMessageEvent) => receive(event.threadId, { type: 'message', event });
    client.on('chatMessageReceived', message);
    client.on('chatMessageEdited', message);
    client.on('chatMessageDeleted', message);
    client.on('typingIndicatorReceived', (event) => receive(event.threadId, { type: 'typing', event }));
    client.on('readReceiptReceived', (event) => receive(event.threadId, { type: 'receipt', event }));
    client.on('chatThreadDeleted', ({ threadId }: AcsThreadEvent) => receive(threadId, { type: 'thread-deleted' }));
    client.on('participantsAdded', ({ threadId, participantsAdded: added }) =>
      receive(threadId, { type: 'participants', added, removed: [] }),
    );
    client.on('participantsRemoved', ({ threadId, participantsRemoved: removed }) =>
      receive(threadId, { type: 'participants', added: [], removed }),
    );
  }

  #receive(threadId: string, event: RealtimeEvent): void {
    this.#deafRestarts = 0;
    this.#deafUntil = 0;
    for (const listener of [...this.#listeners]) if (listener.threadId === threadId) listener.receive(event);
  }

  #setUp(up: boolean, end?: End): void {
    if (up) this.#upSince = this.#options.clock.now();
    this.#isUp = up;
    const error =
      end?.why === 'failed' ? toAcsError(end.error, 'receive messages live', this.#options.clock.now()) : undefined;
    for (const listener of [...this.#listeners]) {
      if (up) listener.up();
      else listener.down(error);
    }
  }

  /**
   * Always after an attempt, failed ones too: the client believes itself started even when its start was rejected.
   * A stop that fails or hangs leaves nothing to do but to drop the client.
   */
  async #stop(started: Promise<AcsChatClient>): Promise<void> {
    const timeout = new AbortController();
    const stopped = started.then((client) => client.stopRealtimeNotifications()).catch(() => {});
    const waited = delay(this.#options.clock, stopTimeoutMs, timeout.signal).catch(() => {});
    await Promise.race([stopped, waited]);
    timeout.abort();
  }

  async #pause(ms: number, clock: Clock): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    this.#wakeUp = wake;
    this.#closing.signal.addEventListener('abort', wake, { once: true });
    await delay(clock, ms, woken.signal).catch(() => {}); // Woken: go on at once.
    this.#closing.signal.removeEventListener('abort', wake);
    this.#wakeUp = () => {};
  }
}
