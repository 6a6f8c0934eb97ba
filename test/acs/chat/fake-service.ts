import type { AcsChatModule } from 'onescreen/acs/chat';
import type { VirtualClock } from 'onescreen/testing';

type Client = InstanceType<AcsChatModule['ChatClient']>;
type Thread = ReturnType<Client['getChatThreadClient']>;
type Credential = ConstructorParameters<AcsChatModule['ChatClient']>[1];
type Options = ConstructorParameters<AcsChatModule['ChatClient']>[2];
type Listener = (event: never) => void;

export const threadId = '19:thread@thread.v2';

/** A message as the service holds it. */
export interface Stored {
  readonly id: string;
  readonly type: string;
  version: string;
  content: string;
  readonly sender?: string;
  readonly senderDisplayName?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  editedOn?: Date;
  deletedOn?: Date;
}

export type Operation =
  'send' | 'update' | 'delete' | 'list' | 'participants' | 'typing' | 'receipt' | 'receipts' | 'start';

export interface Fault {
  readonly operation: Operation;
  readonly status: number | 'network' | 'never';
  readonly when?: 'before' | 'after';
  readonly times?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds that a request takes. */
const latency = 20;

/**
 * One thread of ACS Chat and the official client's behaviour around it, traps included, under a virtual clock: for
 * what needs precise timing. What the official client really does is tested against the emulator.
 */
export class FakeService {
  readonly clock: VirtualClock;
  readonly messages: Stored[] = [];
  readonly participants = new Set<string>();
  readonly receipts: { readonly sender: string; readonly chatMessageId: string }[] = [];
  readonly refusedTokens = new Set<string>();
  readonly calls: { readonly operation: Operation; readonly at: number }[] = [];
  readonly clients: FakeClient[] = [];
  /** The stream says that it stands, but was never registered. */
  isDeaf = false;
  /** Pushes overtake the answer to the request that caused them. */
  pushesFirst = false;
  /** The stream cannot connect, though it can be started. */
  isUnreachable = false;
  loads = 0;
  #faults: { readonly fault: Fault; left: number }[] = [];
  #lastTime = 0;

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  /** As `loadChat` wants it: everybody who loads it is this service's client. */
  readonly load = async (): Promise<AcsChatModule> => {
    this.loads += 1;
    const create = (credential: Credential, options: Options) => this.#create(credential, options);
    return {
      ChatClient: class extends FakeClient {
        constructor(_endpoint: string, credential: Credential, options: Options) {
          super(...create(credential, options));
          this.service.clients.push(this);
        }
      },
    };
  };

  #create(credential: Credential, options: Options): [FakeService, Credential, Options] {
    return [this, credential, options];
  }

