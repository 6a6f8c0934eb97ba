import type { CallParticipant, Participant } from 'onescreen';

/** Who of the conversation somebody in its call is. */
export function participantOf(
  { providerRefs }: CallParticipant,
  known: readonly Participant[],
): Participant | undefined {
  const refs = Object.values(providerRefs);
  return known.find((one) => Object.values(one.providerRefs).some((ref) => refs.includes(ref)));
}

/** What somebody in a call is called. */
export function personName(person: CallParticipant, known: readonly Participant[]): string {
  return participantOf(person, known)?.displayName ?? person.displayName ?? 'Somebody';
}
