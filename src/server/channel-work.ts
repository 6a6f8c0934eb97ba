import { ContactCenterError } from 'onescreen';
import type { Actor, LogFact, TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { ProviderRefs } from './chat-host';
import type { Conversation, OpenChannel } from './conversation';
import type { HookContext, Hooks } from './hooks';
import { errorFields, type Logger } from './logger';

/**
 * Lets the agent into the chat and takes it down together with the task; only within the conversation's turn.
 * When either fails, neither has happened; what comes about too late is undone unless the agent has the task by then.
 */
export async function joinChannel(
  conversation: Conversation,
  agent: Agent,
  task: TaskRecord,
  { hooks, logger }: { readonly hooks: Hooks; readonly logger: Logger },
): Promise<void> {
  const channel = conversation.channel;
  if (channel === undefined) throw new ContactCenterError('channel/closed', 'unable to join chat; it is closed');
  const { displayName } = agent.identity;
  const asked = conversation.agentParticipant({ agentId: agent.id, displayName, providerRefs: agent.providerRefs });
  const leave = (refs: ProviderRefs) =>
    hooks.call(contextOf('host.leave', conversation, channel, agent.id), () =>
      channel.host.leave(channel, { ...asked, providerRefs: refs }),
    );
  const tooLate = (undo: () => Promise<unknown>) => {
    const undone = conversation.log.inTurn(async () => {
      if (!agent.tasks.has(task.id)) await undo();
    });
    undone.catch((error: unknown) => {
      logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
    });
  };
  const refs = await hooks.call(
    contextOf('host.join', conversation, channel, agent.id),
    () => channel.host.join(channel, asked),
    (late) => tooLate(() => leave(late)),
  );
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
    await leave(refs);
    throw error;
  }
}

/** Takes the agent out of the chat; only within the conversation's turn. A host that fails is noted and passed over. */
export async function leaveChannel(
  conversation: Conversation,
  { agentId, reason }: { readonly agentId: string; readonly reason: string },
  { hooks, logger }: { readonly hooks: Hooks; readonly logger: Logger },
): Promise<readonly LogFact[]> {
  const participantId = conversation.participantOf(agentId);
  const participant = participantId === undefined ? undefined : conversation.present(participantId);
  if (participant === undefined) return [];
  const channel = conversation.lastChannel;
  try {
    if (channel !== undefined) {
      await hooks.call(contextOf('host.leave', conversation, channel, agentId), () =>
        channel.host.leave(channel, participant),
      );
    }
  } catch (error) {
    logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
  }
  return [{ type: 'participant-left', participantId: participant.id, reason }];
}

/**
 * Ends the chat for the customer; only within the conversation's turn. Rejects as the host does, unless
 * `force`: then a host that fails is noted, and the chat counts as closed.
 */
export async function closeChannel(
  conversation: Conversation,
  {
    by,
    reason,
    force,
    options: { hooks, logger },
  }: {
    readonly by: Actor;
    readonly reason: string;
    readonly force: boolean;
    readonly options: { readonly hooks: Hooks; readonly logger: Logger };
  },
): Promise<void> {
  const { channel, customer } = conversation;
  if (channel === undefined) return;
  try {
    await hooks.call(contextOf('host.close', conversation, channel), () => channel.host.close(channel, customer));
  } catch (error) {
    logger.warn('channel-close-failed', { conversationId: conversation.id, ...errorFields(error) });
    if (!force) throw unavailable('unable to end chat; its host does not answer', error);
  }
  await conversation.append(
    by,
    { type: 'channel-closed', channelId: channel.channelId, reason },
    { type: 'participant-left', participantId: customer.id, reason },
  );
}

function contextOf(
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
