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
    case 'invitation':
      return true;
    default:
      return false;
  }
}

/** What the customer with this participant id sees of a log. The numbers of hidden entries are missing. */
export function customerView(entries: readonly LogEntry[], customerId: string): readonly LogEntry[] {
  return entries.filter((entry) => visibleToCustomer(entry) && isAboutAll(entry, customerId)).map(withoutInside);
}

/** In a meeting, what happens to others is theirs. */
function isAboutAll(entry: LogEntry, customerId: string): boolean {
  return entry.type !== 'channel-changed' || (entry.participantId ?? customerId) === customerId;
}

/** Whoever was added to a call has a number that is not the customer's business; neither is which task invites. */
function withoutInside(entry: LogEntry): LogEntry {
  switch (entry.type) {
    case 'participant-joined':
      return { ...entry, participant: shownToCustomer(entry.participant) };
    case 'invitation': {
      const { taskId: _, ...invitation } = entry.invitation;
      return { ...entry, invitation };
    }
    default:
      return entry;
  }
}

/** Which channel an entry is about, or was said in. */
export function channelIdOf(entry: LogEntry): string | undefined {
  return 'channelId' in entry ? entry.channelId : undefined;
}

/** A participant as the customer's page may know them. An agent may have promised to call back at any number. */
export function shownToCustomer(participant: ParticipantRecord): ParticipantRecord {
  if (participant.role === 'expert') return { ...participant, providerRefs: {} };
  const { phone: _, ...providerRefs } = participant.providerRefs;
  if (participant.role === 'customer') return { ...participant, providerRefs };
  const { agentId: _agentId, ...shown } = participant;
  return shown;
}
