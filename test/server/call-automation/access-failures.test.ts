import { describe, expect, it } from 'vitest';
import { explainAccessFailure } from '../../../src/server/call-automation/access-failures';

describe('refusals of access', () => {
  it.each([
    [403, 10105, '', 'access/bot-misconfigured'],
    [403, undefined, 'UserLicenseNotPresentForbidden', 'access/licence-missing'],
    [412, 41056, '', 'access/licence-missing'],
    [403, 5223, 'Acs interop does not allow this user target', 'access/federation-off'],
    [403, 7505, '', 'access/tenant-mismatch'],
    [403, 7507, '', 'access/wrong-resource'],
    [401, 7509, '', 'access/credential-refused'],
    [403, 7510, '', 'access/not-permitted'],
    [400, 8567, '', 'access/speech-not-linked'],
    [403, 40231, '', 'access/wrong-token'],
    [401, 44114, '', 'access/wrong-token'],
    [403, 7504, 'no permission', 'access/not-permitted'],
    [403, undefined, 'The user is not assigned.', 'access/consent-missing'],
    [401, undefined, '', 'access/credential-refused'],
    [403, 99999, '', 'access/not-permitted'],
  ])('explains %s/%s %s as %s', (status, subCode, text, code) => {
    const found = explainAccessFailure({ status, ...(subCode !== undefined && { subCode }), text });
    expect(found?.code).toBe(code);
    expect(found?.remedy).toMatch(/\.$/);
  });

  it('keeps out of what is no matter of access', () => {
    expect(explainAccessFailure({ status: 404, subCode: 8522, text: 'Call not found.' })).toBeUndefined();
    expect(explainAccessFailure({ status: 404, subCode: 560404, text: 'The number is not assigned.' })).toBeUndefined();
    expect(explainAccessFailure({ status: 400, subCode: 8523 })).toBeUndefined();
    expect(explainAccessFailure({ status: 500 })).toBeUndefined();
  });
});
