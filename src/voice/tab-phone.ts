import {
  ContactCenterError,
  createLive,
  toContactCenterError,
  type CallParticipant,
  type Cancel,
  type DevicesState,
  type Phone,
  type PhoneState,
} from 'onescreen';
import { Subscription } from 'rxjs';
import { endedCall, tabClosed } from './call-end';
import { ChunkedPeople } from './chunked-people';
import { ExpectedCalls } from './expected-calls';
import { HandedCommands } from './handed-commands';
import { keepIdentity, keptPeople } from './keep-identity';
import { LeadingPhone } from './leading-phone';
import type { PhoneCommand } from './phone-command';
import { isTabMessage, tabMessage, type TabMessage, type TabMessageBody } from './tab-message';
import type { PhoneParts } from './held-elsewhere';
import type { OpenEndpoint } from './voice-endpoint';

/** How long a tab that takes over waits for a word of the one that held the media; a crashed one says nothing. */
const wordOfHolderMs = 200;
/** How long it waits for the endpoint there to have closed, once it is known to be closing. */
const closingOfHolderMs = 5_000;
/** A tab whose endpoint is closing is asked this often, in milliseconds, whether it is still there. */
const askEveryMs = 200;
/** After so many questions without an answer its page is gone, and its endpoint with it. */
const patience = 3;
/** How many commands of other tabs are known again when they come twice. */
const knownCommands = 500;

const unknownDevices: DevicesState = {
  permission: 'unknown',
  microphones: [],
  speakers: [],
  speakerSelection: { allowed: false, reason: 'not-connected' },
  audio: 'blocked',
};

/** One tab's part: holding the media, or mirroring the tab that does. */
export class TabPhone {
  readonly state = createLive<PhoneState>({
    registration: { status: 'registering' },
    devices: unknownDevices,
    calls: [],
    media: 'nowhere',
  });
  /** Who else is in each call, by channel. */
  readonly people = createLive<ReadonlyMap<string, ChunkedPeople<CallParticipant>>>(new Map());
  /** Set while this tab holds the media. */
  readonly leading = createLive<LeadingPhone | undefined>(undefined);
  readonly #context: PhoneParts;
  readonly #open: OpenEndpoint;
  readonly #expected: ExpectedCalls;
  readonly #commands: HandedCommands;
  readonly #listening = new Subscription();
  /** The term of the tab that holds the media, this one or another; nothing when nobody is known to. */
  #term: string | undefined;
  /** A term that has ended while its endpoint is still closing in another tab. */
  #closing: string | undefined;
  /** Questions to that tab since it was last heard; not time, which a hidden page hardly feels. */
  #unanswered = 0;
  /** Terms that are over by their own word: what still arrives of them is stale. */
  readonly #over = new Set<string>();
  /** Ids of other tabs' commands that were taken here. */
  readonly #taken = new Set<string>();
  /** Ends the wait for the other tab's endpoint. */
  #waited: () => void = () => {};
  #wait: Cancel = () => {};
  /** This tab's own endpoints, one after the other. */
  #endpoint: Promise<void> = Promise.resolve();
  /** From when it has been opened until it has closed. */
  #inUse = false;
  #posting = false;
  /** What this tab has told the others in its term. */
  #said: { readonly state?: PhoneState; readonly people: TabPhone['people']['value'] } = { people: new Map() };
  #closed: Promise<void> | undefined;

  constructor(context: PhoneParts, open: OpenEndpoint) {
    this.#context = context;
    this.#open = open;
    this.#expected = new ExpectedCalls(context.environment.clock);
    this.#commands = new HandedCommands(context.environment.clock);
    this.#listening.add(
      context.tabs.messages$.subscribe((message) => {
        if (this.#closed === undefined && isTabMessage(message)) this.#hear(message);
      }),
    );
    this.#post({ kind: 'ask' });
    this.#listening.add(context.tabs.leading$.subscribe((leads) => (leads ? this.#takeOver() : this.#giveUp())));
  }

