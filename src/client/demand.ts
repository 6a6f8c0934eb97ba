import type { ContactCenterError } from '../errors';
import type { Can } from '../provider/capability';
import { unable } from './unable';

/** @throws ContactCenterError `command/not-allowed` with the reason where `can` says so */
export function demand(can: Can, action: string, what: string): void {
  if (!can.allowed) throw denied(can.reason, action, what, can.detail);
}

export function denied(reason: string, action: string, what: string, detail = reason): ContactCenterError {
  return unable(what, detail, 'command/not-allowed', { field: action, reason });
}
