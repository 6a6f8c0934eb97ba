import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCluster, type Cluster } from '../../examples/one-screen/cluster/start-cluster';
import type { NodeProcess } from '../../examples/one-screen/cluster/start-node';
import { listen } from '../../examples/one-screen/server/listen';
import { createPages } from '../../examples/one-screen/server/pages';
import { launchChromium } from '../chromium';
import { checked } from '../emulator/checked-emulator';
import { AgentScreen } from './agent-screen';
import { openCalmPage } from './calm-page';
import { CustomerPage } from './customer-page';

let cluster: Cluster;
let browser: Browser;
let origin: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  const http = createServer();
  const pages = await createPages({ http, folder: fileURLToPath(new URL('pages', import.meta.url)), watch: false });
  http.on('request', pages.middlewares);
  origin = await listen(http, 0, false);
  closing.push(
    () => new Promise((resolve) => http.close(resolve)),
    () => http.closeAllConnections(),
    () => pages.close(),
  );
  cluster = await startCluster({ emulation: checked, allowedOrigins: [origin], watch: false });
  closing.push(() => cluster.close());
  browser = await launchChromium();
  closing.push(() => browser.close());
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function leader(): Promise<NodeProcess> {
  const find = () => cluster.nodes.find(({ leads }) => leads);
  await expect.poll(find, { timeout: 15_000 }).toBeDefined();
  return find()!;
}

/** Links break when a node is killed, and requests that it had in hand. */
const broken = /WebSocket connection|502|ERR_/;

test.each(['hosted', 'official'] as const)(
  'two nodes behind one port: an agent and a customer (%s chat) go on with the whole timeline when the leader is killed',
  async (kind) => {
    const agent = new AgentScreen(await openCalmPage(browser, `${cluster.url}/?agent=ada`));
    await agent.online();
    const customerPage = await openCalmPage(
      browser,
      `${origin}/${kind}.html?server=${encodeURIComponent(cluster.url)}`,
    );
    const customer = await CustomerPage.ready(customerPage);
    await customer.start('Maria Santos', { topic: 'billing' });
    await customer.send('Hello, I was charged twice');
    await agent.offerOf('Maria Santos').waitFor();
    await agent.accept.click();
    await agent.expectMessages(['Hello, I was charged twice']);
    await agent.send('Good morning Maria');
    await customer.toldTimes('message', 1);

    (await leader()).kill('SIGKILL');
    const killedAt = performance.now();
    await customer.send('It is order 17');
    await agent.expectMessages(['Hello, I was charged twice', 'Good morning Maria', 'It is order 17']);
    await agent.send('I see it');
    await customer.toldTimes('message', 2);
    console.log(`${kind}: both had gone on after ${Math.round(performance.now() - killedAt)} ms`);
    await leader();
    await agent.online();

    const whole = ['Hello, I was charged twice', 'Good morning Maria', 'It is order 17', 'I see it'];
    await agent.expectMessages(whole);
    expect((await customer.messages()).map(({ text }) => text)).toEqual(whole);
    agent.expectCalm(broken);
    customer.expectCalm();
    await agent.page.context().close();
    await customer.close();
  },
);
