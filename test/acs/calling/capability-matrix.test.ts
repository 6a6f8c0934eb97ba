import { acsVoice, type UnconfirmedCapabilities } from 'onescreen/acs/calling';
import type { Capability } from 'onescreen';
import { describe, expect, test } from 'vitest';
import { capabilitiesOf, capabilityOf, type CallFacts } from '../../../src/acs/calling/capabilities';
import { capabilityTable, type CallOperation } from '../../../src/acs/calling/capability-table';

type Persona = CallFacts['persona'];

/** One word: `client`, `server`, or `no` for what is not supported, whatever the call. */
function word(persona: Persona, shape: CallFacts['shape'], operation: string, unconfirmed?: UnconfirmedCapabilities) {
  const facts: CallFacts = {
    ...{ persona, shape, state: operation === 'resume' ? 'held' : 'connected', emergency: false },
    ...(unconfirmed !== undefined && { unconfirmed }),
  };
  return wordOf(capabilityOf(facts, operation));
}

function wordOf(capability: Capability): string {
  if (capability.supported) return capability.executor === 'client' ? 'client' : 'server';
  return capability.reason === 'not-supported' ? 'no' : capability.reason;
}

const words = (persona: Persona, operation: CallOperation, unconfirmed?: UnconfirmedCapabilities) => [
  word(persona, 'one-to-one', operation, unconfirmed),
  word(persona, 'group', operation, unconfirmed),
];

describe('an agent of Teams Phone extensibility (a call of two, a group call)', () => {
  const rows: readonly (readonly [row: string, CallOperation, oneToOne: string, group: string])[] = [
    ['Add agent / external number', 'addParticipant', 'client', 'server'],
    ['Cancel pending add', 'cancelAdd', 'server', 'server'],
    ['Transfer 1:1 call to agent; transfer group call', 'transferToAgent', 'client', 'server'],
    ['Transfer 1:1 call to number; transfer group call', 'transferToPhone', 'client', 'server'],
    ['Transfer to a Teams user', 'transferToTeamsUser', 'no', 'no'],
    ['Add a Teams user', 'addTeamsUser', 'no', 'no'],
    ['Hold', 'hold', 'client', 'server'],
    ['Resume', 'resume', 'client', 'server'],
    ['DTMF to PSTN party', 'dtmf', 'client', 'server'],
    ['Mute another agent (VoIP)', 'muteParticipant', 'no', 'client'],
    ['Mute PSTN party', 'mutePhone', 'no', 'no'],
    ['Dial the same number twice in one call', 'addSamePhone', 'no', 'no'],
    ['ACS recording', 'record', 'server', 'server'],
    ['Transfer to voicemail', 'transferToVoicemail', 'no', 'no'],
    ['Mute and unmute oneself', 'mute', 'client', 'client'],
    ['Mute and unmute oneself', 'unmute', 'client', 'client'],
    ['Hang up', 'hangUp', 'client', 'client'],
  ];
  test.each(rows)('%s: %s', (_row, operation, oneToOne, group) => {
    expect(words('tpeAgent', operation)).toEqual([oneToOne, group]);
  });
});

describe('a Teams user (a call of two, a group call)', () => {
  test.each([
    ['Call ACS user / Teams user: add a Teams user', 'addTeamsUser', 'client', 'client'],
    ['Call PSTN: add a number', 'addParticipant', 'client', 'client'],
    ['Hold / resume', 'hold', 'client', 'client'],
    ['Hold / resume', 'resume', 'client', 'client'],
    ['DTMF', 'dtmf', 'client', 'client'],
    ['Transfer to participant', 'transferToAgent', 'client', 'no'],
    ['Transfer to participant', 'transferToPhone', 'client', 'no'],
    ['Transfer to participant', 'transferToTeamsUser', 'client', 'no'],
    ['Transfer to voicemail', 'transferToVoicemail', 'no', 'no'],
    ['Mute others / all', 'muteParticipant', 'no', 'client'],
    ['Mute others / all', 'mutePhone', 'no', 'client'],
    ['Recording', 'record', 'no', 'no'],
  ] as const)('%s: %s', (_row, operation, oneToOne, group) => {
    expect(words('teamsUser', operation)).toEqual([oneToOne, group]);
  });
});

