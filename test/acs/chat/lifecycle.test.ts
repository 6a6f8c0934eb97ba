import { createLive, isContactCenterError } from 'onescreen';
import { expect, test, vi } from 'vitest';
import { fakeChat, outcomeOf } from './fake-chat';
import { other, self, threadId } from './fake-service';

test('the official client is loaded when a channel opens, and once for all of them', async () => {
  const { clock, service, open } = fakeChat();
  await clock.advance(1_000);
  expect(service.loads).toBe(0);
  open();
  open();
  await clock.advance(5_000);
  expect(service.loads).toBe(2); // Once for requests, once for the stream.
});

test('after close nothing is emitted, nothing runs, and the official client has stopped', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  const sending = outcomeOf(chat.session.send({ clientId: 'a', text: 'on its way' }, () => {}));
  await chat.session.close();
  await chat.session.close();
  const { emissions } = chat;
  const { length } = service.calls;
  service.write(other, 'too late');
  await clock.advance(600_000);
  expect(chat.emissions).toBe(emissions);
  expect(service.calls).toHaveLength(length);
  expect(sending.error).toMatchObject({ code: 'channel/closed' });
  expect(service.clients.map(({ isStarted, listenerCount }) => [isStarted, listenerCount])).toEqual([
    [false, 0],
    [false, 0],
  ]);
  expect(clock.pending).toBe(0);
  expect(chat.states.at(-1)).toBe('closed');
});

/** Asks, without waiting, for the code that a command was rejected with. */
function codeIn(command: Promise<unknown>): () => string | undefined {
  const outcome = outcomeOf(command);
  return () => (isContactCenterError(outcome.error) ? outcome.error.code : undefined);
}

test('close rejects every command that waits, and every command after it', async () => {
  const { clock, service, open } = fakeChat({ changeLimits: [{ count: 1, windowMs: 60_000 }] });
  const chat = open();
  const { session } = chat;
  await clock.advance(5_000);
  const { id } = service.write(self, 'mine');
  await clock.advance(5_000);
  const send = (clientId: string) => session.send({ clientId, text: clientId }, () => {});
  const first = send('first');
  await clock.runUntil(() => chat.texts.includes('first'));
  await first;
  const commands = () => [send('a'), send('b'), send('c'), session.edit(id, 'edited'), session.delete(id)];
  const waiting = commands().map(codeIn);
  await clock.advance(1_000);
  await session.close();
  const late = [...commands(), session.markRead(id), session.typing(), session.loadMore({ pageSize: 1 })].map(codeIn);
  await clock.advance(0);
  expect(new Set([...waiting, ...late].map((code) => code()))).toEqual(new Set(['channel/closed']));
  expect(clock.pending).toBe(0);
});

test('close rejects what waits for an official client that does not come', async () => {
  const { provider, context, clock } = fakeChat({ loadChat: () => new Promise(() => {}) });
  const session = provider.open(context);
  await clock.advance(1_000);
  const waiting = [
    session.send({ clientId: 'a', text: 'a' }, () => {}),
    session.edit('1', 'edited'),
    session.markRead('1'),
    session.typing(),
    session.loadMore({ pageSize: 1 }),
  ].map(codeIn);
  await clock.advance(1_000);
  await session.close();
  await clock.advance(0);
  expect(new Set(waiting.map((code) => code()))).toEqual(new Set(['channel/closed']));
  expect(clock.pending).toBe(0);
});

test('closing at any moment of opening leaves nothing behind', async () => {
  for (let ms = 0; ms < 800; ms += 10) {
    const { clock, service, open } = fakeChat();
    const chat = open();
    await clock.advance(ms);
    const closed = chat.session.close();
    await clock.advance(30_000);
    await closed;
    expect(clock.pending).toBe(0);
    expect(service.clients.some(({ isStarted }) => isStarted)).toBe(false);
  }
});

test('a channel can be opened again after it was closed', async () => {
  const { clock, service, open } = fakeChat();
  await open().session.close();
  const chat = open();
  service.write(other, 'hello');
  await clock.runUntil(() => chat.status === 'connected');
  expect(chat.texts).toEqual(['hello']);
});

test('without realtime the thread is read every few seconds, and says so in no state but connected', async () => {
  const { clock, service, open } = fakeChat({ realtime: false, pollMs: 2_000 });
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  const { id } = service.write(other, 'polled');
  await clock.advance(2_000);
  expect(chat.texts).toEqual(['polled']);
  service.edit(id, 'polled and edited');
  service.receipts.push({ sender: other, chatMessageId: id });
  await clock.advance(2_100);
  expect(chat.texts).toEqual(['polled and edited']);
  expect(chat.receipts).toHaveLength(1);
  expect(chat.states).toEqual(['connecting', 'connected']);
  expect(service.count('start')).toBe(0);
});

test('in plain Node there is no realtime of itself', async () => {
  vi.stubGlobal('WebSocket', undefined);
  const chat = fakeChat();
  const { acsChat } = await import('onescreen/acs/chat');
  const session = acsChat({ loadChat: chat.service.load }).open(chat.context);
  await chat.clock.advance(10_000);
  expect(session.state$.value.status).toBe('connected');
  expect(chat.service.count('start')).toBe(0);
  await session.close();
  vi.unstubAllGlobals();
});

