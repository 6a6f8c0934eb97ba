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
    await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(page.status).toEqual({ phase: 'active', agents: ['ann A.'] });
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
      [{ authenticate, queues, chats: [] }, 'chats'],
      [{ authenticate, queues, chats: [hostedChat(), hostedChat()] }, 'chats'],
      [{ authenticate, queues: [{ id: 'support', wrapUp: { required: true } }] }, 'queues[0].wrapUp.dispositions'],
    ] as const;
    for (const [options, field] of cases) {
      expect(() => createServer(options), field).toThrow(expect.objectContaining({ code: 'command/invalid', field }));
    }
  });
});
