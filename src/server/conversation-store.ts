import { isHostedChatEntry, type LogEntry, type LogFact } from '../protocol/log-entry';

/** An entry before the store has given it its place. */
export type NewLogEntry = Pick<LogEntry, 'at' | 'by'> & LogFact;

/** Which entries to read; all conditions hold together. */
export interface LogQuery {
  /** First seq wanted. */
  readonly from?: number;
  /** Only entries before this seq. */
  readonly before?: number;
  /** `messages`: what a chat in the log is made of; `state`: everything else. */
  readonly only?: 'messages' | 'state';
  /** At most so many, the newest of those that fit. */
  readonly limit?: number;
}

/** Keeps the logs of conversations. In memory here; a vendor may bring a database. */
export interface ConversationStore {
  /**
   * Adds entries to a conversation's log, all or none, and resolves with them as they now stand there:
   * `seq` counts up by one from 1, `at` is never smaller than the entry's before.
   */
  append(conversationId: string, entries: readonly NewLogEntry[]): Promise<readonly LogEntry[]>;
  /** Entries in ascending order; none for an unknown conversation. */
  read(conversationId: string, query?: LogQuery): Promise<readonly LogEntry[]>;
}

/** A store in this process's memory, forgotten when the process ends. It keeps every conversation it is given. */
export function memoryStore(): ConversationStore {
  const logs = new Map<string, LogEntry[]>();
  return {
    async append(conversationId, entries) {
      const log = logs.get(conversationId) ?? [];
      logs.set(conversationId, log);
      const added: LogEntry[] = [];
      for (const entry of entries) {
        const at = Math.max(entry.at, log.at(-1)?.at ?? entry.at);
        const placed: LogEntry = { ...entry, seq: log.length + 1, at };
        log.push(placed);
        added.push(placed);
      }
      return added;
    },
    async read(conversationId, { from = 1, before = Infinity, only, limit = Infinity } = {}) {
      const log = logs.get(conversationId) ?? [];
      const found: LogEntry[] = [];
      for (let index = Math.min(log.length, before - 1) - 1; index >= from - 1 && found.length < limit; index--) {
        const entry = log[index];
        if (entry === undefined) break;
        if (only === undefined || isHostedChatEntry(entry) === (only === 'messages')) found.push(entry);
      }
      return found.reverse();
    },
  };
}
