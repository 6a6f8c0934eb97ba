import { describe, expect, it } from 'vitest';
import { createServer, hostedChat, memoryStore, type ConversationStore } from 'onescreen/server';
import { contactCenter, inHand } from './contact-center';

/** A store in memory that fails while `broken`. */
function fragileStore() {
  const memory = memoryStore();
  const store: ConversationStore & { broken: boolean } = {
    broken: false,
    append: (id, entries) => (store.broken ? Promise.reject(new Error('disk full')) : memory.append(id, entries)),
    read: (id, query) => memory.read(id, query),
  };
  return store;
}

/** A host that counts the chats that are open at it. */
function countingHost() {
  const open = new Set<string>();
  const inner = hostedChat();
  const host = {
    ...inner,
    open: (request: Parameters<typeof inner.open>[0]) => {
      open.add(request.channelId);
      return inner.open(request);
    },
    close: async ({ channelId }: Parameters<typeof inner.close>[0]) => {
      open.delete(channelId);
    },
  };
  return { host, open };
}

const customer = { displayName: 'Cleo' };

describe('a store that fails', () => {
  it('refuses a message with an error that may pass, and loses nothing of what it has', async () => {
    const store = fragileStore();
    const center = contactCenter({ store });
    const ann = await center.desk('ann');
    const { page, conversationId, channelId } = await inHand(center, ann);
    await page.say('one');
    store.broken = true;
    const args = { conversationId, channelId, clientId: 'm2', text: 'two' };
    expect(await page.refusal('message/send', args)).toMatchObject({ code: 'channel/unavailable', retryable: true });
    store.broken = false;
    await page.do('message/send', args);
    const texts = ann.entries(conversationId).flatMap((entry) => (entry.type === 'message' ? entry.message.text : []));
    expect(texts).toEqual(['one', 'two']);
  });

  it('refuses what an agent does with an error that may pass', async () => {
    const store = fragileStore();
    const center = contactCenter({ store });
    const ann = await center.desk('ann');
    const { taskId, conversationId } = await inHand(center, ann);
    store.broken = true;
    const refusal = { code: 'channel/unavailable', retryable: true };
    expect(await ann.refusal('task/end', { taskId })).toMatchObject(refusal);
    expect(await ann.refusal('note/add', { conversationId, text: 'she is right' })).toMatchObject(refusal);
    expect(await ann.refusal('context/set', { conversationId, patch: { vip: true } })).toMatchObject(refusal);
    store.broken = false;
    await ann.do('task/end', { taskId });
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
  });

  it('refuses an accept, and the task goes to whoever accepts once it works again', async () => {
    const store = fragileStore();
    const center = contactCenter({ store });
    const ann = await center.desk('ann');
    const started = await center.start();
    const page = await center.customer(started);
    store.broken = true;
    expect(await ann.refusal('offer/accept', { offerId: ann.offer.id })).toMatchObject({
      code: 'channel/unavailable',
      retryable: true,
    });
    expect(page.status.phase).toBe('queued');
    store.broken = false;
    await center.clock.advance(1_000);
    await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(page.status).toEqual({ phase: 'active', agents: ['ann A.'] });
  });

  it('ends a wait that nobody watches once it works again, unless the customer is back', async () => {
    const store = fragileStore();
    const center = contactCenter({ store });
    const [gone, back] = [await center.customer(await center.start()), await center.customer(await center.start())];
    store.broken = true;
    for (const page of [gone, back]) page.drop();
    await center.clock.advance(600_000);
    expect(center.server.waiting()).toHaveLength(2);
    await back.connect();
    store.broken = false;
    await center.clock.advance(60_000);
    expect(center.server.waiting()).toHaveLength(1);
    expect(back.status.phase).toBe('queued');
    await gone.connect();
    expect(gone.status).toEqual({ phase: 'ended', reason: 'abandoned' });
  });

  it('ends a wait that its queue has cancelled once it works again', async () => {
    const store = fragileStore();
    const when = { type: 'waitTime', afterMs: 60_000 } as const;
    const late = { id: 'late', when, actions: [{ type: 'cancel', reason: 'too-late' } as const] };
    const center = contactCenter({ store, queues: [{ id: 'support', exceptions: [late] }] });
    const page = await center.customer(await center.start());
    store.broken = true;
    await center.clock.advance(60_000);
    expect(center.server.waiting()).toHaveLength(0);
    store.broken = false;
    await center.clock.advance(60_000);
    expect(page.status).toEqual({ phase: 'ended', reason: 'too-late' });
    await center.server.close();
  });

  it('refuses a start and leaves no chat open', async () => {
    const store = fragileStore();
    const { host, open } = countingHost();
    const center = contactCenter({ store, chats: [host] });
    store.broken = true;
    const answer = await center.post('/conversations', { customer });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'channel/unavailable' } } });
    expect(open.size).toBe(0);
  });
});

