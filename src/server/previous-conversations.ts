import type { AgentCommands, PreviousConversation } from '../protocol/agent-frames';
import type { LogEntry } from '../protocol/log-entry';
import type { Conversation } from './conversation';
import { customerIdOf, type ConversationStore, type StoredConversation } from './conversation-store';
import { forPages } from './for-pages';
import type { Hooks } from './hooks';

/** Message entries of one earlier conversation that are shown, its newest ones (chosen; as many as a snapshot holds). */
const messagesShown = 200;

/** Most conversations of one answer, however many were opened at the same moment (chosen). */
const mostShown = 100;

interface Parts {
  readonly store: ConversationStore;
  readonly hooks: Hooks;
  /** Whether a conversation has not ended. */
  readonly isOpen: (conversationId: string) => boolean;
}

type Previous = AgentCommands['conversation/previous'];

/**
 * Conversations of the same customer that have ended, the one opened last first, with all that agents could see of them
 * but the oldest of many messages. None for a customer who is nobody in particular, or when the store cannot find them.
 * Those opened in the same millisecond come on one page, which may be larger then.
 */
export async function previousConversations(
  { store, hooks, isOpen }: Parts,
  { id: conversationId, context }: Conversation,
  { before, pageSize }: Pick<Previous['args'], 'before' | 'pageSize'>,
): Promise<Previous['result']> {
  const customerId = customerIdOf(context);
  if (customerId === undefined || store.conversationsOf === undefined) return { conversations: [], more: false };
  const read = <T>(work: () => Promise<T>) => hooks.call({ hook: 'store.read', conversationId }, work);
  const find = store.conversationsOf.bind(store);
  for (let limit = pageSize + 1; ; limit *= 2) {
    const known = await read(() => find(customerId, { limit, ...(before !== undefined && { before }) }));
    const ended = known.filter(({ id }) => id !== conversationId && !isOpen(id));
    const page = pageOf(ended, pageSize);
    if (known.length >= limit && page.length === ended.length) continue;
    const conversations = await Promise.all(
      page.map(async ({ id, openedAt }): Promise<PreviousConversation> => {
        const state = await read(() => store.read(id, { only: 'state' }));
        const messages = await read(() => store.read(id, { only: 'messages', limit: messagesShown }));
        return { id, openedAt, entries: inOrder([...state, ...messages]) };
      }),
    );
    return { conversations, more: page.length < ended.length };
  }
}

/** The first `size`, and those opened at the same moment as the last of them: the next page begins before that. */
function pageOf(ended: readonly StoredConversation[], size: number): readonly StoredConversation[] {
  const last = ended[size - 1];
  if (last === undefined) return ended;
  return ended.slice(0, mostShown).filter(({ openedAt }, index) => index < size || openedAt === last.openedAt);
}

function inOrder(entries: readonly LogEntry[]): readonly LogEntry[] {
  return [...forPages(entries)].sort((a, b) => a.seq - b.seq);
}
