import { ContactCenterError } from 'onescreen';
import type { Actor, LogFact, ParticipantRecord } from '../../protocol/log-entry';
import type { Agent } from '../agent';
import { isCallHost, isMeetingHost, type ChannelHost } from '../channel-host';
import { contextOf, enterChannel, exitChannel, joinedAgain, unavailable } from '../channel-work';
import type { ProviderRefs } from '../chat-host';
import type { Conversation } from '../conversation';
import type { OpenChannel } from '../conversation-channels';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from '../options';

/** A channel that is about to be added to a conversation. */
export interface Addition {
  readonly host: ChannelHost;
  readonly channel: string;
  readonly agent: Agent;
  /** The control plane calls this number: the host has nothing to open. */
  readonly phone?: string | undefined;
  /** Opened without an invitation. */
  readonly standing: boolean;
  /** The meeting whose chat it is. */
  readonly beside?: string;
  /** The channel that ends once the customer is in this one. */
  readonly replaces?: string | undefined;
}

/** A channel that the agent is in, and of which the log does not know yet. */
export interface AddedChannel {
  readonly channel: OpenChannel;
  /** What the log is to say of it. */
  readonly facts: readonly LogFact[];
  /** As if it had never been. Never rejects. */
  undo(): Promise<void>;
}

/**
 * Has a host open a channel, of which the customer is told nothing, and lets the agent in; only within the conversation's
 * turn. Rejects with `channel/unavailable`: then nothing has happened.
 */
export async function addChannel(
  conversation: Conversation,
  { host, channel: kind, agent, phone, standing, beside, replaces }: Addition,
  options: ResolvedOptions,
): Promise<AddedChannel> {
  const { logger, random } = options;
  const { id: conversationId, customer: before } = conversation;
  const channelId = random.id();
  const opened = phone === undefined ? await openAt(conversation, host, channelId, options) : numbered(phone);
  const channel: OpenChannel = {
    ...{ conversationId, channelId, providerRefs: opened.providerRefs, host, channel: kind },
    ...{ customerRefs: opened.customerRefs, standing },
    ...(isCallHost(host) && phone === undefined && { awaited: true }),
    ...(beside !== undefined && { beside }),
    ...(replaces !== undefined && { replaces }),
  };
  const customer = { ...before, providerRefs: { ...opened.customerRefs, ...before.providerRefs } };
  conversation.opened(channel, customer);
  conversation.concealChannel(channelId);
  const participant = seated(conversation, agent);
  const undo = async () => {
    if (participant !== undefined && conversation.isIn(channelId, participant.id)) {
      await exitChannel(conversation, channel, { agentId: agent.id, participant }, options);
    }
    conversation.notOpened(channelId, before);
    if (phone === undefined) await closeAt(conversation, channel, options);
  };
  const late = (refs: ProviderRefs) => {
    if (participant === undefined) return;
    const who = { agentId: agent.id, participant: { ...participant, providerRefs: refs } };
    void conversation.log.inTurn(() => exitChannel(conversation, channel, who, options));
  };
  let refs: ProviderRefs = {};
  try {
    if (participant !== undefined && !isCallHost(host)) {
      refs = await enterChannel(conversation, channel, { agentId: agent.id, participant }, options, late);
      conversation.entered(channelId, participant.id);
    }
  } catch (error) {
    logger.warn('channel-join-failed', { conversationId, agentId: agent.id, host: host.name, ...errorFields(error) });
    await undo();
    throw unavailable('unable to escalate conversation; the channel could not be joined', error);
  }
  const { providerRefs } = channel;
  const actions = isCallHost(host) ? { actions: host.actions } : {};
  const known = conversation.present(conversation.participantOf(agent.id) ?? '');
  return {
    channel,
    undo,
    facts: [
      { type: 'channel-opened', channelId, channel: kind, provider: host.name, providerRefs, ...actions },
      ...joinedAgain(before, customer.providerRefs),
      ...(known === undefined ? [] : joinedAgain(known, { ...known.providerRefs, ...refs })),
    ],
  };
}

/** The agent as a participant, with all names that hosts know them by. */
function seated(conversation: Conversation, agent: Agent): ParticipantRecord | undefined {
  const known = conversation.present(conversation.participantOf(agent.id) ?? '');
  return known && { ...known, providerRefs: { ...agent.providerRefs, ...known.providerRefs } };
}

function numbered(phone: string): { readonly providerRefs: ProviderRefs; readonly customerRefs: ProviderRefs } {
  return { providerRefs: {}, customerRefs: { phone } };
}

async function openAt(
  conversation: Conversation,
  host: ChannelHost,
  channelId: string,
  options: ResolvedOptions,
): Promise<{ readonly providerRefs: ProviderRefs; readonly customerRefs: ProviderRefs }> {
  const { hooks, logger } = options;
  const { id: conversationId, customer } = conversation;
  const request = { conversationId, channelId, customer };
  try {
    return await hooks.call(
      { hook: 'host.open', host: host.name, conversationId, channelId },
      () => (isMeetingHost(host) ? host.open({ ...request, subject: customer.displayName }) : host.open(request)),
      // Nobody is waiting any more for a channel that opens too late.
      ({ providerRefs, customerRefs }) => {
        const late = { conversationId, channelId, providerRefs, host, channel: '', customerRefs };
        void conversation.log.inTurn(() => closeAt(conversation, late, options));
      },
    );
  } catch (error) {
    logger.warn('channel-open-failed', { conversationId, host: host.name, ...errorFields(error) });
    throw unavailable('unable to escalate conversation; the channel could not be opened', error);
  }
}

async function closeAt(
  conversation: Conversation,
  channel: OpenChannel,
  { hooks, logger }: ResolvedOptions,
): Promise<void> {
  const customer = conversation.customerAt(channel);
  try {
    await hooks.call(contextOf('host.close', conversation, channel), () => channel.host.close(channel, customer));
  } catch (error) {
    logger.warn('channel-close-failed', { conversationId: conversation.id, ...errorFields(error) });
  }
}

/**
 * Takes down that channels were added; a store that takes it too late is told that nothing came of it, and of `now`. Rejects
 * with `channel/unavailable`.
 */
export async function takeDownAdded(
  conversation: Conversation,
  by: Actor,
  facts: readonly LogFact[],
  now: () => readonly LogFact[],
): Promise<void> {
  const ended = facts.flatMap((fact): readonly LogFact[] => {
    if (fact.type === 'invitation') return [{ ...fact, invitation: { ...fact.invitation, status: 'withdrawn' } }];
    return fact.type === 'channel-opened'
      ? [{ type: 'channel-closed', channelId: fact.channelId, reason: 'failed' }]
      : [];
  });
  const late = () => {
    const taken = conversation.log.inTurn(() => conversation.append({ kind: 'system' }, ...ended, ...now()));
    taken.catch(() => {}); // The store's failures are told already.
  };
  try {
    await conversation.log.append(by, facts, late);
  } catch (cause) {
    throw new ContactCenterError('channel/unavailable', 'unable to escalate conversation; it could not be stored', {
      retryable: true,
      cause,
    });
  }
}
