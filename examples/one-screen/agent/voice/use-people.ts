import type { CallParticipant } from 'onescreen';
import { useConsults, useConversation } from 'onescreen/react';
import { peopleOf, type Person } from './person-name';

/** Everybody else in a call by name; for whom the agent has brought in, the name that the agent chose. */
export function usePeople(
  taskId: string,
  conversationId: string,
  inCall: readonly CallParticipant[],
): readonly Person[] {
  const known = useConversation(conversationId)?.participants ?? [];
  const asked = useConsults(taskId);
  return peopleOf(inCall, known).map((person) => {
    const consult = asked.find(
      ({ state }) => state.participantId !== undefined && state.participantId === person.known?.id,
    );
    return consult === undefined ? person : { ...person, name: consult.state.displayName };
  });
}