describe('an ACS user (a call of two, a group call)', () => {
  test.each([
    ['Call ACS user / Teams user: add a Teams user', 'addTeamsUser', 'client', 'client'],
    ['Call PSTN: add a number', 'addParticipant', 'client', 'client'],
    ['Hold / resume: 1:1 true; group local, so that the server holds', 'hold', 'client', 'server'],
    ['Hold / resume: 1:1 true; group local, so that the server holds', 'resume', 'client', 'server'],
    ['DTMF', 'dtmf', 'client', 'client'],
    ['Transfer to participant', 'transferToAgent', 'client', 'server'],
    ['Transfer to participant', 'transferToPhone', 'client', 'server'],
    ['Transfer to participant', 'transferToTeamsUser', 'client', 'server'],
    ['Transfer to voicemail', 'transferToVoicemail', 'client', 'no'],
    ['Mute others / all', 'muteParticipant', 'no', 'client'],
    ['Mute others / all', 'mutePhone', 'no', 'client'],
    ['Recording', 'record', 'server', 'server'],
  ] as const)('%s: %s', (_row, operation, oneToOne, group) => {
    expect(words('acsUser', operation)).toEqual([oneToOne, group]);
  });
});

describe('what the texts contradict each other about', () => {
  test.each([
    ['tpeAgent', 'addTeamsUser', 'teamsUsers', ['server', 'server']],
    ['tpeAgent', 'transferToTeamsUser', 'teamsUsers', ['server', 'server']],
    ['teamsUser', 'transferToVoicemail', 'voicemail', ['client', 'no']],
    ['tpeAgent', 'muteParticipant', 'controlPlaneMute', ['no', 'server']],
  ] as const)('a %s can %s only once %s is confirmed', (persona, operation, confirmed, then) => {
    expect(words(persona, operation, { [confirmed]: true })).toEqual(then);
    expect(words(persona, operation, { [confirmed]: false })).toEqual(words(persona, operation));
    expect(words(persona, operation)).not.toEqual(then);
  });

  test.each([
    ['tpeAgent', 'addTeamsUser', 'unconfirmed.teamsUsers'],
    ['tpeAgent', 'transferToTeamsUser', 'unconfirmed.teamsUsers'],
    ['teamsUser', 'transferToVoicemail', 'unconfirmed.voicemail'],
  ] as const)('a %s who cannot %s reads why, and what to set', (persona, operation, setting) => {
    const facts = { persona, shape: 'one-to-one', state: 'connected', emergency: false } as const;
    expect(capabilitiesOf(facts)[operation]).toMatchObject({ detail: expect.stringContaining(setting) });
  });

  test('is an option of the provider', () => {
    expect(acsVoice({ persona: 'tpeAgent', unconfirmed: { teamsUsers: true } }).name).toBe('acs');
  });
});

describe('what the table does not know is not supported', () => {
  const connected = { persona: 'tpeAgent', shape: 'group', state: 'connected', emergency: false } as const;
  /** As what is read from elsewhere, such as a later version, may be. */
  const like = (change: Readonly<Record<string, string>>): CallFacts => Object.assign({ ...connected }, change);

  test('Meeting guest: no action at all', () => {
    const can = Object.values(capabilitiesOf(like({ persona: 'meetingGuest' })));
    expect(new Set(can.map(wordOf))).toEqual(new Set(['no']));
  });

  test.each([
    ['a persona', { persona: 'toString' }, 'hold'],
    ['a shape', { shape: 'meeting' }, 'hold'],
    ['an action', {}, 'park'],
    ['an action', {}, '__proto__'],
    ['an action', {}, 'constructor'],
  ])('%s: %o %s', (_what, change, operation) => {
    expect(capabilityOf(like(change), operation)).toEqual({ supported: false, reason: 'not-supported' });
  });
});

describe('every row', () => {
  const rows = Object.keys(capabilityTable);
  const free = new Set(['unmute', 'dtmf', 'hangUp']);

  test.each(rows)('%s is blocked in an emergency call, unless it keeps the call going', (operation) => {
    const facts = { persona: 'acsUser', shape: 'one-to-one', state: 'connected', emergency: true } as const;
    expect(wordOf(capabilityOf(facts, operation)) === 'emergency-call').toBe(!free.has(operation));
  });

  test.each(rows)('%s waits for the connection, and is over with the call', (operation) => {
    const facts = { persona: 'acsUser', shape: 'one-to-one', emergency: false } as const;
    const before = operation === 'hangUp' ? 'client' : 'not-connected';
    expect(wordOf(capabilityOf({ ...facts, state: 'ringing' }, operation))).toBe(before);
    expect(wordOf(capabilityOf({ ...facts, state: 'ended' }, operation))).toBe('closed');
  });
});
