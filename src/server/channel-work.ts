import { ContactCenterError, type Clock } from 'onescreen';
import type { Actor, LogFact, TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import { isCallHost } from './channel-host';
import type { ProviderRefs } from './chat-host';
import type { Conversation, OpenChannel } from './conversation';
import type { HookContext, Hooks } from './hooks';
import { errorFields, type Logger } from './logger';
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
 * Lets the agent into the channel and takes it down together with the task; only within the conversation's turn.
 * When either fails, neither has happened; what comes about too late is undone unless the agent has the task by then.
 */
export async function joinChannel(
  conversation: Conversation,
  agent: Agent,
  task: TaskRecord,
  acceptance: Acceptance,
  { hooks, logger, clock, queues }: JoinOptions,
): Promise<void> {
  const channel = conversation.channel;
  if (channel === undefined) throw new ContactCenterError('channel/closed', 'unable to join channel; it is closed');
  const { host } = channel;
  const { displayName } = agent.identity;
  const asked = conversation.agentParticipant({ agentId: agent.id, displayName, providerRefs: agent.providerRefs });
  const leave = (refs: ProviderRefs) =>
    hooks.call(contextOf('host.leave', conversation, channel, agent.id), () =>
      host.leave(channel, { ...asked, providerRefs: refs }),
    );
  const tooLate = (undo: () => Promise<unknown>) => {
    const undone = conversation.log.inTurn(async () => {
      if (!agent.tasks.has(task.id)) await undo();
    });
    undone.catch((error: unknown) => {
      logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
    });
  };
  const late = (refs: ProviderRefs) => tooLate(() => leave(refs));
  const { ringId, at, ring } = acceptance;
  // Whoever calls somebody is there from the start.
  const isCaller = ringId === undefined;
  const enter = (): Promise<ProviderRefs> => {
    if (isCaller) return Promise.resolve(agent.providerRefs);
    if (!isCallHost(host)) {
      return hooks.call(contextOf('host.join', conversation, channel, agent.id), () => host.join(channel, asked), late);
    }
    const timeoutMs = ringFor(queues.get(task.queueId), at, clock.now());
    const how = { correlationId: ringId, timeoutMs, signal: ring.signal, late };
    return ringAgent({ host, channel, agent, participant: asked, ...how }, { hooks, clock });
  };
  const refs = await enter();
  // Only the names at this host: the customer sees them.
  const participant = { ...asked, providerRefs: refs };
  const by: Actor = { kind: 'agent', id: participant.id };
  try {
    await conversation.log.append(
      by,
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
    if (!isCaller) await leave(refs);
    throw error;
  }
}

/** Takes the agent out of the channel; only within the conversation's turn. A host that fails is noted and passed over. */
export async function leaveChannel(
  conversation: Conversation,
  { agentId, reason }: { readonly agentId: string; readonly reason: string },
  { hooks, logger }: { readonly hooks: Hooks; readonly logger: Logger },
): Promise<readonly LogFact[]> {
  const participantId = conversation.participantOf(agentId);
  const participant = participantId === undefined ? undefined : conversation.present(participantId);
  if (participant === undefined) return [];
  const channel = conversation.lastChannel;
  // A chat that has ended can still be read; a call that has ended is over for everybody.
  const isIn =
    channel !== undefined && !(isCallHost(channel.host) && (conversation.channel === undefined || channel.planned));
  const resumed: LogFact[] =
    isIn && isCallHost(channel.host) && conversation.is('held') && conversation.agentIds.length === 1
      ? [{ type: 'channel-changed', channelId: channel.channelId, change: 'resumed' }]
      : [];
  try {
    if (isIn) {
      await hooks.call(contextOf('host.leave', conversation, channel, agentId), () =>
        channel.host.leave(channel, participant),
      );
    }
  } catch (error) {
    logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
  }
  return [...resumed, { type: 'participant-left', participantId: participant.id, reason }];
}

/**
 * Ends the channel for the customer; only within the conversation's turn. Rejects as the host does, unless
 * `force`: then a host that fails is noted, and the channel counts as closed. `over`: the host itself has said so.
 */
export async function closeChannel(
  conversation: Conversation,
  {
    by,
    reason,
    force,
    over = false,
    options: { hooks, logger },
  }: {
    readonly by: Actor;
    readonly reason: string;
    readonly force: boolean;
    readonly over?: boolean;
    readonly options: { readonly hooks: Hooks; readonly logger: Logger };
  },
): Promise<void> {
  const { channel, customer } = conversation;
  if (channel === undefined) return;
  try {
    if (!over && channel.planned !== true) {
      await hooks.call(contextOf('host.close', conversation, channel), () => channel.host.close(channel, customer));
    }
  } catch (error) {
    logger.warn('channel-close-failed', { conversationId: conversation.id, ...errorFields(error) });
    if (!force) throw unavailable('unable to end channel; its host does not answer', error);
  }
  const { channelId } = channel;
  // A recording ends with its call.
  const recorded: LogFact[] = conversation.is('recording-stopped')
    ? []
    : [{ type: 'channel-changed', channelId, change: 'recording-stopped' }];
  await conversation.append(
    by,
    ...recorded,
    { type: 'channel-closed', channelId, reason },
    { type: 'participant-left', participantId: customer.id, reason },
  );
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
