import type { Labels } from 'onescreen';
import type { Availability } from '../protocol/agent-frames';
import { isHostedChatEntry, type LogEntry, type LogFact } from '../protocol/log-entry';

/** An entry before the store has given it its place. */
export type NewLogEntry = Pick<LogEntry, 'at' | 'by' | 'kept'> & LogFact;

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

/** A conversation in a store. */
export interface StoredConversation {
  readonly id: string;
  /** Epoch milliseconds of its first entry. */
  readonly openedAt: number;
}

/** What an agent wants, for when the agent comes back to a server that was started anew. */
export interface StoredAgent {
  readonly id: string;
  readonly availability: Availability;
  readonly next?: Availability;
  /** Since when none of the agent's pages is there, epoch milliseconds. Left out: one is. */
  readonly goneAt?: number;
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
  /**
   * The conversations in whose context this is the `customerId` now, the one opened last first; at most `limit` of those
   * opened before `before` (epoch ms). Left out: agents are shown no earlier conversations.
   */
  conversationsOf?(
    customerId: string,
    query: { readonly before?: number; readonly limit: number },
  ): Promise<readonly StoredConversation[]>;
  /**
   * The conversations that have not ended, the one opened first first: those whose log has no entry of type
   * `conversation-ended`. A server that starts takes them up. Left out: it starts with none.
   */
  open?(): Promise<readonly StoredConversation[]>;
  /**
   * Remembers what an agent wants, in place of what was remembered of that agent before; undefined: nothing any more.
   * Left out, like `agents`: after a restart agents come back unavailable.
   */
  keepAgent?(agentId: string, agent: StoredAgent | undefined): Promise<void>;
  /** All agents who are remembered, in any order. */
  agents?(): Promise<readonly StoredAgent[]>;
}

/** Who the customer is, by a conversation's context; undefined for nobody in particular. */
export function customerIdOf({
  customerId,
}: { readonly [Key in keyof Labels]: Labels[Key] | null }): string | undefined {
  const isName = (typeof customerId === 'string' && customerId !== '') || typeof customerId === 'number';
  return isName ? String(customerId) : undefined;
}

/** A store in this process's memory, forgotten when the process ends. It keeps every conversation it is given. */
export function memoryStore(): ConversationStore {
  const logs = new Map<string, LogEntry[]>();
  const customers = new Map<string, string>();
  const conversations = new Map<string, Set<string>>();
  const open = new Set<string>();
  const agents = new Map<string, StoredAgent>();
  const stored = (id: string): StoredConversation => ({ id, openedAt: logs.get(id)?.[0]?.at ?? 0 });
  const belongs = (conversationId: string, customerId: string | undefined) => {
    const before = customers.get(conversationId);
    if (before !== undefined) conversations.get(before)?.delete(conversationId);
    customers.delete(conversationId);
    if (customerId === undefined) return;
    customers.set(conversationId, customerId);
    conversations.set(customerId, (conversations.get(customerId) ?? new Set()).add(conversationId));
  };
  return {
    async append(conversationId, entries) {
      const log = logs.get(conversationId) ?? [];
      logs.set(conversationId, log);
      const added: LogEntry[] = [];
      for (const entry of entries) {
        const at = Math.max(entry.at, log.at(-1)?.at ?? entry.at);
        const placed: LogEntry = { ...entry, seq: log.length + 1, at };
        log.push(placed);
        if (entry.type === 'conversation-opened') belongs(conversationId, customerIdOf(entry.context));
        else if (entry.type === 'context-changed' && Object.hasOwn(entry.patch, 'customerId'))
          belongs(conversationId, customerIdOf(entry.patch));
        if (entry.type === 'conversation-ended') open.delete(conversationId);
        else if (placed.seq === 1) open.add(conversationId);
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
    async conversationsOf(customerId, { before = Infinity, limit }) {
      return [...(conversations.get(customerId) ?? [])]
        .map(stored)
        .filter(({ openedAt }) => openedAt < before)
        .sort((a, b) => b.openedAt - a.openedAt)
        .slice(0, limit);
    },
    open: async () => [...open].map(stored).sort((a, b) => a.openedAt - b.openedAt),
    async keepAgent(agentId, agent) {
      if (agent === undefined) agents.delete(agentId);
      else agents.set(agentId, agent);
    },
    agents: async () => [...agents.values()],
  };
}
