import {
  leastLoaded,
  roundRobin,
  routingRules,
  type ClassificationPolicy,
  type OpeningHours,
  type QueuePolicy,
  type RoutingOptions,
} from 'onescreen/routing';

/** Open for so many milliseconds, then closed for as many, and so on. */
const turns = (ms: number): OpeningHours => ({
  isOpen: (at) => Math.floor(at / ms) % 2 === 0,
  nextChange: (at) => (Math.floor(at / ms) + 1) * ms,
});

const moody = () => {
  throw new Error('no comment');
};

const queues: readonly QueuePolicy[] = [
  {
    id: 'support',
    strategy: roundRobin(),
    offerTtlMs: 15_000,
    exceptions: [
      { id: 'long', when: { type: 'queueLength', threshold: 3 }, actions: [{ type: 'move', queueId: 'back' }] },
      {
        id: 'old',
        when: { type: 'waitTime', afterMs: 30_000 },
        actions: [{ type: 'cancel', disposition: 'Given up' }],
      },
    ],
  },
  {
    id: 'sales',
    strategy: { name: 'custom', rank: () => [] },
    strategyOptions: { region: 'emea' },
    strategyTimeoutMs: 2_000,
    strategyRetryMs: 3_000,
    offerTtlMs: 7_000,
    concurrentOffers: 2,
    onExpire: 'keep',
    releaseCapacityAt: 'wrapping',
    maxUnassignments: 1,
    exceptions: [
      { id: 'urgent', when: { type: 'waitTime', afterMs: 5_000 }, actions: [{ type: 'move', priority: 3 }] },
      {
        id: 'elsewhere',
        when: { type: 'waitTime', afterMs: 15_000 },
        actions: [{ type: 'reclassify', policyId: 'by-label', labels: { tier: 'gold' } }],
      },
    ],
  },
  {
    id: 'back',
    concurrentOffers: 3,
    releaseCapacityAt: 'wrapping',
    strategy: {
      ...leastLoaded(),
      prefer: () => ['dan', 'nobody'],
      select: ({ selectors }) => [
        ...selectors,
        { key: 'level', operator: 'greaterThan', value: 1, expiresAfterMs: 3_000 },
      ],
      exceptions: [
        { id: 'back-again', when: { type: 'waitTime', afterMs: 40_000 }, actions: [{ type: 'move', queueId: 'odd' }] },
      ],
    },
  },
  {
    id: 'odd',
    onExpire: 'keep',
    bypassSelectors: true,
    strategy: { name: 'moody', compare: moody },
    hours: turns(25_000),
    exceptions: [
      { id: 'shut', when: { type: 'closed' }, actions: [{ type: 'move', queueId: 'support' }] },
      {
        id: 'late',
        when: { type: 'waitTime', afterMs: 9_000 },
        actions: [
          { type: 'reclassify', labels: { late: true } },
          { type: 'move', priority: 2 },
        ],
      },
    ],
  },
];

const classification: readonly ClassificationPolicy[] = [
  {
    id: 'by-label',
    fallbackQueueId: 'support',
    classify: ({ labels }) => (labels.tier === 'gold' ? { queueId: 'sales' } : {}),
  },
  { id: 'asked', classify: () => Promise.resolve({}) },
];

/** Every option of a queue and of the rules at least once; commands answer for one of the strategies, and one is of no use. */
export const everyPolicy: RoutingOptions = {
  queues,
  rules: routingRules({ classification, classificationTimeoutMs: 9_000, taskLifeMs: 90_000, workerIdleMs: 120_000 }),
};
