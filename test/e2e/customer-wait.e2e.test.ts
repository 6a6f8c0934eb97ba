import { afterAll, beforeAll, expect, test } from 'vitest';
import { setStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test("the example's customer page says how long the wait is before anything is started", async () => {
  const customer = await stage.open('/customer.html');
  const wait = customer.page.getByRole('status', { name: 'Waiting time' });
  await expect.poll(() => wait.innerText(), { timeout: 20_000 }).toMatch(/^Nobody is here just now\./);
  const agent = await stage.openAgent('ada');
  await expect.poll(() => wait.innerText(), { timeout: 30_000 }).toBe('Somebody is free now.');
  customer.expectCalm();
  agent.expectCalm();
});
