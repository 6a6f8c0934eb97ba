import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisStore } from 'onescreen/server/redis';
import { startNodes, type NodeProcesses } from './node-processes';
import { chatBetween } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

/** Leaders to kill; `npm run kills` takes more of them. */
const kills = Number(process.env['KILLS'] ?? 2);
const chats = 5;
const handOverMs = 5_000;

let redis: RedisServer;
let nodes: NodeProcesses;
const domain = 'many-kills';
beforeAll(async () => {
  redis = await startRedis();
  nodes = await startNodes(3, { redis: redis.url, domain });
});
afterAll(async () => {
  await nodes.close();
  await redis.close();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test(
  'one leader after the other is killed while five agents and customers talk: all go on within 5 s, and every line is there once',
  { timeout: 60_000 + 15_000 * kills },
  async () => {
    const open: Awaited<ReturnType<typeof chatBetween>>[] = [];
    // One after the other, so that each agent takes the customer that is meant for them.
    while (open.length < chats) open.push(await chatBetween(nodes.url, nodes.url, `agent${open.length}`));
    let on = true;
    let waits: number[] = [];
    const talks = open.map(async ({ say }) => {
      const said: string[] = [];
      while (on) {
        const text = `line ${said.length}`;
        said.push(text);
        const from = performance.now();
        expect(await (said.length % 2 === 0 ? say.agent(text) : say.customer(text))).toMatchObject({ ok: true });
        waits.push(performance.now() - from);
        await pause(20);
      }
      return said;
    });
    const longest: number[] = [];
    for (let turn = 0; turn < kills; turn++) {
      await pause(500 + Math.random() * 1_500);
      const leader = await nodes.leader();
      waits = [];
      leader.signal('SIGKILL');
      await leader.ended;
      await nodes.add();
      await nodes.leader();
      await pause(3_000);
      longest.push(Math.round(Math.max(...waits)));
    }
    on = false;
    const said = await Promise.all(talks);
    console.log(`longest waits for an answer, ms: ${longest.sort((a, b) => a - b).join(' ')}`);
    const store = redisStore({ redis: redis.client(), domain });
    for (const [index, { started, desk, customer }] of open.entries()) {
      const log = await store.read(started.conversationId);
      expect(log.flatMap((entry) => (entry.type === 'message' ? entry.message.text : []))).toEqual(said[index]);
      const known = () => [desk.texts(), customer.texts()];
      await expect.poll(known, { timeout: 5_000 }).toEqual([said[index], said[index]]);
      desk.close();
      customer.close();
    }
    expect(longest.at(-1)).toBeLessThan(handOverMs);
  },
);
