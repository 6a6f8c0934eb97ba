import { expect, test } from 'vitest';
import { talkingWords, type Heard } from '../../examples/one-screen/agent/voice/talking-words';

const anna = (status: Heard['status'] = 'connected'): Heard => ({ name: 'Anna', status });
const ben = (status: Heard['status'] = 'connected'): Heard => ({ name: 'Ben', status });
const consult = (
  status: 'ringing' | 'consulting' | 'swapped' | 'merged',
  purpose: 'consult' | 'transfer' | 'conference' = 'consult',
) => ({ status, purpose, kind: 'agent', displayName: 'Ben' }) as const;

test.each([
  ['a call of two', [anna()], undefined, 'You are talking to Anna'],
  ['a customer on hold', [anna('held')], undefined, 'You are talking to nobody · Anna hears music'],
  ['asking', [anna('held'), ben('connecting')], consult('ringing'), 'Ringing Ben… · Anna hears music'],
  [
    'bringing in',
    [anna(), ben('connecting')],
    consult('ringing', 'conference'),
    'You are talking to Anna · Ringing Ben…',
  ],
  ['a consult', [anna('held'), ben()], consult('consulting'), 'You are talking to Ben · Anna hears music'],
  ['a swap', [anna(), ben('held')], consult('swapped'), 'You are talking to Anna · Ben hears music'],
  ['a conference', [anna(), ben()], consult('merged'), 'You are talking to Anna and Ben'],
  ['a consult seen by who is asked', [anna('held'), ben()], undefined, 'You are talking to Ben · Anna hears music'],
] as const)('says whom the agent talks to in %s', (_, people, asked, words) => {
  expect(talkingWords('Anna', people, asked)).toBe(words);
});

test('believes the contact center before the call, which may show a hold late', () => {
  expect(talkingWords('Anna', [anna(), ben()], consult('consulting'))).toBe(
    'You are talking to Ben · Anna hears music',
  );
});
