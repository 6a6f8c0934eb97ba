import { readFile } from 'node:fs/promises';
import { createRouter, createRoutingEngine, type RoutingEvent } from 'onescreen/routing';
import { virtualClock } from 'onescreen/testing';
import { expect, test } from 'vitest';
import { openCases } from '../../examples/routing/open-cases';

const open: Readonly<Record<string, number>> = { ada: 3, ben: 1, cyd: 2 };

async function offered(labels: Readonly<Record<string, string>>): Promise<RoutingEvent | undefined> {
  const clock = virtualClock(0);
  const events: RoutingEvent[] = [];
  const strategy = openCases({
    ownerOf: async (id) => (id === '4711' ? 'ada' : undefined),
    openCasesOf: async (id) => open[id] ?? 0,
  });
  const router = createRouter({
    engine: createRoutingEngine({ queues: [{ id: 'support', strategy }] }),
    ...{ clock, onEvents: (more: readonly RoutingEvent[]) => events.push(...more) },
  });
  for (const id of Object.keys(open)) {
    const channels = [{ channel: 'chat', cost: 1 }];
    router.apply({ type: 'register', worker: { id, queues: ['support'], capacity: 1, channels, available: true } });
  }
  router.apply({ type: 'enqueue', task: { id: 't', queueId: 'support', channel: 'chat', labels } });
  await clock.advance(1);
  router.close();
  return events.find(({ type }) => type === 'offer-issued');
}

test('whoever has the case is asked, whatever else is open', async () => {
  expect(await offered({ caseId: '4711' })).toMatchObject({
    workerId: 'ada',
    explanation: { strategy: 'openCases', winner: { workerId: 'ada', score: -3, reason: 'has the case' } },
  });
});

test('for a new case the one with the fewest open ones is asked', async () => {
  expect(await offered({ caseId: '1' })).toMatchObject({
    workerId: 'ben',
    explanation: {
      winner: { reason: '1 open cases' },
      runnersUp: [{ workerId: 'cyd', reason: '2 open cases' }, { workerId: 'ada' }],
    },
  });
});

test('the guide shows the file as it is', async () => {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  expect(await read('docs/routing.md')).toContain((await read('examples/routing/open-cases.ts')).trim());
});
