import { given } from '../given';
import type { PreviousConversation } from '../protocol/agent-frames';
import type { LogEntry } from '../protocol/log-entry';
import type { MessageItem, TimelineItem } from './timeline-item';

/** What an earlier conversation adds to a timeline: the items of its log, and the messages that its control plane hosted. */
export function previousItems(
  { id, entries }: PreviousConversation,
  self: string,
  toItem: (entry: LogEntry) => TimelineItem | undefined,
): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  const names = new Map<string, string>();
  const messages = new Map<string, MessageItem>();
  for (const entry of entries) {
    const base = { id: `previous/${id}/${entry.seq}`, source: `previous/${id}` };
    const item = toItem(entry);
    if (item !== undefined) items.push({ ...item, ...base });
    if (entry.type === 'participant-joined') names.set(entry.participant.id, entry.participant.displayName);
    if (entry.type === 'message') {
      const { id: messageId, from, text } = entry.message;
      const fromName = names.get(from);
      messages.set(messageId, {
        ...{ ...base, kind: 'message', at: new Date(entry.at), seq: entry.seq, channelId: entry.channelId, from, text },
        ...given({ fromName }),
        direction: from === self ? 'out' : 'in',
        state: 'sent',
      });
    } else if (entry.type === 'message-edited' || entry.type === 'message-deleted') {
      const known = messages.get(entry.messageId);
      const at = new Date(entry.at);
      const change = entry.type === 'message-edited' ? { text: entry.text, editedAt: at } : { text: '', deletedAt: at };
      if (known !== undefined) messages.set(entry.messageId, { ...known, ...change });
    }
  }
  return [...items, ...messages.values()];
}
