import type { Call, CallAgent, TeamsCall, TeamsCallAgent } from '@azure/communication-calling';
import { createLocks, type Locks } from 'onescreen';
import type { CallingSdk } from './calling-sdk';

/** An agent object of the calling package, with which of the two it is. */
export type AgentHandle =
  | { readonly kind: 'TeamsCallAgent'; readonly agent: TeamsCallAgent }
  | { readonly kind: 'CallAgent'; readonly agent: CallAgent };

/** A call of it. */
export type CallHandle =
  { readonly kind: 'TeamsCall'; readonly call: TeamsCall } | { readonly kind: 'Call'; readonly call: Call };

const pages = new WeakMap<object, Locks>();

/**
 * The turn of having the one agent object that a page may have of an identity: a second one is refused with 409/40228,
 * also while the first is still being disposed of. Resolves with what ends the turn.
 */
export function agentTurn(sdk: CallingSdk, identity: string, signal: AbortSignal): Promise<() => void> {
  const locks = pages.get(sdk.CallClient) ?? createLocks();
  pages.set(sdk.CallClient, locks);
  return locks.acquire(identity, { signal });
}
