import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emulatedChat, liveAcsChat, type EmulatedChat } from './emulated-chat';
import { ObservedSession } from './fake-chat';

let chat: EmulatedChat;
let agent: ObservedSession;
const quietly = () => {};
const soon = { timeout: 15_000, interval: 10 };
const until = (condition: () => boolean, options = soon) => vi.waitFor(() => expect(condition()).toBe(true), options);

beforeEach(async () => {
  chat = await emulatedChat({ limits: false });
  agent = new ObservedSession(
    liveAcsChat({ changeLimits: [], heartbeatMs: 5_000, pollMs: 1_000 }).open(chat.agent.context),
  );
  await until(() => agent.status === 'connected' && chat.emulator.core.snapshot().registrations.length === 1);
});

afterEach(async () => {
  await agent.session.close();
  await chat.close();
});

test('a bare official client and the provider talk: both ways, edit, delete, HTML, typing, receipts', async () => {
  const { thread } = chat.customer;
  const { id } = await thread.sendMessage({ content: 'Hi 😀' }, { senderDisplayName: 'Carla' });
  await until(() => agent.texts.includes('Hi 😀'));
  expect(agent.messages.get(id)).toMatchObject({ sender: chat.customer.id, senderName: 'Carla', at: Number(id) });

  const reply = await agent.session.send({ clientId: 'reply', text: 'Hello' }, quietly);
  const stored = await thread.getMessage(reply.providerId);
  expect(stored).toMatchObject({
    content: { message: 'Hello' },
    senderDisplayName: 'Anton',
    metadata: { onescreenClientId: 'reply' },
  });

  await thread.updateMessage(id, { content: 'Hi!' });
  await until(() => agent.messages.get(id)?.text === 'Hi!');
  expect(agent.messages.get(id)?.editedAt).toBeTypeOf('number');

  await agent.session.edit(reply.providerId, 'Hello!');
  expect((await thread.getMessage(reply.providerId)).content?.message).toBe('Hello!');
  await agent.session.delete(reply.providerId);
  await until(() => agent.messages.get(reply.providerId)?.deletedAt !== undefined);

  await thread.sendMessage({ content: '<p>a <b>b</b></p>' }, { type: 'html' });
  await until(() => agent.texts.includes('a b'));

  await thread.sendTypingNotification();
  await until(() => agent.typing.includes(chat.customer.id));

  const question = await agent.session.send({ clientId: 'question', text: 'Anything else?' }, quietly);
  await thread.sendReadReceipt({ chatMessageId: question.providerId });
  await until(() => agent.receipts.length > 0);
  expect(agent.receipts).toEqual([{ kind: 'receipt', reader: chat.customer.id, upTo: question.at }]);
  expect(agent.texts).toEqual(['Hi!', '-', 'a b', 'Anything else?']);
});

test('in plain Node, with the client of Node, messages go both ways by REST alone', async () => {
  const { acsChat } = await import('onescreen/acs/chat');
  const provider = acsChat({ realtime: false, pollMs: 1_000 });
  const desk = new ObservedSession(provider.open({ ...chat.customer.context }));
  await until(() => desk.status === 'connected');
  await agent.session.send({ clientId: 'a', text: 'to Node' }, quietly);
  await desk.session.send({ clientId: 'b', text: 'from Node' }, quietly);
  await until(() => desk.messages.size === 2 && agent.messages.size === 2);
  expect(desk.texts).toEqual(['to Node', 'from Node']);
  expect(agent.texts).toEqual(desk.texts);
  expect(chat.emulator.core.snapshot().registrations).toHaveLength(1);
  await desk.session.close();
});

test('what happens while the socket is down is read after it', async () => {
  const { faults } = chat.emulator.core;
  const { thread } = chat.customer;
  const { id } = await thread.sendMessage({ content: 'before' });
  await until(() => agent.texts.includes('before'));
  faults.refuseAllocation({ forMs: 1_500 });
  faults.dropSockets({ user: chat.agent.id });
  await until(() => agent.status === 'recovering');
  await thread.updateMessage(id, { content: 'before, edited' });
  await thread.sendMessage({ content: 'in the gap' });
  await until(() => agent.status === 'connected');
  expect(agent.texts).toEqual(['before, edited', 'in the gap']);
});

test.each([
  ['answered 503', { status: 503 }],
  ['answered 500', { status: 500 }],
  ['dropped', 'drop'],
] as const)('a send that was stored but %s is one message', async (_, answer) => {
  const { core } = chat.emulator;
  core.faults.requests.add({ operation: 'ChatThread_SendChatMessage', when: 'after', answer, user: chat.agent.id });
  const sent = await agent.session.send({ clientId: 'a', text: 'once' }, quietly);
  await agent.session.send({ clientId: 'b', text: 'end' }, quietly);
  const stored: (string | undefined)[] = [];
  for await (const { id, type, content } of chat.customer.thread.listMessages()) {
    if (type === 'text') stored.unshift(content?.message);
    if (content?.message === 'once') expect(id).toBe(sent.providerId);
  }
  expect(stored).toEqual(['once', 'end']);
  expect(agent.texts).toEqual(['once', 'end']);
});

test('revoked tokens are replaced, for requests and for the stream', async () => {
  const { core } = chat.emulator;
  core.faults.expireTokens(chat.agent.id);
  core.faults.dropSockets({ user: chat.agent.id });
  const sent = await agent.session.send({ clientId: 'a', text: 'with another token' }, quietly);
  expect(sent.text).toBe('with another token');
  expect(chat.agent.refused.length).toBeGreaterThan(0);
  await until(() => agent.status === 'connected', { timeout: 60_000, interval: 50 });
}, 70_000);

test('an edit with a revoked token goes through with the next one', async () => {
  const { core } = chat.emulator;
  const { providerId } = await agent.session.send({ clientId: 'a', text: 'draft' }, quietly);
  core.faults.expireTokens(chat.agent.id);
  await agent.session.edit(providerId, 'final');
  expect((await chat.customer.thread.getMessage(providerId)).content?.message).toBe('final');
  const edits = core
    .log()
    .filter((entry) => 'operation' in entry && entry.operation === 'ChatThread_UpdateChatMessage');
  expect(edits).toMatchObject([{ status: 401 }, { status: 204 }]);
});

test('four refused allocations, after which the official client is dead, heal by themselves', async () => {
  const { faults } = chat.emulator.core;
  faults.refuseAllocation({ status: 401, times: 4 });
  faults.dropSockets({ user: chat.agent.id });
  await chat.customer.thread.sendMessage({ content: 'anybody?' });
  await until(() => agent.texts.includes('anybody?'), { timeout: 10_000, interval: 50 });
  expect(agent.status).toBe('recovering');
  await until(() => agent.status === 'connected', { timeout: 60_000, interval: 50 });
  await until(() => chat.emulator.core.snapshot().registrations.length > 0);
  await chat.customer.thread.sendTypingNotification();
  await until(() => agent.typing.length > 0);
}, 80_000);

test('lost, doubled and swapped pushes change nothing', async () => {
  const { pushes } = chat.emulator.core.faults;
  const user = chat.agent.id;
  pushes.add({ fault: 'lose', user });
  pushes.add({ fault: 'duplicate', user });
  pushes.add({ fault: 'swap', user });
  const texts = ['lost', 'doubled', 'swapped', 'after'];
  for (const content of texts) await chat.customer.thread.sendMessage({ content });
  await until(() => agent.messages.size === texts.length);
  expect(agent.texts).toEqual(texts);
});
