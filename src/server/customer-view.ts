import type { LogEntry, ParticipantRecord } from '../protocol/log-entry';

/** Whether the customer may see an entry: messages, participants and channels, with holds and recordings; never tasks, notes or context. */
export function visibleToCustomer(entry: LogEntry): boolean {
  switch (entry.type) {
    case 'message':
    case 'message-edited':
    case 'message-deleted':
    case 'message-read':
    case 'participant-joined':
    case 'participant-left':
    case 'channel-opened':
    case 'channel-changed':
    case 'channel-closed':
      return true;
    default:
      return false;
  }
}

/** What the customer sees of a log. The numbers of hidden entries are missing. */
export function customerView(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.filter(visibleToCustomer).map(withoutNumbers);
}

/** Whoever was added to a call has a number that is not the customer's business. */
function withoutNumbers(entry: LogEntry): LogEntry {
  return entry.type === 'participant-joined' ? { ...entry, participant: shownToCustomer(entry.participant) } : entry;
}

/** A participant as the customer's page may know them. An agent may have promised to call back at any number. */
export function shownToCustomer(participant: ParticipantRecord): ParticipantRecord {
  if (participant.role === 'expert') return { ...participant, providerRefs: {} };
  const { phone: _, ...providerRefs } = participant.providerRefs;
  return participant.role === 'customer' ? { ...participant, providerRefs } : participant;
}
