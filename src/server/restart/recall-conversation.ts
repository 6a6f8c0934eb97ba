import type { Kept } from '../../protocol/kept';
import type { LogEntry } from '../../protocol/log-entry';
import { isCallHost, type ChannelHost } from '../channel-host';
import type { Conversation } from '../conversation';
import { isForPages, withoutKept } from '../for-pages';

/** As the log names a channel and its host. */
export type RecalledChannel = Extract<LogEntry, { readonly type: 'channel-opened' }>;

/** Rebuilds a conversation, which is new here, from what its log says; `hostOf` finds who serves a channel. */
export function recallConversation(
  conversation: Conversation,
  entries: readonly LogEntry[],
  hostOf: (channel: RecalledChannel) => ChannelHost,
): void {
  for (const { kept = {}, ...entry } of entries) {
    recallKept(conversation, kept);
    if (!isForPages(entry)) {
      if (entry.type === 'conversation-ended') conversation.ended = true;
      continue;
    }
    if (entry.type === 'channel-opened') recallChannel(conversation, entry, kept, hostOf(entry));
    if (entry.type === 'participant-joined') {
      conversation.recallParticipant(entry.participant, kept.agent?.id);
      if (kept.concealed === true) conversation.conceal(entry.participant.id);
    }
    const shown = withoutKept(entry);
    conversation.recallEntry(shown);
    recallRevealed(conversation, shown);
  }
  const chats = conversation.allChannels.filter(({ host }) => !isCallHost(host));
  for (const { id } of conversation.agents) for (const { channelId } of chats) conversation.entered(channelId, id);
}

function recallKept(conversation: Conversation, { page, attached, channel }: Kept): void {
  if (page === true) conversation.hasPage = true;
  if (attached === true) conversation.attached = true;
  const { id, providerRefs, customerRefs, ...more } = channel ?? {};
  const known = id === undefined ? undefined : conversation.channelOf(id);
  if (known === undefined) return;
  const { customer, channels } = conversation;
  const refs = { ...known.customerRefs, ...customerRefs };
  const names = { ...customer.providerRefs, ...(channels.length === 1 && customerRefs) };
  const better = { ...known, ...more, providerRefs: { ...known.providerRefs, ...providerRefs }, customerRefs: refs };
  conversation.opened(better, { ...customer, providerRefs: names });
}

function recallChannel(
  conversation: Conversation,
  { channelId, channel, providerRefs }: RecalledChannel,
  { channel: kept = {}, concealed }: Kept,
  host: ChannelHost,
): void {
  const { id: _, providerRefs: __, ...more } = kept;
  const conversationId = conversation.id;
  if (concealed === true) conversation.concealChannel(channelId);
  conversation.opened({ conversationId, channelId, providerRefs, host, channel, ...more }, conversation.customer);
}

// The same that follows from these entries when they are new.
function recallRevealed(conversation: Conversation, entry: LogEntry): void {
  if (entry.type === 'consult') {
    const { participantId, status } = entry.consult;
    if (participantId !== undefined && (status === 'merged' || status === 'completed'))
      conversation.reveal(participantId);
  }
  if (entry.type !== 'invitation' || entry.invitation.status !== 'accepted') return;
  const { channelId } = entry.invitation;
  for (const one of conversation.allChannels) {
    if (one.channelId === channelId || one.beside === channelId) conversation.revealChannel(one.channelId);
  }
  if (conversation.channelOf(channelId)?.channel === 'meeting')
    for (const { id } of conversation.meetingExperts) conversation.reveal(id);
}
