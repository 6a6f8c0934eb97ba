import { createLive } from 'onescreen';
import { describe, expect, test } from 'vitest';
import { fakeChat, outcomeOf } from './fake-chat';
import { other, self, type Fault } from './fake-service';

const quietly = () => {};

async function connected(options: Parameters<typeof fakeChat>[0] = {}) {
  const chat = fakeChat(options);
  const observed = chat.open();
  await chat.clock.runUntil(() => observed.status === 'connected');
  await chat.clock.advance(15_000);
  return { ...chat, observed, session: observed.session };
}

describe('a send that took effect, though its sender was told otherwise, is not repeated', () => {
  const cases: readonly (readonly [string, Fault['status']])[] = [
    ['answered 500', 500],
    ['answered 503', 503],
    ['cut', 'network'],
    ['never answered', 'never'],
  ];
  test.each(cases)('%s', async (_, status) => {
    for (const isDeaf of [false, true]) {
      const { clock, service, session, observed } = await connected();
      service.isDeaf = isDeaf;
      service.fail({ operation: 'send', status, when: 'after' });
      const sent = outcomeOf(session.send({ clientId: 'a', text: 'once' }, quietly));
      await clock.advance(60_000);
      expect(service.count('send')).toBe(1);
      expect(service.messages.map(({ content }) => content)).toEqual(['once']);
      expect(observed.texts).toEqual(['once']);
      expect(sent.value).toMatchObject({
        providerId: service.messages[0]?.id,
        clientId: 'a',
        text: 'once',
        sender: self,
      });
    }
  });
});

test('a send that took no effect is repeated, after the thread was read', async () => {
  const { clock, service, session } = await connected();
  service.fail({ operation: 'send', status: 503, times: 2 });
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'at last' }, quietly));
  const reads = service.count('list');
  await clock.advance(15_000);
  expect(sent.value).toMatchObject({ text: 'at last' });
  expect(service.count('send')).toBe(3);
  expect(service.count('list')).toBeGreaterThanOrEqual(reads + 2);
});

test('a send given up and repeated by hand finds out that it was stored at first', async () => {
  const { clock, service, session } = await connected();
  service.fail({ operation: 'send', status: 'network', when: 'after' });
  service.fail({ operation: 'list', status: 503, times: Infinity });
  service.isDeaf = true;
  const first = outcomeOf(session.send({ clientId: 'a', text: 'once' }, quietly));
  await clock.advance(16 * 60_000);
  expect(first.error).toMatchObject({ code: 'channel/unavailable', retryable: true });
  service.heal();
  const second = outcomeOf(session.send({ clientId: 'a', text: 'once' }, quietly));
  await clock.advance(60_000);
  expect(second.value).toMatchObject({ text: 'once' });
  expect(service.messages).toHaveLength(1);
});

test.each([true, false])(
  'the echo is one with the answer, whichever comes first (echo first: %s)',
  async (pushesFirst) => {
    const { clock, service, session, observed } = await connected();
    service.pushesFirst = pushesFirst;
    const sent = outcomeOf(session.send({ clientId: 'a', text: 'hello' }, quietly));
    await clock.advance(1_000);
    expect([...observed.messages.values()]).toEqual([sent.value]);
  },
);

test('two copies of one send are one message, that of the lower id, and an edit reaches both', async () => {
  const { clock, service, session, observed } = await connected();
  const metadata = { onescreenClientId: 'a' };
  const copies = [service.write(other, 'twice', { metadata }), service.write(other, 'twice', { metadata })];
  service.write(other, 'not one of them');
  await clock.advance(0);
  expect(observed.texts).toEqual(['twice', 'not one of them']);
  const [first] = observed.messages.values();
  expect(first).toMatchObject({ providerId: copies[0]?.id, at: Number(copies[0]?.id), version: Number(copies[0]?.id) });
  const edited = outcomeOf(session.edit(copies[0]?.id ?? '', 'edited'));
  await clock.advance(1_000);
  expect(edited.error).toBeUndefined();
  expect(service.messages.map(({ content }) => content)).toEqual(['edited', 'edited', 'not one of them']);
  expect(observed.texts).toEqual(['edited', 'not one of them']);
});

