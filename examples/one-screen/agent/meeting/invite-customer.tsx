import { Button } from '@fluentui/react-components';
import { PersonAddRegular } from '@fluentui/react-icons/svg/person-add';
import type { MeetingChannel, MeetingParticipant, Timeline } from 'onescreen';
import { useConversation, useInvitations, useTimeline } from 'onescreen/react';
import { useRun } from '../reports';

/** Invites the customer into a meeting that was for colleagues, or that they have left. */
export function InviteCustomer(props: {
  readonly conversationId: string;
  readonly meeting: MeetingChannel;
  /** Who is in it; undefined for an agent who is not in it here, and so does not see who is. */
  readonly participants: readonly MeetingParticipant[] | undefined;
}) {
  const { conversationId, meeting, participants } = props;
  const run = useRun();
  const current = useConversation(conversationId);
  const invitations = useInvitations(conversationId);
  const name = current?.state.customer?.providerRefs['meeting'];
  const timeline = useTimeline(conversationId);
  const isIn =
    participants === undefined
      ? cameLast(timeline, meeting.id, current?.state.customer?.id)
      : participants.some(({ providerRefs }) => Object.values(providerRefs).some((ref) => ref === name));
  const isInvited = invitations.some(({ channelId }) => channelId === meeting.id);
  if (current === undefined || isIn || isInvited) return null;
  return (
    <Button icon={<PersonAddRegular />} onClick={() => run(() => current.conversation.invite(meeting.id))}>
      Invite the customer
    </Button>
  );
}

/** Whether the last that is told of somebody in a meeting is that they came. */
function cameLast(timeline: Timeline | undefined, meetingId: string, participantId: string | undefined): boolean {
  for (let index = (timeline?.length ?? 0) - 1; index >= 0; index--) {
    const item = timeline?.at(index);
    if (item?.kind !== 'channel' || item.channelId !== meetingId || item.participantId !== participantId) continue;
    if (came.has(item.change)) return true;
    if (went.has(item.change)) return false;
  }
  return false;
}

const came: ReadonlySet<string> = new Set(['waiting', 'joined']);
const went: ReadonlySet<string> = new Set(['left', 'denied', 'lobby-timeout', 'removed', 'failed']);
