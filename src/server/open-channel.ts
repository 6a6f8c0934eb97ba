import { ContactCenterError } from 'onescreen';
import type { Kept } from '../protocol/kept';
import type { Actor, KeptFact } from '../protocol/log-entry';
import type { CallHost } from './call-host';
import { channelOf, isCallHost, type ChannelHost } from './channel-host';
import { unavailable } from './channel-work';
import type { ChatHost, ProviderRefs } from './chat-host';
import type { Conversation } from './conversation';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from './options';

type Opened = Awaited<ReturnType<ChannelHost['open']>>;

/** Has the host open the channel of a page's start; only within the conversation's turn. */
export async function openChannel(
  conversation: Conversation,
  host: ChatHost | CallHost,
  kept: Kept,
  { random, logger, hooks }: ResolvedOptions,
): Promise<void> {
  const channelId = random.id();
  const { id: conversationId, customer } = conversation;
  const ids = { host: host.name, conversationId, channelId };
  const close = (refs: Opened) => {
    const channel = { conversationId, channelId, providerRefs: refs.providerRefs };
    const participant = { ...customer, providerRefs: refs.customerRefs };
    return hooks.call({ hook: 'host.close', ...ids }, () => host.close(channel, participant)).catch(() => {});
  };
  let opened: Opened;
  try {
    const request = { conversationId, channelId, customer };
    // Nobody is waiting any more for a channel that opens too late.
    opened = await hooks.call(
      { hook: 'host.open', ...ids },
      () => host.open(request),
      (late) => void close(late),
    );
  } catch (error) {
    logger.warn('channel-open-failed', { conversationId, host: host.name, ...errorFields(error) });
    throw unavailable('unable to start conversation; the channel could not be opened', error);
  }
  try {
    await takeDown(conversation, host, { channelId, ...opened, kept }, { kind: 'customer', id: customer.id });
  } catch (error) {
    await close(opened);
    // What the store takes too late is over already.
    conversation.append({ kind: 'system' }, { type: 'conversation-ended' }).catch(() => {});
    throw unavailable('unable to start conversation; it could not be stored', error);
  }
}

/** Takes down that a conversation begins with this channel; only within its turn. */
export async function takeDown(
  conversation: Conversation,
  host: ChannelHost,
  opened: {
    readonly channelId: string;
    readonly providerRefs: ProviderRefs;
    readonly customerRefs: ProviderRefs;
    readonly planned?: boolean;
    readonly kept?: Kept;
  },
  by: Actor,
): Promise<void> {
  const { channelId, providerRefs, customerRefs, planned = false, kept } = opened;
  const { id: conversationId, customer } = conversation;
  const participant = { ...customer, providerRefs: customerRefs };
  const channel = channelOf(host);
  conversation.opened({ conversationId, channelId, providerRefs, host, channel, planned }, participant);
  const actions = isCallHost(host) ? { actions: host.actions } : {};
  const facts: readonly KeptFact[] = [
    { type: 'conversation-opened', context: conversation.context, ...(kept !== undefined && { kept }) },
    { type: 'channel-opened', channelId, channel, provider: host.name, providerRefs, ...actions },
    { type: 'participant-joined', participant },
  ];
  await conversation.append(by, ...facts);
}

/**
 * Opens a new channel for a call that we make, after the last one was closed; only within the conversation's turn.
 * Resolves with its id.
 */
export async function reopenChannel(
  conversation: Conversation,
  host: CallHost,
  { phone }: { readonly phone: string },
  { random }: ResolvedOptions,
): Promise<string> {
  const channelId = random.id();
  const { id: conversationId, customer } = conversation;
  const { channel, name: provider, actions } = host;
  const participant = { ...customer, providerRefs: { phone } };
  await conversation.append(
    { kind: 'system' },
    { type: 'channel-opened', channelId, channel, provider, providerRefs: {}, actions },
    { type: 'participant-joined', participant },
  );
  conversation.opened({ conversationId, channelId, providerRefs: {}, host, channel }, participant);
  return channelId;
}

/** Which host a start asks for: by its name, by its kind of channel, or the default. */
export interface HostChoice {
  readonly provider?: string;
  readonly channel?: string;
}

/** @throws ContactCenterError `command/invalid` when there is none */
export function hostFor(
  { provider, channel }: HostChoice,
  { chats, calls, defaultChat }: ResolvedOptions,
): ChatHost | CallHost {
  const hosts: readonly (ChatHost | CallHost)[] = [...chats, ...calls];
  const named = provider === undefined ? hosts : hosts.filter(({ name }) => name === provider);
  if (named.length === 0) throw unknown('provider', 'host');
  if (channel === undefined) return named[0] ?? defaultChat;
  const host = named.find((one) => channelOf(one) === channel);
  if (host === undefined) throw unknown('channel', 'channel');
  return host;
}

export function unknown(field: string, what: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to start conversation; there is no such ${what}`, { field });
}
