import { ContactCenterError } from 'onescreen';
import { expect, test } from 'vitest';
import { fakeChat } from './fake-chat';
import { eventOf, other, threadId } from './fake-service';

test('a first start that fails is stopped and tried again, and brings what was sent meanwhile', async () => {
  const { clock, service, open } = fakeChat();
  service.fail({ operation: 'start', status: 'network', times: 3 });
  service.fail({ operation: 'list', status: 'network', times: 2 });
  const chat = open();
  await clock.advance(1_000);
  expect(chat.status).toBe('connecting');
  expect(chat.session.state$.value.error).toMatchObject({ code: 'channel/unavailable', retryable: true });
  service.write(other, 'one');
  await clock.advance(1_000);
  service.write(other, 'two');
  await clock.runUntil(() => chat.status === 'connected', 60_000);
  service.write(other, 'three');
  await clock.advance(4_000);
  expect(chat.texts).toEqual(['one', 'two', 'three']);
  expect(service.clients.filter(({ isStarted }) => isStarted)).toHaveLength(1);
});

test('a failed start shows as recovering with its reason, while messages arrive by reading', async () => {
  const { clock, service, open } = fakeChat();
  service.fail({ operation: 'start', status: 403, times: Infinity });
  const chat = open();
  await clock.advance(2_000);
  expect(chat.session.state$.value).toMatchObject({ status: 'recovering', error: { code: 'channel/not-permitted' } });
  service.write(other, 'read, not pushed');
  await clock.advance(5_000);
  expect(chat.texts).toEqual(['read, not pushed']);
});

test('a stream that has given up for good is replaced within 60 s, and the gap is read', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  const { length } = service.clients;
  service.cut(true);
  expect(chat.status).toBe('recovering');
  service.write(other, 'in the gap');
  const cutAt = clock.now();
  await clock.runUntil(() => chat.status === 'connected');
  expect(clock.now() - cutAt).toBeLessThan(60_000);
  expect(service.clients.length).toBe(length + 1);
  await clock.advance(4_000);
  service.write(other, 'pushed again');
  await clock.advance(0);
  expect(chat.texts).toEqual(['in the gap', 'pushed again']);
});

test('a stream whose token is refused where nobody sees it gets another token', async () => {
  const { clock, service, tokens, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  service.isUnreachable = true;
  service.cut(true);
  await clock.advance(40_000);
  expect(tokens.refused).toEqual(['opaque-1']);
  service.isUnreachable = false;
  await clock.runUntil(() => chat.status === 'connected', 120_000);
});

test('a stream that stands but is deaf is found within 60 s and replaced', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  await clock.advance(20_000);
  const { length } = service.clients;
  service.isDeaf = true;
  const lost = service.write(other, 'unheard');
  const deafAt = clock.now();
  await clock.runUntil(() => chat.messages.has(lost.id));
  expect(clock.now() - deafAt).toBeLessThanOrEqual(31_000);
  await clock.runUntil(() => chat.status === 'recovering');
  expect(clock.now() - deafAt).toBeLessThanOrEqual(60_000);
  service.isDeaf = false;
  await clock.runUntil(() => service.clients.length > length);
  await clock.advance(1_000);
  service.write(other, 'heard');
  await clock.advance(0);
  expect(chat.status).toBe('connected');
  expect(chat.texts).toEqual(['unheard', 'heard']);
});

/** A chat whose stream has been up for long, and brings nothing any more. */
async function deaf() {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  await clock.advance(20_000);
  service.isDeaf = true;
  return { clock, service, chat };
}

test('an own message without an echo gives a deaf stream away within seconds', async () => {
  const { clock, chat } = await deaf();
  void chat.session.send({ clientId: 'a', text: 'anybody?' }, () => {});
  await clock.advance(6_000);
  expect(chat.status).toBe('recovering');
});

test('a deaf stream is found within seconds also while one message after the other is sent', async () => {
  const { clock, chat } = await deaf();
  for (const clientId of ['a', 'b', 'c']) {
    void chat.session.send({ clientId, text: clientId }, () => {});
    await clock.advance(3_000);
  }
  expect(chat.status).toBe('recovering');
});

