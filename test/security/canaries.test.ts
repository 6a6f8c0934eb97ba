import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ContactCenterClient, createEnvironment } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { redacting } from 'onescreen/logging';
import { hostedChat, memoryStore, type ConversationStore } from 'onescreen/server';
import { inProcessFetch, inProcessSocket, seededRandom } from 'onescreen/testing';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emulatedChat, liveAcsChat } from '../acs/chat/emulated-chat';
import { ObservedSession } from '../acs/chat/fake-chat';
import { createBench } from '../emulator/bench';
import { at } from '../emulator/bench-values';
import { openWire } from '../emulator/wire';
import { agent, contactCenter } from '../server/contact-center';
import { canaries, found, listenToLogs } from './canaries';

const { token, phone, body, name } = canaries;
let logs: ReturnType<typeof listenToLogs>;
beforeEach(() => (logs = listenToLogs()));
afterEach(() => logs.stop());

const fails = () => Promise.reject(Object.assign(new Error(`${token} ${phone} ${body} ${name}`), { code: 'EFAILED' }));

test('the marks are noticed, plain and encoded', () => {
  expect(found(`a ${token} b`)).toEqual(['token']);
  expect(found(encodeURIComponent(`${phone} ${body} ${name}`))).toEqual(['phone', 'body', 'name']);
  expect(found('nothing')).toEqual([]);
});

test('a conversation in the server, failures included, leaves nothing in any log', async () => {
  const memory = memoryStore();
  const store: ConversationStore & { broken: boolean } = {
    broken: false,
    append: (id, entries) => (store.broken ? fails() : memory.append(id, entries)),
    read: (id, query) => memory.read(id, query),
  };
  let signIn: 'works' | 'fails' = 'works';
  const center = contactCenter({
    store,
    logger: logs.logger,
    chats: [hostedChat(), { ...hostedChat(), name: 'broken', open: fails, identify: fails, token: fails }],
    authenticate: (request) => {
      if (signIn === 'fails') return fails();
      return request.headers.get('authorization') === `Bearer ${token}` ? agent('ann') : undefined;
    },
  });
  const { clock, server } = center;
  const random = seededRandom('pages');
  const socket = inProcessSocket(server, clock);
  const client = new ContactCenterClient({
    controlPlane: controlPlane('https://cc.contoso.example'),
    tokens: async () => ({ token, expiresOn: Date.UTC(2100, 0) }),
    providers: [serverChat()],
    logger: redacting(logs.logger),
    environment: createEnvironment({ clock, random: random.fork('desk'), socket }),
  });
  const customer = new CustomerClient({
    server: 'https://cc.contoso.example',
    providers: [serverChat()],
    environment: { clock, random: random.fork('page'), socket: inProcessSocket(server, clock) },
    fetch: inProcessFetch(server),
    storage: null,
    logger: redacting(logs.logger),
  });
  const signedIn = await client.signIn();
  await signedIn.setAvailability({ kind: 'available' });
  const offered = firstValueFrom(client.offered$);
  const chat = await customer.start({ displayName: name, context: { phone, note: body } });
  await clock.runUntil(() => client.offers$.value.length > 0);
  const task = await (await offered).accept();
  await clock.runUntil(() => chat.state$.value.phase === 'active');
  const said = chat.send({ text: `${body} ${phone}` });
  await clock.advance(1_000);
  await said;
  await task.conversation.setContext({ phone, token });

  // What fails is told to whoever asked, and logged without its words.
  store.broken = true;
  const lost = task.conversation.setContext({ phone: body }).catch((error: unknown) => error);
  await clock.advance(1_000);
  expect(await lost).toBeInstanceOf(Error);
  store.broken = false;
  signIn = 'fails';
  await expect(server.connect({ door: 'agents', credentials: { token }, send: () => {} })).rejects.toThrow();
  signIn = 'works';
  await center.post('/conversations', { customer: { displayName: name }, provider: 'broken', context: { phone } });
  await center.post('/conversations', `{"customer": ${body}`);
  await center.post(`/conversations/${encodeURIComponent(phone)}/tokens`, {}, { authorization: `Bearer ${token}` });
  await center.post('/tokens', { audience: 'chat' }, { authorization: `Bearer ${token}` });
  await center.post(`/nowhere/${token}`, body);
  for (const door of ['agents', 'customers']) {
    const credentials = { token: `${token}x`, resumeToken: `${token}x` };
    await expect(server.connect({ door, credentials, send: () => {} })).rejects.toThrow();
  }
  const link = await server.connect({ door: 'agents', credentials: { token }, send: () => {} });
  for (const frame of [body, { type: 'command', id: phone, name: token, args: body }, [token, phone], { id: body }])
    link.receive(frame);
  await clock.advance(1_000);
  link.disconnected('transport close');
  await task.end();
  await client.signOut({ reason: `${phone} ${body}` });
  await clock.advance(200_000);
  await Promise.all([client.close(), customer.close(), server.close()]);

  const events = logs.said.map((line) => line.split(' ')[0]);
  expect(events).toEqual(
    expect.arrayContaining([
      'conversation-started',
      'authenticate-failed',
      'channel-open-failed',
      'command-failed',
      'link',
    ]),
  );
  expect(logs.said.filter((line) => found(line).length > 0)).toEqual([]);
});

