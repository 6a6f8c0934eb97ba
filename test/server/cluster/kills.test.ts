import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from 'onescreen/server/redis';
import { startNodes } from './node-processes';
import { chatBetween, type NodePage } from './nodes';
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

/** How long a hand-over may take, in milliseconds. */
const handOverMs = 5_000;

async function nodes(count = 2) {
  const domain = `kills-${++domains}`;
  const started = await startNodes(count, { redis: redis.url, domain });
  running.push(started);
  await started.leader();
  return { ...started, domain };
}

type Chat = Awaited<ReturnType<typeof chatBetween>>;

async function chatAt(url: string): Promise<Chat> {
  const chat = await chatBetween(url, url, `agent${domains}`);
  running.push(chat.desk, chat.customer);
  return chat;
}

/** Both talk, one after the other, until told to stop. Resolves with what was said and the longest wait for an answer. */
function talk({ say }: Chat) {
  const said: string[] = [];
  let on = true;
  let longestMs = 0;
  const done = (async () => {
    while (on) {
      const text = `line ${said.length}`;
      said.push(text);
      const from = performance.now();
      const answer = await (said.length % 2 === 0 ? say.agent(text) : say.customer(text));
      expect(answer).toMatchObject({ ok: true });
      longestMs = Math.max(longestMs, performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    said,
    async after(lines: number) {
      await expect.poll(() => said.length, { timeout: 15_000 }).toBeGreaterThan(lines);
    },
    async stop() {
      on = false;
      await done;
      return { said, longestMs };
    },
  };
}

const bothKnow = ({ desk, customer }: Chat, said: readonly string[]) =>
  expect.poll(() => [desk, customer].map((page: NodePage) => page.texts()), { timeout: 5_000 }).toEqual([said, said]);

describe('two nodes of one domain, when', () => {
  it('the follower is killed, go on', async () => {
    const { url, nodes: both, leader } = await nodes();
    const chat = await chatAt(url);
    const talking = talk(chat);
    await talking.after(10);
    const lead = await leader();
    both.find((node) => node !== lead)?.signal('SIGKILL');
    await talking.after(talking.said.length + 30);
    const { said, longestMs } = await talking.stop();
    await bothKnow(chat, said);
    expect(longestMs).toBeLessThan(handOverMs);
    expect(lead.leads).toBe(true);
  });

  it('the leader is killed, hand over within 5 s, with every message once and in order', async () => {
    const { url, leader, domain } = await nodes();
    const chat = await chatAt(url);
    const talking = talk(chat);
    await talking.after(10);
    (await leader()).signal('SIGKILL');
    await talking.after(talking.said.length + 30);
    const { said, longestMs } = await talking.stop();
    await bothKnow(chat, said);
    console.log(`hand-over: ${Math.round(longestMs)} ms`);
    expect(longestMs).toBeLessThan(handOverMs);
    const log = await redisStore({ redis: redis.client(), domain }).read(chat.started.conversationId);
    const texts = log.map((entry) => (entry.type === 'message' ? entry.message.text : undefined));
    expect(texts.filter((text) => text !== undefined)).toEqual(said);
  });

  it('the leader is paused and comes back, hear nothing of it', async () => {
    const { url, nodes: both, leader, domain } = await nodes();
    const chat = await chatAt(url);
    const talking = talk(chat);
    await talking.after(10);
    const old = await leader();
    old.signal('SIGSTOP');
    await expect.poll(() => both.some((node) => node !== old && node.leads), { timeout: 10_000 }).toBe(true);
    await talking.after(talking.said.length + 10);
    old.signal('SIGCONT');
    await expect.poll(() => old.leads, { timeout: 5_000 }).toBe(false);
    await talking.after(talking.said.length + 20);
    const { said, longestMs } = await talking.stop();
    await bothKnow(chat, said);
    console.log(`hand-over: ${Math.round(longestMs)} ms`);
    expect(longestMs).toBeLessThan(handOverMs);
    const log = await redisStore({ redis: redis.client(), domain }).read(chat.started.conversationId);
    expect(log.flatMap((entry) => (entry.type === 'message' ? entry.message.text : []))).toEqual(said);
    // Nothing but messages has happened: whoever was paused has ended, abandoned or offered nothing.
    const before = log.findIndex(({ type }) => type === 'message');
    expect(new Set(log.slice(before).map(({ type }) => type))).toEqual(new Set(['message']));
  });

  it('Redis is killed and comes back, go on', async () => {
    const { url } = await nodes();
    const chat = await chatAt(url);
    const talking = talk(chat);
    await talking.after(10);
    await redis.kill();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await redis.start();
    await talking.after(talking.said.length + 30);
    const { said } = await talking.stop();
    await bothKnow(chat, said);
  });
});
