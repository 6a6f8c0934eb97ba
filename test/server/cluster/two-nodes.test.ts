import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startClusterNode, type RunningClusterNode, type StartClusterNodeOptions } from 'onescreen/server/redis';
import { agent } from '../contact-center';
import { chatBetween, openPage, startChat, type NodePage } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

let redis: RedisServer;
let domains = 0;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

async function startNode(domain: string, options: Partial<StartClusterNodeOptions> = {}): Promise<RunningClusterNode> {
  const node = await startClusterNode({
    authenticate: (request) => {
      const id = /^Bearer (ann|ben)$/.exec(request.headers.get('authorization') ?? '')?.[1];
      return id === undefined ? undefined : agent(id);
    },
    queues: [{ id: 'support' }],
    redis: redis.client(),
    domain,
    ...options,
  });
  running.push(node);
  return node;
}

const leading = (node: RunningClusterNode) => expect.poll(() => node.node.leads$.value, { timeout: 5_000 }).toBe(true);

async function twoNodes(options: Partial<StartClusterNodeOptions> = {}) {
  const domain = `nodes-${++domains}`;
  const leader = await startNode(domain, options);
  await leading(leader);
  return { domain, leader, follower: await startNode(domain, options) };
}

function kept<T extends { readonly desk: NodePage; readonly customer: NodePage }>(chat: T): T {
  running.push(chat.desk, chat.customer);
  return chat;
}

describe('two nodes of one domain', () => {
  it('ask a classification policy once, where the work is done', async () => {
    const asked: string[] = [];
    const policyOf = (node: string): Partial<StartClusterNodeOptions> => ({
      queues: [{ id: 'others' }, { id: 'support' }],
      classification: [
        {
          id: 'all',
          async classify() {
            asked.push(node);
            return { queueId: 'support' };
          },
        },
      ],
      route: () => ({ classificationPolicyId: 'all' }),
    });
    const domain = `nodes-${++domains}`;
    const leader = await startNode(domain, policyOf('leader'));
    await leading(leader);
    const follower = await startNode(domain, policyOf('follower'));
    kept(await chatBetween(follower.url, follower.url));
    expect(asked).toEqual(['leader']);
  });

  it.each([
    ['leader', 'follower'],
    ['follower', 'leader'],
    ['follower', 'follower'],
  ] as const)('carry a chat between an agent at the %s and a customer at the %s', async (agentAt, customerAt) => {
    const nodes = await twoNodes();
    const { desk, customer, say } = kept(await chatBetween(nodes[agentAt].url, nodes[customerAt].url));
    const texts: string[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const text = `turn ${turn}`;
      texts.push(text);
      expect(await (turn % 2 === 0 ? say.agent(text) : say.customer(text))).toMatchObject({ ok: true });
    }
    await expect.poll(() => [desk.texts(), customer.texts()]).toEqual([texts, texts]);
    expect(nodes.follower.node.leads$.value).toBe(false);
  });

  it('answer HTTP alike', async () => {
    const { leader, follower } = await twoNodes();
    const started = await startChat(follower.url);
    const asked = (url: string, path: string, init: RequestInit = {}) =>
      fetch(`${url}${path}`, init).then(async (response) => [response.status, await response.json()] as const);
    const end = { method: 'POST', headers: { authorization: `Bearer ${started.resumeToken}` } };
    expect(await asked(follower.url, '/conversations', { method: 'POST', body: '{' })).toEqual(
      await asked(leader.url, '/conversations', { method: 'POST', body: '{' }),
    );
    const large = { method: 'POST', body: 'x'.repeat(2_000_000), headers: { connection: 'close' } };
    expect((await asked(follower.url, '/conversations', large))[0]).toBe(413);
    expect((await asked(leader.url, '/conversations', large))[0]).toBe(413);
    expect(await asked(follower.url, '/conversations/unknown/end', end)).toMatchObject([404, {}]);
    expect(await asked(follower.url, `/conversations/${started.conversationId}/end`, end)).toEqual([200, {}]);
    expect(await asked(leader.url, '/health')).toEqual([200, { status: 'ok', leads: true }]);
    expect(await asked(follower.url, '/health')).toEqual([200, { status: 'ok', leads: false }]);
  });

  it('answer with an error where what the vendor answers at the leader breaks off, or is none', async () => {
    const handle = (request: Request) =>
      request.url.endsWith('/none')
        ? Response.error()
        : new Response(new ReadableStream({ pull: (stream) => stream.error(new Error('broken off')) }));
    const { follower } = await twoNodes({ atLeader: { paths: ['/theirs'], handle } });
    for (const path of ['/theirs/none', '/theirs/broken'])
      expect((await follower.node.handle(new Request(`http://cc.example${path}`))).status).toBe(500);
    const started = await startChat(follower.url);
    expect(started.conversationId).not.toBe('');
  });

  it('turn away alike whoever may not come in', async () => {
    const { leader, follower } = await twoNodes();
    for (const { url } of [leader, follower]) {
      const page = openPage(url, 'agents', { token: 'eve' });
      running.push(page);
      const refusal = await new Promise((resolve) => page.socket.once('connect_error', resolve));
      expect(refusal).toMatchObject({ data: { code: 'session/unauthorized', retryable: false } });
    }
  });

  it('let a page whose link broke come back to the other node and find what it missed', async () => {
    const { leader, follower } = await twoNodes();
    const { desk, customer, say } = kept(await chatBetween(follower.url, leader.url));
    await say.customer('before');
    await expect.poll(() => desk.texts()).toEqual(['before']);
    desk.moveTo(leader.url);
    const gone = new Promise((resolve) => desk.socket.once('disconnect', resolve));
    desk.socket.io.engine.close();
    await gone;
    await say.customer('while it was away');
    await new Promise<void>((resolve) => desk.socket.once('connect', resolve));
    expect(desk.socket.recovered).toBe(true);
    await expect.poll(() => desk.texts()).toEqual(['before', 'while it was away']);
    // In case that something slipped by.
    await expect.poll(() => desk.frames.filter(({ type }) => type === 'snapshot').length).toBe(2);
    expect(await say.agent('after')).toMatchObject({ ok: true });
    await expect.poll(() => customer.texts()).toEqual(['before', 'while it was away', 'after']);
  });

  it('hand over at once when the leader closes', async () => {
    const { leader, follower } = await twoNodes();
    const { desk, say } = kept(await chatBetween(follower.url, follower.url));
    await say.customer('before');
    await leader.close();
    await leading(follower);
    expect(await say.customer('after')).toMatchObject({ ok: true });
    await expect.poll(() => desk.texts()).toEqual(['before', 'after']);
  });

  it('refuse options that make no sense, whoever leads', async () => {
    await expect(startNode('refused', { queues: [] })).rejects.toMatchObject({ field: 'queues' });
    await expect(startNode('refused', { leaseMs: 10 })).rejects.toMatchObject({ field: 'leaseMs' });
    for (const domain of ['', 'a{b}']) await expect(startNode(domain)).rejects.toMatchObject({ field: 'domain' });
  });
});
