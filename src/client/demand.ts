import { ContactCenterError } from '../errors';
import type { Can } from '../provider/capability';

/** @throws ContactCenterError `command/not-allowed` with the reason where `can` says so */
export function demand(can: Can, action: string, what: string): void {
  if (!can.allowed) throw denied(can.reason, action, what, can.detail);
}

export function denied(reason: string, action: string, what: string, detail = reason): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${what}; ${detail}`, { field: action, reason });
}
