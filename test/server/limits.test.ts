import { describe, expect, it } from 'vitest';
import { createServer } from 'onescreen/server';
import { agent, contactCenter, inHand, Page } from './contact-center';

const commands = { burst: 5, perSecond: 10 };
const clear = 'availability/clear-next';

describe('a flood of commands', () => {
  it('is answered with how long to wait, carried out again after that, and does not touch others', async () => {
    const center = contactCenter({ limits: { commands } });
    const [ann, ben] = [await center.desk('ann', false), await center.desk('ben', false)];
    for (let index = 0; index < 5; index += 1) await ann.do(clear, {});
    const refusal = await ann.refusal(clear, {});
    expect(refusal).toMatchObject({ code: 'command/rate-limited', retryable: true, retryAfterMs: 100 });
    await ben.do(clear, {});
    await center.clock.advance(100);
    await ann.do(clear, {});
  });

  it('is not carried out, and the same id is once there is room', async () => {
    const center = contactCenter({ limits: { commands } });
    const ann = await center.desk('ann', false);
    for (let index = 0; index < 5; index += 1) await ann.do(clear, {});
    const args = { availability: { kind: 'available' }, whenBusy: 'now' };
    expect((await ann.answer('availability/set', args, 'same')).ok).toBe(false);
    expect(ann.record.availability.kind).toBe('unavailable');
    await center.clock.advance(100);
    expect((await ann.answer('availability/set', args, 'same')).ok).toBe(true);
    expect(ann.record.availability.kind).toBe('available');
  });

  it('does not keep what was carried out from being answered again', async () => {
    const center = contactCenter({ limits: { commands } });
    const ann = await center.desk('ann', false);
    const first = await ann.answer(clear, {}, 'first');
    for (let index = 0; index < 4; index += 1) await ann.do(clear, {});
    expect(await ann.answer(clear, {}, 'first')).toEqual(first);
  });

  it('is not made of what only reads, sent again by the same id: its answers are large, and nobody keeps them', async () => {
    const center = contactCenter({ limits: { commands } });
    const { page, conversationId } = await inHand(center, await center.desk('ann'));
    const read = { conversationId, seq: 100, pageSize: 200 };
    const answers = [];
    for (let index = 0; index < 50; index += 1) answers.push(await page.answer('log/before', read, 'same'));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(5);
    await center.clock.advance(100);
    expect(await page.answer('log/before', read, 'same')).toEqual(answers[0]);
  });

  it('counts a customer over all pages, and frames that make no sense', async () => {
    const center = contactCenter({ limits: { commands } });
    const { page, started, conversationId, channelId } = await inHand(center, await center.desk('ann'));
    const other = await Page.open(center, started);
    for (let index = 0; index < 2; index += 1) await page.say('hello');
    for (const frame of [undefined, 7, '{"type":"command"']) other.frame(frame);
    await center.settle();
    const typing = { conversationId, channelId };
    expect(await other.refusal('message/typing', typing)).toMatchObject({ code: 'command/rate-limited' });
  });

  it('can be let in', async () => {
    const center = contactCenter({ limits: { commands: false } });
    const ann = await center.desk('ann', false);
    for (let index = 0; index < 600; index += 1) await ann.do(clear, {});
    expect(ann.record.availability.kind).toBe('unavailable');
  });
});

describe('a flood of starts', () => {
  const customer = { displayName: 'Cleo' };

  it('is answered with 429 and how long to wait; a repetition under its key gets what it has', async () => {
    const center = contactCenter({ limits: { starts: { burst: 2, perSecond: 0.5 } } });
    const key = { 'idempotency-key': 'the-same-start-again' };
    const first = await center.post('/conversations', { customer }, key);
    await center.start();
    const { status, headers, body } = await center.post('/conversations', { customer });
    expect([status, headers.get('retry-after')]).toEqual([429, '2']);
    expect(body).toMatchObject({ error: { code: 'command/rate-limited', retryable: true, retryAfterMs: 2_000 } });
    const again = await center.post('/conversations', { customer }, key);
    expect(again.body['conversationId']).toBe(first.body['conversationId']);
    await center.clock.advance(2_000);
    expect((await center.post('/conversations', { customer })).status).toBe(201);
  });

  it('ends at the number of open conversations, and goes on when one has ended', async () => {
    const center = contactCenter({ limits: { openConversations: 2 } });
    const started = await center.start();
    await center.start();
    const refused = await center.post('/conversations', { customer });
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'conversation/too-many', retryable: true } } });
    const page = await center.customer(started);
    await page.do('chat/end', {});
    await center.settle();
    expect((await center.post('/conversations', { customer })).status).toBe(201);
  });
});

describe('a flood of pages', () => {
  it('drops those whose link is down first, and lets no more in than there is room for', async () => {
    const center = contactCenter();
    const started = await center.start();
    for (let index = 0; index < 100; index += 1) (await Page.open(center, started)).drop();
    const pages = [];
    for (let index = 0; index < 32; index += 1) pages.push(await Page.open(center, started));
    await expect(Page.open(center, started)).rejects.toMatchObject({ code: 'session/unavailable', retryable: true });
    pages[0]?.drop();
    const last = await Page.open(center, started);
    expect(last.status.phase).toBe('queued');
    for (let index = 0; index < 32; index += 1) await center.desk('ann', false);
    await expect(center.desk('ann', false)).rejects.toMatchObject({ code: 'session/unavailable' });
  });
});

it('refuses limits that make no sense, with the field named', () => {
  const options = { authenticate: () => agent('ann'), queues: [{ id: 'support' }] };
  for (const field of ['commands', 'starts', 'estimates'] as const) {
    const limits = { [field]: { burst: 0, perSecond: 1 } };
    expect(() => createServer({ ...options, limits })).toThrow(
      expect.objectContaining({ code: 'command/invalid', field: `limits.${field}` }),
    );
  }
});