test('a conversation in ACS, refusals included, leaves nothing in any log', async () => {
  const chat = await emulatedChat({ limits: false, onWarning: logs.note, verifyEntraToken: fails });
  const { emulator } = chat;
  const desk = new ObservedSession(liveAcsChat({ heartbeatMs: 5_000, pollMs: 1_000 }).open(chat.agent.context));
  const soon = { timeout: 15_000 };
  await vi.waitFor(() => expect(desk.status).toBe('connected'), soon);
  await chat.customer.thread.sendMessage({ content: `${body} ${phone}` }, { senderDisplayName: name });
  await vi.waitFor(() => expect(desk.texts).toEqual([`${body} ${phone}`]), soon);
  await desk.session.send({ clientId: 'a', text: `${body} ${phone}` }, () => {});
  emulator.core.faults.expireTokens(chat.agent.id);
  await desk.session.send({ clientId: 'b', text: body }, () => {});
  await chat.customer.thread.removeParticipant({ communicationUserId: chat.agent.id });
  await expect(desk.session.send({ clientId: 'c', text: body }, () => {})).rejects.toThrow();

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET', text?: string) =>
    fetch(`${emulator.endpoint}${path}`, { method, headers, ...(text !== undefined && { body: text }) });
  const authorization = `Bearer ${token}`;
  await ask('/chat/threads?api-version=2025-03-15', { authorization });
  await ask(
    `/chat/threads/${encodeURIComponent(phone)}/messages?api-version=2025-03-15`,
    { authorization },
    'POST',
    body,
  );
  const exchange = '/access/entra/:exchangeAccessToken';
  const known = await ask(`${exchange}?api-version=2025-03-02-preview`, { authorization }, 'POST');
  expect(known.status).toBe(500);
  for (const secret of [token, phone, phone.slice(1), body, name])
    await ask(`/unknown/${encodeURIComponent(secret)}?t=${token}`);
  await desk.session.close();
  await chat.close();

  expect(logs.said.some((line) => line.startsWith('unknown request'))).toBe(true);
  expect(logs.said.some((line) => line.startsWith('defect'))).toBe(true);
  const kept = JSON.stringify([emulator.core.log(), emulator.core.unknownRequests()]);
  expect([logs.said.filter((line) => found(line).length > 0), found(kept)]).toEqual([[], []]);
});

test('frames of a client leave nothing in the log', async () => {
  const bench = createBench({ onWarning: logs.note });
  for (const secret of [token, phone, body, name]) {
    const wire = await openWire(bench, bench.user());
    wire.connection.receive(`5:1+::${JSON.stringify({ name: secret, args: [secret] })}`);
    wire.connection.receive(`3:::${JSON.stringify({ id: 1, status: 200, headers: {}, body: secret })}`);
    wire.connection.receive(secret);
  }
  const kept = JSON.stringify(bench.core.log());
  expect(kept).toContain('malformed');
  expect([found(kept), logs.said]).toEqual([[], []]);
});

test('the command prints no more than where it listens and what it does not know', async () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const loader = createRequire(import.meta.url).resolve('tsx');
  const child = spawn(process.execPath, ['--import', loader, 'src/cli/main.ts', 'emulator'], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: `${root}tsconfig.json` },
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const endpoint = String(at(JSON.parse(line), 'endpoint'));
  for (const secret of [token, phone, body, name]) {
    const headers = { authorization: `Bearer ${token}`, 'x-skypetoken': token };
    await fetch(`${endpoint}/unknown/${encodeURIComponent(secret)}`, { headers });
    await fetch(`${endpoint}/v4/a?epid=${encodeURIComponent(secret)}`, { method: 'POST', headers });
    await fetch(`${endpoint}/chat/threads?api-version=2025-03-15`, { method: 'POST', headers, body: secret });
  }
  child.kill('SIGTERM');
  await once(child, 'close');
  expect(printed).toContain('unknown request');
  expect(found(printed)).toEqual([]);
});
