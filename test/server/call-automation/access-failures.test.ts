import { explainAccessFailure } from 'onescreen/server';
import { expect, test } from 'vitest';

test.each([
  [{ status: 403, subCode: 10105 }, 'bot'],
  [{ status: 403, subCode: 5223 }, 'federation'],
  [{ status: 403, code: '7507' }, 'other-resource'],
  [{ status: 403, code: '7504', message: 'Insufficient permissions' }, 'unassigned'],
  [{ status: 403, code: 'UserLicenseNotPresentForbidden' }, 'licence'],
  [{ status: 401, subCode: 44114 }, 'scope'],
  [{ status: 412, subCode: 41056 }, 'enterprise-voice'],
  [{ status: 422, message: 'Invalid CommunicationUser identifier' }, 'resource-account-id'],
  [{ status: 401, code: 'Unauthorized', message: 'The token has expired' }, 'token'],
  [{ status: 401 }, 'key'],
  [{ status: 403, code: 'Forbidden' }, 'permissions'],
])('explains %j', (answer, name) => {
  const failure = explainAccessFailure(answer);
  expect(failure?.name).toBe(name);
  expect(failure?.cause).not.toBe('');
  expect(failure?.remedy).not.toBe('');
});

test('explains a refusal by what was being done when the service says no more', () => {
  expect(explainAccessFailure({ status: 403 }, 'exchange')?.name).toBe('agent-not-assigned');
  expect(explainAccessFailure({ status: 403 }, 'identity')?.name).toBe('managed-identity');
  expect(explainAccessFailure({ status: 401 }, 'identity')?.name).toBe('managed-identity');
});

test('says nothing of what is no matter of access', () => {
  expect(explainAccessFailure({ status: 404, code: '8522' })).toBeUndefined();
  expect(explainAccessFailure({ status: 503 })).toBeUndefined();
});