test('of two copies that come in the wrong order the lower id counts, and none is shown twice', async () => {
  const { clock, service, observed } = await connected();
  const metadata = { onescreenClientId: 'a' };
  service.isDeaf = true;
  const low = service.write(other, 'twice', { metadata });
  service.isDeaf = false;
  service.write(other, 'twice', { metadata });
  await clock.advance(35_000);
  expect(observed.texts).toEqual(['twice']);
  expect([...observed.messages.values()][0]?.at).toBe(Number(low.id));
});

test('a first try that takes effect after its repetition is taken back', async () => {
  const { clock, service, session, observed } = await connected();
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'once' }, quietly));
  await clock.advance(1_000);
  service.fail({ operation: 'delete', status: 503 });
  service.write(self, 'once', { metadata: { onescreenClientId: 'a' } });
  await clock.advance(10_000);
  expect(service.messages.map(({ deletedOn }) => deletedOn !== undefined)).toEqual([false, true]);
  expect(service.count('delete')).toBe(2);
  expect([...observed.messages.values()]).toEqual([sent.value]);
});

test("another's copies are left alone", async () => {
  const { clock, service } = await connected();
  const metadata = { onescreenClientId: 'a' };
  service.write(other, 'twice', { metadata });
  service.write(other, 'twice', { metadata });
  await clock.advance(60_000);
  expect(service.count('delete')).toBe(0);
});

test('the same client id from somebody else is another message', async () => {
  const { clock, service, session, observed } = await connected();
  service.write(other, 'theirs', { metadata: { onescreenClientId: 'a' } });
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'mine' }, quietly));
  await clock.advance(1_000);
  expect(sent.value?.text).toBe('mine');
  expect(observed.texts).toEqual(['theirs', 'mine']);
});

test('sends beyond the rate wait, visibly, and go out in order', async () => {
  const { clock, service, session } = await connected();
  const states: string[][] = [];
  for (let index = 0; index < 12; index += 1) {
    const seen: string[] = [];
    states.push(seen);
    void session.send({ clientId: `c${index}`, text: `m${index}` }, (state) => seen.push(state));
  }
  await clock.advance(5_000);
  expect(service.messages).toHaveLength(10);
  expect(states[9]).toEqual(['sending']);
  expect(states[10]).toEqual(['queued']);
  expect(states[11]).toEqual(['queued']);
  await clock.advance(10_000);
  expect(service.messages.map(({ content }) => content)).toEqual(states.map((_, index) => `m${index}`));
  expect(states[11]).toEqual(['queued', 'sending']);
});

test('what still waits when the chat ends is sent to nobody, and fails at once', async () => {
  const { clock, service, open } = fakeChat();
  const isOpen = createLive(true);
  const { session } = open({ open$: isOpen.live });
  await clock.advance(15_000);
  const sends = Array.from({ length: 12 }, (_, index) =>
    outcomeOf(session.send({ clientId: `c${index}`, text: `m${index}` }, quietly)),
  );
  await clock.advance(5_000);
  isOpen.set(false);
  await clock.advance(0);
  const ended = { code: 'channel/closed', message: 'unable to send message; the chat has ended', retryable: false };
  expect(sends.slice(10)).toMatchObject([{ error: ended }, { error: ended }]);
  await clock.advance(120_000);
  expect(service.messages).toHaveLength(10);
  await session.close();
  expect(clock.pending).toBe(0);
});

test('never more than 10 in 10 s and 30 in a minute go out, others included', async () => {
  const { clock, service, session } = await connected();
  for (let index = 0; index < 5; index += 1) service.write(other, `theirs ${index}`);
  for (let index = 0; index < 70; index += 1) void session.send({ clientId: `c${index}`, text: 'x' }, quietly);
  await clock.runUntil(() => service.count('send') === 70);
  const times = service.messages.map(({ id }) => Number(id));
  for (const [count, windowMs] of [
    [10, 10_000],
    [30, 60_000],
  ] as const) {
    for (const [index, at] of times.entries()) {
      const later = times[index + count];
      if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(windowMs);
    }
  }
});

test('a 429 is waited out as long as the service asks, then sent once', async () => {
  const { clock, service, session } = await connected();
  service.fail({ operation: 'send', status: 429, headers: { 'retry-after': '7' } });
  const states: string[] = [];
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'patience' }, (state) => states.push(state)));
  await clock.advance(6_900);
  expect(service.count('send')).toBe(1);
  expect(states).toEqual(['sending', 'queued']);
  await clock.advance(200);
  expect(sent.value?.text).toBe('patience');
  expect(service.messages).toHaveLength(1);
  expect(states).toEqual(['sending', 'queued', 'sending']);
});

