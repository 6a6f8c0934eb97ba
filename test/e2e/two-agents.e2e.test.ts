import { afterEach, beforeEach, expect, test } from 'vitest';
import { setStage, type Stage } from './stage';

let stage: Stage;
beforeEach(async () => {
  stage = await setStage({
    chat: 'server',
    queue: { concurrentOffers: 2 },
    grace: { offersMs: 500, tasksMs: 1_500 },
  });
});
afterEach(() => stage.close());

test('of two agents who accept one offer in the same instant one wins, and the other is told', async () => {
  const agents = [await stage.openAgent('ada'), await stage.openAgent('grace')] as const;
  for (const agent of agents) await agent.online();
  const customer = await stage.openCustomer('hosted');
  await customer.start('Maria Santos');
  for (const agent of agents) await agent.offerOf('Maria Santos').waitFor();

  const instant = Date.now() + 1_000;
  await Promise.all(agents.map((agent) => agent.acceptAt(instant)));

  const has = (text: string) => async () => {
    const counts = await Promise.all(agents.map((agent) => agent.page.getByText(text).count()));
    return counts.map((count) => count > 0).sort();
  };
  await expect.poll(has('Maria Santos: accepted by another agent.')).toEqual([false, true]);
  const inHand = await Promise.all(agents.map((agent) => agent.timeline.count()));
  expect([...inHand].sort()).toEqual([0, 1]);
  for (const agent of agents) {
    expect(await agent.accept.count()).toBe(0);
    agent.expectCalm();
  }
});

test('an offer that one agent declines goes to the other, and when both do, both see why the customer waits', async () => {
  await stage.close();
  stage = await setStage({ chat: 'server' });
  const ada = await stage.openAgent('ada');
  const grace = await stage.openAgent('grace');
  for (const agent of [ada, grace]) await agent.online();
  const customer = await stage.openCustomer('hosted');
  await customer.start('Maria Santos');
  await expect.poll(async () => (await ada.accept.count()) + (await grace.accept.count()), { timeout: 10_000 }).toBe(1);
  const [first, second] = (await ada.accept.count()) === 1 ? [ada, grace] : [grace, ada];

  await first.page.getByRole('button', { name: 'Decline' }).click();

  await second.accept.waitFor();
  expect(await first.accept.count()).toBe(0);

  await second.page.getByRole('button', { name: 'Decline' }).click();
  for (const agent of [first, second]) {
    const waiting = agent.page.getByRole('region', { name: 'Waiting' });
    await waiting.getByRole('button', { name: /^Support/ }).click();
    await waiting.getByText('Why is this waiting? 2 of 2 agents: declined it.').waitFor();
    await waiting.getByText('ada: declined it').waitFor();
  }
});

test.each([
  { kind: 'hosted', host: 'chat hosted by the control plane' },
  { kind: 'official', host: 'ACS' },
] as const)('over $host a customer whose agent vanishes finds another one, with nothing lost', async ({ kind }) => {
  const ada = await stage.openAgent('ada');
  await ada.online();
  const customer = await stage.openCustomer(kind);
  await customer.start('Maria Santos');
  await customer.send('Are you there?');
  await ada.accept.click();
  await ada.send('Yes, one moment');
  await customer.toldTimes('message', 1);

  await ada.close();
  const grace = await stage.openAgent('grace');
  await grace.online();
  await grace.accept.click();

  await grace.expectMessages(['Are you there?', 'Yes, one moment']);
  await grace.timeline.getByText(/Back in the queue/).waitFor();
  await grace.send('I take over from here');
  expect(await customer.toldTimes('message', 2)).toEqual([
    { type: 'message', text: 'Yes, one moment' },
    { type: 'message', text: 'I take over from here' },
  ]);
  grace.expectCalm();
  customer.expectCalm();
});