  fail(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  heal(): void {
    this.#faults = [];
  }

  count(operation: Operation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  /** Somebody else's client writes. */
  write(sender: string, content: string, more: Partial<Stored> = {}): Stored {
    return this.store({ type: 'text', content, sender, senderDisplayName: sender, ...more });
  }

  store(message: Omit<Stored, 'id' | 'version'>): Stored {
    const id = this.#tick();
    const stored = { id, version: id, ...message };
    this.messages.push(stored);
    if (stored.sender !== undefined) this.push('chatMessageReceived', eventOf(stored));
    return stored;
  }

  edit(id: string, content: string): void {
    const stored = this.find(id);
    Object.assign(stored, { content, version: this.#tick(), editedOn: new Date(this.clock.now()) });
    this.push('chatMessageEdited', { ...eventOf(stored), editedOn: stored.editedOn });
  }

  remove(id: string): void {
    const stored = this.find(id);
    Object.assign(stored, { content: '', version: this.#tick(), deletedOn: new Date(this.clock.now()) });
    const { message: _, metadata: __, ...event } = eventOf(stored);
    this.push('chatMessageDeleted', { ...event, deletedOn: stored.deletedOn });
  }

  find(id: string): Stored {
    const stored = this.messages.find((message) => message.id === id);
    if (stored === undefined) throw restError(404);
    return stored;
  }

  push(name: string, event: object): void {
    for (const client of this.clients) if (client.isRegistered && !this.isDeaf) client.emit(name, event);
  }

  /** Cuts every stream, as when a socket dies. `forGood`: the official clients have given up. */
  cut(forGood = false): void {
    for (const client of this.clients) client.cut(forGood);
  }

  /** One request: its token is checked, it takes time, and it may fail before or after it took effect. */
  async request<T>(
    operation: Operation,
    credential: Credential,
    signal: AbortSignal | undefined,
    effect: () => T,
  ): Promise<T> {
    const { token } = await credential.getToken();
    this.calls.push({ operation, at: this.clock.now() });
    const fault = this.#take(operation);
    if (this.refusedTokens.has(token)) throw restError(401);
    await this.#wait(latency, signal);
    if (fault === undefined) return this.#answer(effect);
    if (fault.when === 'after') await this.#answer(effect);
    if (fault.status === 'never') await this.#wait(Infinity, signal);
    throw restError(fault.status, fault.headers);
  }

  async #answer<T>(effect: () => T): Promise<T> {
    const result = effect();
    if (this.pushesFirst) await this.#wait(latency, undefined);
    return result;
  }

  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel();
        reject(Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' }));
      };
      const done = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const cancel = ms === Infinity ? () => {} : this.clock.schedule(ms, done);
      signal?.addEventListener('abort', onAbort);
    });
  }

  #take(operation: Operation): Fault | undefined {
    const entry = this.#faults.find(({ fault }) => fault.operation === operation);
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#faults = this.#faults.filter((other) => other !== entry);
    return entry.fault;
  }

  #tick(): string {
    this.#lastTime = Math.max(this.#lastTime + 1, this.clock.now());
    return String(this.#lastTime);
  }
}

export function eventOf(stored: Stored) {
  return {
    threadId,
    id: stored.id,
    version: stored.version,
    type: { html: 'RichText/Html', text: 'Text' }[stored.type] ?? stored.type,
    message: stored.content,
    sender: { kind: 'communicationUser', communicationUserId: stored.sender ?? '' },
    senderDisplayName: stored.senderDisplayName ?? '',
    createdOn: new Date(Number(stored.id)),
    ...(stored.metadata !== undefined && { metadata: stored.metadata }),
  };
}

export function restError(status: number | 'network' | 'never', headers: Readonly<Record<string, string>> = {}): Error {
  if (typeof status === 'string') return Object.assign(new Error('Failed to fetch'), { code: 'REQUEST_SEND_ERROR' });
  return Object.assign(new Error(`status ${status}`), {
    name: 'RestError',
    statusCode: status,
    code: `Code${status}`,
    response: { headers: { get: (name: string) => headers[name] } },
  });
}

/** One official client: its start cannot be repeated after a failure, and its stop drops every listener. */
class FakeClient implements Client {
  readonly service: FakeService;
  readonly credential: Credential;
  readonly options: Options;
  readonly #listeners = new Map<string, Set<Listener>>();
  isStarted = false;
  isRegistered = false;
  #isConnected = false;
  #cancel = () => {};

  constructor(service: FakeService, credential: Credential, options: Options) {
    this.service = service;
    this.credential = credential;
    this.options = options;
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, all) => sum + all.size, 0);
  }

  async startRealtimeNotifications(): Promise<void> {
    if (this.isStarted) return;
    this.isStarted = true;
    await this.service.request('start', this.credential, undefined, () => {});
    if (!this.isStarted) return;
    this.#connect();
  }

  async stopRealtimeNotifications(): Promise<void> {
    this.#cancel();
    this.isStarted = this.isRegistered = this.#isConnected = false;
    this.#listeners.clear();
  }

  on(name: string, listener: Listener): void {
    if (!this.isStarted)
      throw new Error('You must call startRealtimeNotifications before you can subscribe to events.');
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all.add(listener));
  }

  emit(name: string, event?: object): void {
    for (const listener of this.#listeners.get(name) ?? []) Reflect.apply(listener, undefined, [event]);
  }

  cut(forGood: boolean): void {
    if (!this.isStarted) return;
    this.#cancel();
    const wasConnected = this.#isConnected;
    this.isRegistered = this.#isConnected = false;
    if (wasConnected) this.emit('realTimeNotificationDisconnected');
    if (!forGood) this.#connect();
  }

  getChatThreadClient(): Thread {
    return new FakeThread(this);
  }

  /** Says "connected" before it is registered, as the real one does. */
  #connect(): void {
    const { clock } = this.service;
    if (this.service.isUnreachable) return;
    this.#cancel = clock.schedule(375, () => {
      this.#isConnected = true;
      this.emit('realTimeNotificationConnected');
      this.#cancel = clock.schedule(75, () => (this.isRegistered = true));
    });
  }
}

