import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeChat, outcomeOf } from './fake-chat';
import { eventOf, other, self, threadId } from './fake-service';

async function connected(options: Parameters<typeof fakeChat>[0] = {}) {
  const chat = fakeChat(options);
  const observed = chat.open();
  await chat.clock.runUntil(() => observed.status === 'connected');
  await chat.clock.advance(15_000);
  return { ...chat, observed, session: observed.session };
}

test('a message in our terms: its time is its id, its sender the raw id', async () => {
  const { clock, service, observed } = await connected();
  const stored = service.write(other, 'Grüße 😀 %41 <b>', {
    senderDisplayName: 'Carla <i>',
    metadata: { onescreenClientId: 'from-her-desk', another: '1' },
  });
  await clock.advance(0);
  expect([...observed.messages.values()]).toEqual([
    {
      kind: 'message',
      providerId: stored.id,
      version: Number(stored.version),
      at: Number(stored.id),
      seq: 0,
      sender: other,
      senderName: 'Carla <i>',
      clientId: 'from-her-desk',
      text: 'Grüße 😀 %41 <b>',
    },
  ]);
});

test('HTML is given as text where there is no DOM to make it safe', async () => {
  const { clock, service, observed } = await connected();
  service.write(other, '<p>Hi <b>there</b></p><script>alert(1)</script>', { type: 'html' });
  await clock.advance(0);
  const [message] = observed.messages.values();
  expect(message).toMatchObject({ text: 'Hi there' });
  expect(message).not.toHaveProperty('html');
});

test('what is pushed with a type that nobody knows is given without its markup', async () => {
  const { clock, service, observed } = await connected();
  service.write(other, '<card><p>Approve the order?</p></card>', { type: 'RichText/Media_Card' });
  await clock.advance(150_000);
  expect(observed.texts).toEqual(['Approve the order?']);
});

test('what was deleted at a time that makes no sense was deleted when it was last changed', async () => {
  const { clock, service, observed } = await connected();
  const stored = service.write(other, 'gone');
  const version = String(Number(stored.version) + 5);
  service.push('chatMessageDeleted', { ...eventOf(stored), version, deletedOn: new Date('') });
  await clock.advance(0);
  expect(observed.messages.get(stored.id)).toMatchObject({ text: '', deletedAt: Number(version) });
});

test('what has been brought is not translated again and again by the reads that look for what was lost', async () => {
  const { clock, service, observed } = await connected();
  let translated = 0;
  const metadata = new Proxy<Record<string, string>>({}, { get: () => void (translated += 1) });
  const { id } = service.write(other, '<p>costly</p>', { type: 'html', metadata });
  await clock.advance(150_000);
  expect(translated).toBe(1);
  service.isDeaf = true;
  service.edit(id, '<p>edited</p>');
  await clock.advance(31_000);
  expect(observed.texts).toEqual(['edited']);
});

test('system messages are no messages', async () => {
  const { clock, service, observed } = await connected();
  service.store({ type: 'topicUpdated', content: '' });
  service.store({ type: 'participantAdded', content: '' });
  await clock.advance(60_000);
  expect(observed.messages.size).toBe(0);
});

test('the same push twice is brought once', async () => {
  const { clock, service, observed } = await connected();
  const stored = service.write(other, 'once');
  service.push('chatMessageReceived', eventOf(stored));
  await clock.advance(60_000);
  expect(observed.emissions).toBe(1);
});

test('edits and deletions of old messages, made in a gap, are found after it', async () => {
  const { clock, service, observed } = await connected();
  const ids = Array.from({ length: 300 }, (_, index) => service.write(other, `m${index}`).id);
  await clock.advance(35_000);
  service.cut();
  service.edit(ids[3] ?? '', 'edited');
  service.remove(ids[150] ?? '');
  service.write(other, 'new');
  await clock.advance(3_000);
  expect(observed.status).toBe('connected');
  expect(observed.texts[3]).toBe('edited');
  expect(observed.texts[150]).toBe('-');
  expect(observed.texts[300]).toBe('new');
  expect(observed.messages.get(ids[3] ?? '')?.editedAt).toBeTypeOf('number');
});

test('an edit that realtime lost is found by the heartbeat, and so are those of older messages', async () => {
  const { clock, service, observed } = await connected();
  const ids = Array.from({ length: 120 }, (_, index) => service.write(other, `m${index}`).id);
  await clock.advance(0);
  service.isDeaf = true;
  service.edit(ids[0] ?? '', 'old edit');
  service.edit(ids[119] ?? '', 'new edit');
  service.isDeaf = false;
  await clock.advance(31_000);
  expect([observed.texts[0], observed.texts[119]]).toEqual(['old edit', 'new edit']);
});

test('a failed read after a gap is repeated as deep as it was meant to be', async () => {
  const { clock, service, observed } = await connected();
  const ids = Array.from({ length: 120 }, (_, index) => service.write(other, `m${index}`).id);
  await clock.advance(35_000);
  service.cut();
  service.edit(ids[0] ?? '', 'edited');
  service.fail({ operation: 'list', status: 503, times: 2 });
  await clock.advance(1_000);
  expect(observed.session.state$.value).toMatchObject({ status: 'recovering', error: { code: 'channel/unavailable' } });
  await clock.advance(10_000);
  expect(observed.status).toBe('connected');
  expect(observed.texts[0]).toBe('edited');
});

test('an edit that comes before its message is kept', async () => {
  const { clock, service, observed } = await connected();
  service.isDeaf = true;
  const stored = service.write(other, 'before');
  const first = eventOf(stored);
  service.isDeaf = false;
  service.edit(stored.id, 'after');
  service.push('chatMessageReceived', first);
  await clock.advance(1_000);
  expect(observed.texts).toEqual(['after']);
});

