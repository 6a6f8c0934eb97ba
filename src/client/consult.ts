import { select, type Live } from '../live';
import type { ConsultRecord, ConsultStatus } from '../protocol/log-entry';
import type { CommandOptions } from '../provider/control-plane';

/**
 * Somebody whom the agent of a task brings in. Each command resolves at once when it is so already, and
 * @throws ContactCenterError `command/not-allowed` with the reason where the consult is not that far, or too far
 */
export interface Consult {
  readonly id: string;
  /** `transfer` completes by itself as soon as they are there; `conference` merges by itself. */
  readonly purpose: ConsultRecord['purpose'];
  readonly state$: Live<ConsultState>;
  /** Changes who hears music: they or the customer. */
  swap(options?: CommandOptions): Promise<void>;
  /** Brings all together; nobody hears music. */
  merge(options?: CommandOptions): Promise<void>;
  /** Leaves the customer to them; wrap-up begins. */
  complete(options?: CommandOptions): Promise<void>;
  /** Takes them out again; the customer is back with the agent. A transfer to somebody outside cannot be stopped while it rings. */
  cancel(options?: CommandOptions): Promise<void>;
}

export interface ConsultState {
  readonly status: ConsultStatus;
  readonly kind: ConsultRecord['kind'];
  /** Who is asked. Untrusted text. */
  readonly displayName: string;
  /** Their participant, once they are in. */
  readonly participantId?: string;
  /** Why it ended, such as `no-answer`, `declined`, `busy`, `unavailable`, `left`, `customer-left`. */
  readonly reason?: string;
}

export type ConsultAction = 'swap' | 'merge' | 'complete' | 'cancel';

/** From where each step can be taken. */
const steps: Readonly<Record<ConsultAction, readonly ConsultStatus[]>> = {
  swap: ['consulting', 'swapped'],
  merge: ['consulting', 'swapped'],
  complete: ['consulting', 'swapped', 'merged'],
  cancel: ['ringing', 'consulting', 'swapped', 'merged'],
};

/** Where each step leads to: again, it has no effect. Swapping leads back and forth. */
const ends: Readonly<Record<ConsultAction, readonly ConsultStatus[]>> = {
  swap: [],
  merge: ['merged'],
  complete: ['completed'],
  cancel: ['cancelled', 'failed'],
};

export function canStep(consult: ConsultRecord | undefined, action: ConsultAction): boolean {
  return consult !== undefined && steps[action].includes(consult.status) && !ringsElsewhere(consult);
}

/** The customer is on the way to somebody outside: the service cannot be told to stop. */
export function ringsElsewhere({ purpose, kind, status }: ConsultRecord): boolean {
  return purpose === 'transfer' && kind !== 'agent' && status === 'ringing';
}

export function isThere(consult: ConsultRecord, action: ConsultAction): boolean {
  return ends[action].includes(consult.status);
}

export function hasEnded({ status }: ConsultRecord): boolean {
  return !steps.cancel.includes(status);
}

/** Of these there is one at a time in a conversation. */
export function isUnderWay({ status }: ConsultRecord): boolean {
  return status !== 'merged' && steps.cancel.includes(status);
}

export function createConsult(
  { id, purpose }: ConsultRecord,
  record$: Live<ConsultRecord>,
  act: (action: ConsultAction, options: CommandOptions | undefined) => Promise<void>,
): Consult {
  return {
    id,
    purpose,
    state$: select(record$, toState),
    swap: (options) => act('swap', options),
    merge: (options) => act('merge', options),
    complete: (options) => act('complete', options),
    cancel: (options) => act('cancel', options),
  };
}

function toState({ id, taskId, purpose, agentId, ...state }: ConsultRecord): ConsultState {
  return state;
}
