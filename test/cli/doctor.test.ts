import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { systemClock } from 'onescreen';
import type { Emulator } from 'onescreen/emulator';
import { callAutomationHost, createServer as createControlPlane, requestListener } from 'onescreen/server';
import { afterEach, expect, test } from 'vitest';
import { signature } from '../emulator/bench';
import { startEmulator } from '../emulator/checked-emulator';
import { doctor, runCommand } from './doctor';

const tenantId = '11111111-2222-4333-8444-555555555555';
const account = '32c0a5db-05ec-48ea-81ab-3f06b329397e';
const agent = '0f3c1f6e-8a57-4a49-9a0b-6f4d5f3e2b11';
const webhookKey = 'a-key-of-the-webhooks-that-is-long-enough';
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function emulator(): Promise<Emulator> {
  const started = await startEmulator();
  closing.push(() => started.close());
  return started;
}

async function assign({ endpoint, core }: Emulator, objectId: string, body: object): Promise<void> {
  const path = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}?api-version=2025-06-30`;
  const text = JSON.stringify(body);
  const headers = signature('PUT', path, text, core.accessKey, Date.now(), new URL(endpoint).host);
  const answer = await fetch(`${endpoint}${path}`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: text,
  });
  expect(answer.status).toBe(201);
}

/** A server that answers every POST to its webhooks with this status and, where it is 200, the code. */
async function webhooks(answer: (url: URL) => number): Promise<string> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = answer(new URL(request.url ?? '/', 'http://127.0.0.1'));
      const [event] = JSON.parse(Buffer.concat(chunks).toString()) as { data: { validationCode: string } }[];
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 200 ? JSON.stringify({ validationResponse: event?.data.validationCode }) : '{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/calls`;
}

test('finds nothing wrong with a resource that is set up, and leaves nothing behind', async () => {
  const started = await emulator();
  await assign(started, account, { principalType: 'teamsResourceAccount' });
  await assign(started, agent, { principalType: 'user', clientIds: ['app'] });
  const callbackUrl = await webhooks(({ pathname, searchParams }) =>
    pathname !== '/calls/events' ? 404 : searchParams.get('key') === webhookKey ? 200 : 401,
  );
  const found = await doctor(
    { ACS_CONNECTION_STRING: started.connectionString, WEBHOOK_KEY: webhookKey, TEAMS_TENANT_ID: tenantId },
    { 'resource-account': account, agent: [agent], 'client-id': 'app', 'callback-url': callbackUrl },
  );
  const checks = ['configuration', 'endpoint', 'clock', 'access', 'calls', 'resource account', 'server consent'];
  for (const check of [...checks, "agent's consent", 'webhook key', 'event subscription', 'wrong key'])
    expect([check, found.of(check).status]).toEqual([check, 'ok']);
  expect(started.core.snapshot().identities.filter(({ deleted }) => !deleted)).toEqual([]);
});

test('names what is not assigned and how to assign it', async () => {
  const started = await emulator();
  await assign(started, agent, { principalType: 'user', clientIds: ['other'] });
  const env = { ACS_CONNECTION_STRING: started.connectionString, TEAMS_TENANT_ID: tenantId, TEAMS_CLIENT_ID: 'app' };
  const found = await doctor({ ...env, TEAMS_RESOURCE_ACCOUNT: account, TEAMS_AGENTS: agent });
  expect(found.of('server consent')).toMatchObject({
    status: 'failed',
    remedy: expect.stringContaining(`PUT /access/teamsExtension/tenants/${tenantId}/assignments/${account}`),
  });
  expect(found.of("agent's consent")).toMatchObject({
    status: 'failed',
    detail: `${agent} is not assigned for application app`,
  });
});

test('explains a wrong key', async () => {
  const started = await emulator();
  const other = Buffer.from('another key of sixteen bytes and more').toString('base64');
  const found = await doctor({ ACS_CONNECTION_STRING: `endpoint=${started.endpoint}/;accesskey=${other}` });
  expect(found.of('access')).toMatchObject({ status: 'failed', remedy: expect.stringContaining('access key') });
  expect(JSON.stringify(found.findings)).not.toContain(other);
});

test('tells how far off a clock is', async () => {
  const { connectionString } = await emulator();
  const ahead = { ...systemClock, now: () => Date.now() + 600_000 };
  const { of } = await doctor({ ACS_CONNECTION_STRING: connectionString }, {}, ahead);
  expect(of('clock')).toMatchObject({ status: 'failed', detail: expect.stringMatching(/(599|60[01]) s ahead/) });
  expect(of('access').status).toBe('ok');
});

test('tells a refusal by Call Automation from a call that is not found', async () => {
  const started = await emulator();
  started.core.faults.requests.add({
    path: '/calling/callConnections/',
    answer: { status: 403, code: '7504' },
  });
  const found = await doctor({ ACS_CONNECTION_STRING: started.connectionString });
  expect(found.of('calls')).toMatchObject({ status: 'failed', remedy: expect.stringContaining('assigned') });
});