test('a date to wait for is told by the clock of the service, however wrong ours is', async () => {
  const { clock, service, session } = await connected();
  const now = new Date(clock.now() + 3_600_000);
  const headers = { date: now.toUTCString(), 'retry-after': new Date(now.getTime() + 7_000).toUTCString() };
  service.fail({ operation: 'send', status: 429, headers });
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'patience' }, quietly));
  await clock.advance(6_900);
  expect(service.count('send')).toBe(1);
  await clock.advance(200);
  expect(sent.value?.text).toBe('patience');
});

test('nothing waits because the clock of this machine was set back', async () => {
  const chat = fakeChat();
  let behind = 0;
  const clock = { now: () => chat.clock.now() - behind, schedule: chat.clock.schedule.bind(chat.clock) };
  const observed = chat.open({ clock });
  await chat.clock.runUntil(() => observed.status === 'connected');
  const send = (index: number) => outcomeOf(observed.session.send({ clientId: `c${index}`, text: 'x' }, quietly));
  for (let index = 0; index < 10; index += 1) send(index);
  void observed.session.typing();
  await chat.clock.advance(5_000);
  behind = 3_600_000;
  const next = send(10);
  await chat.clock.advance(11_000);
  expect(next.value).toMatchObject({ clientId: 'c10' });
  void observed.session.typing();
  await chat.clock.advance(1_000);
  expect(chat.service.count('typing')).toBe(2);
});

test('a 429 whose header cannot be read is followed by a back-off of our own', async () => {
  const { clock, service, session } = await connected();
  service.fail({ operation: 'send', status: 429, times: 2 });
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'patience' }, quietly));
  await clock.advance(700);
  expect(service.count('send')).toBe(1);
  await clock.advance(5_000);
  expect(sent.value?.text).toBe('patience');
});

test('a refused token is exchanged once, and the message sent again', async () => {
  const { clock, service, tokens, session } = await connected();
  service.refusedTokens.add(tokens.current);
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'hello' }, quietly));
  await clock.advance(500);
  expect(sent.value?.text).toBe('hello');
  expect(service.count('send')).toBe(2);
  expect(tokens.refused).toEqual(['opaque-1']);
  expect(service.messages).toHaveLength(1);
});

test('whatever else is done with a refused token is done once more with another', async () => {
  const { clock, service, tokens, session } = await connected();
  const [own, theirs] = [service.write(self, 'mine').id, service.write(other, 'theirs').id];
  const commands = {
    update: () => session.edit(own, 'edited'),
    delete: () => session.delete(own),
    receipt: () => session.markRead(theirs),
    typing: () => session.typing(),
  };
  for (const [operation, run] of Object.entries(commands)) {
    service.refusedTokens.add(tokens.current);
    const { length } = service.calls;
    const outcome = outcomeOf(run());
    await clock.advance(500);
    expect(outcome).not.toHaveProperty('error');
    expect(service.calls.slice(length).filter((call) => call.operation === operation)).toHaveLength(2);
  }
  expect(tokens.refused).toHaveLength(4);
});

test('who is no participant any more cannot send, sees so in the capabilities, and can again once added', async () => {
  const { clock, service, session } = await connected();
  service.participants.delete(self);
  service.fail({ operation: 'send', status: 403 });
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'let me in' }, quietly));
  await clock.advance(1_000);
  expect(sent.error).toMatchObject({
    code: 'channel/not-permitted',
    retryable: false,
    provider: { name: 'acs', code: 403 },
  });
  expect(session.capabilities$.value.actions.send).toMatchObject({ supported: false, reason: 'no-permission' });
  expect(session.capabilities$.value.actions.loadMore).toMatchObject({ supported: true });
  service.participants.add(self);
  await clock.advance(35_000);
  expect(session.capabilities$.value.actions.send).toEqual({ supported: true, executor: 'client' });
});

test('a thread that is gone closes the channel', async () => {
  const { clock, service, session, observed } = await connected();
  service.fail({ operation: 'send', status: 404 });
  service.fail({ operation: 'list', status: 404, times: Infinity });
  const sent = outcomeOf(session.send({ clientId: 'a', text: 'hello?' }, quietly));
  await clock.advance(20_000);
  expect(sent.error).toMatchObject({ code: 'channel/closed', retryable: false });
  expect(observed.session.state$.value).toMatchObject({ status: 'closed', error: { code: 'channel/closed' } });
  expect(session.capabilities$.value.actions.send).toMatchObject({ supported: false, reason: 'closed' });
  const { length } = service.calls;
  await clock.advance(600_000);
  expect(service.calls).toHaveLength(length);
});

