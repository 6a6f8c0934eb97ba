import type { LogEntry } from '../protocol/log-entry';

/** Whether the customer may see an entry: messages, participants and channels; never tasks, notes or context. */
export function visibleToCustomer(entry: LogEntry): boolean {
  switch (entry.type) {
    case 'message':
    case 'message-edited':
    case 'message-deleted':
    case 'message-read':
    case 'participant-joined':
    case 'participant-left':
    case 'channel-opened':
    case 'channel-closed':
      return true;
    default:
      return false;
  }
}

/** What the customer sees of a log. The numbers of hidden entries are missing. */
export function customerView(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.filter(visibleToCustomer);
}
