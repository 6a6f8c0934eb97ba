import { ContactCenterError } from 'onescreen';
import type { Actor, LogFact } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Conversation } from './conversation';
import { errorFields, type Logger } from './logger';

/**
 * Lets the agent into the chat and takes it down together with `fact`; only within the conversation's turn.
 * When either fails, neither has happened.
 */
export async function joinChannel(conversation: Conversation, agent: Agent, fact: LogFact): Promise<void> {
  const channel = conversation.channel;
  if (channel === undefined) throw new ContactCenterError('channel/closed', 'unable to join chat; it is closed');
  const { displayName } = agent.identity;
  const asked = conversation.agentParticipant({ agentId: agent.id, displayName, providerRefs: agent.providerRefs });
  const refs = await channel.host.join(channel, asked);
  // Only the names at this host: the customer sees them.
  const participant = { ...asked, providerRefs: refs };
  try {
    await conversation.append({ kind: 'agent', id: participant.id }, { type: 'participant-joined', participant }, fact);
  } catch (error) {
    await channel.host.leave(channel, participant);
    throw error;
  }
}

/** Takes the agent out of the chat; only within the conversation's turn. A host that fails is noted and passed over. */
export async function leaveChannel(
  conversation: Conversation,
  { agentId, reason }: { readonly agentId: string; readonly reason: string },
  logger: Logger,
): Promise<readonly LogFact[]> {
  const participantId = conversation.participantOf(agentId);
  const participant = participantId === undefined ? undefined : conversation.present(participantId);
  if (participant === undefined) return [];
  const channel = conversation.lastChannel;
  try {
    if (channel !== undefined) await channel.host.leave(channel, participant);
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
    logger,
  }: { readonly by: Actor; readonly reason: string; readonly force: boolean; readonly logger: Logger },
): Promise<void> {
  const { channel, customer } = conversation;
  if (channel === undefined) return;
  try {
    await channel.host.close(channel, customer);
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

/** A host's failure as a command's error: it may work later. */
export function unavailable(message: string, cause: unknown): ContactCenterError {
  return new ContactCenterError('channel/unavailable', message, { retryable: true, cause });
}
