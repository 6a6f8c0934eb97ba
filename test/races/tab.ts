import { ContactCenterClient, isContactCenterError, type AccessToken, type Task, type VoiceChannel } from 'onescreen';
import { acsVoice } from 'onescreen/acs/calling';
import { controlPlane } from 'onescreen/control-plane';
import type { EmulatorCore } from 'onescreen/emulator';
import { emulatedCalling } from 'onescreen/emulator/calling';
import type { FrameServer, SeededRandom, VirtualClock } from 'onescreen/testing';
import { CountingDevices, CountingPeers } from '../emulator/calling/counting-media';
import { BrowserPage, type Browser } from './browser';
import { CallingLine, DeskLine, type FrameCount } from './lines';
import { PageClock } from './page-clock';

const endpoint = 'http://127.0.0.1:4100';

/** A command that a page has given, as long as nobody has answered it. */
export interface Given {
  readonly tab: Tab;
  readonly what: string;
  readonly at: number;
}

/** What a tab needs of the world. */
export interface TabHost extends FrameCount {
  readonly clock: VirtualClock;
  readonly core: EmulatorCore;
  readonly server: FrameServer;
  readonly given: Set<Given>;
  note(what: string): void;
  count(what: string): void;
  /** Something must not have happened. */
  fail(what: string): void;
}

/** Whose tab it is. */
export interface TabOwner {
  readonly id: string;
  /** Raw id. */
  readonly user: string;
  readonly browser: Browser;
  /** Whether the vendor's back end gives no tokens for calls now. */
  tokensRefused: boolean;
}

/** A page of an agent: the real client with the real voice provider, over media that only counts. */
export class Tab {
  readonly name: string;
  readonly client: ContactCenterClient;
  readonly clock: PageClock;
  readonly desk: DeskLine;
  readonly calling: CallingLine;
  readonly peers = new CountingPeers();
  readonly devices = new CountingDevices();
  /** `gone`: killed, so that nothing of it says anything any more. */
  status: 'open' | 'closed' | 'gone' = 'open';
  signedIn = false;
  #signingIn = false;
  readonly #host: TabHost;
  readonly #page: BrowserPage;
  readonly #errors: unknown[] = [];

  constructor(host: TabHost, owner: TabOwner, name: string, random: SeededRandom) {
    this.name = name;
    this.#host = host;
    const clock = new PageClock(host.clock);
    this.clock = clock;
    this.#page = new BrowserPage(owner.browser, clock);
    const lines = { page: clock, network: host.clock, count: host };
    this.desk = new DeskLine(host.server, { ...lines, latencyMs: random.pick(latencies) });
    this.calling = new CallingLine(host.core, { ...lines, latencyMs: random.pick(latencies) });
    const sdk = emulatedCalling({
      endpoint,
      environment: {
        ...{ clock, random: random.fork('calling'), page: new Set<string>(), devices: this.devices },
        socket: this.calling.connect,
        openPeer: this.peers.open,
        browser: { platform: 'Linux', name: 'Chrome', version: '156.0' },
        onListenerError: (error) => this.#errors.push(error),
      },
    });
    const { locks, broadcast, page } = this.#page;
    this.client = new ContactCenterClient({
      controlPlane: controlPlane('http://127.0.0.1:4200'),
      tokens: ({ audience }) => this.#token(owner, audience),
      providers: [acsVoice({ persona: 'tpeAgent', sdk, storage: noStorage })],
      environment: { clock, random: random.fork('desk'), locks, broadcast, page, socket: this.desk.connect },
    });
  }

  get usable(): boolean {
    return this.status === 'open' && !this.clock.frozen;
  }

  get tasks(): readonly Task[] {
    return this.client.tasks$.value;
  }

  get errors(): readonly unknown[] {
    return this.#errors;
  }

  voice(task: Task): VoiceChannel | undefined {
    return task.conversation.channel('voice');
  }

