import type { CallCapabilities, CallStatus, Capability } from 'onescreen';
import { noCallCapabilities } from 'onescreen/voice';
import {
  blockedInEmergency,
  capabilityTable,
  type CallOperation,
  type CallShape,
  type Cell,
  type UnconfirmedCapabilities,
} from './capability-table';
import type { Persona } from './persona';

export interface CallFacts {
  readonly persona: Persona;
  readonly shape: CallShape;
  readonly state: CallStatus;
  readonly emergency: boolean;
  readonly unconfirmed?: UnconfirmedCapabilities;
}

const unknown: Capability = { supported: false, reason: 'not-supported' };

/** In which states of the call this page can do something that it can do; left out: whenever it is connected. */
const statesHere: { readonly [Operation in CallOperation]?: readonly CallStatus[] } = {
  hold: ['connected', 'remote-held'],
  resume: ['held'],
  dtmf: ['connected'],
};

/** What can be done in a call, and by whom. */
export function capabilitiesOf(facts: CallFacts): CallCapabilities {
  if (facts.state === 'ended') return noCallCapabilities('closed');
  const can = (operation: CallOperation) => capabilityOf(facts, operation);
  return {
    mute: can('mute'),
    unmute: can('unmute'),
    hold: can('hold'),
    resume: can('resume'),
    dtmf: can('dtmf'),
    addParticipant: can('addParticipant'),
    removeParticipant: can('removeParticipant'),
    muteParticipant: can('muteParticipant'),
    record: can('record'),
    transferToPhone: can('transferToPhone'),
    transferToTeamsUser: can('transferToTeamsUser'),
    transferToVoicemail: can('transferToVoicemail'),
    addTeamsUser: can('addTeamsUser'),
    hangUp: can('hangUp'),
  };
}

/** Whether one thing can be done, and by whom; what the table does not know is not supported. */
export function capabilityOf(facts: CallFacts, operation: string): Capability {
  const { persona, shape, state, emergency, unconfirmed = {} } = facts;
  const cell = own(own(own(capabilityTable, operation), persona), shape);
  if (cell === undefined) return unknown;
  if (state === 'ended') return { supported: false, reason: 'closed' };
  const connected = state === 'connected' || state === 'held' || state === 'remote-held';
  if (!connected && operation !== 'hangUp') return { supported: false, reason: 'not-connected' };
  if (emergency && blockedInEmergency.has(operation)) return { supported: false, reason: 'emergency-call' };
  const capability = settled(cell, unconfirmed);
  const states = own(statesHere, operation);
  const wrong = capability.supported && capability.executor === 'client' && states?.includes(state) === false;
  return wrong ? { supported: false, reason: 'wrong-state' } : capability;
}

function settled(cell: Cell, unconfirmed: UnconfirmedCapabilities): Capability {
  const said = typeof cell === 'object' && 'confirmed' in cell ? answer(cell, unconfirmed) : cell;
  return typeof said === 'string'
    ? { supported: true, executor: said }
    : { supported: false, reason: 'not-supported', detail: said.why };
}

function answer(cell: Extract<Cell, { readonly confirmed: unknown }>, unconfirmed: UnconfirmedCapabilities) {
  return unconfirmed[cell.confirmed] === true ? cell.then : cell.otherwise;
}

/** A row or cell by its name, which may be of a later version than this one. */
function own<T>(record: { readonly [key: string]: T } | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
