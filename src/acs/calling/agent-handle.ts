import type { Call, CallAgent, TeamsCall, TeamsCallAgent } from '@azure/communication-calling';
import type { CallingSdk } from './calling-sdk';

/** An agent object of the calling package, with which of the two it is. */
export type AgentHandle =
  | { readonly kind: 'TeamsCallAgent'; readonly agent: TeamsCallAgent }
  | { readonly kind: 'CallAgent'; readonly agent: CallAgent };

/** A call of it. */
export type CallHandle =
  { readonly kind: 'TeamsCall'; readonly call: TeamsCall } | { readonly kind: 'Call'; readonly call: Call };

/** The last turn of each identity, by the page's calling package. */
const turns = new WeakMap<object, Map<string, Promise<void>>>();

/**
 * The turn of having the one agent object that a page may have of an identity: a second one is refused with 409/40228,
 * also while the first is still being disposed of. Resolves with what ends the turn; rejects with the signal's reason.
 */
export async function agentTurn(sdk: CallingSdk, identity: string, signal: AbortSignal): Promise<() => void> {
  const page = turns.get(sdk.CallClient) ?? new Map<string, Promise<void>>();
  turns.set(sdk.CallClient, page);
  const before = page.get(identity) ?? Promise.resolve();
  let finish: () => void = () => {};
  const turn = new Promise<void>((resolve) => (finish = resolve));
  const last = before.then(() => turn);
  page.set(identity, last);
  // Forgotten only when whoever was before is done, too: one who stops waiting lets nobody past.
  void last.then(() => {
    if (page.get(identity) === last) page.delete(identity);
  });
  let stopWaiting: () => void = () => {};
  const aborted = new Promise<void>((resolve) => (stopWaiting = resolve));
  signal.addEventListener('abort', stopWaiting, { once: true });
  if (signal.aborted) stopWaiting();
  try {
    await Promise.race([before, aborted]);
    signal.throwIfAborted();
    return finish;
  } catch (reason) {
    finish();
    throw reason;
  } finally {
    signal.removeEventListener('abort', stopWaiting);
  }
}
