import {
  ContactCenterError,
  createLive,
  type Broadcast,
  type BroadcastLine,
  type Cancel,
  type Clock,
  type Live,
} from 'onescreen';

/** Counts up when the messages change. Tabs of another version than this one are not listened to. */
const version = 1;
/** How long another tab may take to say that it holds, in milliseconds; one that does not is gone. */
const answerMs = 2_000;
/** Most that a hold takes there, in milliseconds. */
const holdMs = 10_000;
/** How often a tab that is in a meeting is asked whether it still is, in milliseconds, and how often in vain. */
const askEveryMs = 1_000;
const patience = 4;

type Message = { readonly meetings: typeof version; readonly from: string } & Body;
type Body =
  | { readonly kind: 'ask' }
  | { readonly kind: 'in'; readonly channelId: string }
  | { readonly kind: 'out'; readonly channelId: string }
  /** Of two that take the same meeting, the later one has it. */
  | { readonly kind: 'take'; readonly channelId: string; readonly at: number }
  | { readonly kind: 'hold'; readonly id: string }
  | { readonly kind: 'holding'; readonly id: string }
  | { readonly kind: 'held'; readonly id: string; readonly error?: string };

/** What a tab does for the others. */
export interface TabDuties {
  /** Another tab joins what is joined here: this one leaves. */
  leave(channelId: string): void;
  /** Whether a meeting is connected here. */
  isActive(): boolean;
  hold(): Promise<void>;
}

type HoldAnswer = Extract<Message, { kind: 'holding' | 'held' }>;

const nowhere: ReadonlySet<string> = new Set();

/** The tabs of one agent, as far as they are in meetings: each meeting is in one of them. */
export class MeetingTabs {
  readonly #id: string;
  readonly #clock: Clock;
  readonly #duties: TabDuties;
  readonly #line: BroadcastLine | undefined;
  readonly #elsewhere = createLive(nowhere);
  readonly #owners = new Map<string, { readonly tab: string; unanswered: number }>();
  readonly #here = new Map<string, number>();
  readonly #asked = new Map<string, (message: HoldAnswer) => void>();
  #count = 0;
  #cancelAsk: Cancel = () => {};
  #closed = false;

