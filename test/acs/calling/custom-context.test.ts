import { describe, expect, test } from 'vitest';
import { correlationOf, toCustomContext } from '../../../src/acs/calling/custom-context';

const many = (count: number, prefix: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));

test('a call carries our id and nothing else unless more is asked for', () => {
  expect(toCustomContext('id-1')).toEqual({ voipHeaders: [{ key: 'onescreen-correlation', value: 'id-1' }] });
});

test('what is within the limits is sent as it is', () => {
  const context = toCustomContext('id-1', {
    voip: { ...many(998, 'k'), ['k'.repeat(64)]: 'v'.repeat(1024) },
    sip: { ...many(4, 'X-MS-Custom-'), [`X-MS-Custom-${'k'.repeat(52)}`]: 'v'.repeat(256) },
    userToUser: 'u'.repeat(256),
  });
  expect(context.voipHeaders).toHaveLength(1000);
  expect(context.sipHeaders).toHaveLength(5);
  expect(context.userToUser).toHaveLength(256);
});

describe('what is beyond the limits is refused, never cut off:', () => {
  test.each([
    ['1001 VoIP headers', { voip: many(1000, 'k') }, 'headers.voip'],
    ['a VoIP key of 65', { voip: { ['k'.repeat(65)]: '' } }, `headers.voip.${'k'.repeat(65)}`],
    ['a VoIP value of 1025', { voip: { key: 'v'.repeat(1025) } }, 'headers.voip.key'],
    ['an empty key', { voip: { '': 'v' } }, 'headers.voip.'],
    ['our own key', { voip: { 'onescreen-correlation': 'x' } }, 'headers.voip.onescreen-correlation'],
    ['6 SIP headers', { sip: many(6, 'X-MS-Custom-') }, 'headers.sip'],
    ['a SIP key without the prefix', { sip: { topic: 'x' } }, 'headers.sip.topic'],
    [
      'a SIP key of 65',
      { sip: { [`X-MS-Custom-${'k'.repeat(53)}`]: '' } },
      `headers.sip.X-MS-Custom-${'k'.repeat(53)}`,
    ],
    ['a SIP value of 257', { sip: { 'X-MS-Custom-a': 'v'.repeat(257) } }, 'headers.sip.X-MS-Custom-a'],
    ['a User-to-User of 257', { userToUser: 'u'.repeat(257) }, 'headers.userToUser'],
  ])('%s', (_what, headers, field) => {
    expect(() => toCustomContext('id-1', headers)).toThrow(expect.objectContaining({ code: 'command/invalid', field }));
  });

  test('an id of 1025', () => {
    expect(() => toCustomContext('i'.repeat(1025))).toThrow(expect.objectContaining({ code: 'command/invalid' }));
  });
});

describe('the id of a call that rings', () => {
  const header = (value: string, key = 'onescreen-correlation') => ({ key, value });

  test('is read whatever the case of its key', () => {
    expect(correlationOf({ voipHeaders: [header('id-1', 'OneScreen-Correlation'), header('x', 'other')] })).toBe(
      'id-1',
    );
  });

  test.each([
    ['absent', undefined],
    ['without headers', {}],
    ['empty', { voipHeaders: [header('')] }],
    ['too long', { voipHeaders: [header('i'.repeat(1025))] }],
    ['there twice', { voipHeaders: [header('id-1'), header('id-2')] }],
    ['beside a header without a name only', { voipHeaders: [{ key: undefined as never, value: 'id-1' }] }],
    ['elsewhere', { sipHeaders: [header('id-1')] }],
  ])('is not believed when it is %s', (_what, context) => {
    expect(correlationOf(context)).toBeUndefined();
  });
});
