import {
  combine,
  isMeetingChannel,
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
import { useConversationObject } from './hooks';
import { shared } from './shared';
import { useLive } from './use-live';

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
  const found = useLive(useConversationObject(conversationId)?.channels$)?.get('meeting');
  return useLive(meetingView(isMeetingChannel(found) ? found : undefined));
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

const nobody: readonly InvitationRecord[] = [];

/** Invitations that the customer has not answered, each with the command that takes it back. */
export function useInvitations(
  conversationId: string,
): readonly (InvitationRecord & { readonly withdraw: (options?: CommandOptions) => Promise<void> })[] {
  const conversation = useConversationObject(conversationId);
  const invitations = useLive(conversation?.invitations$) ?? nobody;
  return useMemo(
    () =>
      invitations.map((invitation) => ({
        ...invitation,
        withdraw: async (options) => conversation?.withdraw(invitation.id, options),
      })),
    [conversation, invitations],
  );
}

/** The conversation that the agent looks at, in all tabs, and the command that turns to another one; none: `undefined`. */
export function useFocus(): {
  readonly conversation: Conversation | undefined;
  readonly setFocus: (conversationId?: string) => void;
} {
  const client = useContactCenter();
  const conversation = useLive(client.focus$);
  const setFocus = useCallback((conversationId?: string) => client.setFocus(conversationId), [client]);
  return { conversation, setFocus };
}
