import type { LogEntry } from '../protocol/log-entry';

/** Who wrote a message, and where the log has it. */
export interface KnownMessage {
  readonly from: string;
  readonly seq: number;
  readonly at: number;
  readonly deleted: boolean;
}

/** The messages of a conversation's chat in the log, and how far they were read. */
export class KnownMessages {
  readonly #messages = new Map<string, KnownMessage>();
  /** By the writer and the writer's own id. */
  readonly #byClientId = new Map<string, string>();
  /** Seq of the newest message that each participant has seen. */
  readonly #readUpTo = new Map<string, number>();

  get(id: string): KnownMessage | undefined {
    return this.#messages.get(id);
  }

  /** The one that this participant sent under this id of its own. */
  sent(
    from: string,
    clientId: string,
  ): { readonly messageId: string; readonly seq: number; readonly at: number } | undefined {
    const messageId = this.#byClientId.get(`${from} ${clientId}`);
    const known = messageId === undefined ? undefined : this.#messages.get(messageId);
    return messageId === undefined || known === undefined ? undefined : { messageId, seq: known.seq, at: known.at };
  }

  hasRead(participantId: string, seq: number): boolean {
    return (this.#readUpTo.get(participantId) ?? 0) >= seq;
  }

  /** What the log says from now on. */
  fold(entry: LogEntry): void {
    switch (entry.type) {
      case 'message': {
        const { id, from, clientId } = entry.message;
        this.#messages.set(id, { from, seq: entry.seq, at: entry.at, deleted: false });
        if (clientId !== undefined) this.#byClientId.set(`${from} ${clientId}`, id);
        return;
      }
      case 'message-read': {
        const seq = this.#messages.get(entry.messageId)?.seq ?? 0;
        if (entry.by.id !== undefined && !this.hasRead(entry.by.id, seq)) this.#readUpTo.set(entry.by.id, seq);
        return;
      }
      case 'message-deleted': {
        const known = this.#messages.get(entry.messageId);
        if (known !== undefined) this.#messages.set(entry.messageId, { ...known, deleted: true });
        return;
      }
      default:
    }
  }
}
