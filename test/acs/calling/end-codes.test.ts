import { ContactCenterError } from 'onescreen';
import { describe, expect, test } from 'vitest';
import { toCallEnd, toCallingError } from '../../../src/acs/calling/calling-error';
import { endCodes } from '../../../src/acs/calling/end-codes';

/** Every row of the published tables: code, sub-code, outcome, our code, whether it may work later. */
const rows = [
  [0, 0, 'completed', 'call/ended', false],
  [0, 5000, 'removed', 'call/removed', false],
  [0, 5300, 'removed', 'call/removed', false],
  [0, 5003, 'completed', 'call/ended', false],
  [0, 4097, 'completed', 'call/ended', false],
  [0, 7000, 'completed', 'call/ended', false],
  [0, 4521, 'abandoned', 'call/abandoned', false],
  [0, 560000, 'completed', 'call/ended', false],
  [0, 540000, 'completed', 'call/ended', false],
  [487, 0, 'cancelled', 'call/cancelled', false],
  [487, 540487, 'cancelled', 'call/cancelled', false],
  [497, 560487, 'cancelled', 'call/cancelled', false],
  [487, 10003, 'accepted-elsewhere', 'call/accepted-elsewhere', false],
  [487, 10004, 'no-answer', 'call/no-answer', true],
  [487, 10024, 'declined', 'call/declined', false],
  [603, 0, 'declined', 'call/declined', false],
  [603, 560603, 'declined', 'call/declined', false],
  [480, undefined, 'failed', 'call/unreachable', true],
  [480, 10037, 'failed', 'call/unreachable', true],
  [408, 10057, 'failed', 'call/unreachable', true],
  [408, 560408, 'no-answer', 'call/no-answer', true],
  [480, 560480, 'no-answer', 'call/no-answer', true],
  [486, 560486, 'busy', 'call/busy', true],
  [486, 540486, 'busy', 'call/busy', true],
  [404, 560404, 'failed', 'call/bad-destination', false],
  [484, 560484, 'failed', 'call/bad-destination', false],
  [404, 511404, 'failed', 'call/bad-destination', false],
  [403, 560403, 'failed', 'call/forbidden', false],
  [403, 510403, 'failed', 'call/forbidden', false],
  [403, 10105, 'failed', 'call/config-bot', false],
  [403, 5223, 'failed', 'call/config-federation', false],
  [403, 5221, 'failed', 'call/config-federation', false],
  [403, 5222, 'failed', 'call/config-federation', false],
  [410, 3100, 'failed', 'call/network', true],
  [410, 3101, 'failed', 'call/network', true],
  [410, 3112, 'failed', 'call/network', true],
  [410, 531004, 'failed', 'call/network', true],
  [410, 301005, 'failed', 'call/network', true],
  [430, undefined, 'failed', 'call/network', true],
  [481, undefined, 'failed', 'call/network', true],
  [490, undefined, 'failed', 'call/network', true],
  [491, undefined, 'failed', 'call/network', true],
  [496, undefined, 'failed', 'call/network', true],
  [497, undefined, 'failed', 'call/network', true],
  [498, undefined, 'failed', 'call/network', true],
  [495, 4507, 'failed', 'agent/token-refused', true],
  [500, undefined, 'failed', 'call/service', true],
  [503, undefined, 'failed', 'call/service', true],
  [504, undefined, 'failed', 'call/service', true],
  [undefined, 560500, 'failed', 'call/service', true],
  [undefined, 560503, 'failed', 'call/service', true],
  [412, 41056, 'failed', 'call/config-license', false],
  [409, 40228, 'failed', 'agent/duplicate', false],
  [409, 40230, 'failed', 'agent/duplicate', false],
  [403, 40229, 'failed', 'agent/identity-mismatch', false],
  [403, 40231, 'failed', 'agent/identity-mismatch', false],
  [401, 40235, 'failed', 'agent/token-refused', true],
  [401, 44110, 'failed', 'agent/token-refused', true],
  [401, 44114, 'failed', 'agent/token-scope', false],
  [400, 44214, 'failed', 'agent/config', false],
  [400, 40100, 'failed', 'agent/insecure-page', false],
  [408, 40104, 'failed', 'agent/unavailable', true],
  [408, 40114, 'failed', 'agent/unavailable', true],
  [412, 40115, 'failed', 'agent/unavailable', true],
  [500, 40216, 'failed', 'agent/unavailable', true],
  [500, 40102, 'failed', 'agent/unavailable', true],
  [400, 41006, 'cancelled', 'call/gone', false],
  [400, 41007, 'cancelled', 'call/gone', false],
  [400, 40613, 'failed', 'device/permission-denied', false],
  [405, 40606, 'failed', 'device/speakers-not-listed', false],
  [undefined, 41015, 'failed', 'call/command-failed', true],
  [undefined, 41016, 'failed', 'call/command-failed', true],
  [undefined, 41033, 'failed', 'call/command-failed', true],
  [undefined, 41034, 'failed', 'call/command-failed', true],
] as const;