  /** Gives a command; it must be answered, and a refusal must be one of ours. */
  give(what: string, run: () => Promise<unknown>): void {
    const { given, clock } = this.#host;
    const entry: Given = { tab: this, what, at: clock.now() };
    given.add(entry);
    const settled = (outcome: string) => {
      given.delete(entry);
      if (this.status === 'gone') return;
      this.#host.note(`${this.name}: ${what} -> ${outcome}`);
      this.#host.count(`${what} ${outcome}`);
    };
    run().then(
      () => settled('ok'),
      (error: unknown) => {
        if (!isContactCenterError(error)) this.#host.fail(`${what} rejected with ${wordsOf(error)}`);
        else if (!isKnown(what, error.code)) this.#host.fail(`${what} rejected with ${error.code}: ${error.message}`);
        settled(isContactCenterError(error) ? error.code : 'broken');
      },
    );
  }

  signIn(): void {
    if (this.signedIn || this.#signingIn) return;
    this.#signingIn = true;
    this.give('signIn', () =>
      this.client
        .signIn()
        .then(() => {
          this.signedIn = true;
        })
        .finally(() => (this.#signingIn = false)),
    );
  }

  /** Milliseconds for which the page has been frozen, all in all. */
  frozenMs = 0;
  #frozenAt = 0;

  freeze(): void {
    if (this.clock.frozen) return;
    this.#frozenAt = this.#host.clock.now();
    this.clock.freeze();
  }

  thaw(): void {
    if (!this.clock.frozen) return;
    this.frozenMs += this.#host.clock.now() - this.#frozenAt;
    this.clock.thaw();
  }

  /** The page ends its client by itself. */
  close(): void {
    if (this.status !== 'open') return;
    this.status = 'closed';
    this.give('close', () => this.client.close());
  }

  /** The browser ends the page. */
  kill(): void {
    if (this.status === 'gone') return;
    this.#page.gone();
    this.status = 'gone';
    this.clock.stop();
    this.desk.drop(false, Number.POSITIVE_INFINITY);
    this.calling.drop();
    for (const peer of this.peers.all) if (peer.closed === 0) peer.closed = 1;
    for (const microphone of this.devices.microphones) microphone.open = false;
    for (const entry of this.#host.given) if (entry.tab === this) this.#host.given.delete(entry);
  }

  async #token(owner: TabOwner, audience: string): Promise<AccessToken> {
    await new Promise<void>((resolve) => this.clock.schedule(5, resolve));
    if (audience === 'controlPlane') return { token: owner.id, expiresOn: this.clock.now() + tokenLifeMs };
    if (owner.tokensRefused) throw new Error('the token service is down');
    const issued = this.#host.core.issueToken(owner.user, { kind: 'tpeAgent', lifeMs: tokenLifeMs });
    return { token: issued.token, expiresOn: Date.parse(issued.expiresOn), kind: 'tpeAgent' };
  }
}

const latencies = [0, 1, 1, 5, 20, 60] as const;
const tokenLifeMs = 7 * 86_400_000;
const noStorage = { getItem: () => null, setItem() {} };

/** What commands of calls may be refused with. */
export const knownCodes: ReadonlySet<string> = new Set([
  'agent/no-capacity',
  'agent/unreachable',
  'agent/unavailable',
  'callback/gone',
  'consult/failed',
  'consult/gone',
  'call/bad-destination',
  'call/busy',
  'call/command-failed',
  'call/declined',
  'call/gone',
  'call/network',
  'call/no-answer',
  'call/unreachable',
  'channel/closed',
  'channel/unavailable',
  'command/aborted',
  'command/not-allowed',
  'command/timed-out',
  'conversation/not-found',
  'offer/gone',
  'phone/leader-gone',
  'session/closed',
  'session/offline',
  'session/signed-out',
  'session/unavailable',
  'task/gone',
  'task/wrong-state',
  'transfer/failed',
  'token/unavailable',
]);

/** Whoever is asked may be in the call already. */
function isKnown(what: string, code: string): boolean {
  return knownCodes.has(code) || (code === 'command/invalid' && /^(add|consult|transfer to) (agent|phone)$/.test(what));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