test('a read while others write misses none and repeats none', async () => {
  const { clock, service, observed } = await connected();
  service.cut();
  for (let index = 0; index < 450; index += 1) service.write(other, `m${index}`);
  await clock.advance(390);
  service.write(self, 'during the read');
  await clock.advance(5_000);
  expect(observed.texts).toEqual([...Array.from({ length: 450 }, (_, index) => `m${index}`), 'during the read']);
});

test('older messages come page by page', async () => {
  const chat = fakeChat();
  chat.service.store({ type: 'participantAdded', content: '' });
  for (let index = 0; index < 420; index += 1) chat.service.write(other, `m${index}`);
  const observed = chat.open();
  await chat.clock.runUntil(() => observed.status === 'connected');
  expect(observed.messages.size).toBe(50);
  const more: boolean[] = [];
  for (let page = 0; page < 4; page += 1) {
    if (page === 2) chat.service.fail({ operation: 'list', status: 401 });
    const read = observed.session.loadMore({ pageSize: 100 });
    await chat.clock.advance(1_000);
    more.push((await read).more);
  }
  expect(more).toEqual([true, true, true, false]);
  expect(observed.texts).toEqual(Array.from({ length: 420 }, (_, index) => `m${index}`));
});

test('older messages are not asked for again while the service limits the rate', async () => {
  const { clock, service, session } = await connected();
  for (let index = 0; index < 120; index += 1) service.write(other, `m${index}`);
  service.fail({ operation: 'list', status: 429, headers: { 'retry-after': '20' }, times: 2 });
  const before = service.count('list');
  const read = outcomeOf(session.loadMore({ pageSize: 10 }));
  await clock.advance(1_000);
  expect(service.count('list') - before).toBe(1);
  expect(read.error).toMatchObject({ code: 'channel/rate-limited', retryable: true, retryAfterMs: 20_000 });
});

test('read receipts are brought once, and only forwards', async () => {
  const { clock, service, observed } = await connected();
  const { id } = service.write(self, 'read me');
  const event = { threadId, sender: { communicationUserId: other }, chatMessageId: id };
  service.push('readReceiptReceived', event);
  service.push('readReceiptReceived', event);
  await clock.advance(1_000);
  expect(observed.receipts).toEqual([{ kind: 'receipt', reader: other, upTo: Number(id) }]);
});

test('receipts given in a gap are read after it', async () => {
  const { clock, service, observed } = await connected();
  const { id } = service.write(self, 'read me');
  service.receipts.push({ sender: other, chatMessageId: id });
  service.cut();
  await clock.advance(3_000);
  expect(observed.receipts).toEqual([{ kind: 'receipt', reader: other, upTo: Number(id) }]);
});

test('receipts that nobody pushed, such as that of another tab, are found by the heartbeat, and cost few requests', async () => {
  const { clock, service, observed } = await connected();
  const { id } = service.write(other, 'read me elsewhere');
  service.receipts.push({ sender: self, chatMessageId: id });
  const before = service.count('receipts');
  await clock.advance(31_000);
  expect(observed.receipts).toEqual([{ kind: 'receipt', reader: self, upTo: Number(id) }]);
  for (let index = 0; index < 20; index += 1) {
    service.push('participantsAdded', { threadId, participantsAdded: [] });
    await clock.advance(1_000);
  }
  expect(service.count('receipts') - before).toBeLessThanOrEqual(4);
});

test('whatever is lost, doubled or swapped, what is brought ends up as what is stored', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('write' as const), twice: fc.boolean(), late: fc.boolean(), lost: fc.boolean() }),
    fc.record({ kind: fc.constantFrom('edit' as const, 'remove' as const), which: fc.nat(), lost: fc.boolean() }),
    fc.record({ kind: fc.constant('send' as const), status: fc.constantFrom(200, 503, 'network' as const) }),
    fc.record({ kind: fc.constant('cut' as const), forGood: fc.boolean() }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, service, observed, session } = await connected({ changeLimits: [] });
      const late: (() => void)[] = [];
      let sent = 0;
      for (const one of steps) {
        if (one.kind === 'wait') await clock.advance(one.ms);
        else if (one.kind === 'cut') service.cut(one.forGood);
        else if (one.kind === 'send') {
          if (one.status !== 200) service.fail({ operation: 'send', status: one.status, when: 'after' });
          void session.send({ clientId: `c${sent}`, text: `sent ${sent++}` }, () => {});
        } else {
          service.isDeaf = one.lost;
          if (one.kind === 'write') {
            const stored = service.write(other, `m${service.messages.length}`);
            const event = eventOf(stored);
            if (one.twice) service.push('chatMessageReceived', event);
            if (one.late) late.push(() => service.push('chatMessageReceived', event));
          } else {
            const target = service.messages[one.which % Math.max(1, service.messages.length)];
            if (target !== undefined && target.deletedOn === undefined) {
              if (one.kind === 'edit') service.edit(target.id, `edit of ${target.id}`);
              else service.remove(target.id);
            }
          }
          service.isDeaf = false;
        }
      }
      for (const push of late) push();
      await clock.advance(120_000);
      const truth = service.messages.map(({ content, deletedOn }) => (deletedOn ? '-' : content));
      expect(observed.texts).toEqual(truth);
      expect(service.messages.filter(({ sender }) => sender === self)).toHaveLength(sent);
      await session.close();
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 150 },
  );
});
