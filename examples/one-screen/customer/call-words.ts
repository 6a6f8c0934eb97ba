import type { CustomerCallState } from 'onescreen/customer';
import { sentence } from '../agent/voice/call-words';

/** Where the caller stands, in words. */
export function callWords(state: CustomerCallState): string {
  if (state.phase === 'transferred') return 'You have been put through.';
  if (state.phase === 'ended') return 'This call has ended. Thank you.';
  if (state.phase === 'callback') return `We call you back, ${new Date(state.dueAt).toLocaleString()} or soon after.`;
  if (state.closedBecause !== undefined) return 'This call has ended; you go on talking beside it.';
  if (state.call === 'lost' || state.call === 'closed') return sentence(state.end?.message ?? 'this call has ended');
  if (state.phase === 'active') {
    const who = state.agents.join(' and ');
    return state.call === 'held' ? `${who} has put you on hold.` : `You are talking with ${who}.`;
  }
  if (state.call === 'connecting' || state.call === 'ringing') return 'Calling…';
  const place = state.position === undefined ? '' : ` You are number ${state.position} in the queue.`;
  return `Waiting for an agent.${place}`;
}
