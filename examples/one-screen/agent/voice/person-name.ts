import type { CallParticipant, Participant } from 'onescreen';

/** Somebody in a call, and who of the conversation it is. */
export interface Person {
  readonly inCall: CallParticipant;
  readonly known: Participant | undefined;
  readonly name: string;
}

/**
 * Everybody in a call by name. Whoever goes by a name that the conversation does not know is the customer, where that
 * is the only one left: a customer who is called back is called on another line.
 */
export function peopleOf(inCall: readonly CallParticipant[], known: readonly Participant[]): readonly Person[] {
  const there = inCall.filter(({ status }) => status !== 'gone');
  const matches = there.map((person) => known.find((one) => isSame(person, one)));
  const unmatched = matches.filter((match) => match === undefined).length;
  const customer = known.find(({ role }) => role === 'customer');
  const isLeft = unmatched === 1 && customer !== undefined && !matches.includes(customer);
  return there.map((person, index) => {
    const match = matches[index] ?? (isLeft ? customer : undefined);
    return { inCall: person, known: match, name: match?.displayName ?? person.displayName ?? 'Somebody' };
  });
}

function isSame({ providerRefs }: CallParticipant, known: Participant): boolean {
  const refs = Object.values(providerRefs);
  return Object.values(known.providerRefs).some((ref) => refs.includes(ref));
}
