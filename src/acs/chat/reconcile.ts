import type { MessageIndex } from './message-index';
import type { AcsMessage, AcsPages } from './official-client';
import { Pager } from './pager';
import type { RateBudget } from './rate-budget';
import type { Requests } from './requests';
import type { Sanitise } from './sanitise';
import { fromList, timeOf, type Translated } from './translate';

/** How far back to read even when nothing new is there, because an edit or a deletion shows only in the old message. */
export type Depth = keyof typeof depths;

const depths = {
  /** While the stream stands, or is polled. */
  recent: { messages: 50, pageSize: 50 },
  /** After a gap. */
  gap: { messages: 1_000, pageSize: 200 },
} as const;

const longestPage = 200;

export interface ReaderOptions {
  readonly requests: Requests;
  readonly budget: RateBudget;
  readonly closing: AbortSignal;
  readonly index: MessageIndex;
  readonly sanitise: Sanitise | undefined;
  readonly list: (options: { abortSignal: AbortSignal; maxPageSize: number }) => Promise<AcsPages<AcsMessage>>;
  /** Takes what was read; says which of it was news. */
  readonly deliver: (found: readonly Translated[]) => ReadNews;
}

/** What nobody had brought before it was read. */
export interface ReadNews {
  /** Ids of messages not seen before. */
  readonly added: readonly string[];
  /** How many known messages came in a newer version. */
  readonly changed: number;
}

export interface ReadResult extends ReadNews {
  /** True when there are system messages not seen before, such as for participants. */
  readonly system: boolean;
}

/** Reads a thread newest first, back to where the last complete read began, and deeper for edits and deletions. */
export class ThreadReader {
  readonly #options: ReaderOptions;
  /** Newest id of the last complete read: everything up to it has been brought. */
  #syncedTo: number | undefined;
  /** Oldest id that was read, without a gap up to the newest. */
  #oldest = Infinity;
  #running: Promise<ReadResult> | undefined;
  #queued: Promise<ReadResult> | undefined;
  #wanted: Depth = 'recent';
  #loading: Promise<unknown> = Promise.resolve();
  #older: { readonly pager: Pager<AcsMessage>; readonly buffer: AcsMessage[] } | undefined;
  #atStart = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Resolves after a read that began after this call. Calls during a read share the next one. @throws ContactCenterError */
  read(depth: Depth): Promise<ReadResult> {
    if (depth === 'gap') this.#wanted = 'gap';
    this.#queued ??= this.#after(this.#running);
    return this.#queued;
  }

  /** Brings at least `pageSize` older messages, unless there are fewer. @throws ContactCenterError */
  loadMore(pageSize: number): Promise<{ readonly more: boolean }> {
    const turn = this.#loading.then(() => this.#loadMore(pageSize));
    this.#loading = turn.catch(() => {});
    return turn;
  }

  async #after(running: Promise<unknown> | undefined): Promise<ReadResult> {
    await running?.catch(() => {}); // Its own callers hear of its failure.
    this.#queued = undefined;
    const depth = this.#wanted;
    this.#wanted = 'recent';
    this.#running = this.#read(depth);
    return this.#running;
  }

  async #read(depth: Depth): Promise<ReadResult> {
    const { messages, pageSize } = depths[this.#syncedTo === undefined ? 'recent' : depth];
    const pager = this.#pager(pageSize);
    const found: Translated[] = [];
    let system = false;
    let news: ReadNews = { added: [], changed: 0 };
    let count = 0;
    let newest = this.#syncedTo ?? 0;
    let oldest = Infinity;
    try {
      for (let isEnough = false; !isEnough;) {
        const page = await this.#page(pager);
        if (page === undefined) break;
        for (const listed of page) {
          const time = timeOf(listed.id);
          newest = Math.max(newest, time);
          oldest = Math.min(oldest, time);
          const translated = fromList(listed, this.#options.sanitise);
          if (translated !== undefined) found.push(translated);
          else if (this.#options.index.acceptSystem(listed.id)) system = true;
        }
        count += page.length;
        const isDeepEnough = count >= messages || oldest <= this.#oldest;
        isEnough = this.#syncedTo === undefined ? count >= messages : oldest <= this.#syncedTo && isDeepEnough;
      }
    } finally {
      // Of a read that broke off, too: the next one fills what is missing.
      news = this.#options.deliver(found);
    }
    this.#syncedTo = newest;
    this.#oldest = Math.min(this.#oldest, oldest);
    return { ...news, system };
  }

  async #loadMore(pageSize: number): Promise<{ readonly more: boolean }> {
    if (this.#syncedTo === undefined) await this.read('recent');
    const found: Translated[] = [];
    try {
      const older = (this.#older ??= { pager: this.#pager(longestPage), buffer: [] });
      for (;;) {
        while (older.buffer.length === 0 && !this.#atStart) {
          const page = await this.#page(older.pager);
          if (page === undefined) this.#atStart = true;
          else older.buffer.push(...page.filter((listed) => timeOf(listed.id) < this.#oldest));
        }
        const listed = found.length < pageSize ? older.buffer.shift() : undefined;
        if (listed === undefined) break;
        this.#oldest = Math.min(this.#oldest, timeOf(listed.id));
        const translated = fromList(listed, this.#options.sanitise);
        if (translated !== undefined) found.push(translated);
        else this.#options.index.acceptSystem(listed.id);
      }
      return { more: older.buffer.length > 0 };
    } catch (error) {
      this.#older = undefined;
      throw error;
    } finally {
      this.#options.deliver(found);
    }
  }

  async #page(pager: Pager<AcsMessage>): Promise<readonly AcsMessage[] | undefined> {
    await this.#options.budget.take(this.#options.closing);
    return pager.next();
  }

  #pager(maxPageSize: number): Pager<AcsMessage> {
    const { requests, list, closing } = this.#options;
    return new Pager(requests, 'read messages', () => list({ maxPageSize, abortSignal: closing }));
  }
}
