import {
  ContactCenterError,
  isContactCenterError,
  type ChannelConnection,
  type ChatContext,
  type ProviderItem,
  type ProviderTyping,
} from 'onescreen';
import { backOff } from '../back-off';
import type { AcsConnection } from './connection';
import { DeafnessWatch, youngStreamMs } from './deafness';
import type { MessageIndex } from './message-index';
import type { AcsMessageEvent, AcsReceipt, AcsThreadClient } from './official-client';
import { RateBudget } from '../rate-budget';
import { readLimits } from './rate-limits';
import type { RealtimeEvent, RealtimeStream } from './realtime';
import { ThreadReader, type Depth, type ReadNews, type ReadResult } from './reconcile';
import type { Requests } from './requests';
import type { Sanitise } from './sanitise';
import { ThreadMembers } from './thread-members';
import { fromEvent, rawIdOf, type Translated } from './translate';

export interface SyncOptions {
  readonly context: Pick<ChatContext, 'clock' | 'random'>;
  readonly connection: Pick<AcsConnection, 'stream'>;
  readonly threadId: string;
  /** This user's name at ACS. */
  readonly self: string;
  /** Milliseconds between reads while the stream stands. */
  readonly heartbeatMs: number;
  /** Milliseconds between reads while it does not, or is not to be trusted. */
  readonly pollMs: number;
  readonly closing: AbortSignal;
  readonly requests: Requests;
  readonly index: MessageIndex;
  readonly sanitise: Sanitise | undefined;
  readonly thread: () => Promise<AcsThreadClient>;
  readonly emit: (items: readonly ProviderItem[]) => void;
  readonly typing: (typing: ProviderTyping) => void;
  /** Somebody else has written. */
  readonly heardOther: () => void;
  /** Messages were read or pushed, new ones or not. */
  readonly taken: () => void;
  /** `status` or `facts` may have changed. */
  readonly changed: () => void;
}

/** After a (re)connect, when usually the stream is registered. */
const followUpMs = 1_000;
/** As long as it may not be. */
const youngPollMs = 3_000;
/** A thread may be reported missing while it is still being made known. */
const missingReadsUntilClosed = 3;

/**
 * Keeps one thread's messages complete: whatever the stream brings, and by reading, after every (re)connect and on a
 * heartbeat, whatever it does not bring. Finds out when the stream is deaf.
 */
export class ThreadSync {
  readonly members: ThreadMembers;
  readonly #options: SyncOptions;
  readonly #reader: ThreadReader;
  readonly #deafness: DeafnessWatch;
  #stream: RealtimeStream | undefined;
  #leaveStream: () => void = () => {};
  #cancelRead: () => void = () => {};
  #reading = 0;
  #dueAt = Infinity;
  #failedReads = 0;
  #missingReads = 0;
  #isSynced = false;
  /** An edit in a gap shows only in the old message: until a deep read has succeeded, every read is one. */
  #gaps = 0;
  #gapsClosed = 0;
  #hadTrouble = false;
  #readError: ContactCenterError | undefined;
  #streamError: ContactCenterError | undefined;
  #gone: ContactCenterError | undefined;
  /** The channel has ended; what was said before is read once more, then nothing is asked by itself. */
  #hasEnded = false;
  #isResting = false;
  #receiptsAskedAt = -Infinity;

