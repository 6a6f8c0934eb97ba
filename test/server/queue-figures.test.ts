import { describe, expect, it } from 'vitest';
import { agent, contactCenter, inHand } from './contact-center';

const minute = 60_000;

/** A GET as a customer's page sends it. */
async function ask(center: ReturnType<typeof contactCenter>, query = '') {
  const response = await center.server.handle(new Request(`http://cc.example/conversations/wait${query}`));
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
}

describe('figures of the queues', () => {
  it('say for each, in order, who waits and for how long, who is there, and how long one would wait by channel', async () => {
    const agents = [agent('ann'), agent('ben', { queues: ['support', 'sales'] })];
    const center = contactCenter({ queues: [{ id: 'support', name: 'Support' }, { id: 'sales' }] }, agents);
    const nobody = { open: true, length: 0, agents: 0, availableAgents: 0, estimatedWaitMs: {} };
    expect(center.server.queues()).toEqual([
      { id: 'support', name: 'Support', ...nobody },
      { id: 'sales', name: 'sales', ...nobody },
    ]);
    const ann = await center.desk('ann');
    expect(center.server.queues()[0]).toMatchObject({ agents: 1, availableAgents: 1, estimatedWaitMs: { chat: 0 } });
    await inHand(center, ann);
    await center.start();
    await center.clock.advance(20_000);
    await center.start();
    await center.clock.advance(10_000);
    await center.desk('ben', false);
    expect(center.server.queues()).toEqual([
      {
        ...{ id: 'support', name: 'Support', open: true, length: 2, longestWaitMs: 30_000 },
        ...{ agents: 2, availableAgents: 1, estimatedWaitMs: { chat: 15 * minute } },
      },
      { id: 'sales', name: 'sales', ...nobody, agents: 1 },
    ]);
  });

  it('tell a closed queue', async () => {
    const hours = { isOpen: () => false, nextChange: () => undefined };
    const center = contactCenter({ queues: [{ id: 'support', hours }], waitEstimates: true });
    await center.desk('ann');
    expect(center.server.queues()).toMatchObject([{ open: false, availableAgents: 1, estimatedWaitMs: {} }]);
    expect((await ask(center)).body).toEqual({ open: false });
  });
});

describe('a page that has started nothing', () => {
  it('learns nothing unless the server lets it', async () => {
    const { status, body } = await ask(contactCenter());
    expect(status).toBe(403);
    expect(body).toMatchObject({ error: { code: 'command/not-allowed' } });
  });

  it('learns whether the queue is open and how long it would wait, in minutes rounded up, and no more', async () => {
    const center = contactCenter({ waitEstimates: true }, [agent('ann', { capacity: 4 })]);
    expect((await ask(center)).body).toEqual({ open: true });
    const ann = await center.desk('ann');
    const free = await ask(center);
    expect(free.body).toEqual({ open: true, estimatedWaitMs: 0 });
    expect(free.headers.get('cache-control')).toBe('no-store');
    for (let index = 0; index < 4; index += 1) await inHand(center, ann);
    expect(center.server.queues()[0]?.estimatedWaitMs).toEqual({ chat: 75_000 });
    expect((await ask(center, '?queueId=support&channel=chat')).body).toEqual({
      open: true,
      estimatedWaitMs: 2 * minute,
    });
    expect((await ask(center, '?queueId=sales')).body).toEqual({ open: true });
  });

  it('is refused a queue and a channel that there are not, with the field', async () => {
    const center = contactCenter({ waitEstimates: true });
    for (const [query, field] of [
      ['?queueId=nowhere', 'queueId'],
      ['?channel=fax', 'channel'],
      [`?queueId=${'x'.repeat(257)}`, 'queueId'],
    ] as const) {
      const { status, body } = await ask(center, query);
      expect([query, status]).toEqual([query, 400]);
      expect(body).toMatchObject({ error: { code: 'command/invalid', field } });
    }
  });

  it('is asked to come back where too many ask', async () => {
    const center = contactCenter({ waitEstimates: true, limits: { estimates: { burst: 2, perSecond: 0.5 } } });
    await ask(center);
    await ask(center);
    const { status, headers, body } = await ask(center);
    expect([status, headers.get('retry-after')]).toEqual([429, '2']);
    expect(body).toMatchObject({ error: { code: 'command/rate-limited', retryable: true, retryAfterMs: 2_000 } });
    await center.clock.advance(2_000);
    expect((await ask(center)).status).toBe(200);
  });
});