test('a message that is too large never reaches the network, counted in bytes', async () => {
  const { clock, service, session } = await connected();
  const { maxMessageBytes } = session.capabilities$.value;
  const tooLarge = 'é'.repeat(maxMessageBytes / 2 + 1);
  const sent = outcomeOf(session.send({ clientId: 'a', text: tooLarge }, quietly));
  const fits = outcomeOf(session.send({ clientId: 'b', text: tooLarge.slice(1) }, quietly));
  await clock.advance(1_000);
  expect(sent.error).toMatchObject({ code: 'message/too-large' });
  expect(fits.value?.clientId).toBe('b');
  expect(service.count('send')).toBe(1);
});

test('the official client is told not to retry, and gets no token of ours decoded', async () => {
  const { service, session, clock } = await connected();
  void session.send({ clientId: 'a', text: 'x' }, quietly);
  await clock.advance(100);
  expect(service.clients.map(({ options }) => options.retryOptions)).toEqual(
    service.clients.map(() => ({ maxRetries: 0 })),
  );
  expect(service.messages[0]?.metadata).toEqual({ onescreenClientId: 'a' });
});

test('an edit and a deletion survive an outage, and a missing message is said to be missing', async () => {
  const { clock, service, session, observed } = await connected();
  const { id } = service.write(self, 'draft');
  service.fail({ operation: 'update', status: 503, times: 2 });
  const edited = outcomeOf(session.edit(id, 'final'));
  const missing = outcomeOf(session.delete('17'));
  await clock.advance(10_000);
  expect(edited.error).toBeUndefined();
  expect(observed.texts).toEqual(['final']);
  expect(missing.error).toMatchObject({ code: 'message/not-found' });
  void session.delete(id);
  await clock.advance(1_000);
  expect(observed.texts).toEqual(['-']);
});

test('the text of an edited HTML message is written as HTML', async () => {
  const { clock, service, session, observed } = await connected();
  const { id } = service.write(self, '<b>bold</b>', { type: 'html' });
  await clock.advance(0);
  expect(observed.texts).toEqual(['bold']);
  void session.edit(id, '1 < 2\n& more');
  await clock.advance(1_000);
  expect(service.find(id).content).toBe('1 &lt; 2<br>&amp; more');
  expect(observed.texts).toEqual(['1 < 2\n& more']);
});

test('typing goes out at most once in 8 s, read receipts only forwards', async () => {
  const { clock, service, session } = await connected();
  const ids = ['a', 'b'].map((content) => service.write(other, content).id);
  for (let index = 0; index < 17; index += 1) {
    void session.typing();
    await clock.advance(1_000);
  }
  expect(service.count('typing')).toBe(3);
  for (const id of [ids[1], ids[0], ids[1]]) void session.markRead(id ?? '');
  await clock.advance(1_000);
  expect(service.receipts).toEqual([{ sender: self, chatMessageId: ids[1] }]);
});

test('what was marked as read is read here, too, once the service knows it, though it pushes nobody their own receipt', async () => {
  const { clock, service, session, observed } = await connected();
  const { id } = service.write(other, 'read me');
  service.fail({ operation: 'receipt', status: 503 });
  void session.markRead(id);
  await clock.advance(500);
  expect(observed.receipts).toEqual([]);
  await clock.advance(2_000);
  expect(observed.receipts).toEqual([{ kind: 'receipt', reader: self, upTo: Number(id) }]);
  service.cut();
  await clock.advance(5_000);
  expect(observed.receipts).toHaveLength(1);
});

test('typing and receipts are off above 20 participants', async () => {
  const { clock, service, session } = await connected();
  for (let index = 0; index < 19; index += 1) service.participants.add(`8:acs:${index}`);
  service.push('participantsAdded', { threadId: '19:thread@thread.v2', participantsAdded: [] });
  await clock.advance(1_000);
  for (const action of ['typing', 'markRead'] as const) {
    expect(session.capabilities$.value.actions[action]).toMatchObject({ supported: false, reason: 'not-supported' });
  }
  await expect(session.typing()).rejects.toMatchObject({ code: 'command/not-allowed' });
  expect(session.capabilities$.value.actions.send.supported).toBe(true);
});
