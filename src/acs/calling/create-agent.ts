import type { CallAgent, TeamsCallAgent } from '@azure/communication-calling';
import { ContactCenterError, type Clock } from 'onescreen';
import type { AcsCredential } from '../credential';
import type { AgentHandle } from './agent-handle';
import type { OfficialClient } from './calling-sdk';
import type { AgentKind } from './persona';
import { timeLimit } from './time-limit';

/** The service's own limit of 30 s and its retry, and some. */
const createLimitMs = 45_000;

export interface AgentRequest {
  readonly kind: AgentKind;
  readonly credential: AcsCredential;
  /** Only for users of one's own resource: others are called as their directory says. */
  readonly displayName?: string;
  /** As in `unable to register for calls`. */
  readonly what: string;
}

/**
 * Creates the agent object of a client of the calling package; a client is good for one.
 * @throws ContactCenterError `agent/unavailable` when it takes too long; else what the package throws
 */
export function createAgent(client: OfficialClient, request: AgentRequest, clock: Clock): Promise<AgentHandle> {
  const { kind, credential, displayName = '', what } = request;
  const options = displayName === '' ? {} : { displayName };
  const created: Promise<AgentHandle> =
    kind === 'TeamsCallAgent'
      ? client.createTeamsCallAgent(credential).then((agent: TeamsCallAgent) => ({ kind, agent }))
      : client.createCallAgent(credential, options).then((agent: CallAgent) => ({ kind, agent }));
  return timeLimit(clock, createLimitMs, created, () => {
    created.then(({ agent }) => agent.dispose()).catch(() => {}); // Too late, and given up already.
    throw new ContactCenterError('agent/unavailable', `unable to ${what}; it took too long`, { retryable: true });
  });
}