describe('a chat host that lets no agent in', () => {
  function closedHost() {
    const host = { ...hostedChat(), broken: true, joins: [] as number[], now: () => 0 };
    host.join = async () => {
      host.joins.push(host.now());
      if (host.broken) throw new Error('no room');
      return {};
    };
    return host;
  }

  it('is asked again after a second, then after twice as long each time, up to a minute', async () => {
    const host = closedHost();
    const center = contactCenter({ chats: [host] });
    host.now = () => center.clock.now();
    const ann = await center.desk('ann');
    await center.start();
    const waits: number[] = [];
    for (let tries = 0; tries < 9; tries += 1) {
      const { id } = ann.offer;
      await ann.refusal('offer/accept', { offerId: id });
      const failedAt = center.clock.now();
      await center.clock.runUntil(() => ann.offer.id !== id);
      waits.push((center.clock.now() - failedAt) / 1_000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(host.joins).toHaveLength(9);
  });

  it('begins anew with a second once an agent was let in', async () => {
    const host = closedHost();
    const center = contactCenter({ chats: [host] });
    const ann = await center.desk('ann');
    await center.start();
    for (const waitMs of [1_000, 2_000]) {
      await ann.refusal('offer/accept', { offerId: ann.offer.id });
      await center.clock.advance(waitMs);
    }
    host.broken = false;
    const { taskId } = await ann.do('offer/accept', { offerId: ann.offer.id });
    host.broken = true;
    const ben = await center.desk('ben');
    await ann.do('task/requeue', { taskId });
    await ben.refusal('offer/accept', { offerId: ben.offer.id });
    await center.clock.advance(1_000);
    expect(ben.of('offer')).toHaveLength(2);
  });

  it('costs the agent nothing, and the customer keeps the place in the queue', async () => {
    const host = closedHost();
    const warnings: unknown[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (...line: unknown[]) => warnings.push(line) };
    const center = contactCenter({ chats: [host], logger });
    const ann = await center.desk('ann');
    const started = await center.start();
    const page = await center.customer(started);
    await ann.refusal('offer/accept', { offerId: ann.offer.id });
    await center.clock.advance(900);
    expect(ann.record).toMatchObject({ availability: { kind: 'available' }, load: { used: 0 } });
    expect(page.status).toMatchObject({ phase: 'queued', position: 1 });
    expect(center.server.explain(ann.offer.task.id)).toMatchObject({ waitsFor: 'time', status: 'queued' });
    expect(warnings).toContainEqual([
      'channel-join-failed',
      expect.objectContaining({ agentId: 'ann', reason: 'channel-unavailable', retryInMs: 1_000 }),
    ]);
  });

  it('keeps nobody from ending the chat meanwhile', async () => {
    const center = contactCenter({ chats: [closedHost()] });
    const ann = await center.desk('ann');
    const page = await center.customer(await center.start());
    await ann.refusal('offer/accept', { offerId: ann.offer.id });
    await page.do('chat/end', {});
    await center.clock.advance(120_000);
    expect(page.status).toEqual({ phase: 'ended', reason: 'customer-left' });
    expect(ann.of('offer')).toHaveLength(1);
  });
});

describe('a route that makes no sense', () => {
  it('refuses the start and leaves no chat open', async () => {
    const { host, open } = countingHost();
    const center = contactCenter({ chats: [host], route: () => ({ queueId: 'nowhere' }) });
    const answer = await center.post('/conversations', { customer });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'routing/invalid' } } });
    expect(open.size).toBe(0);
    await center.desk('ann');
  });
});

describe('options that make no sense', () => {
  it('are refused with the field named', () => {
    const authenticate = () => undefined;
    const queues = [{ id: 'support' }];
    const cases = [
      [{ authenticate, queues: [] }, 'queues'],
      [{ authenticate, queues, hookTimeoutMs: 0 }, 'hookTimeoutMs'],
      [{ authenticate, queues, chats: [] }, 'chats'],
      [{ authenticate, queues, chats: [hostedChat(), hostedChat()] }, 'chats'],
      [{ authenticate, queues: [{ id: 'support', wrapUp: { required: true } }] }, 'queues[0].wrapUp.dispositions'],
    ] as const;
    for (const [options, field] of cases) {
      expect(() => createServer(options), field).toThrow(expect.objectContaining({ code: 'command/invalid', field }));
    }
  });
});
