import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBench, errorOf, signature, type Bench } from './bench';
import { startEmulator } from './checked-emulator';

const tenantId = '11111111-2222-4333-8444-555555555555';
const objectId = '32c0a5db-05ec-48ea-81ab-3f06b329397e';
const path = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}?api-version=2025-06-30`;
const user = { principalType: 'user', clientIds: ['app'] };

const exchange = (bench: Bench, claims: object) => {
  const jwt = ['{}', JSON.stringify({ oid: objectId, tid: tenantId, ...claims }), 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
  return bench.send('POST', '/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30', {
    body: {},
    headers: { authorization: `Bearer ${jwt}` },
  });
};

test('a resource account or an agent is assigned, changed and taken back', async () => {
  const bench = createBench();
  expect(errorOf(await bench.signed('GET', path))).toEqual([404, 'NotFound']);
  const account = { principalType: 'teamsResourceAccount' };
  expect(await bench.signed('PUT', path, account)).toMatchObject({
    status: 201,
    body: { objectId, tenantId, ...account },
  });
  expect(await bench.signed('PUT', path, user)).toMatchObject({ status: 200, body: { objectId, tenantId, ...user } });
  expect(await bench.signed('GET', path)).toMatchObject({ status: 200, body: { objectId, tenantId, ...user } });
  expect((await bench.signed('DELETE', path)).status).toBe(204);
  expect(errorOf(await bench.signed('GET', path))).toEqual([404, 'NotFound']);
});

test.each([
  [path, { principalType: 'group' }],
  [path, { principalType: 'user', clientIds: [] }],
  [path.replace(tenantId, 'contoso'), user],
  [path.replace(objectId, '4915112345678'), user],
])('an assignment that makes no sense is refused: %s %j', async (where, body) => {
  expect(errorOf(await createBench().signed('PUT', where, body))).toEqual([400, 'BadRequest']);
});

test('assignments are for whoever holds the access key', async () => {
  expect(errorOf(await createBench().send('GET', path))).toEqual([401, 'Unauthorized']);
});

test('tokens are exchanged for whoever has an Entra token, unless assignments are required', async () => {
  expect((await exchange(createBench(), {})).status).toBe(200);

  const strict = createBench({ requireAssignments: true });
  expect(errorOf(await exchange(strict, {}))).toEqual([403, 'Forbidden']);
  await strict.signed('PUT', path, user);
  expect((await exchange(strict, { appid: 'app' })).status).toBe(200);
  expect(errorOf(await exchange(strict, { appid: 'other' }))).toEqual([403, 'Forbidden']);
});

test('assignments outlive the process where data does', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'onescreen-test-'));
  try {
    for (const [method, status] of [
      ['PUT', 201],
      ['DELETE', 204],
      ['PUT', 201],
      ['GET', 200],
    ] as const) {
      const started = await startEmulator({ dataFolder });
      const { endpoint, core } = started;
      const body = method === 'PUT' ? JSON.stringify(user) : '';
      const { host } = new URL(endpoint);
      const answer = await fetch(`${endpoint}${path}`, {
        method,
        headers: {
          ...signature(method, path, body, core.accessKey, Date.now(), host),
          'content-type': 'application/json',
        },
        ...(body !== '' && { body }),
      });
      expect(answer.status).toBe(status);
      await started.close();
    }
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
});
