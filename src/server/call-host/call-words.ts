import { ContactCenterError, isContactCenterError, type CallTarget } from 'onescreen';
import type { CallEndCode } from '../call-control';

/** Why a call did not come about, in one word. */
export function whyNot(error: unknown): string {
  return isContactCenterError(error) ? error.code.slice(error.code.indexOf('/') + 1) : 'failed';
}

/** Why somebody left, in one word for the log. Source of the numbers: azure-docs, …/voice-video-calling/codes. */
export function wordOf({ code, subCode }: CallEndCode): string {
  if (subCode === 4521) return 'connection-lost';
  if (code === 495) return 'token-expired';
  if (subCode === 5000 || subCode === 5300) return 'removed';
  if (subCode === 5003) return 'ended';
  if (subCode === 7015) return 'transferred';
  return 'hung-up';
}

export function gone(action: string): ContactCenterError {
  return new ContactCenterError('call/gone', `unable to ${action}; the call is over`);
}

export function withdrawn(action: string): ContactCenterError {
  return new ContactCenterError('command/aborted', `unable to ${action}; it was cancelled`);
}

export function unusable(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${action}; ${why}`);
}

/** Throws `command/invalid` for an agent without a raw id. */
export function rawIdOf(to: CallTarget): string {
  if ('phone' in to) return `4:${to.phone}`;
  if ('teamsUser' in to) return `8:orgid:${to.teamsUser}`;
  if ('teamsApp' in to) return `28:orgid:${to.teamsApp}`;
  // The server knows the agents' names here and gives them as they are.
  if (to.agent.startsWith('8:')) return to.agent;
  throw unusable('reach agent', 'the agent has no name here');
}
