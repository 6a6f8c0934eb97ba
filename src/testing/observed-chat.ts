import type { ChatSession, ProviderMessage, ProviderReceipt, ProviderTyping } from 'onescreen';

/** A chat session with what came out of it, folded as the client folds it. */
export interface ObservedChat {
  readonly session: ChatSession;
  readonly receipts: readonly ProviderReceipt[];
  readonly typing: readonly ProviderTyping[];
  /** How often anything was emitted. */
  readonly emissions: number;
  readonly completed: boolean;
  byId(providerId: string): ProviderMessage | undefined;
  find(text: string): ProviderMessage | undefined;
  has(text: string): boolean;
  /** How many messages with this text there are. */
  count(text: string): number;
  /** How often a message with this text was brought. */
  brought(text: string): number;
  /** The texts of all messages, in the timeline's order. */
  texts(): readonly string[];
}

/** Listens to a session from the moment it is opened. */
export function observeChat(session: ChatSession): ObservedChat {
  const messages = new Map<string, ProviderMessage>();
  const receipts: ProviderReceipt[] = [];
  const typing: ProviderTyping[] = [];
  const brought = new Map<string, number>();
  let emissions = 0;
  let completed = false;
  session.items$.subscribe({
    next: (items) => {
      emissions++;
      for (const item of items) {
        if (item.kind === 'message') brought.set(item.text, (brought.get(item.text) ?? 0) + 1);
        if (item.kind === 'receipt') receipts.push(item);
        else if ((messages.get(item.providerId)?.version ?? -1) < item.version) messages.set(item.providerId, item);
      }
    },
    complete: () => (completed = true),
  });
  session.typing$.subscribe((signal) => {
    emissions++;
    typing.push(signal);
  });
  const all = () => [...messages.values()].sort((a, b) => a.at - b.at || a.seq - b.seq);
  const count = (text: string) => all().filter((message) => message.text === text).length;
  return {
    session,
    receipts,
    typing,
    get emissions() {
      return emissions;
    },
    get completed() {
      return completed;
    },
    byId: (providerId) => messages.get(providerId),
    find: (text) => all().find((message) => message.text === text),
    has: (text) => count(text) > 0,
    count,
    brought: (text) => brought.get(text) ?? 0,
    texts: () => all().map((message) => message.text),
  };
}
