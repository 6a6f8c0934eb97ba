import type { ProviderItem, ProviderMessage, ProviderReceipt } from 'onescreen';
import type { HostedChatFact, LogEntry } from '../protocol/log-entry';
import type { Sanitise } from './sanitise';

type HostedEntry = LogEntry & HostedChatFact;
type MessageEntry = Pick<EntryOf<'message'>, 'seq' | 'at' | 'message'>;
type EntryOf<Type extends HostedEntry['type']> = Extract<HostedEntry, { readonly type: Type }>;

/** What is known of one message. Its entries may come in any order, and again. */
interface Known {
  message?: MessageEntry;
  edit?: EntryOf<'message-edited'>;
  deletion?: EntryOf<'message-deleted'>;
  /** The read entries that name it, by reader, until the message itself has come. */
  reads?: Map<string, EntryOf<'message-read'>>;
}

/** Turns the log's entries about one channel's messages into whole messages and receipts. */
export class HostedMessages {
  /** Left undefined, messages have no HTML. Set it before the first entry. */
  sanitise: Sanitise | undefined;
  readonly #channelId: string;
  readonly #known = new Map<string, Known>();
  #forgottenBefore = -Infinity;

  constructor(channelId: string) {
    this.#channelId = channelId;
  }

  /** What `entries` change. A message comes only once its own entry is known, with everything said about it so far. */
  take(entries: readonly HostedEntry[]): readonly ProviderItem[] {
    const touched = new Set<Known>();
    const receipts: ProviderReceipt[] = [];
    for (const entry of entries) {
      if (entry.channelId !== this.#channelId) continue;
      if (entry.type === 'message' && entry.at < this.#forgottenBefore) continue;
      const id = entry.type === 'message' ? entry.message.id : entry.messageId;
      const known = this.#known.get(id) ?? {};
      this.#known.set(id, known);
      if (note(known, entry)) touched.add(known);
      receipts.push(...takeReceipts(known));
    }
    const messages = [...touched].flatMap((known) =>
      known.message === undefined ? [] : [this.#toMessage(known, known.message)],
    );
    return [...messages, ...receipts];
  }

  /** Position of the oldest message that is held. */
  get oldest(): number {
    let oldest = Number.MAX_SAFE_INTEGER;
    for (const { message } of this.#known.values()) if (message !== undefined) oldest = Math.min(oldest, message.seq);
    return oldest;
  }

  /** A message of ours that the control plane has just stored, whether or not its entry has come. */
  stored(entry: MessageEntry): ProviderMessage {
    const known = this.#known.get(entry.message.id) ?? {};
    return this.#toMessage(known, known.message ?? entry);
  }

  /** Lets go of messages of before a server time; what was changed about them is kept for when they come again. */
  forget(before: number): void {
    this.#forgottenBefore = before;
    for (const [id, known] of this.#known) {
      if (known.message === undefined || known.message.at >= before) continue;
      delete known.message;
      if (known.edit === undefined && known.deletion === undefined) this.#known.delete(id);
    }
  }

  recall(): void {
    this.#forgottenBefore = -Infinity;
  }

  #toMessage({ edit, deletion }: Known, entry: MessageEntry): ProviderMessage {
    const { message } = entry;
    const content = deletion === undefined ? (edit ?? message) : { text: '', html: undefined };
    const html = content.html === undefined ? undefined : this.sanitise?.(content.html);
    return {
      kind: 'message',
      providerId: message.id,
      version: Math.max(entry.seq, edit?.seq ?? 0, deletion?.seq ?? 0),
      at: entry.at,
      seq: entry.seq,
      sender: message.from,
      ...(message.clientId !== undefined && { clientId: message.clientId }),
      text: content.text,
      ...(html !== undefined && { html }),
      ...(edit !== undefined && { editedAt: edit.at }),
      ...(deletion !== undefined && { deletedAt: deletion.at }),
    };
  }
}

/** True when the message looks different with `entry`. */
function note(known: Known, entry: HostedEntry): boolean {
  switch (entry.type) {
    case 'message':
      if (known.message !== undefined) return false;
      known.message = entry;
      return true;
    case 'message-edited':
      if (known.edit !== undefined && known.edit.seq >= entry.seq) return false;
      known.edit = entry;
      return true;
    case 'message-deleted':
      if (known.deletion !== undefined) return false;
      known.deletion = entry;
      return true;
    case 'message-read': {
      const reader = entry.by.id;
      if (reader === undefined) return false;
      known.reads ??= new Map();
      known.reads.set(reader, entry);
      return false;
    }
  }
}

/** A receipt says up to when; that is known once the message is. */
function takeReceipts(known: Known): readonly ProviderReceipt[] {
  const { message, reads } = known;
  if (message === undefined || reads === undefined) return [];
  delete known.reads;
  return [...reads.keys()].map((reader) => ({ kind: 'receipt', reader, upTo: message.at }));
}
