import { ContactCenterError, isMeetingChannel, type Channel } from 'onescreen';
import { filter, firstValueFrom, fromEvent, map, merge } from 'rxjs';
import type { InvitationRecord } from '../protocol/log-entry';
import { openAddedCall, type CustomerCall } from './customer-call';
import { openCustomerChat, type CustomerChat } from './customer-chat';
import type { CustomerConversation } from './customer-conversation';
import { openCustomerMeeting, type CustomerMeeting, type JoinMeeting } from './customer-meeting';
import type { ServedBy } from './customer-requests';
import { missingProvider } from './missing-provider';

/** Into a call: the microphone is asked for first, so that whoever has none leaves the invitation open. */
export async function joinCall(
  conversation: CustomerConversation,
  record: InvitationRecord,
  signal: AbortSignal,
): Promise<CustomerCall> {
  const { voice } = conversation.options.providers;
  requireOpen(conversation, record);
  if (voice === undefined) throw missing('voice');
  return openAddedCall({
    ...{ conversation, provider: voice, channelId: record.channelId, signal },
    prepared: (microphone) => whileOpen(conversation, record, microphone),
    answer: () => answer(conversation, record, signal, [voice]),
  });
}

export async function joinMeeting(
  conversation: CustomerConversation,
  record: InvitationRecord,
  signal: AbortSignal,
  options: JoinMeeting,
): Promise<CustomerMeeting> {
  const { meeting } = conversation.options.providers;
  if (meeting === undefined) throw missing('meeting');
  const { channelId } = await answer(conversation, record, signal, [meeting]);
  const channel = await opened(conversation, channelId, signal);
  if (!isMeetingChannel(channel)) throw gone('it is none to a meeting');
  return openCustomerMeeting(conversation, channel, options, signal);
}

export async function joinChat(
  conversation: CustomerConversation,
  record: InvitationRecord,
  signal: AbortSignal,
): Promise<CustomerChat> {
  const { chats } = conversation.options.providers;
  if (chats.length === 0) throw missing('chat');
  const { channelId } = await answer(conversation, record, signal, chats);
  await opened(conversation, channelId, signal);
  return openCustomerChat(conversation, channelId);
}

/**
 * Says yes, and learns where to join. A channel that this page turns out to have no provider for is left again, so that
 * nobody waits in it.
 */
async function answer(
  conversation: CustomerConversation,
  record: InvitationRecord,
  signal: AbortSignal,
  providers: readonly { readonly name: string }[],
): Promise<ServedBy> {
  requireOpen(conversation, record);
  conversation.invitations.answering(record.id);
  const { link } = conversation.options;
  const { channel } = await link.command('invitation/answer', { invitationId: record.id, accept: true }, { signal });
  if (channel === undefined) throw gone('it was answered, or has ended');
  if (providers.some(({ name }) => name === channel.provider)) return channel;
  const cause = await conversation.leave(channel.channelId, { signal }).catch((error: unknown) => error);
  throw missingProvider(channel.provider, 'accept invitation', cause);
}

/** What `work` comes to, unless the invitation ends before. */
function whileOpen<T>(conversation: CustomerConversation, record: InvitationRecord, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const watching = conversation.invitations.record$(record.id).subscribe(() => {
      try {
        requireOpen(conversation, record);
      } catch (error) {
        reject(error);
      }
    });
    work.then(resolve, reject).finally(() => watching.unsubscribe());
  });
}

/** @throws ContactCenterError `invitation/gone` when it has ended, or was accepted on another page */
function requireOpen({ invitations }: CustomerConversation, { id }: InvitationRecord): void {
  if (invitations.isOffered(id)) return;
  const { status = 'withdrawn' } = invitations.get(id) ?? {};
  throw gone(status === 'accepted' ? 'it was accepted on another page' : `it was ${status}`);
}

/** The channel's object, once the log has said where it is. */
async function opened(
  { open: { conversation } }: CustomerConversation,
  channelId: string,
  signal: AbortSignal,
): Promise<Channel | undefined> {
  const there$ = conversation.channels$.pipe(
    map((channels) => [...channels.values()].find(({ id }) => id === channelId)),
    filter((channel) => channel !== undefined),
  );
  const channel = await firstValueFrom(merge(there$, fromEvent(signal, 'abort').pipe(map(() => undefined))));
  signal.throwIfAborted();
  return channel;
}

function missing(channel: string): ContactCenterError {
  return missingProvider(channel, 'accept invitation');
}

function gone(why: string): ContactCenterError {
  return new ContactCenterError('invitation/gone', `unable to accept invitation; ${why}`);
}
