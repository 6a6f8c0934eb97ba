import { expect, test } from 'vitest';
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
