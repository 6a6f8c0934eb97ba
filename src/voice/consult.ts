import {
  select,
  type CommandOptions,
  type Consult,
  type ConsultRecord,
  type ConsultState,
  type ConsultStatus,
  type Live,
} from 'onescreen';

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
