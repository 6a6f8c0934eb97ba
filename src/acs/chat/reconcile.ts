import { isContactCenterError } from 'onescreen';
import type { MessageIndex } from './message-index';
import type { AcsMessage, AcsPages } from './official-client';
import { Pager } from './pager';
import type { RateBudget } from '../rate-budget';
import { mayRecover, type Requests } from './requests';
import type { Sanitise } from './sanitise';
import { fromList, serverTime, type Translated } from './translate';

/** How far back to read even when nothing new is there, because an edit or a deletion shows only in the old message. */
export type Depth = keyof typeof depths;

const depths = {
  /** While the stream stands, or is polled. */
  recent: { messages: 50, pageSize: 50 },
  /** After a gap. */
  gap: { messages: 1_000, pageSize: 200 },
} as const;

/** Source: azure-docs, communication-services/concepts/service-limits.md. */
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
  /** Where `loadMore` has come to, and what it has read ahead. */
  #past: { readonly pager: Pager<AcsMessage>; readonly buffer: AcsMessage[] } | undefined;
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

  /** Messages of before this server time are to be read again by `loadMore`. */
  forget(before: number): void {
    this.#options.index.forget(before);
    this.#oldest = Math.max(this.#oldest, before);
    this.#past = undefined;
    this.#atStart = false;
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
    // No longer than what could have changed: a gap in a short chat costs a short page.
    const pager = this.#pager(Math.min(pageSize, Math.max(depths.recent.pageSize, this.#options.index.size)));
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
          const time = serverTime(listed);
          newest = Math.max(newest, time);
          oldest = Math.min(oldest, time);
          if (this.#options.index.isKnown(listed)) continue;
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
    this.#options.index.recall();
    const found: Translated[] = [];
    try {
      return await this.#older(pageSize, found);
    } catch (error) {
      // A list that broke off is started again from the newest; what was found stays found.
      if (!mayRecover(error) || isContactCenterError(error, 'channel/rate-limited')) throw error;
      return await this.#older(pageSize, found);
    } finally {
      this.#options.deliver(found);
    }
  }

  async #older(pageSize: number, found: Translated[]): Promise<{ readonly more: boolean }> {
    const { pager, buffer } = (this.#past ??= { pager: this.#pager(longestPage), buffer: [] });
    for (;;) {
      while (buffer.length === 0 && !this.#atStart) {
        const page = await this.#page(pager).catch((error: unknown) => {
          this.#past = undefined;
          throw error;
        });
        if (page === undefined) this.#atStart = true;
        else buffer.push(...page.filter((listed) => serverTime(listed) < this.#oldest));
      }
      const listed = found.length < pageSize ? buffer.shift() : undefined;
      if (listed === undefined) return { more: buffer.length > 0 };
      this.#oldest = Math.min(this.#oldest, serverTime(listed));
      const translated = fromList(listed, this.#options.sanitise);
      if (translated !== undefined) found.push(translated);
      else this.#options.index.acceptSystem(listed.id);
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
