import type { LogEntry, MessageItem } from 'onescreen';

/** The messages of an earlier conversation that its control plane hosted, as they were left: read-only. */
export function previousMessages(source: string, entries: readonly LogEntry[], self: string): readonly MessageItem[] {
  const names = new Map<string, string>();
  const messages = new Map<string, MessageItem>();
  for (const entry of entries) {
    const at = new Date(entry.at);
    switch (entry.type) {
      case 'participant-joined':
        names.set(entry.participant.id, entry.participant.displayName);
        break;
      case 'message': {
        const { seq, channelId, message } = entry;
        const { id, from, text } = message;
        const fromName = names.get(from);
        messages.set(id, {
          ...{ kind: 'message', id: `${source}/${seq}`, at, source, seq, channelId, from, text },
          ...{ version: seq, state: 'sent' },
          ...(fromName !== undefined && { fromName }),
          direction: from === self ? 'out' : 'in',
        });
        break;
      }
      case 'message-edited':
      case 'message-deleted': {
        const known = messages.get(entry.messageId);
        const change =
          entry.type === 'message-edited' ? { text: entry.text, editedAt: at } : { text: '', deletedAt: at };
        if (known !== undefined) messages.set(entry.messageId, { ...known, ...change, version: entry.seq });
      }
    }
  }
  return [...messages.values()];
}
