import { ContactCenterError, type ErrorCode, type ErrorDetails } from '../errors';

/** The error of what cannot be done, in the one form of all messages. */
export function unable(to: string, why: string, code: ErrorCode, details?: ErrorDetails): ContactCenterError {
  return new ContactCenterError(code, `unable to ${to}; ${why}`, details);
}

export function closedClient(to: string): ContactCenterError {
  return unable(to, 'the client is closed', 'session/closed');
}