test('an echo that is late is not waited for less because another message was sent', async () => {
  const { clock, service, chat } = await deaf();
  const { length } = service.clients;
  for (const clientId of ['a', 'b']) {
    void chat.session.send({ clientId, text: clientId }, () => {});
    await clock.advance(4_000);
    service.isDeaf = false;
    for (const stored of service.messages) service.push('chatMessageReceived', eventOf(stored));
    service.isDeaf = true;
  }
  await clock.advance(10_000);
  expect(chat.status).toBe('connected');
  expect(service.clients).toHaveLength(length);
});

test('where the stream can never connect, it is tried ever more rarely, and messages arrive by reading', async () => {
  const { clock, service, open } = fakeChat();
  service.isUnreachable = true;
  const chat = open();
  await clock.advance(30 * 60_000);
  const started = service.count('start');
  service.write(other, 'without a stream');
  await clock.advance(30 * 60_000);
  expect(service.count('start') - started).toBeLessThanOrEqual(28);
  expect(chat.texts).toEqual(['without a stream']);
  service.isUnreachable = false;
  await clock.runUntil(() => chat.status === 'connected', 100_000);
});

test('a stream that stays deaf is not restarted in a loop, and messages arrive within 10 s', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  service.isDeaf = true;
  for (let minute = 0; minute < 10; minute += 1) {
    service.write(other, `message ${minute}`);
    await clock.advance(60_000);
  }
  expect(chat.messages.size).toBe(10);
  expect(service.clients.length).toBeLessThan(10);
});

test('"connected" before the registration loses nothing', async () => {
  const { clock, service, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  service.write(other, 'just before the registration');
  await clock.advance(4_000);
  expect(chat.texts).toEqual(['just before the registration']);
  expect(service.clients).toHaveLength(2);
});

test('ten minutes without a token heal without a click and without an unhandled rejection', async () => {
  const rejections: unknown[] = [];
  const record = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', record);
  const { clock, service, tokens, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  tokens.failure = new ContactCenterError('token/unavailable', 'unable to get token', { retryable: true });
  service.refusedTokens.add(tokens.current);
  service.cut(true);
  service.write(other, 'during the outage');
  await clock.advance(600_000);
  expect(chat.session.state$.value).toMatchObject({ status: 'recovering', error: { code: 'token/unavailable' } });
  tokens.failure = undefined;
  await clock.runUntil(() => chat.status === 'connected', 120_000);
  expect(chat.texts).toEqual(['during the outage']);
  process.off('unhandledRejection', record);
  expect(rejections).toEqual([]);
});

test('the stream, which asks from timers, is never refused a token once there was one', async () => {
  const { clock, service, tokens, open } = fakeChat();
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected');
  tokens.failure = new ContactCenterError('token/unavailable', 'unable to get token', { retryable: true });
  const [requests, stream] = service.clients;
  await expect(stream?.credential.getToken()).resolves.toMatchObject({ token: 'opaque-1' });
  await expect(requests?.credential.getToken()).rejects.toMatchObject({ code: 'token/unavailable' });
});

test('all threads of a desk share one stream, which stops with the last of them', async () => {
  const { clock, service, open, context } = fakeChat();
  const [first, second] = [open(), open({ providerRefs: { ...context.providerRefs, threadId: '19:other@thread.v2' } })];
  await clock.runUntil(() => first.status === 'connected' && second.status === 'connected');
  const live = () => service.clients.filter(({ isStarted }) => isStarted);
  expect(live()).toHaveLength(1);
  service.push('typingIndicatorReceived', { threadId, sender: { communicationUserId: other } });
  expect([first.typing, second.typing]).toEqual([[], []]);
  await clock.advance(1_000);
  service.push('typingIndicatorReceived', { threadId, sender: { communicationUserId: other } });
  expect([first.typing, second.typing]).toEqual([[other], []]);
  await first.session.close();
  expect(live()).toHaveLength(1);
  await second.session.close();
  expect(live()).toHaveLength(0);
  expect(clock.pending).toBe(0);
});

test('a start that hangs is given up, and stopped when it succeeds late', async () => {
  const { clock, service, open } = fakeChat();
  service.fail({ operation: 'start', status: 'never' });
  const chat = open();
  await clock.runUntil(() => chat.status === 'connected', 60_000);
  expect(service.clients.filter(({ isStarted }) => isStarted)).toHaveLength(1);
});
