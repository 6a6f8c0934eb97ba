import { afterEach, beforeEach, expect, it } from 'vitest';
import { oneProcess } from '../../examples/testing/one-process';

let world: Awaited<ReturnType<typeof oneProcess>>;
beforeEach(async () => {
  world = await oneProcess();
});
afterEach(() => world.close());

it('brings what a customer writes to the desk', async () => {
  const chat = await world.customers.start({ displayName: 'Maria', text: 'Where is my order?' });
  const { conversation } = await world.accept();
  await world.clock.runUntil(() => chat.state$.value.phase === 'active');
  const texts = [...conversation.timeline$.value].flatMap((item) => (item.kind === 'message' ? [item.text] : []));
  expect(texts).toEqual(['Where is my order?']);
});

it('takes an offer back after its time', async () => {
  await world.customers.start({ displayName: 'Maria' });
  await world.clock.runUntil(() => world.desk.offers$.value.length > 0);
  const [offer] = world.desk.offers$.value;
  await world.clock.advance(30_000);
  await expect(offer?.outcome).resolves.toBe('expired');
});
