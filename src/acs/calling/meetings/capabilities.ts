import type { ParticipantCapabilities, ParticipantCapabilityName } from '@azure/communication-calling';
import type { Capability, DenyReason, MeetingAction, MeetingCapabilities, MeetingStatus } from 'onescreen';
import { capabilityReasons, meetingRows } from './capability-rows';
import type { MeetingPersona } from './meeting-persona';

/** What decides on what can be done in a meeting. */
export interface MeetingFacts {
  readonly persona: MeetingPersona;
  readonly status: MeetingStatus;
  readonly consent: 'not-needed' | 'required' | 'granted';
  /** What the service says; undefined until it has. */
  readonly official: Partial<ParticipantCapabilities> | undefined;
  /** The meeting's own chat is there. */
  readonly hasChat: boolean;
}

const yes: Capability = { supported: true, executor: 'client' };
const no = (reason: DenyReason, detail?: string): Capability => ({
  ...{ supported: false, reason },
  ...(detail !== undefined && { detail }),
});

/** What can be done in a meeting now. */
export function meetingCapabilities(facts: MeetingFacts): MeetingCapabilities {
  const can = (action: MeetingAction) => meetingCapability(facts, action);
  return {
    join: can('join'),
    leave: can('leave'),
    mute: can('mute'),
    unmute: can('unmute'),
    hold: can('hold'),
    resume: can('resume'),
    video: can('video'),
    shareScreen: can('shareScreen'),
    raiseHand: can('raiseHand'),
    spotlight: can('spotlight'),
    admit: can('admit'),
    muteParticipant: can('muteParticipant'),
    removeParticipant: can('removeParticipant'),
    addTeamsUser: can('addTeamsUser'),
    addPhone: can('addPhone'),
    captions: can('captions'),
    grantConsent: can('grantConsent'),
    chat: can('chat'),
  };
}

export function meetingCapability(facts: MeetingFacts, action: MeetingAction): Capability {
  const { persona, status, consent, official, hasChat } = facts;
  const { states, needs = [], wantsConsent, never } = meetingRows[action];
  if (status === 'closed') return no('closed');
  const why = never?.[persona];
  if (why !== undefined) return no('not-supported', why);
  if (!states.includes(status)) return no(wrongState(status, action));
  if (action === 'grantConsent') return consent === 'required' ? yes : no('wrong-state');
  if (action === 'chat') return hasChat ? yes : no('not-supported', "the meeting's own chat is not to be had here");
  if (wantsConsent && consent === 'required') return no('consent-required');
  for (const name of needs) {
    const refusal = refusalOf(official, name);
    if (refusal !== undefined) return refusal;
  }
  return yes;
}

function wrongState(status: MeetingStatus, action: MeetingAction): DenyReason {
  if (action === 'join' || status === 'connected' || status === 'held') return 'wrong-state';
  return status === 'elsewhere' ? 'other-tab-owns-media' : 'not-connected';
}

function refusalOf(
  official: Partial<ParticipantCapabilities> | undefined,
  name: ParticipantCapabilityName,
): Capability | undefined {
  if (official === undefined) return no('not-connected', capabilityReasons.NotInitialized?.detail);
  const said = official[name];
  if (said === undefined) return no('not-supported', `the service says nothing of ${name}`);
  if (said.isPresent) return undefined;
  const row = Object.hasOwn(capabilityReasons, said.reason) ? capabilityReasons[said.reason] : undefined;
  return row === undefined ? no('not-supported', said.reason) : no(row.reason, row.detail);
}