  /** `name`: what all tabs of one agent are called; undefined: this page is alone. */
  constructor(name: string | undefined, id: string, broadcast: Broadcast | undefined, clock: Clock, duties: TabDuties) {
    this.#id = id;
    this.#clock = clock;
    this.#duties = duties;
    if (name === undefined || broadcast === undefined) return;
    this.#line = broadcast.open(`onescreen/${name}/meetings`, (message) => {
      if (!this.#closed && isMessage(message)) this.#receive(message);
    });
    this.#post({ kind: 'ask' });
  }

  /** Ids of the channels whose meetings are joined in another tab. */
  get elsewhere$(): Live<ReadonlySet<string>> {
    return this.#elsewhere.live;
  }

  /** From now on the meeting is in this tab; another one that was in leaves. */
  take(channelId: string): void {
    const at = this.#clock.now();
    this.#here.set(channelId, at);
    this.#post({ kind: 'take', channelId, at });
    this.#setOwner(channelId, undefined);
  }

  /** It is in this tab no more. */
  drop(channelId: string): void {
    if (this.#here.delete(channelId)) this.#post({ kind: 'out', channelId });
  }

  /**
   * Has the tab that is in a connected meeting hold it; resolves at once where there is none.
   * @throws ContactCenterError `call/command-failed` when it could not
   */
  holdElsewhere(): Promise<void> {
    const waiting = new Map(
      [...this.#owners.values()].map(({ tab }) => [tab, 'asked'] as [string, 'asked' | 'holding']),
    );
    if (waiting.size === 0) return Promise.resolve();
    const id = `${this.#id} ${(this.#count += 1)}`;
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        for (const cancel of cancels) cancel();
        this.#asked.delete(id);
        finish();
      };
      const look = () => {
        if (waiting.size === 0) settle(resolve);
      };
      const cancels = [
        this.#clock.schedule(answerMs, () => {
          for (const [tab, state] of waiting) if (state === 'asked') waiting.delete(tab);
          look();
        }),
        this.#clock.schedule(holdMs, () => settle(() => reject(notHeld('it did not answer')))),
      ];
      this.#asked.set(id, (answer) => {
        if (answer.kind === 'holding') waiting.set(answer.from, 'holding');
        else if (answer.error !== undefined) return settle(() => reject(notHeld(answer.error ?? '')));
        else waiting.delete(answer.from);
        look();
      });
      this.#post({ kind: 'hold', id });
    });
  }

  close(): void {
    if (this.#closed) return;
    for (const channelId of [...this.#here.keys()]) this.drop(channelId);
    this.#closed = true;
    this.#cancelAsk();
    this.#line?.close();
    this.#elsewhere.complete();
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case 'ask':
        for (const channelId of this.#here.keys()) this.#post({ kind: 'in', channelId });
        return;
      case 'in':
        if (!this.#here.has(message.channelId)) this.#setOwner(message.channelId, message.from);
        return;
      case 'out':
        if (this.#owners.get(message.channelId)?.tab === message.from) this.#setOwner(message.channelId, undefined);
        return;
      case 'take':
        return this.#taken(message);
      case 'hold':
        return this.#hold(message.id);
      case 'holding':
      case 'held':
        return this.#asked.get(message.id)?.(message);
    }
  }

  #taken({ channelId, at, from }: Extract<Message, { kind: 'take' }>): void {
    const mine = this.#here.get(channelId);
    if (mine !== undefined && (mine > at || (mine === at && this.#id > from))) {
      return this.#post({ kind: 'take', channelId, at: mine });
    }
    this.#setOwner(channelId, from);
    if (this.#here.delete(channelId)) this.#duties.leave(channelId);
  }

  #hold(id: string): void {
    // What is not let in yet has to know of it, too, and takes no time.
    if (this.#duties.isActive()) this.#post({ kind: 'holding', id });
    this.#duties.hold().then(
      () => this.#post({ kind: 'held', id }),
      (error: unknown) => this.#post({ kind: 'held', id, error: error instanceof Error ? error.message : 'it failed' }),
    );
  }

  #setOwner(channelId: string, tab: string | undefined): void {
    if (this.#closed) return;
    const before = this.#owners.get(channelId);
    if (tab !== undefined && before?.tab === tab) {
      before.unanswered = 0;
      return;
    }
    if (tab === undefined) this.#owners.delete(channelId);
    else this.#owners.set(channelId, { tab, unanswered: 0 });
    if (tab !== undefined || before !== undefined) this.#elsewhere.set(new Set(this.#owners.keys()));
    this.#watch();
  }

  /** A tab that is gone says nothing: it is asked, as long as there is one. */
  #watch(): void {
    this.#cancelAsk();
    if (this.#owners.size === 0) return;
    this.#cancelAsk = this.#clock.schedule(askEveryMs, () => {
      for (const [channelId, owner] of [...this.#owners]) {
        if (owner.unanswered >= patience) this.#setOwner(channelId, undefined);
        else owner.unanswered += 1;
      }
      this.#post({ kind: 'ask' });
      this.#watch();
    });
  }

  #post(body: Body): void {
    if (!this.#closed) this.#line?.post({ meetings: version, from: this.#id, ...body } satisfies Message);
  }
}

function notHeld(why: string): ContactCenterError {
  return new ContactCenterError('call/command-failed', `unable to hold the meeting in another tab; ${why}`, {
    retryable: true,
  });
}

function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' &&
    value !== null &&
    'meetings' in value &&
    value.meetings === version &&
    'kind' in value &&
    'from' in value &&
    typeof value.from === 'string'
  );
}