test('reading slows down as the service asks', async () => {
  const { clock, service, open } = fakeChat({ realtime: false });
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  service.fail({ operation: 'list', status: 429, headers: { 'retry-after': '40' } });
  await clock.advance(6_000);
  expect(chat.session.state$.value).toMatchObject({
    status: 'recovering',
    error: { code: 'channel/rate-limited', retryAfterMs: 40_000 },
  });
  const { length } = service.calls;
  await clock.advance(37_000);
  expect(service.calls).toHaveLength(length);
  await clock.advance(5_000);
  expect(chat.status).toBe('connected');
});

test('references that lead nowhere close the channel at once, and say which', () => {
  const { provider, context } = fakeChat();
  const cases = [
    [{ ...context, providerRefs: { threadId } }, 'providerRefs.endpoint'],
    [{ ...context, providerRefs: { endpoint: 'https://acs.example' } }, 'providerRefs.threadId'],
    [{ ...context, providerRefs: { endpoint: 'http://acs.example', threadId } }, 'providerRefs.endpoint'],
    [{ ...context, providerRefs: { endpoint: 'nowhere', threadId } }, 'providerRefs.endpoint'],
    [{ ...context, self: { ...context.self, providerRefs: {} } }, 'self.providerRefs.acs'],
  ] as const;
  for (const [wrong, field] of cases) {
    const { value } = provider.open(wrong).state$;
    expect(value).toMatchObject({ status: 'closed', error: { code: 'command/invalid', field } });
  }
});

test('a client that does not load is loaded again later', async () => {
  const chat = fakeChat();
  let failures = 2;
  const { acsChat } = await import('onescreen/acs/chat');
  const session = acsChat({
    realtime: false,
    loadChat: () => (failures-- > 0 ? Promise.reject(new Error('no such file')) : chat.service.load()),
  }).open(chat.context);
  await chat.clock.advance(500);
  expect(session.state$.value).toMatchObject({ status: 'connecting', error: { code: 'provider/missing' } });
  await chat.clock.runUntil(() => session.state$.value.status === 'connected', 60_000);
  await session.close();
});

test('who is removed sees it at once, and so does who is added again', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  await clock.advance(5_000);
  const me = [{ id: { communicationUserId: self } }];
  service.participants.delete(self);
  service.push('participantsRemoved', { threadId, participantsRemoved: me });
  expect(chat.session.capabilities$.value.actions.send.supported).toBe(false);
  await clock.advance(1_000);
  expect(chat.session.capabilities$.value.actions.send.supported).toBe(false);
  service.participants.add(self);
  service.push('participantsAdded', { threadId, participantsAdded: me });
  expect(chat.session.capabilities$.value.actions.send.supported).toBe(true);
});

test('a channel that is not permitted yet opens once it is', async () => {
  const { clock, service, open } = fakeChat();
  service.fail({ operation: 'list', status: 403, times: 3 });
  const chat = open();
  await clock.advance(500);
  expect(chat.session.state$.value).toMatchObject({ status: 'connecting', error: { code: 'channel/not-permitted' } });
  await clock.runUntil(() => chat.status === 'connected', 60_000);
  expect(chat.session.capabilities$.value.actions.send.supported).toBe(true);
});

test('a thread whose receipts may not be read is read like any other', async () => {
  const { clock, service, open } = fakeChat();
  service.fail({ operation: 'receipts', status: 403, times: Infinity });
  const chat = open();
  await clock.advance(60_000);
  service.write(other, 'hello');
  await clock.advance(1_000);
  expect(chat.session.state$.value).toEqual({ status: 'connected' });
  expect(chat.session.capabilities$.value.actions.send.supported).toBe(true);
  expect(chat.states).toEqual(['connecting', 'connected']);
  expect(service.count('receipts')).toBeLessThanOrEqual(4);
});

test('a deleted thread closes the channel', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  await clock.advance(5_000);
  service.push('chatThreadDeleted', { threadId });
  expect(chat.session.state$.value).toMatchObject({ status: 'closed', error: { code: 'channel/closed' } });
  await expect(chat.session.send({ clientId: 'a', text: 'x' }, () => {})).rejects.toMatchObject({
    code: 'channel/closed',
  });
  await chat.session.close();
  expect(clock.pending).toBe(0);
});

test('an interval out of range is refused', () => {
  expect(() => fakeChat({ heartbeatMs: 60_001 })).toThrow('heartbeatMs');
  expect(() => fakeChat({ pollMs: 0 })).toThrow('pollMs');
});

test('a channel that ends is read once more, and then nothing is asked by itself', async () => {
  const { clock, service, open } = fakeChat();
  const isOpen = createLive(true);
  const observed = open({ open$: isOpen.live });
  await clock.runUntil(() => observed.status === 'connected');
  await clock.advance(15_000);
  service.isDeaf = true;
  service.write(other, 'the last word');
  isOpen.set(false);
  await clock.advance(1_000);
  expect(observed.texts).toEqual(['the last word']);
  const asked = service.calls.length;
  await clock.advance(10 * 60_000);
  expect(service.calls.length).toBe(asked);
  const read = observed.session.loadMore({ pageSize: 10 });
  await clock.advance(1_000);
  expect(await read).toEqual({ more: false });
  await observed.session.close();
  expect(clock.pending).toBe(0);
});