const named = rows.map(([code, subCode, outcome, error, retryable]) => ({
  ...{ code: code ?? 499, subCode: subCode ?? 99, outcome, error, retryable },
  isExact: code !== undefined && subCode !== undefined,
}));

describe('the table of end codes', () => {
  test.each(named)('$code/$subCode ends a call as $outcome with $error', ({ code, subCode, ...expected }) => {
    const { error, outcome, retryable } = expected;
    const end = toCallEnd({ code, subCode });
    expect(end).toMatchObject({ outcome, code: error, retryable, provider: { name: 'acs', code, subCode } });
    expect(end.message).not.toBe('');
  });

  test.each(named)('$code/$subCode fails a command with $error', ({ code, subCode, error, retryable }) => {
    const raised = Object.assign(new Error('raw'), { name: 'CallingCommunicationError', code, subCode });
    const mapped = toCallingError(raised, 'try');
    expect(mapped).toMatchObject({ code: error, retryable, cause: raised, provider: { name: 'acs', code, subCode } });
    expect(mapped.message).toMatch(/^unable to try; \S/);
  });

  test('holds these rows and no others', () => {
    const keys = endCodes.map(({ code, subCode }) => `${code}/${subCode}`).sort();
    expect(keys).toEqual(rows.map(([code, subCode]) => `${code}/${subCode}`).sort());
  });
});

describe('codes beyond the table', () => {
  test.each([
    [604, 560604, 'call/bad-destination', 'failed'],
    [502, 560502, 'call/service', 'failed'],
    [487, 560487, 'call/cancelled', 'cancelled'],
    [603, 540603, 'call/declined', 'declined'],
    [600, 560600, 'call/busy', 'busy'],
    [488, 560488, 'call/phone-network', 'failed'],
  ])('%i/%i of the telephone network is %s', (code, subCode, error, outcome) => {
    expect(toCallEnd({ code, subCode })).toMatchObject({ code: error, outcome });
  });

  test('43xxx is the camera', () => {
    expect(toCallEnd({ code: 500_000, subCode: 43_004 }).code).toBe('device/camera');
  });

  test('what is not known stays unknown, never a fault of the network, with what the service said', () => {
    const reason = { code: 777, subCode: 7, message: 'Strange' };
    expect(toCallEnd(reason)).toMatchObject({
      ...{ outcome: 'failed', code: 'call/unknown', retryable: false },
      message: expect.stringContaining('Strange'),
      provider: { name: 'acs', code: 777, subCode: 7 },
    });
    expect(toCallEnd(undefined)).toMatchObject({ code: 'call/unknown', provider: { name: 'acs' } });
    expect(toCallingError(new Error('odd'), 'call')).toMatchObject({
      ...{ code: 'call/unknown', message: 'unable to call; odd' },
    });
  });
});

describe('refusals that come as text', () => {
  test.each([
    ['Service request failed. Status: 403, Body: UserLicenseNotPresentForbidden', 'agent/config-license'],
    ['AADSTS65001: consent is missing, status 403', 'agent/config-consent'],
    [
      'Service request failed. Status: 403, Body: {"code":"NotAssigned","message":"no assignment"}',
      'agent/config-assignment',
    ],
    ['Service request failed. Status: 403, Body: {}', 'agent/config-assignment'],
  ])('%s is %s', (message, code) => {
    const mapped = toCallingError(new Error(message), 'register for calls');
    expect(mapped).toMatchObject({ code, retryable: false });
    expect(mapped.message).toMatch(/administrator|owner/);
  });

  test('and errors of ours stay as they are', () => {
    const error = new ContactCenterError('call/gone', 'unable to answer call; it is gone');
    expect(toCallingError(error, 'answer call')).toBe(error);
  });
});
