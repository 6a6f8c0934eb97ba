import { ContactCenterError, type Clock } from 'onescreen';
import type { Actor, LogFact, ParticipantRecord, TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import { isCallHost, isMeetingHost } from './channel-host';
import type { ProviderRefs } from './chat-host';
import type { Conversation } from './conversation';
import type { OpenChannel } from './conversation-channels';
import type { HookContext, Hooks } from './hooks';
import { errorFields, type Logger } from 'onescreen/logging';
import type { QueueOptions } from './options';
import { ringAgent, ringFor } from './ring';
import type { Acceptance } from './task-record';

interface JoinOptions {
  readonly hooks: Hooks;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly queues: ReadonlyMap<string, QueueOptions>;
}

/**
 * Lets the agent into all channels that are open, with `part` only into the call, and takes it down together with the
 * task; only within the conversation's turn. When anything fails, nothing has happened; what comes about too late is
 * undone unless the agent has the task by then.
 */
export async function joinChannels(
  conversation: Conversation,
  agent: Agent,
  task: TaskRecord,
  { acceptance, part = 'all' }: { readonly acceptance: Acceptance; readonly part?: 'all' | 'call' },
  options: JoinOptions,
): Promise<void> {
  const { hooks, logger, clock, queues } = options;
  const { call, channels } = conversation;
  if (channels.length === 0) throw new ContactCenterError('channel/closed', 'unable to join channel; it is closed');
  const asked = conversation.agentParticipant(agent.identity, agent.providerRefs);
  const leave = (channel: OpenChannel, refs: ProviderRefs) => {
    conversation.exited(channel.channelId, asked.id);
    return hooks.call(contextOf('host.leave', conversation, channel, agent.id), () =>
      channel.host.leave(channel, { ...asked, providerRefs: refs }),
    );
  };
  const tooLate = (undo: () => Promise<unknown>) => {
    const undone = conversation.log.inTurn(async () => {
      if (!agent.tasks.has(task.id)) await undo();
    });
    undone.catch((error: unknown) => {
      logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
    });
  };
  const { ringId, at, ring } = acceptance;
  // Whoever calls somebody is there from the start.
  const isCaller = ringId === undefined;
  const enter = (channel: OpenChannel): Promise<ProviderRefs> => {
    const late = (refs: ProviderRefs) => tooLate(() => leave(channel, refs));
    const { host } = channel;
    if (!isCallHost(host))
      return enterChannel(conversation, channel, { agentId: agent.id, participant: asked }, options, late);
    const timeoutMs = ringFor(queues.get(task.queueId), at, clock.now());
    const how = { correlationId: ringId ?? '', timeoutMs, signal: ring.signal, late };
    return ringAgent({ host, channel, agent, participant: asked, ...how }, { hooks, clock });
  };
  // The ring comes last: it is what fails most often, and nobody should be left talking to an agent who is not in the rest.
  const rest = part === 'call' ? [] : channels.filter(({ host }) => !isCallHost(host));
  const wanted = isCaller ? [] : [...rest, ...(call === undefined ? [] : [call])];
  const inside: { readonly channel: OpenChannel; readonly refs: ProviderRefs }[] = [];
  const undo = async () => {
    for (const { channel, refs } of inside) {
      await leave(channel, refs).catch((error: unknown) => {
        logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
      });
    }
  };
  // Only the names at these hosts: the customer sees them.
  let providerRefs: ProviderRefs = isCaller ? agent.providerRefs : {};
  try {
    for (const channel of wanted) {
      const refs = await enter(channel);
      inside.push({ channel, refs });
      conversation.entered(channel.channelId, asked.id);
      providerRefs = { ...providerRefs, ...refs };
    }
    const participant = { ...asked, providerRefs };
    await conversation.log.append(
      { ...conversation.actor(agent.id), id: participant.id },
      [
        { type: 'participant-joined', participant },
        { type: 'task', task },
      ],
      () =>
        tooLate(() =>
          conversation.append(
            { kind: 'system' },
            { type: 'participant-left', participantId: participant.id, reason: 'channel-unavailable' },
          ),
        ),
    );
  } catch (error) {
    await undo();
    throw error;
  }
}

/** Lets an agent into a channel that is no call; only within the conversation's turn. Rejects as the host does. */
export function enterChannel(
  conversation: Conversation,
  channel: OpenChannel,
  { agentId, participant }: { readonly agentId: string; readonly participant: ParticipantRecord },
  { hooks }: { readonly hooks: Hooks },
  late?: (refs: ProviderRefs) => void,
): Promise<ProviderRefs> {
  const { host } = channel;
  if (isCallHost(host)) return Promise.resolve({});
  return hooks.call(
    contextOf('host.join', conversation, channel, agentId),
    () => host.join(channel, participant),
    late,
  );
}

/**
 * Lets an agent who takes part already into the channels that are no calls and that they are not in, and tells what to
 * take down; only within the conversation's turn. Rejects with `channel/unavailable`: then they are in none of them.
 */
export async function joinRest(
  conversation: Conversation,
  agent: Agent,
  options: { readonly hooks: Hooks; readonly logger: Logger },
): Promise<readonly LogFact[]> {
  const known = conversation.present(conversation.participantOf(agent.id) ?? '');
  if (known === undefined) return [];
  const participant = { ...known, providerRefs: { ...agent.providerRefs, ...known.providerRefs } };
  const rest = conversation.channels.filter(
    ({ host, channelId }) => !isCallHost(host) && !conversation.isIn(channelId, known.id),
  );
  const entered: OpenChannel[] = [];
  let { providerRefs } = known;
  try {
    for (const channel of rest) {
      const refs = await enterChannel(conversation, channel, { agentId: agent.id, participant }, options);
      conversation.entered(channel.channelId, known.id);
      entered.push(channel);
      providerRefs = { ...providerRefs, ...refs };
    }
  } catch (error) {
    for (const channel of entered)
      await exitChannel(conversation, channel, { agentId: agent.id, participant }, options);
    options.logger.warn('channel-join-failed', { conversationId: conversation.id, ...errorFields(error) });
    throw unavailable('unable to join channel; its host does not answer', error);
  }
  return joinedAgain(known, providerRefs);
}

/** What to take down when somebody who is there has other names from now on. */
export function joinedAgain(known: ParticipantRecord, providerRefs: ProviderRefs): readonly LogFact[] {
  const isSame = Object.entries(providerRefs).every(([key, name]) => known.providerRefs[key] === name);
  return isSame ? [] : [{ type: 'participant-joined', participant: { ...known, providerRefs }, again: true }];
}

/** Takes an agent out of one channel; only within the conversation's turn. A host that fails is noted and passed over. */
export async function exitChannel(
  conversation: Conversation,
  channel: OpenChannel,
  { agentId, participant }: { readonly agentId: string; readonly participant: ParticipantRecord },
  { hooks, logger }: { readonly hooks: Hooks; readonly logger: Logger },
): Promise<void> {
  conversation.exited(channel.channelId, participant.id);
  try {
    await hooks.call(contextOf('host.leave', conversation, channel, agentId), () =>
      channel.host.leave(channel, participant),
    );
  } catch (error) {
    logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
  }
}

/** Takes the agent out of all channels; only within the conversation's turn. A host that fails is noted and passed over. */
export async function leaveChannels(
  conversation: Conversation,
  { agentId, reason }: { readonly agentId: string; readonly reason: string },
  options: { readonly hooks: Hooks; readonly logger: Logger },
): Promise<readonly LogFact[]> {
  const participantId = conversation.participantOf(agentId);
  const participant = participantId === undefined ? undefined : conversation.present(participantId);
  if (participant === undefined) return [];
  const { call } = conversation;
  const resumed: LogFact[] =
    call !== undefined && call.planned !== true && conversation.is('held') && conversation.agentIds.length === 1
      ? [{ type: 'channel-changed', channelId: call.channelId, change: 'resumed' }]
      : [];
  for (const channel of channelsWith(conversation, participant)) {
    await exitChannel(conversation, channel, { agentId, participant }, options);
  }
  return [...resumed, { type: 'participant-left', participantId: participant.id, reason }];
}

/** Where the agent is to be taken out of, the call first: a chat that has ended can still be read; a call that has ended is over for everybody. */
export function channelsWith(conversation: Conversation, { id }: ParticipantRecord): readonly OpenChannel[] {
  const { call, allChannels } = conversation;
  const rest = allChannels.filter(({ host, channelId }) => !isCallHost(host) && conversation.isIn(channelId, id));
  return [...(call === undefined || call.planned === true ? [] : [call]), ...rest];
}

export interface Closing {
  /** Left out: all that are open. */
  readonly channels?: readonly OpenChannel[];
  readonly by: Actor;
  readonly reason: string;
  readonly force: boolean;
  /** The host of the call has itself said that it is over. */
  readonly over?: boolean;
  readonly options: { readonly hooks: Hooks; readonly logger: Logger };
}

/**
 * Ends channels for the customer; only within the conversation's turn. Rejects as the first host that fails, the others
 * being closed, unless `force`: then a host that fails is noted, and its channel counts as closed.
 */
export async function closeChannels(
  conversation: Conversation,
  { channels = conversation.channels, by, reason, force, over = false, options: { hooks, logger } }: Closing,
): Promise<void> {
  const isMeant = ({ channelId, beside }: OpenChannel) =>
    channels.some((one) => one.channelId === channelId || one.channelId === beside);
  const closed: OpenChannel[] = [];
  let failure: unknown;
  for (const channel of conversation.channels.filter(isMeant)) {
    const isTold = channel.planned === true || (over && isCallHost(channel.host));
    try {
      if (!isTold) {
        const customer = conversation.customerAt(channel);
        await hooks.call(contextOf('host.close', conversation, channel), () => channel.host.close(channel, customer));
      }
    } catch (error) {
      logger.warn('channel-close-failed', { conversationId: conversation.id, ...errorFields(error) });
      failure ??= error;
      if (!force) continue;
    }
    closed.push(channel);
  }
  if (closed.length > 0) {
    const isAll = closed.length === conversation.channels.length;
    await conversation.append(
      by,
      ...closed.flatMap((channel) => closingFacts(conversation, channel, reason, isAll)),
      ...(isAll ? [{ type: 'participant-left', participantId: conversation.customer.id, reason } as const] : []),
    );
  }
  if (failure !== undefined && !force) {
    throw unavailable('unable to end channel; its host does not answer', failure);
  }
}

/** What ends with a channel, and its own end. */
function closingFacts(
  conversation: Conversation,
  { channelId, host }: OpenChannel,
  reason: string,
  isAll: boolean,
): readonly LogFact[] {
  const isCall = isCallHost(host) && conversation.call?.channelId === channelId;
  const invitation = conversation.openInvitation(channelId);
  const experts = isMeetingHost(host) ? conversation.meetingExperts : isCall && !isAll ? conversation.experts : [];
  return [
    // A recording ends with its call.
    ...(isCall && !conversation.is('recording-stopped')
      ? [{ type: 'channel-changed', channelId, change: 'recording-stopped' } as const]
      : []),
    ...experts.map(({ id }) => ({ type: 'participant-left', participantId: id, reason }) as const),
    ...(invitation === undefined
      ? []
      : [{ type: 'invitation', invitation: { ...invitation, status: 'withdrawn' } } as const]),
    { type: 'channel-closed', channelId, reason },
  ];
}

/** Which call of a host it is, for logs and the vendor. */
export function contextOf(
  hook: HookContext['hook'],
  { id: conversationId }: Conversation,
  { host, channelId }: OpenChannel,
  agentId?: string,
): HookContext {
  return { hook, host: host.name, conversationId, channelId, ...(agentId !== undefined && { agentId }) };
}

/** A host's failure as a command's error: it may work later. */
export function unavailable(message: string, cause: unknown): ContactCenterError {
  return new ContactCenterError('channel/unavailable', message, { retryable: true, cause });
}
