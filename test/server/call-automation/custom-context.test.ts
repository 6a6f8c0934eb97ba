import { describe, expect, it } from 'vitest';
import { customContext } from '../../../src/server/call-automation/custom-context';

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
const refused = expect.objectContaining({ code: 'command/invalid', field: 'context' });

describe('the custom context', () => {
  it('is VoIP headers, or SIP headers for a phone', () => {
    expect(customContext('8:acs:r_u', { 'onescreen-correlation': 'o1' })).toEqual([
      { kind: 'voip', key: 'onescreen-correlation', value: 'o1' },
    ]);
    const sip = { kind: 'sipx', key: 'order', value: '7', sipHeaderPrefix: 'X-MS-Custom-' };
    expect(customContext('4:+491', { order: '7' })).toEqual([sip]);
    expect(customContext('4:+491', { 'X-MS-Custom-order': '7' })).toEqual([sip]);
  });

  it('goes as far as the service takes it', () => {
    expect(customContext('8:acs:r_u', { ['k'.repeat(64)]: 'v'.repeat(1_024) })).toHaveLength(1);
    expect(customContext('8:acs:r_u', many(1_000))).toHaveLength(1_000);
    expect(customContext('4:+491', { ['k'.repeat(52)]: 'v'.repeat(256) })).toHaveLength(1);
    expect(customContext('4:+491', many(5))).toHaveLength(5);
  });

  it.each([
    ['8:acs:r_u', { ['k'.repeat(65)]: 'v' }],
    ['8:acs:r_u', { '': 'v' }],
    ['8:acs:r_u', { k: 'v'.repeat(1_025) }],
    ['8:acs:r_u', many(1_001)],
    ['4:+491', { ['k'.repeat(53)]: 'v' }],
    ['4:+491', { k: 'v'.repeat(257) }],
    ['4:+491', { 'a: b\r\nc': 'v' }],
    ['4:+491', many(6)],
  ])('is refused beyond that, never cut', (target, context) => {
    expect(() => customContext(target, context)).toThrow(refused);
  });
});
