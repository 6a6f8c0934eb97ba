import { createEmulator, type EmulatorCore, type EmulatorOptions, type SocketConnection } from 'onescreen/emulator';
import { seededRandom, virtualClock, type VirtualClock } from 'onescreen/testing';
import type { CallFrame, CallingPush, CallingRequest, EndFrame } from '../../../src/emulator/calls/frames';
import { CountingMedia } from './counting-media';

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;
export type Question = WithoutId<CallingRequest>;
type Push<Type extends CallingPush['type']> = Extract<CallingPush, { readonly type: Type }>;

export const ra = '0e1f2a3b-0000-4000-8000-00000000000a';
export const account = `28:orgid:${ra}`;
export const service = '+4930111';
export const customer = '+491701';

/** The emulator with its calls, under virtual time, with media that only count. */
export class CallBench {
  readonly clock: VirtualClock = virtualClock();
  readonly media = new CountingMedia();
  readonly core: EmulatorCore;

  constructor(options: EmulatorOptions = {}) {
    this.core = createEmulator({
      clock: this.clock,
      random: seededRandom(7),
      limits: false,
      media: this.media,
      ...options,
    });
  }

  /** A page with a registration. */
  async page(options: PageOptions = {}): Promise<Page> {
    const { kind = 'acsUser', lifeMs = 86_400_000 } = options;
    const user =
      options.user ??
      (kind === 'teamsUser' ? `8:orgid:${seededRandom(this.clock.now()).id()}` : this.core.createUser());
    const { token } = this.core.issueToken(user, { scopes: ['voip'], lifeMs, kind });
    const page = this.open(user);
    const { error } = await page.ask({
      type: 'register',
      token,
      kind: kind === 'acsUser' ? 'CallAgent' : 'TeamsCallAgent',
      ...(options.displayName !== undefined && { displayName: options.displayName }),
      ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    });
    if (error !== undefined) throw new Error(`refused: ${error.code}/${error.subCode}`);
    return page;
  }

  /** A page that has not said anything yet. */
  open(user = ''): Page {
    return new Page(this, user);
  }

  /** Two pages in a one-to-one call: the caller and the callee. */
  async pair(): Promise<readonly [Page, Page]> {
    const anna = await this.page();
    const ben = await this.page();
    await anna.start([ben.user]);
    await ben.accept();
    return [anna, ben];
  }
}

export interface PageOptions {
  readonly user?: string;
  readonly kind?: 'acsUser' | 'teamsUser' | 'tpeAgent';
  readonly lifeMs?: number;
  readonly displayName?: string;
  readonly endpoint?: string;
}

/** A page that speaks the frames itself. */
export class Page {
  readonly user: string;
  readonly frames: CallingPush[] = [];
  closed: { readonly code: number; readonly reason: string } | 'terminated' | undefined;
  readonly connection: SocketConnection;
  readonly #bench: CallBench;
  readonly #answers = new Map<number, (answer: Push<'answer'>) => void>();
  #lastId = 0;

  constructor(bench: CallBench, user: string) {
    this.#bench = bench;
    this.user = user;
    this.connection = bench.core.connect('http://127.0.0.1:4040/calling', {
      send: (text) => this.#receive(text),
      close: (code, reason) => (this.closed = { code, reason }),
      terminate: () => (this.closed = 'terminated'),
    });
  }

  ask(question: Question): Promise<Push<'answer'>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.connection.receive(JSON.stringify({ ...question, id }));
    });
  }

  /** The error that a request is answered with, as `code/subCode`; `ok` without. */
  async tried(question: Question): Promise<string> {
    return endOf((await this.ask(question)).error) ?? 'ok';
  }

  /** Calls somebody and waits until it rings there. Returns the client's own id of the call. */
  async start(targets: readonly string[], more: Partial<Extract<Question, { type: 'start' }>> = {}): Promise<string> {
    const callId = more.callId ?? `own-${this.#lastId}`;
    await this.ask({ type: 'start', targets, muted: false, ...more, callId });
    await this.#bench.clock.advance(20);
    return callId;
  }

  async accept(): Promise<void> {
    await this.ask({ type: 'accept', callId: this.incoming?.callId ?? '', muted: false });
    await this.ask({ type: 'media', callId: this.callId, sdp: `offer of ${this.user}` });
  }

  async media(): Promise<void> {
    await this.ask({ type: 'media', callId: this.callId, sdp: `offer of ${this.user}` });
  }

  of<Type extends CallingPush['type']>(type: Type): readonly Push<Type>[] {
    return this.frames.filter((frame): frame is Push<Type> => frame.type === type);
  }

  /** The last call that rang here. */
  get incoming(): Push<'incoming'> | undefined {
    return this.of('incoming').at(-1);
  }

  /** The call as it stands. */
  get call(): CallFrame | undefined {
    return this.of('call').at(-1)?.call;
  }

  get callId(): string {
    return this.call?.callId ?? '';
  }

  get statuses(): readonly string[] {
    const all = this.of('call').map(({ call }) => call.status);
    return all.filter((status, index) => status !== all[index - 1]);
  }

  /** How its last call ended, as `code/subCode`. */
  get end(): string | undefined {
    return endOf(this.call?.end);
  }

  /** How the last ring ended. */
  get ringEnd(): string | undefined {
    return endOf(this.of('incoming-ended').at(-1)?.end);
  }

  /** Whom its leg hears in the media unit: raw ids and kinds of sounds. */
  get hears(): readonly string[] {
    const parties = this.#bench.core.calls.list().flatMap(({ parties }) => parties);
    const sources = this.#bench.media.heard.get(this.call?.participantId ?? '') ?? [];
    return sources.map(
      (id) => parties.find((party) => party.id === id)?.rawId ?? this.#bench.media.sounds.get(id)?.kind ?? id,
    );
  }

  /** Loses its connection. */
  drop(): void {
    this.closed = 'terminated';
    this.connection.ended();
  }

  #receive(text: string): void {
    const frame = JSON.parse(text) as CallingPush;
    this.frames.push(frame);
    if (frame.type !== 'answer') return;
    this.#answers.get(frame.id)?.(frame);
    this.#answers.delete(frame.id);
  }
}

export const endOf = (end: EndFrame | undefined) => end && `${end.code}/${end.subCode}`;
