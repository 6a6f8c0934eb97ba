import type { CallAction, CallStatus } from 'onescreen';
import { describe, expect, test } from 'vitest';
import { capabilitiesOf, type CallFacts } from '../../../src/acs/calling/capabilities';

const actions: readonly CallAction[] = [
  ...(['mute', 'unmute', 'hold', 'resume', 'dtmf', 'addParticipant', 'removeParticipant'] as const),
  ...(['muteParticipant', 'record', 'hangUp'] as const),
];

/** One word an action: c = this client, s = the server, else the reason. */
function words(facts: CallFacts): string {
  const capabilities = capabilitiesOf(facts);
  return actions
    .map((action) => {
      const capability = capabilities[action];
      return capability.supported ? { client: 'c', controlPlane: 's' }[capability.executor] : capability.reason;
    })
    .join(' ');
}

const no = (reason: string) => actions.map(() => reason).join(' ');
const never = 'not-supported';
const wrong = 'wrong-state';

describe('who does what in a connected call', () => {
  test.each([
    //                            mute unmute hold resume dtmf add remove muteOther record hangUp
    ['tpeAgent', 'group', 'connected', 'c c s s s s s c s c'],
    ['tpeAgent', 'one-to-one', 'connected', `c c c ${wrong} c c c ${never} s c`],
    ['tpeAgent', 'one-to-one', 'held', `c c ${wrong} c ${wrong} c c ${never} s c`],
    ['tpeAgent', 'one-to-one', 'remote-held', `c c c ${wrong} ${wrong} c c ${never} s c`],
    ['tpeAgent', 'group', 'held', 'c c s s s s s c s c'],
    ['teamsUser', 'one-to-one', 'connected', `c c c ${wrong} c c c ${never} ${never} c`],
    ['teamsUser', 'group', 'connected', `c c c ${wrong} c c c c ${never} c`],
    ['acsUser', 'one-to-one', 'connected', `c c c ${wrong} c c c ${never} s c`],
    ['acsUser', 'group', 'connected', 'c c s s c c c c s c'],
  ] as const)('%s, %s, %s', (persona, shape, state, expected) => {
    expect(words({ persona, shape, state, emergency: false })).toBe(expected);
  });
});

test.each(['connecting', 'ringing', 'early-media'] as const)('in a call that is %s, only hanging up', (state) => {
  const expected = `${actions
    .slice(1)
    .map(() => 'not-connected')
    .join(' ')} c`;
  expect(words({ persona: 'tpeAgent', shape: 'group', state, emergency: false })).toBe(expected);
});

test('in a call that has ended, nothing', () => {
  expect(words({ persona: 'acsUser', shape: 'one-to-one', state: 'ended', emergency: false })).toBe(no('closed'));
});

test.each(['connected', 'held', 'remote-held'] as const satisfies readonly CallStatus[])(
  'an emergency call (%s) can be neither muted nor held, and nobody comes or goes',
  (state) => {
    const blocked = new Set<CallAction>(actions.filter((action) => !['unmute', 'dtmf', 'hangUp'].includes(action)));
    const capabilities = capabilitiesOf({ persona: 'tpeAgent', shape: 'one-to-one', state, emergency: true });
    for (const action of actions) {
      const isBlocked = !capabilities[action].supported && capabilities[action].reason === 'emergency-call';
      expect([action, isBlocked]).toEqual([action, blocked.has(action)]);
    }
    expect(capabilities.hangUp.supported).toBe(true);
  },
);