class FakeThread implements Thread {
  readonly #service: FakeService;
  readonly #credential: Credential;

  /** As the real one, it keeps the token of its first request until that expires, refused or not. */
  constructor({ service, credential }: FakeClient) {
    let held: ReturnType<Credential['getToken']> | undefined;
    this.#service = service;
    this.#credential = {
      getToken: () =>
        (held ??= credential.getToken().catch((error: unknown) => {
          held = undefined;
          throw error;
        })),
      dispose: () => {},
    };
  }

  sendMessage: Thread['sendMessage'] = ({ content }, { abortSignal, type, senderDisplayName, metadata }) =>
    this.#service.request('send', this.#credential, abortSignal, () =>
      this.#service.store({ type, content, sender: self, senderDisplayName, metadata }),
    );

  updateMessage: Thread['updateMessage'] = (id, { abortSignal, content }) =>
    this.#service.request('update', this.#credential, abortSignal, () => this.#service.edit(id, content));

  deleteMessage: Thread['deleteMessage'] = (id, { abortSignal }) =>
    this.#service.request('delete', this.#credential, abortSignal, () => this.#service.remove(id));

  listMessages: Thread['listMessages'] = ({ abortSignal, maxPageSize }) =>
    pages((page) =>
      this.#service.request('list', this.#credential, abortSignal, () => {
        const newestFirst = [...this.#service.messages].reverse().slice(page * maxPageSize, (page + 1) * maxPageSize);
        return newestFirst.map(({ sender, content, ...stored }) => ({
          ...stored,
          content: { message: content },
          createdOn: new Date(Math.floor(Number(stored.id) / 1000) * 1000),
          ...(sender !== undefined && { sender: { communicationUserId: sender } }),
        }));
      }),
    );

  listParticipants: Thread['listParticipants'] = ({ abortSignal }) =>
    pages((page) =>
      this.#service.request('participants', this.#credential, abortSignal, () =>
        page > 0 ? [] : [...this.#service.participants].map((id) => ({ id: { communicationUserId: id } })),
      ),
    );

  sendTypingNotification: Thread['sendTypingNotification'] = ({ abortSignal }) =>
    this.#service.request('typing', this.#credential, abortSignal, () => true);

  sendReadReceipt: Thread['sendReadReceipt'] = ({ chatMessageId }, { abortSignal }) =>
    this.#service.request('receipt', this.#credential, abortSignal, () => {
      this.#service.receipts.push({ sender: self, chatMessageId });
    });

  listReadReceipts: Thread['listReadReceipts'] = ({ abortSignal }) =>
    pages((page) =>
      this.#service.request('receipts', this.#credential, abortSignal, () =>
        page > 0
          ? []
          : this.#service.receipts.map(({ sender, chatMessageId }) => ({
              sender: { communicationUserId: sender },
              chatMessageId,
            })),
      ),
    );
}

/** Who uses the provider under test. */
export const self = '8:acs:agent';
export const other = '8:acs:customer';

function pages<T>(read: (page: number) => Promise<readonly T[]>): { byPage(): AsyncIterator<readonly T[], unknown> } {
  return {
    byPage() {
      let next = 0;
      let isOver = false;
      return {
        async next() {
          if (isOver) return { done: true, value: undefined };
          try {
            const value = await read(next++);
            isOver = value.length === 0;
            return isOver ? { done: true, value: undefined } : { done: false, value };
          } catch (error) {
            isOver = true;
            throw error;
          }
        },
      };
    },
  };
}
