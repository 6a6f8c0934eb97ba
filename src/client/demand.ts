import { ContactCenterError } from '../errors';
import type { Can } from '../provider/capability';

/** @throws ContactCenterError `command/not-allowed` with the reason where `can` says so */
export function demand(can: Can, action: string, what: string): void {
  if (can.allowed) return;
  const { reason, detail = reason } = can;
  throw new ContactCenterError('command/not-allowed', `unable to ${what}; ${detail}`, { field: action, reason });
}
