import {
  combine,
  isMeetingChannel,
  select,
  type CallQuality,
  type Caption,
  type ChatChannel,
  type CommandOptions,
  type Conversation,
  type InvitationRecord,
  type LobbyGuest,
  type MeetingCapabilities,
  type MeetingChannel,
  type MeetingParticipant,
  type MeetingPicture,
  type MeetingState,
} from 'onescreen';
import { useCallback, useMemo } from 'react';
import { useContactCenter } from './contact-center-provider';
import { useChannels } from './hooks';
import { shared } from './shared';
import { useOfClient, useValue } from './use-live';
import { conversationHook } from './use-member';

/** The meeting of a conversation with the state of the moment; `meeting` has the commands. */
export function useMeeting(conversationId: string):
  | {
      readonly meeting: MeetingChannel;
      readonly state: MeetingState;
      readonly capabilities: MeetingCapabilities;
      readonly participants: readonly MeetingParticipant[];
      readonly lobby: readonly LobbyGuest[];
      readonly pictures: readonly MeetingPicture[];
      readonly captions: readonly Caption[];
      readonly quality: CallQuality;
      /** The meeting's own chat, while this side is in. */
      readonly chat: ChatChannel | undefined;
    }
  | undefined {
  const found = useChannels(conversationId)?.get('meeting');
  return useValue(meetingView(isMeetingChannel(found) ? found : undefined));
}

const meetingView = shared((meeting: MeetingChannel) => {
  const { state$, capabilities$, participants$, lobby$, pictures$, captions$, quality$, chat$ } = meeting;
  return combine([state$, capabilities$, participants$, lobby$, pictures$, captions$, quality$, chat$], () => ({
    meeting,
    state: state$.value,
    capabilities: capabilities$.value,
    participants: participants$.value,
    lobby: lobby$.value,
    pictures: pictures$.value,
    captions: captions$.value,
    quality: quality$.value,
    chat: chat$.value,
  }));
});

type Invitation = InvitationRecord & { readonly withdraw: (options?: CommandOptions) => Promise<void> };

const nobody: readonly Invitation[] = [];

/** Invitations that the customer has not answered, each with the command that takes it back. */
export function useInvitations(conversationId: string): readonly Invitation[] {
  return useInvitationsOf(conversationId) ?? nobody;
}

const useInvitationsOf = conversationHook(
  shared((conversation: Conversation) =>
    select(conversation.invitations$, (invitations): readonly Invitation[] =>
      invitations.map((invitation) => ({
        ...invitation,
        withdraw: (options) => conversation.withdraw(invitation.id, options),
      })),
    ),
  ),
);

/** The conversation that the agent looks at, in all tabs, and the command that turns to another one; none: `undefined`. */
export function useFocus(): {
  readonly conversation: Conversation | undefined;
  readonly setFocus: (conversationId?: string) => void;
} {
  const client = useContactCenter();
  const conversation = useOfClient(({ focus$ }) => focus$);
  const setFocus = useCallback((conversationId?: string) => client.setFocus(conversationId), [client]);
  return useMemo(() => ({ conversation, setFocus }), [conversation, setFocus]);
}
