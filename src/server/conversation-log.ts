import { ContactCenterError, isContactCenterError, type Clock } from 'onescreen';
import type { Kept } from '../protocol/kept';
import { isHostedChatEntry, type Actor, type KeptFact, type LogEntry } from '../protocol/log-entry';
import { commandUnderWay } from './command-context';
import type { ConversationStore } from './conversation-store';
import { forPages } from './for-pages';
import type { Hooks } from './hooks';

/** Message entries that a snapshot holds; older ones are read with `log/before`. */
const recentMessages = 200;

/** What of a log a snapshot holds: all entries about the state, and the newest about messages. */
export interface RecentEntries {
  readonly entries: readonly LogEntry[];
  readonly more: boolean;
}

/**
 * The log of one conversation. Work on the conversation waits in one line, so that nothing interleaves;
 * an entry is told of once the store has it.
 */
export class ConversationLog {
  readonly conversationId: string;
  readonly #store: ConversationStore;
  readonly #clock: Clock;
  readonly #hooks: Hooks;
  readonly #kept: (fact: KeptFact) => Kept | undefined;
  readonly #appended: (entries: readonly LogEntry[]) => void;
  readonly #state: LogEntry[] = [];
  #messages: LogEntry[] = [];
  #more = false;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly conversationId: string;
    readonly store: ConversationStore;
    readonly clock: Clock;
    readonly hooks: Hooks;
    /** What is kept beside a fact for a server that takes the conversation up. */
    readonly kept: (fact: KeptFact) => Kept | undefined;
    readonly appended: (entries: readonly LogEntry[]) => void;
  }) {
    this.conversationId = options.conversationId;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#hooks = options.hooks;
    this.#kept = options.kept;
    this.#appended = options.appended;
  }

  /** Carries out `work` after all that was asked for before. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }

  /** Resolves when everything asked for so far is done. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /**
   * Adds facts; only from within {@link inTurn}. `late`: the store took them after that had been given up. Rejects with
   * `channel/unavailable` where the store fails.
   */
  async append(by: Actor, facts: readonly KeptFact[], late?: () => void): Promise<readonly LogEntry[]> {
    const at = this.#clock.now();
    const { conversationId } = this;
    const command = keptCommand();
    const entries = facts.map((fact) => {
      const kept = { ...this.#kept(fact), ...fact.kept, ...(command !== undefined && { command }) };
      return { at, by, ...fact, ...(Object.keys(kept).length > 0 && { kept }) };
    });
    const told = (stored: readonly LogEntry[]) => {
      const shown = forPages(stored);
      for (const entry of shown) this.#keep(entry);
      if (shown.length > 0) this.#appended(shown);
      return shown;
    };
    // What the store took after all is in the log: its numbers must not be missing.
    const stored = this.#hooks.call(
      { hook: 'store.append', conversationId },
      () => this.#store.append(conversationId, entries),
      (stored) => {
        told(stored);
        late?.();
      },
    );
    return told(await stored.catch((error: unknown) => Promise.reject(notStored(error))));
  }

  /** Takes over what the store holds already, as pages may be sent it. */
  recall(entry: LogEntry): void {
    this.#keep(entry);
  }

  recent(): RecentEntries {
    const messages = this.#messages.slice(-recentMessages);
    const entries = [...this.#state, ...messages].sort((a, b) => a.seq - b.seq);
    return { entries, more: this.#more || messages.length < this.#messages.length };
  }

  /** Message entries before `seq`, the newest `pageSize` of them. */
  async before(seq: number, pageSize: number): Promise<RecentEntries> {
    const { conversationId } = this;
    const found = await this.#hooks.call({ hook: 'store.read', conversationId }, () =>
      this.#store.read(conversationId, { before: seq, only: 'messages', limit: pageSize + 1 }),
    );
    return { entries: forPages(found.slice(-pageSize)), more: found.length > pageSize };
  }

  #keep(entry: LogEntry): void {
    if (!isHostedChatEntry(entry)) {
      this.#state.push(entry);
      return;
    }
    this.#messages.push(entry);
    if (this.#messages.length < 2 * recentMessages) return;
    this.#messages = this.#messages.slice(-recentMessages);
    this.#more = true;
  }
}

// Whatever the store has thrown, it may work again.
function notStored(error: unknown): ContactCenterError {
  if (isContactCenterError(error)) return error;
  const message = 'unable to carry out command; it could not be stored';
  return new ContactCenterError('channel/unavailable', message, { retryable: true, cause: error });
}

/** What the log keeps of the command that is being carried out. Messages are known by their own ids. */
function keptCommand(): Kept['command'] {
  const command = commandUnderWay();
  if (command === undefined || command.name.startsWith('message/')) return undefined;
  const { id, name, agentId } = command;
  return { id, name, ...(agentId !== undefined && { agentId }) };
}
