import { Text } from '@fluentui/react-components';
import type { CallParticipant, VoiceState } from 'onescreen';
import { useConversation } from 'onescreen/react';
import { talkingWords } from './talking-words';
import { useConsult } from './use-consult';
import { usePeople } from './use-people';

/** Always there while the call is: whom the agent talks to, and who hears music. */
export function TalkingTo(props: {
  readonly taskId: string;
  readonly conversationId: string;
  readonly state: VoiceState;
  readonly participants: readonly CallParticipant[];
}) {
  const { taskId, conversationId, state, participants } = props;
  const conversation = useConversation(conversationId);
  const current = useConsult(taskId);
  const people = usePeople(taskId, conversationId, participants).map(({ name, inCall }) => ({
    name,
    status: inCall.status,
  }));
  // On hold, and none of the others is: the music is for us.
  const heldOurselves = state.status === 'held' && !people.some(({ status }) => status === 'held');
  const customer = conversation?.state.customer?.displayName ?? 'The customer';
  const consult = current && { ...current.state, purpose: current.consult.purpose };
  return (
    <Text role="status" aria-label="Talking to" weight="semibold">
      {heldOurselves && consult === undefined ? 'You hear music' : talkingWords(customer, people, consult)}
    </Text>
  );
}
