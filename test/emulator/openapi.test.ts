import type { Exchange } from 'onescreen/emulator';
import { expect, test } from 'vitest';
import { createBench, origin } from './bench';
import { Misfits } from './misfits';
import { complaints, exampleCount, operationIds, publishedExamples } from './openapi';

/** Published beside a description that does not have it. */
const known =
  'ChatThread_GetChatThreadProperties 200 : must NOT have additional properties {"additionalProperty":"messagingPolicy"}';

test('the checker accepts every published example', () => {
  const examples = [...publishedExamples()];
  expect(new Set(examples.map(({ file }) => file)).size).toBe(exampleCount);
  const all = examples.flatMap(({ id, status, body }) => complaints(id, status, body));
  expect(all.filter((complaint) => complaint !== known)).toEqual([]);
});

test('the checker refuses what is not described', () => {
  const id = 'ChatThread_SendChatMessage';
  expect(operationIds).toContain(id);
  expect(complaints(id, '201', { id: '1' })).toEqual([]);
  expect(complaints(id, '201', {})).toHaveLength(1);
  expect(complaints(id, '201', { id: 1 })).toHaveLength(1);
  expect(complaints(id, '201', { id: '1', more: true })).toHaveLength(1);
  expect(complaints(id, '200', { id: '1' })).toHaveLength(1);
  expect(complaints(id, '403', { message: 'no' }).length).toBeGreaterThan(0);
});

test('an emulator tells of each answer as the service gave it, whatever a fault makes of it', async () => {
  const exchanges: Exchange[] = [];
  const { core } = createBench({ onExchange: (exchange) => exchanges.push(exchange) });
  core.faults.requests.add({ when: 'after', answer: { status: 503 } });
  const response = await core.handle(new Request(`${origin}/chat/threads?api-version=2025-03-15`));
  expect(response.status).toBe(503);
  expect(exchanges).toMatchObject([
    { method: 'GET', path: '/chat/threads', status: 401, contentType: 'application/json; charset=utf-8' },
  ]);
  const misfits = new Misfits();
  exchanges.forEach(misfits.check);
  expect(misfits.take()).toEqual([]);
  const exchange = { ...exchanges[0]!, body: '{"error":"no"}' };
  misfits.check(exchange);
  misfits.check({ ...exchange, path: '/nowhere' });
  expect([misfits.take().length > 0, misfits.take(), misfits.checked]).toEqual([true, [], 2]);
});
