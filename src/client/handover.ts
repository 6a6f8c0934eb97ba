import type { ContactCenterError } from '../errors';
import type { ConsultRecord } from '../protocol/log-entry';
import { unable } from './unable';

/** Ends of a transfer after which the same one may succeed. */
const passing: readonly unknown[] = ['no-answer', 'busy', 'unavailable'];

export function hasEnded({ status }: ConsultRecord): boolean {
  return status === 'completed' || status === 'cancelled' || status === 'failed';
}

/** Of these there is one at a time in a conversation. */
export function isUnderWay(consult: ConsultRecord): boolean {
  return consult.status !== 'merged' && !hasEnded(consult);
}

export function transferFailed({ status, reason = status }: ConsultRecord): ContactCenterError {
  return unable('transfer', reason, 'transfer/failed', { reason, retryable: passing.includes(reason) });
}
