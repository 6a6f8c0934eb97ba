import { Text } from '@fluentui/react-components';
import type { CallParticipant } from 'onescreen';
import { useConversation } from 'onescreen/react';
import { personName } from './person-name';
import { talkingWords } from './talking-words';
import { useConsult } from './use-consult';

/** Always there while the call is: whom the agent talks to, and who hears music. */
export function TalkingTo(props: {
  readonly taskId: string;
  readonly conversationId: string;
  readonly participants: readonly CallParticipant[];
}) {
  const { taskId, conversationId, participants } = props;
  const conversation = useConversation(conversationId);
  const current = useConsult(taskId);
  const known = conversation?.participants ?? [];
  const people = participants.map((person) => ({ name: personName(person, known), status: person.status }));
  const customer = conversation?.state.customer?.displayName ?? 'The customer';
  const consult = current && { ...current.state, purpose: current.consult.purpose };
  return (
    <Text role="status" aria-label="Talking to" weight="semibold">
      {talkingWords(customer, people, consult)}
    </Text>
  );
}