  expect(call: Parameters<Phone['expect']>[0]): void {
    if (this.#closed !== undefined) return;
    this.#expected.expect(call);
    // That it is to be answered muted is known in the tab alone in which the agent has said so.
    if (call.muted === true && this.leading.value === undefined) this.#post({ kind: 'expect', call });
    this.leading.value?.review();
  }

  forget(correlationId: string): void {
    if (this.#closed !== undefined) return;
    this.#expected.forget(correlationId);
    this.leading.value?.review();
  }

  run(command: PhoneCommand): Promise<unknown> {
    if (this.#closed !== undefined) {
      const message = `unable to carry out ${command.name}; the phone has closed`;
      return Promise.reject(new ContactCenterError('session/closed', message));
    }
    const id = this.#context.environment.random.id();
    const answer = this.#commands.add(id, command);
    this.#hand(id, command);
    return answer;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#listening.unsubscribe();
    this.#wait();
    this.#waited();
    this.#commands.close();
    const { devices, calls } = this.state.value;
    this.state.set({ registration: { status: 'closed' }, devices, calls: calls.map(asLost), media: 'nowhere' });
    this.state.complete();
    this.#giveUp();
    this.people.complete();
    this.leading.complete();
    await this.#endpoint;
  }

  #takeOver(): void {
    if (this.#closed !== undefined) return;
    this.#endpoint = this.#endpoint.then(() => this.#begin());
  }

  async #begin(): Promise<void> {
    await this.#othersEndpoint();
    const { environment, tabs } = this.#context;
    if (this.#closed !== undefined || this.#inUse || !tabs.leading$.value) return;
    const term = `${environment.clock.now()}-${environment.random.id()}`;
    this.#enter(term);
    const earlier = this.state.value.calls.map(asLost);
    const changed = (phone: LeadingPhone) => {
      if (this.leading.value === phone) this.#tell(phone);
    };
    let leading: LeadingPhone;
    try {
      leading = new LeadingPhone(this.#context, this.#open, this.#expected, earlier, this.people.value, changed);
    } catch (error) {
      const refused = toContactCenterError(
        error,
        'channel/unavailable',
        'unable to open phone; the voice service failed',
      );
      this.state.set({
        ...this.state.value,
        registration: { status: 'refused', error: refused.toJSON() },
        calls: earlier,
      });
      return;
    }
    this.#inUse = true;
    this.#said = { people: new Map() };
    this.leading.set(leading);
    leading.people$.subscribe((people) => {
      if (this.leading.value !== leading) return;
      this.people.set(people);
      this.#postSoon();
    });
    this.#tell(leading);
    leading.review();
    for (const { id, command } of this.#commands.untaken) this.#hand(id, command);
  }

  /** Waits until the endpoint of the tab that held the media before has closed, as far as that tab still says so. */
  #othersEndpoint(): Promise<void> {
    if (this.#term === undefined && this.#closing === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waited = () => {
        this.#wait();
        resolve();
      };
      if (this.#closing === undefined) this.#waitFor(wordOfHolderMs);
    });
  }

  #waitFor(ms: number): void {
    this.#wait();
    this.#wait = this.#context.environment.clock.schedule(ms, () => {
      this.#closing = undefined;
      this.#waited();
    });
  }

  #waitForClosing(): void {
    const { clock } = this.#context.environment;
    const until = clock.now() + closingOfHolderMs;
    const look = () => {
      if (this.#unanswered >= patience || clock.now() >= until) {
        this.#closing = undefined;
        return this.#waited();
      }
      this.#unanswered += 1;
      this.#post({ kind: 'ask' });
      this.#wait = clock.schedule(askEveryMs, look);
    };
    this.#wait();
    this.#wait = clock.schedule(askEveryMs, look);
  }

  /** Ends this tab's term, if it has one. */
  #giveUp(): void {
    const leading = this.leading.value;
    const term = this.#term;
    if (leading === undefined || term === undefined) return;
    this.leading.set(undefined);
    this.#leave(term);
    const tell = () => this.#post({ kind: 'closing', term });
    // A phone that closes hears nothing else any more.
    const asked = this.#context.tabs.messages$.subscribe((message) => {
      if (isTabMessage(message) && message.kind === 'ask') tell();
    });
    tell();
    this.#endpoint = leading.close().then(() => {
      asked.unsubscribe();
      this.#inUse = false;
      this.#post({ kind: 'closed', term });
    });
  }

  #hear(message: TabMessage): void {
    switch (message.kind) {
      case 'ask':
        this.#said = { people: new Map() };
        return this.#postAll();
      case 'state':
        if (this.leading.value !== undefined || this.#over.has(message.term)) return;
        // Of a tab that was frozen while it led, and does not know yet that another has begun since.
        if (this.#term !== undefined && beganAt(message.term) < beganAt(this.#term)) return;
        this.#mirror(message.term, message.state);
        return;
      case 'people':
        return this.#mirrorPeople(message.term, message.channelId, (before) => keptPeople(before, message.people));
      case 'people-changed':
        return this.#mirrorPeople(message.term, message.channelId, (before) => {
          const { changed, gone } = message;
          return changed.reduce(withPerson, gone.reduce(withoutPerson, before));
        });
      case 'closing':
      case 'closed':
        return this.#hearEnd(message.term, message.kind);
      case 'command':
        return this.#take(message.id, message.command);
      case 'taken':
        return this.#commands.taken(message.id, message.term);
      case 'done':
        return this.#commands.done(message.id, message.result);
      case 'failed':
        return this.#commands.fail(
          message.id,
          new ContactCenterError(message.error.code, message.error.message, message.error),
        );
      case 'expect':
        this.#expected.expect(message.call);
        return this.leading.value?.review();
    }
  }

  #mirror(term: string, state: PhoneState): void {
    const isNew = term !== this.#term;
    if (isNew) this.#enter(term);
    this.state.set(keepIdentity(this.state.value, { ...state, media: 'other-tab' }));
    this.#forgetPeople(state);
    if (!isNew) return;
    for (const { id, command } of this.#commands.untaken) this.#post({ kind: 'command', id, command });
  }

  #mirrorPeople(
    term: string,
    channelId: string,
    change: (before: ChunkedPeople<CallParticipant>) => ChunkedPeople<CallParticipant>,
  ): void {
    if (this.leading.value !== undefined || term !== this.#term) return;
    const before = this.people.value.get(channelId) ?? ChunkedPeople.of<CallParticipant>([]);
    this.people.set(new Map(this.people.value).set(channelId, change(before)));
  }

  /** Calls that are not on show any more have no people. */
  #forgetPeople({ calls }: PhoneState): void {
    const channels = new Set(calls.map(({ channelId }) => channelId));
    const kept = [...this.people.value].filter(([channelId]) => channels.has(channelId));
    if (kept.length < this.people.value.size) this.people.set(new Map(kept));
  }

  #hearEnd(term: string, kind: 'closing' | 'closed'): void {
    if (this.leading.value !== undefined) return;
    const wasHolder = term === this.#term;
    if (wasHolder) this.#leave(term);
    if (kind === 'closing') {
      this.#unanswered = 0;
      if (this.#closing === term) return;
      this.#closing = term;
      this.#waitForClosing();
    } else if (wasHolder || term === this.#closing) {
      this.#closing = undefined;
      this.#waited();
    }
    // Somebody may have taken over already, and its word been overtaken by this one.
    if (wasHolder) this.#post({ kind: 'ask' });
  }

  #enter(term: string): void {
    this.#term = term;
    this.#closing = undefined;
    this.#commands.lose(term);
  }

  #leave(term: string): void {
    this.#over.add(term);
    this.#term = undefined;
    this.#commands.lose(undefined);
    const { devices, calls } = this.state.value;
    this.state.set({ registration: { status: 'registering' }, devices, calls: calls.map(asLost), media: 'nowhere' });
  }

  #hand(id: string, command: PhoneCommand): void {
    const leading = this.leading.value;
    if (leading === undefined || this.#term === undefined) {
      if (!this.#context.tabs.leading$.value) this.#post({ kind: 'command', id, command });
      return;
    }
    this.#commands.taken(id, this.#term, true);
    leading.run(command).then(
      (result) => this.#commands.done(id, result),
      (error: unknown) => this.#commands.fail(id, asError(error)),
    );
  }

  #take(id: string, command: PhoneCommand): void {
    const leading = this.leading.value;
    const term = this.#term;
    if (leading === undefined || term === undefined || this.#taken.has(id)) return;
    this.#taken.add(id);
    if (this.#taken.size > knownCommands) for (const oldest of [...this.#taken].slice(0, 1)) this.#taken.delete(oldest);
    this.#post({ kind: 'taken', term, id });
    const answer = (body: TabMessageBody) => {
      if (this.leading.value !== leading) return;
      // What the command has brought about is told before that it is done.
      this.#postAll();
      this.#post(body);
    };
    leading.run(command).then(
      (result) => answer({ kind: 'done', id, ...(result !== undefined && { result }) }),
      (error: unknown) => answer({ kind: 'failed', id, error: asError(error).toJSON() }),
    );
  }

  #tell({ registration, devices, calls }: LeadingPhone): void {
    const state: PhoneState = { registration, devices, calls, media: 'here' };
    this.state.set(keepIdentity(this.state.value, state));
    this.#postSoon();
  }

  #postSoon(): void {
    if (this.#posting) return;
    this.#posting = true;
    queueMicrotask(() => {
      this.#posting = false;
      this.#postAll();
    });
  }

  /** Tells the other tabs what they do not know: of people those alone who have changed, however many there are. */
  #postAll(): void {
    const term = this.#term;
    if (this.leading.value === undefined || term === undefined) return;
    const said = this.#said;
    const state = this.state.value;
    const people = this.people.value;
    this.#said = { state, people };
    if (state !== said.state) this.#post({ kind: 'state', term, state });
    for (const [channelId, now] of people) {
      const before = said.people.get(channelId);
      if (before === undefined) this.#post({ kind: 'people', term, channelId, people: now.slice() });
      else if (before !== now) this.#post({ kind: 'people-changed', term, channelId, ...now.since(before) });
    }
    for (const channelId of said.people.keys())
      if (!people.has(channelId)) this.#post({ kind: 'people', term, channelId, people: [] });
  }

  #post(body: TabMessageBody): void {
    this.#context.tabs.post(tabMessage(body));
  }
}

/** When a term began, by the clock that all tabs of a browser share; not a number for one that does not say. */
function beganAt(term: string): number {
  return Number.parseInt(term, 10);
}

function asLost(call: PhoneState['calls'][number]): PhoneState['calls'][number] {
  return call.status === 'ended' ? call : endedCall(call, tabClosed);
}

function withPerson(people: ChunkedPeople<CallParticipant>, person: CallParticipant): ChunkedPeople<CallParticipant> {
  return people.with(person);
}

function withoutPerson(people: ChunkedPeople<CallParticipant>, id: string): ChunkedPeople<CallParticipant> {
  return people.without(id);
}

function asError(error: unknown): ContactCenterError {
  return toContactCenterError(error, 'command/failed', 'unable to carry out command; the voice service failed');
}
