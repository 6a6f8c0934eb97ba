import { Button } from '@fluentui/react-components';
import { PersonAddRegular } from '@fluentui/react-icons/svg/person-add';
import type { MeetingChannel, MeetingParticipant } from 'onescreen';
import { useConversation, useInvitations } from 'onescreen/react';
import { useRun } from '../reports';

/** Invites the customer into a meeting that was for colleagues, or that they have left. */
export function InviteCustomer(props: {
  readonly conversationId: string;
  readonly meeting: MeetingChannel;
  readonly participants: readonly MeetingParticipant[];
}) {
  const { conversationId, meeting, participants } = props;
  const run = useRun();
  const current = useConversation(conversationId);
  const invitations = useInvitations(conversationId);
  const name = current?.state.customer?.providerRefs['meeting'];
  const isIn = participants.some(({ providerRefs }) => Object.values(providerRefs).some((ref) => ref === name));
  const isInvited = invitations.some(({ channelId }) => channelId === meeting.id);
  if (current === undefined || isIn || isInvited) return null;
  return (
    <Button icon={<PersonAddRegular />} onClick={() => run(() => current.conversation.invite(meeting.id))}>
      Invite the customer
    </Button>
  );
}