test.each([
  ['endpoint=https://contoso.example/', 'no access key'],
  ['endpoint=http://contoso.example/;accesskey=a2V5', 'not https'],
  ['accesskey=a2V5', 'no address'],
  ['endpoint=https://contoso.example/;accesskey=a2V', 'not base64'],
])('refuses the connection string %s', async (text, why) => {
  const found = await doctor({ ACS_CONNECTION_STRING: text });
  expect(found.of('configuration')).toMatchObject({ status: 'failed', detail: expect.stringContaining(why) });
  expect(found.of('access').status).toBe('unknown');
});

test('says of an endpoint where nothing listens that nothing listens there', async () => {
  const found = await doctor({ ACS_CONNECTION_STRING: 'endpoint=http://127.0.0.1:59999/;accesskey=a2V5' });
  expect(found.of('endpoint')).toMatchObject({ status: 'failed', detail: expect.stringContaining('nothing listens') });
  expect(found.of('calls').status).toBe('unknown');
});

test.each([
  ['+4930901820', 'a phone number'],
  [`28:orgid:${account}`, 'no object id'],
])('refuses %s as a resource account', async (id, why) => {
  const found = await doctor({ TEAMS_RESOURCE_ACCOUNT: id });
  expect(found.of('resource account')).toMatchObject({ status: 'failed', detail: expect.stringContaining(why) });
});

test.each([
  ['http://cc.contoso.com/calls', 'not https'],
  ['https://localhost/calls', 'nobody outside'],
  ['https://192.168.1.20/calls', 'nobody outside'],
  ['https://cc.contoso.com/calls?key=1', 'a query'],
])('refuses the callback address %s', async (callbackUrl, why) => {
  const found = await doctor({ CALLBACK_URL: callbackUrl, WEBHOOK_KEY: 'short' });
  expect(found.of('callback address')).toMatchObject({ status: 'failed', detail: expect.stringContaining(why) });
  expect(found.of('webhook key').status).toBe('failed');
});

test.each([
  [200, 'wrong key', 'takes events from anybody'],
  [401, 'event subscription', 'refuses the key'],
  [404, 'event subscription', 'nothing at that address'],
] as const)('finds webhooks that are mounted wrongly', async (status, check, why) => {
  const started = await emulator();
  const env = { ACS_CONNECTION_STRING: started.connectionString, WEBHOOK_KEY: webhookKey };
  const found = await doctor({ ...env, CALLBACK_URL: await webhooks(() => status) });
  expect(found.of(check)).toMatchObject({ status: 'failed', detail: expect.stringContaining(why) });
});

test('passes the webhooks of a server whose calls Call Automation carries', async () => {
  const started = await emulator();
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const { connectionString } = started;
  const callbackUrl = `${origin}/acs`;
  const calls = callAutomationHost({ connectionString, resourceAccount: account, callbackUrl, webhookKey });
  const server = createControlPlane({ authenticate: () => undefined, queues: [{ id: 'support' }], calls: [calls] });
  http.on('request', requestListener(server));
  closing.push(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    await server.close();
  });
  const env = { ACS_CONNECTION_STRING: connectionString, WEBHOOK_KEY: webhookKey, CALLBACK_URL: callbackUrl };
  const { of } = await doctor(env);
  expect(of('event subscription').status).toBe('ok');
  expect(of('wrong key')).toMatchObject({ status: 'ok', detail: 'it is refused (401)' });
});

test('asks with a token where it has no key', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization ?? '');
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code: '7510', message: 'no role' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const found = await doctor({ ACS_ENDPOINT: endpoint, ACS_ENTRA_TOKEN: 'a-token' });
  expect(new Set(asked)).toEqual(new Set(['Bearer a-token']));
  expect(found.of('access')).toMatchObject({ status: 'failed', remedy: expect.stringContaining('role') });
  expect(JSON.stringify(found.findings)).not.toContain('a-token');
});

test('prints a line for each check and no secret, and fails', async () => {
  const started = await emulator();
  const env = { ACS_CONNECTION_STRING: started.connectionString, WEBHOOK_KEY: webhookKey };
  const { text, code } = await runCommand(env, '--resource-account', 'x');
  expect(code).toBe(1);
  expect(text).toMatch(/^ok +configuration +ACS_CONNECTION_STRING names http:\/\/127\.0\.0\.1/m);
  expect(text).toMatch(/^failed +resource account .*\n +-> Set TEAMS_RESOURCE_ACCOUNT/m);
  expect(text).toMatch(/\n1 failed, \d+ unknown\n$/);
  expect(text).not.toContain(started.core.accessKey);
  expect(text).not.toContain(webhookKey);
});

test('prints JSON, and succeeds when nothing has failed', async () => {
  const started = await emulator();
  const { text, code } = await runCommand({ ACS_CONNECTION_STRING: started.connectionString }, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(text)).toContainEqual({ check: 'access', status: 'ok', detail: 'the signature is accepted' });
});

test('refuses flags that it does not know', async () => {
  const { code, text } = await runCommand({}, '--connection-string', 'x');
  expect(code).toBe(1);
  expect(text).toContain('--connection-string');
});
