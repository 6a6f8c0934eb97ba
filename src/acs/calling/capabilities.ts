import type { CallAction, CallCapabilities, CallStatus, Capability } from 'onescreen';
import { noCallCapabilities } from 'onescreen/voice';
import type { Persona } from './persona';

/** Two parties, or more: with a server in it, a call of Teams Phone extensibility is always a group call. */
export type CallShape = 'one-to-one' | 'group';

export interface CallFacts {
  readonly persona: Persona;
  readonly shape: CallShape;
  readonly state: CallStatus;
  readonly emergency: boolean;
}

const here: Capability = { supported: true, executor: 'client' };
const server: Capability = { supported: true, executor: 'controlPlane' };
const never: Capability = { supported: false, reason: 'not-supported' };
const wrongState: Capability = { supported: false, reason: 'wrong-state' };
const emergencyCall: Capability = { supported: false, reason: 'emergency-call' };

/** Blocked in an emergency call. Source: azure-docs, communication-services/concepts/interop/tpe, emergency call. */
const blockedInEmergency: readonly CallAction[] = [
  ...(['mute', 'hold', 'resume', 'addParticipant', 'removeParticipant', 'muteParticipant', 'record'] as const),
];

type Executors = Omit<CallCapabilities, 'mute' | 'unmute' | 'hangUp'>;

/**
 * Who carries out what in a connected call. In a group call of the extension only the server can put the customer on
 * hold, send tones and change who takes part. Source: azure-docs, teams-phone-extensibility capabilities.
 */
const executors: Readonly<Record<Persona, Readonly<Record<CallShape, Executors>>>> = {
  tpeAgent: {
    'one-to-one': {
      ...{ hold: here, resume: here, dtmf: here, addParticipant: here, removeParticipant: here },
      ...{ muteParticipant: never, record: server },
    },
    group: {
      ...{ hold: server, resume: server, dtmf: server, addParticipant: server, removeParticipant: server },
      ...{ muteParticipant: here, record: server },
    },
  },
  teamsUser: {
    'one-to-one': {
      ...{ hold: here, resume: here, dtmf: here, addParticipant: here, removeParticipant: here },
      ...{ muteParticipant: never, record: never },
    },
    group: {
      ...{ hold: here, resume: here, dtmf: here, addParticipant: here, removeParticipant: here },
      ...{ muteParticipant: here, record: never },
    },
  },
  // Holding a group call here would leave the others in the room: the server plays them music.
  acsUser: {
    'one-to-one': {
      ...{ hold: here, resume: here, dtmf: here, addParticipant: here, removeParticipant: here },
      ...{ muteParticipant: never, record: server },
    },
    group: {
      ...{ hold: server, resume: server, dtmf: here, addParticipant: here, removeParticipant: here },
      ...{ muteParticipant: here, record: server },
    },
  },
};

/** What can be done in a call, and by whom. */
export function capabilitiesOf({ persona, shape, state, emergency }: CallFacts): CallCapabilities {
  if (state === 'ended') return noCallCapabilities('closed');
  const connected = state === 'connected' || state === 'held' || state === 'remote-held';
  if (!connected) return { ...noCallCapabilities('not-connected'), hangUp: here };
  const all: CallCapabilities = {
    ...inState(executors[persona][shape], state),
    mute: here,
    unmute: here,
    hangUp: here,
  };
  if (!emergency) return all;
  return { ...all, ...Object.fromEntries(blockedInEmergency.map((action) => [action, emergencyCall])) };
}

/** What this side itself does depends on its state; what the server does is the server's to refuse. */
function inState(who: Executors, state: CallStatus): Executors {
  const only = (capability: Capability, ...states: readonly CallStatus[]): Capability =>
    capability !== here || states.includes(state) ? capability : wrongState;
  return {
    ...who,
    hold: only(who.hold, 'connected', 'remote-held'),
    resume: only(who.resume, 'held'),
    dtmf: only(who.dtmf, 'connected'),
  };
}
