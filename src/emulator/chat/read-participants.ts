import type { Emulation } from '../emulation';
import { badRequest } from '../http/service-error';
import { optionalMetadata, optionalString, optionalTime, requireArray, requireObject } from '../http/validation';
import { readIdentifier } from '../identity/identifiers';
import { resourceOf } from '../identity/identifiers';
import type { InvalidParticipant, ParticipantRecord } from '../records';

/** Reads the participants of a create or add request, each user once. Throws 400 when the request as a whole is malformed or too long. */
export function readParticipants(emulation: Emulation, value: unknown): readonly ParticipantRecord[] {
  const entries = requireArray(value, 'participants');
  const limit = emulation.limits.size('participantsPerRequest');
  if (entries.length > limit) throw badRequest(`At most ${limit} participants can be added at once.`, 'participants');
  const participants = new Map<string, ParticipantRecord>();
  entries.forEach((entry, index) => {
    const participant = readParticipant(emulation, entry, `participants[${index}]`);
    participants.set(participant.id, participant);
  });
  return [...participants.values()];
}

/** Parts those who can join from those who cannot; the latter do not make the request fail. */
export function admit(
  emulation: Emulation,
  asked: readonly ParticipantRecord[],
): { valid: readonly ParticipantRecord[]; invalid: readonly InvalidParticipant[] } {
  const valid: ParticipantRecord[] = [];
  const invalid: InvalidParticipant[] = [];
  for (const participant of asked) {
    const reason = refusal(emulation, participant.id);
    if (reason === undefined) valid.push(participant);
    else invalid.push({ target: participant.id, ...reason });
  }
  return { valid, invalid };
}

export function requireRoom(emulation: Emulation, count: number): void {
  const limit = emulation.limits.size('participantsPerThread');
  if (count > limit) throw badRequest(`A chat thread can have at most ${limit} participants.`, 'participants');
}

function refusal(emulation: Emulation, id: string): Pick<InvalidParticipant, 'code' | 'message'> | undefined {
  const identity = emulation.store.identity(id);
  if (identity !== undefined && !identity.deleted) return undefined;
  const resource = resourceOf(id);
  if (resource !== undefined && resource !== emulation.resourceId)
    return { code: '403', message: 'Permissions check failed' };
  return { code: '404', message: 'Participant not found' };
}

function readParticipant(emulation: Emulation, value: unknown, field: string): ParticipantRecord {
  const entry = requireObject(value, field);
  const id = readIdentifier(entry.communicationIdentifier, `${field}.communicationIdentifier`);
  const displayName = optionalString(entry.displayName, `${field}.displayName`);
  const metadata = optionalMetadata(entry.metadata, `${field}.metadata`, emulation.limits.size('metadataBytes'));
  return {
    id,
    ...(displayName !== undefined && { displayName }),
    shareHistoryTime: optionalTime(entry.shareHistoryTime, `${field}.shareHistoryTime`) ?? 0,
    ...(metadata !== undefined && { metadata }),
  };
}