  constructor(options: SyncOptions) {
    this.#options = options;
    const { clock } = options.context;
    this.members = new ThreadMembers(options.requests, options.closing, options.self);
    this.#deafness = new DeafnessWatch(clock, () => {
      this.#hadTrouble = true;
      options.changed();
      this.soon(options.pollMs);
    });
    this.#reader = new ThreadReader({
      ...options,
      budget: new RateBudget(clock, readLimits),
      list: async (page) => (await options.thread()).listMessages(page),
      deliver: (found) => this.deliver(found),
    });
  }

  get status(): ChannelConnection {
    if (this.#gone !== undefined) return { status: 'closed', error: this.#gone };
    const error = this.#readError ?? this.#streamError;
    const because = error === undefined ? {} : { error };
    if (!this.#isSynced) return { status: 'connecting', ...because };
    if (this.#readError !== undefined) return { status: 'recovering', ...because };
    if (this.#stream === undefined) return { status: 'connected' };
    if (this.isLive && !this.#deafness.isDoubted && this.#gapsClosed === this.#gaps) return { status: 'connected' };
    return { status: this.#hadTrouble ? 'recovering' : 'connecting', ...because };
  }

  /** Why the thread is no more. */
  get gone(): ContactCenterError | undefined {
    return this.#gone;
  }

  get isLive(): boolean {
    return this.#stream?.upSince !== undefined;
  }

  /** Reads what is new into the index. @throws ContactCenterError */
  async reread(): Promise<void> {
    await this.#reader.read('recent');
  }

  forget(before: number): void {
    this.#reader.forget(before);
  }

  loadMore(pageSize: number): Promise<{ readonly more: boolean }> {
    return this.#reader.loadMore(pageSize);
  }

  /** Nothing new will come. */
  ended(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    void this.sync('recent');
  }

  /** Reads, learns from how it went, and plans the next read. Never rejects. */
  async sync(depth: Depth, isHeartbeat = false): Promise<void> {
    if (this.#isOver) return;
    this.#cancelRead();
    this.#dueAt = Infinity;
    this.#reading += 1;
    if (depth === 'gap') this.#gaps += 1;
    const gaps = this.#gaps;
    const isLast = this.#hasEnded;
    try {
      const result = await this.#reader.read(gaps > this.#gapsClosed ? 'gap' : 'recent');
      if (this.#isOver) return;
      this.#gapsClosed = Math.max(gaps, this.#gapsClosed);
      await this.#took(result, isHeartbeat);
      if (isLast) this.#rest();
      if (!this.#isOver) this.soon(this.#pauseMs());
    } catch (error) {
      if (!this.#isOver) this.#failed(error);
    } finally {
      this.#reading -= 1;
      if (!this.#isOver) {
        this.soon(Infinity);
        this.#options.changed();
      }
    }
  }

  /** Plans the next heartbeat for in `ms` milliseconds, unless it comes earlier anyway. */
  soon(ms: number): void {
    const { clock } = this.#options.context;
    if (this.#isOver || this.#isResting) return;
    this.#dueAt = Math.min(this.#dueAt, clock.now() + ms);
    this.#cancelRead();
    if (this.#reading > 0 || this.#dueAt === Infinity) return;
    this.#cancelRead = clock.schedule(this.#dueAt - clock.now(), () => void this.sync('recent', true));
  }

  /** The network or the page is back. */
  wake(): void {
    if (this.#isResting) return;
    this.#stream?.wake();
    void this.sync('recent', true);
  }

  /** A write was refused; what that says about the channel, a read will tell. */
  refused(error: unknown, isSend: boolean): void {
    const isForbidden = isContactCenterError(error, 'channel/not-permitted');
    if (!isForbidden && !isContactCenterError(error, 'channel/closed')) return;
    if (isForbidden && isSend) this.members.forbidden();
    else this.members.stale('members');
    this.#options.changed();
    this.soon(0);
  }

  /** Brings what is news among `found`, oldest first. */
  deliver(found: readonly Translated[]): ReadNews {
    const added: string[] = [];
    const news: ProviderItem[] = [];
    let changed = 0;
    const inOrder = [...found].sort((a, b) => a.message.at - b.message.at);
    for (const one of inOrder) {
      const isNew = !this.#options.index.has(one.message.providerId);
      const item = this.#options.index.accept(one);
      if (isNew) added.push(one.message.providerId);
      else if (item !== undefined) changed += 1;
      if (item !== undefined) news.push(item);
    }
    if (news.length > 0) this.#options.emit(news);
    this.#options.taken();
    return { added, changed };
  }

  /** Brings a receipt, unless as much is known already. */
  receipt(receipt: AcsReceipt): void {
    const item = this.members.acceptReceipt(receipt);
    if (item !== undefined) this.#options.emit([item]);
  }

  /** We have stored this; the stream should bring it. */
  expectPush(id: string): void {
    this.#deafness.expect([id], this.#stream);
  }

  stop(): void {
    this.#cancelRead();
    this.#deafness.forget();
    this.#leaveStream();
  }

  get #isOver(): boolean {
    return this.#options.closing.aborted || this.#gone !== undefined;
  }

  async #took(result: ReadResult, isHeartbeat: boolean): Promise<void> {
    this.#isSynced = true;
    this.#failedReads = this.#missingReads = 0;
    this.#readError = undefined;
    if (isHeartbeat) this.#judgeStream(result);
    if (result.system) this.members.stale('members');
    this.#joinStream();
    this.#options.changed();
    if (this.#hasEnded) return;
    this.#askForReceipts();
    const receipts = await this.members.read(this.#options.thread);
    if (receipts.length > 0) this.#options.emit(receipts);
  }

  /** Nobody is pushed their own receipts, which another tab may have given, and those of others may be lost. */
  #askForReceipts(): void {
    const { context, heartbeatMs } = this.#options;
    const now = context.clock.now();
    const since = now - this.#receiptsAskedAt;
    if (this.#stream !== undefined && since >= 0 && since < heartbeatMs / 2) return;
    this.#receiptsAskedAt = now;
    this.members.stale('receipts');
  }

  #failed(error: unknown): void {
    this.#failedReads += 1;
    this.#readError = isContactCenterError(error)
      ? error
      : new ContactCenterError('channel/unavailable', 'unable to read messages', { retryable: true, cause: error });
    if (isContactCenterError(error, 'channel/not-permitted')) {
      this.members.forbidden();
      if (this.#hasEnded) return this.#rest();
    }
    this.#missingReads = isContactCenterError(error, 'channel/closed') ? this.#missingReads + 1 : 0;
    if (this.#missingReads >= missingReadsUntilClosed) return this.#end(this.#readError);
    this.#dueAt = Infinity;
    this.soon(this.#readError.retryAfterMs ?? backOff(this.#failedReads, this.#options.context.random));
  }

  #rest(): void {
    this.#isResting = true;
    this.stop();
  }

  /** Shorter by up to a tenth, so that many desks do not read at the same moment. */
  #pauseMs(): number {
    const { heartbeatMs, pollMs, context } = this.#options;
    const { upSince } = this.#stream ?? {};
    const isYoung = upSince !== undefined && context.clock.now() - upSince < youngStreamMs;
    const isTrusted = upSince !== undefined && !this.#deafness.isDoubted;
    const pause = isYoung ? Math.min(youngPollMs, pollMs) : isTrusted ? heartbeatMs : pollMs;
    return Math.round(pause * (1 - 0.1 * context.random.next()));
  }

  #joinStream(): void {
    if (this.#stream !== undefined || this.#hasEnded) return;
    this.#stream = this.#options.connection.stream();
    const leave = this.#stream?.add({
      threadId: this.#options.threadId,
      up: () => this.#catchUp(),
      down: (error) => this.#fell(error),
      receive: (event) => this.#receive(event),
    });
    if (leave !== undefined) this.#leaveStream = leave;
  }

  /** What happened while the stream was down is never pushed. */
  #catchUp(): void {
    this.#streamError = undefined;
    this.members.stale('members');
    this.members.stale('receipts');
    this.#deafness.forget();
    void this.sync('gap').then(() => this.soon(followUpMs));
  }

  #fell(error: ContactCenterError | undefined): void {
    this.#hadTrouble = true;
    this.#streamError = error;
    this.#deafness.forget();
    this.#options.changed();
    this.soon(this.#options.pollMs);
  }

  #receive(event: RealtimeEvent): void {
    const wasDoubted = this.#deafness.isDoubted;
    this.#deafness.heard(event.type === 'message' ? event.event.id : undefined);
    if (wasDoubted) this.#options.changed();
    switch (event.type) {
      case 'message':
        return this.#receiveMessage(event.event);
      case 'typing': {
        const sender = rawIdOf(event.event.sender);
        if (sender !== this.#options.self) this.#options.typing({ sender });
        return;
      }
      case 'receipt':
        return this.receipt(event.event);
      case 'participants':
        this.members.changed(event.added, event.removed);
        this.#options.changed();
        return this.soon(0);
      case 'thread-deleted':
        return this.#end(
          new ContactCenterError('channel/closed', 'unable to go on; the thread was deleted', {
            provider: { name: 'acs' },
          }),
        );
    }
  }

  #receiveMessage(event: AcsMessageEvent): void {
    const translated = fromEvent(event, this.#options.sanitise);
    const isNew = !this.#options.index.has(event.id);
    this.deliver([translated]);
    if (isNew && translated.message.sender !== this.#options.self) this.#options.heardOther();
  }

  /** A heartbeat found what the stream should have brought: perhaps that is only late, perhaps the stream is deaf. */
  #judgeStream({ added, changed }: ReadResult): void {
    if (!this.isLive) return;
    this.#deafness.expect(added, this.#stream);
    // An edit that was not pushed may have companions in older messages.
    if (changed > 0) void this.sync('gap');
  }

  #end(error: ContactCenterError): void {
    this.#gone = error;
    this.stop();
    this.#options.changed();
  }
}
