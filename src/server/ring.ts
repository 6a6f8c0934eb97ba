import type { Clock } from 'onescreen';
import type { ExpectedCallRecord } from '../protocol/agent-frames';
import type { ParticipantRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import { isCallOutcome } from './call-failure';
import type { CallHost } from './call-host';
import type { ProviderRefs } from './chat-host';
import type { OpenChannel } from './conversation-channels';
import type { Hooks } from './hooks';

/** How long a ring lasts by default, in milliseconds. */
export const ringTimeoutMs = 20_000;

/** Longest ring, in milliseconds: a desk waits 30 s for the answer to its command. */
export const longestRingMs = 25_000;

/** So much later than asked a host may say that nobody has answered, in milliseconds (chosen). */
const slackMs = 4_000;

export interface RingRequest {
  readonly host: CallHost;
  readonly channel: OpenChannel;
  readonly agent: Agent;
  /** The agent as the conversation knows it. */
  readonly participant: ParticipantRecord;
  readonly correlationId: string;
  readonly timeoutMs: number;
  /** Ends the ring at once; its reason is what {@link ringAgent} rejects with. */
  readonly signal: AbortSignal;
  /** The agent is in the call after all, too late. */
  readonly late: (refs: ProviderRefs) => void;
}

/** Milliseconds to ring for a task that was accepted at `acceptedAt`, so that its command is answered in time. */
export function ringFor(
  queue: { readonly ringTimeoutMs?: number } | undefined,
  acceptedAt: number,
  now: number,
): number {
  return Math.max(1_000, Math.min(queue?.ringTimeoutMs ?? ringTimeoutMs, acceptedAt + longestRingMs - now));
}

/**
 * Tells the agent's pages to expect the call, and has the host ring. Resolves with the agent's names there; when
 * nothing came of it, the pages are told to forget the call.
 */
export async function ringAgent(
  request: RingRequest,
  { hooks, clock }: { readonly hooks: Hooks; readonly clock: Clock },
): Promise<ProviderRefs> {
  const { host, channel, agent, participant, correlationId, timeoutMs, signal, late } = request;
  signal.throwIfAborted();
  const { conversationId, channelId } = channel;
  const expiresAt = clock.now() + timeoutMs;
  const call: ExpectedCallRecord = { correlationId, conversationId, channelId, callIds: [], expiresAt };
  const pointless = new AbortController();
  let told = false;
  const ringing = (callIds: readonly string[]) => {
    if (agent.expected.has(correlationId)) agent.expect({ ...call, callIds });
  };
  agent.expect(call);
  try {
    const refs = await hooks.call(
      { hook: 'host.join', host: host.name, conversationId, channelId, agentId: agent.id },
      async () => {
        try {
          return await host.join(channel, participant, { correlationId, timeoutMs, signal: pointless.signal, ringing });
        } finally {
          told = true;
        }
      },
      late,
      { timeoutMs: timeoutMs + slackMs, signal, isExpected: isCallOutcome },
    );
    agent.expected.delete(correlationId);
    return refs;
  } catch (error) {
    pointless.abort(error);
    agent.forget(correlationId);
    // The agent may be in already, though the host has not said so: out, before anybody else is asked.
    if (!told) {
      const leave = { hook: 'host.leave', host: host.name, conversationId, channelId, agentId: agent.id } as const;
      await hooks.call(leave, () => host.leave(channel, participant)).catch(() => {}); // Told to the vendor.
    }
    throw error;
  }
}
