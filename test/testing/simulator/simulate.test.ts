import { isContactCenterError } from 'onescreen';
import { leastFlexible, longestIdle, skill, type RoutingEvent, type RoutingStrategy } from 'onescreen/routing';
import {
  alike,
  compareStrategies,
  constant,
  exponential,
  generateTraffic,
  lognormal,
  reportTable,
  simulate,
  type ContactOutcome,
  type SimulatedContact,
  type SimulatedWorker,
  type SimulationOptions,
  virtualClock,
} from 'onescreen/testing';
import { expect, it } from 'vitest';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 0, 5, 8);
const chats = [{ channel: 'chat', cost: 1 }];

function contact(id: string, after: number, more: Partial<SimulatedContact> = {}): SimulatedContact {
  return { id, at: start + after, queueId: 'support', channel: 'chat', handleMs: 5 * minute, ...more };
}

function worker(id: string, more: Partial<SimulatedWorker> = {}): SimulatedWorker {
  return { id, queues: ['support'], capacity: 1, channels: chats, ...more };
}

/** What became of each contact, in the order of arrival, and the report. */
async function run(options: Partial<SimulationOptions>) {
  const outcomes: ContactOutcome[] = [];
  const events: RoutingEvent[] = [];
  const report = await simulate({
    traffic: [],
    workers: [worker('ann')],
    queues: [{ id: 'support' }],
    observe: (more) => events.push(...more),
    observeOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  });
  const told = outcomes.map((each) => `${each.contact.id} ${each.result} after ${each.waitMs / 1_000} s`);
  return { report, outcomes, told, events };
}

/** A day of two queues and three channels, with all that can go wrong. */
const busyDay: SimulationOptions = {
  traffic: (seed) =>
    generateTraffic({
      seed,
      from: start,
      to: start + 8 * hour,
      streams: [
        {
          queueId: 'support',
          channel: 'voice',
          perHour: 90,
          handle: lognormal(5 * minute, 4 * minute),
          wrapUp: constant(20_000),
          patience: exponential(3 * minute),
        },
        {
          queueId: 'support',
          channel: 'chat',
          perHour: 60,
          handle: exponential(8 * minute),
          selectors: [skill('chat', 2)],
        },
        {
          queueId: 'sales',
          channel: 'chat',
          perHour: 30,
          handle: exponential(6 * minute),
          patience: exponential(hour),
        },
      ],
    }),
  workers: alike(20, {
    queues: ['support', 'sales'],
    capacity: 100,
    labels: { chat: 3 },
    channels: [
      { channel: 'voice', cost: 100, max: 1 },
      { channel: 'chat', cost: 33, max: 3 },
    ],
    shifts: [{ from: start, to: start + 9 * hour, breaks: [{ from: start + 4 * hour, to: start + 4.5 * hour }] }],
  }),
  queues: [
    { id: 'support', offerTtlMs: 15_000 },
    { id: 'sales', offerTtlMs: 15_000, onExpire: 'keep' },
  ],
  acceptance: { delay: exponential(3_000), declined: 0.05, ignored: 0.03 },
  retries: { probability: 0.5, after: exponential(5 * minute) },
  seed: 7,
};

it('serves contacts in turn and reports how long each waited', async () => {
  const traffic = [contact('a', 0), contact('b', minute), contact('c', 2 * minute)];
  const { told, report } = await run({ traffic });
  expect(told).toEqual(['a answered after 0 s', 'b answered after 240 s', 'c answered after 480 s']);
  expect(report.all).toMatchObject({ arrived: 3, answered: 3, abandoned: 0, unserved: 0, waitMs: 240_000 });
  expect(report.all.serviceLevel).toBeCloseTo(1 / 3);
  expect(report.all.delayed).toBeCloseTo(2 / 3);
  expect(report.all.longestWaitMs).toBe(480_000);
  expect(report.all.percentilesMs).toMatchObject({ p50: 240_000, p99: 480_000 });
});

it('takes what was given of the engine, and knows when it has no room: wrap-up holds it', async () => {
  const traffic = [contact('a', 0, { wrapUpMs: minute }), contact('b', 0)];
  expect((await run({ traffic })).told[1]).toBe('b answered after 360 s');
  const early = await run({ traffic, queues: [{ id: 'support', releaseCapacityAt: 'wrapping' }] });
  expect(early.told[1]).toBe('b answered after 300 s');
});

it('gives the same report for the same seed, and another for another', async () => {
  const first = JSON.stringify(await simulate(busyDay));
  expect(JSON.stringify(await simulate(busyDay))).toBe(first);
  expect(JSON.stringify(await simulate({ ...busyDay, seed: 8 }))).not.toBe(first);
});

it('accounts for every contact, by channel, by queue and by interval', async () => {
  const { report, outcomes } = await run(busyDay);
  const count = (groups: readonly { readonly arrived: number }[]) =>
    groups.reduce((sum, each) => sum + each.arrived, 0);
  expect(report.all.arrived).toBe(outcomes.length);
  expect(report.all.arrived).toBeGreaterThan(1_000);
  expect(report.all.answered + report.all.abandoned + report.all.unserved).toBe(report.all.arrived);
  expect(Object.keys(report.channels)).toEqual(['chat', 'voice']);
  expect(Object.keys(report.queues)).toEqual(['sales', 'support']);
  expect(count(Object.values(report.channels))).toBe(report.all.arrived);
  expect(count(Object.values(report.queues))).toBe(report.all.arrived);
  expect(count(report.intervals)).toBe(report.all.arrived);
  expect(report.offers.issued).toBeGreaterThan(report.all.answered);
  expect(report.offers.declined / report.offers.issued).toBeCloseTo(0.05, 1);
  expect(report.occupancy).toBeGreaterThan(0.3);
  expect(report.occupancy).toBeLessThan(1);
});

it('lets those who lose patience go, and some of them try again', async () => {
  const traffic = [contact('a', 0), contact('b', 0, { patienceMs: 30_000 }), contact('c', 0, { patienceMs: hour })];
  const gone = await run({ traffic });
  expect(gone.told.slice(1)).toEqual(['b abandoned after 30 s', 'c answered after 300 s']);
  expect(gone.report.all.abandonment).toBeCloseTo(1 / 3);
  const again = await run({ traffic, retries: { probability: 1, after: constant(9.5 * minute) } });
  expect(again.told.slice(1)).toEqual(['b abandoned after 30 s', 'c answered after 300 s', 'b~2 answered after 0 s']);
});

it('says who still waits when the simulation ends, and that they waited until then', async () => {
  const { told } = await run({ traffic: [contact('a', 0)], workers: [], drainMs: minute });
  expect(told).toEqual(['a unserved after 60 s']);
  const three = [contact('a', 0), contact('b', 10_000), contact('c', 20_000)];
  const { report } = await run({ traffic: three, workers: [] });
  expect(report.all).toMatchObject({ unserved: 3, longestWaitMs: 4 * hour + 20_000, waitMs: 4 * hour + 10_000 });
  expect(report.all.speedOfAnswerMs).toEqual({ mean: NaN, low: NaN, high: NaN });
  expect(report.all.percentilesMs).toMatchObject({ p50: NaN, p99: NaN });
});

it('ends when nobody waits any more where it has no other end', async () => {
  const traffic = [contact('a', 0, { handleMs: 9 * hour }), contact('b', 0)];
  expect((await run({ traffic, drainMs: Infinity })).told[1]).toBe('b answered after 32400 s');
});

it('asks workers in their shifts alone, and not in their breaks', async () => {
  const shifts = [
    { from: start + minute, to: start + hour, breaks: [{ from: start + 10 * minute, to: start + 20 * minute }] },
  ];
  const traffic = [contact('early', 0), contact('at break', 12 * minute), contact('late', hour)];
  const { told } = await run({ traffic, workers: [worker('ann', { shifts })], drainMs: hour });
  expect(told.slice(0, 2)).toEqual(['early answered after 60 s', 'at break answered after 480 s']);
  expect(told[2]).toMatch('late unserved');
});

it('lets a worker finish what it has in hand when its shift ends', async () => {
  const shifts = [{ from: start, to: start + minute }];
  const { events } = await run({
    traffic: [contact('a', 0), contact('b', 10 * minute)],
    workers: [worker('ann', { shifts }), worker('ben', { shifts: [{ from: start + 20 * minute, to: start + hour }] })],
  });
  expect(events.filter((each) => each.type === 'task-closed')).toMatchObject([{ taskId: 'a', at: start + 5 * minute }]);
});

it('answers offers late, declines them or lets them expire, as it is told', async () => {
  const traffic = [contact('a', 0)];
  const late = await run({ traffic, acceptance: { delay: constant(4_000) } });
  expect(late.told).toEqual(['a answered after 4 s']);
  expect(late.report.all.delayed).toBe(0);
  const declined = await run({ traffic, acceptance: { declined: 1 }, drainMs: minute });
  expect(declined.report).toMatchObject({ all: { unserved: 1 }, offers: { issued: 1, declined: 1 } });
});

it('brings back a worker who became unavailable over an offer it let expire', async () => {
  const { report, events } = await run({
    traffic: [contact('a', 0)],
    acceptance: { ignored: 1, returnAfter: constant(2 * minute) },
    drainMs: 5 * minute,
  });
  const back = events.filter((each) => each.type === 'worker-available').map((each) => each.at - start);
  expect(back.slice(0, 3)).toEqual([0, 150_000, 300_000]);
  expect(report.offers.expired).toBe(2);
});

it('asks strategies that are functions, and waits for those that promise', async () => {
  const last = {
    name: 'last',
    rank: async ({ candidates }: { candidates: Iterable<{ id: string }> }) =>
      [...candidates].reverse().map(({ id }) => ({ workerId: id })),
  };
  const { outcomes, report } = await run({
    traffic: [contact('a', 0)],
    workers: [worker('ann'), worker('ben')],
    queues: [{ id: 'support', strategy: last }],
  });
  expect(outcomes).toMatchObject([{ workerId: 'ben', waitMs: 0, delayed: false }]);
  expect(report.name).toBe('last');
});

it('goes on with the longest idle where a strategy throws', async () => {
  const strategy = {
    name: 'broken',
    rank: () => {
      throw new Error('no');
    },
  };
  const { told } = await run({ traffic: [contact('a', 0)], queues: [{ id: 'support', strategy }] });
  expect(told).toEqual(['a answered after 0 s']);
});

it('waits so long in real time for an answer, and then goes on as the engine does without one', async () => {
  const clock = virtualClock();
  const signals: AbortSignal[] = [];
  const silent = {
    name: 'silent',
    rank({ signal }: { signal: AbortSignal }) {
      signals.push(signal);
      return new Promise<never>(() => {});
    },
  };
  const simulation = run({
    traffic: [contact('a', 0), contact('b', 10_000)],
    workers: [worker('ann'), worker('ben')],
    queues: [{ id: 'support', strategy: silent, strategyTimeoutMs: 2_000 }],
    strategyWaitMs: 5_000,
    clock,
  });
  await clock.advance(4_999);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  await clock.advance(1);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  await clock.advance(5_000);
  const { told, report, events } = await simulation;
  expect(told).toEqual(['a answered after 2 s', 'b answered after 2 s']);
  expect(report.decisions).toEqual({ asked: 2, failed: 2 });
  const why = events.flatMap((event) => (event.type === 'offer-issued' ? event.explanation.fallback : []));
  expect(why).toEqual(Array(2).fill('silent did not answer within 2000 ms'));
  expect(clock.pending).toBe(0);
});

it('takes back its wait for an answer that comes', async () => {
  const clock = virtualClock();
  const strategy = { name: 'prompt', rank: () => Promise.resolve([{ workerId: 'ann' }]) };
  const { report } = await run({ traffic: [contact('a', 0)], queues: [{ id: 'support', strategy }], clock });
  expect([report.decisions, clock.pending]).toEqual([{ asked: 1, failed: 0 }, 0]);
});

it.each([
  ['nothing', undefined],
  ['a list of nothing', [null]],
  ['ids', ['ann']],
  ['workers without ids', [{ workerId: 1 }]],
])('goes on with the longest idle where a strategy answers with %s, and says so', async (_, answer) => {
  const strategy: RoutingStrategy = { name: 'odd', rank: () => [] };
  Object.assign(strategy, { rank: () => answer });
  const { told, report } = await run({ traffic: [contact('a', 0)], queues: [{ id: 'support', strategy }] });
  expect(told).toEqual(['a answered after 0 s']);
  expect(report.decisions).toEqual({ asked: 1, failed: 1 });
  expect(reportTable(report)).toContain('Of 1 questions the strategy left 1 without a usable answer');
});

it('leaves what happens in the warm-up out of the report', async () => {
  const traffic = [contact('a', 0), contact('b', minute, { handleMs: 6 * minute }), contact('c', 20 * minute)];
  const { report } = await run({ traffic, warmUpMs: 10 * minute });
  expect(report.all).toMatchObject({ arrived: 1, longestWaitMs: 0 });
  expect(report).toMatchObject({ from: start + 10 * minute, to: start + 20 * minute, occupancy: 0.1 });
});

it('counts as occupancy the capacity in use of those at work', async () => {
  const traffic = [contact('a', 0), contact('b', 10 * minute)];
  const { report } = await run({ traffic, workers: [worker('ann'), worker('ben')], intervalMs: 5 * minute });
  expect(report.occupancy).toBeCloseTo(0.25);
  expect(report.intervals.map((each) => each.occupancy)).toEqual([0.5, 0, 0]);
});

it('shows every strategy the same contacts, handle times and answers', async () => {
  const seen: Record<string, string> = {};
  const accepted: Record<string, number> = {};
  for (const strategy of [longestIdle(), leastFlexible()]) {
    const options = { ...busyDay, queues: busyDay.queues.map((queue) => ({ ...queue, strategy })) };
    const { outcomes, report } = await run({ ...options, retries: { probability: 0, after: constant(0) } });
    seen[strategy.name] = JSON.stringify(outcomes.map((each) => each.contact));
    accepted[strategy.name] = report.offers.issued;
  }
  expect(seen['longestIdle']).toBe(seen['leastFlexible']);
  expect(accepted['longestIdle']).not.toBe(accepted['leastFlexible']);
});

it('compares strategies seed by seed', async () => {
  const { seed: _, ...options } = busyDay;
  const strategies = { jobRouter: longestIdle(), ours: leastFlexible() };
  const [first, second] = await compareStrategies({ ...options, strategies, seeds: [1, 2, 3] });
  expect(first).toMatchObject({ name: 'jobRouter', ratio: { mean: 1, low: 1, high: 1 } });
  expect(second?.reports.map((report) => [report.name, report.seed])).toEqual([
    ['ours', 1],
    ['ours', 2],
    ['ours', 3],
  ]);
  expect(second?.reports[0]?.all.arrived).toBeGreaterThan(0);
  expect(second?.ratio.low).toBeLessThanOrEqual(second?.ratio.mean ?? 0);
  expect(second?.ratio.mean).not.toBe(1);
});

it('says by how much channels are served unevenly', async () => {
  const voice = [{ channel: 'voice', cost: 1 }];
  const { report } = await run({
    traffic: [contact('a', 0), contact('b', 0), contact('c', 0, { channel: 'voice' })],
    workers: [worker('ann'), worker('ben', { channels: voice })],
    serviceLevelMs: { chat: 10_000, voice: 20_000 },
  });
  expect(report.channels).toMatchObject({
    chat: { serviceLevel: 0.5, serviceLevelThresholdMs: 10_000 },
    voice: { serviceLevel: 1, serviceLevelThresholdMs: 20_000 },
  });
  expect(report.fairness).toEqual({ serviceLevel: 0.5, speedOfAnswer: Infinity });
});

it('takes a channel on which nobody is answered for the slowest, and a strategy that answers nobody for no faster', async () => {
  const traffic = [contact('a', 0), contact('b', 0), contact('c', 0, { channel: 'voice' })];
  expect((await run({ traffic })).report.fairness).toEqual({ serviceLevel: 0, speedOfAnswer: Infinity });
  expect((await run({ traffic, workers: [] })).report.fairness).toEqual({ serviceLevel: 1, speedOfAnswer: 1 });
  const [, nobody] = await compareStrategies({
    traffic: traffic.slice(0, 2),
    workers: [worker('ann')],
    queues: [{ id: 'support' }],
    strategies: { first: longestIdle(), nobody: { name: 'nobody', rank: () => [] } },
    seeds: [1],
    drainMs: minute,
  });
  expect(nobody).toMatchObject({ ratio: { mean: NaN }, serviceLevel: { mean: 0 } });
});

const impatient = { traffic: [contact('a', 0, { patienceMs: 1_000 })], workers: [] };

it.each([
  [
    'a contact that is handled for less than no time',
    { traffic: [contact('a', 0, { handleMs: -1 })] },
    'traffic[0].handleMs',
  ],
  ['a contact that comes at no time', { traffic: [contact('a', NaN)] }, 'traffic[0].at'],
  [
    'a shift that ends before it begins',
    { workers: [worker('ann', { shifts: [{ from: 2, to: 1 }] })] },
    'workers[0].shifts[0]',
  ],
  ['more refusals than offers', { acceptance: { declined: 0.6, ignored: 0.5 } }, 'both'],
  ['a share that is none', { retries: { probability: NaN, after: constant(1) } }, 'probability'],
  ['an end before the last arrival', { drainMs: -15_000 }, 'drainMs'],
  ['a warm-up that is no time', { warmUpMs: NaN }, 'warmUpMs'],
  ['a service level that is no time', { serviceLevelMs: NaN }, 'serviceLevelMs'],
  ['a service level below 0', { serviceLevelMs: { chat: -1 } }, 'serviceLevelMs.chat'],
  ['an interval without length', { intervalMs: 0 }, 'intervalMs'],
  ['a wait for strategies that is none', { strategyWaitMs: NaN }, 'strategyWaitMs'],
  ['answers that take no number', { traffic: [contact('a', 0)], acceptance: { delay: () => NaN } }, 'acceptance.delay'],
  ['answers before the offer', { traffic: [contact('a', 0)], acceptance: { delay: () => -1 } }, 'acceptance.delay'],
  [
    'workers who are back before they were gone',
    { traffic: [contact('a', 0)], acceptance: { ignored: 1, returnAfter: () => -60_000 } },
    'acceptance.returnAfter',
  ],
  ['another try before the first', { ...impatient, retries: { probability: 1, after: () => -1 } }, 'retries.after'],
  ['another try at no time', { ...impatient, retries: { probability: 1, after: () => NaN } }, 'retries.after'],
  [
    'tries without end at one moment',
    {
      traffic: [contact('a', 0, { patienceMs: 0 })],
      workers: [],
      retries: { probability: 1, after: constant(0) },
    },
    'retries.after',
  ],
])('refuses %s, with the field named', async (_, options, field) => {
  const error: unknown = await run(options).catch((thrown: unknown) => thrown);
  expect(isContactCenterError(error, 'simulation/invalid') && error.field).toBe(field);
});

it.each(['delay', 'returnAfter', 'after', 'probability'])(
  'refuses %s that is not there or no function',
  async (name) => {
    const acceptance = { delay: constant(1), returnAfter: constant(1) };
    const retries = { probability: 1, after: constant(1) };
    const [part, field] =
      name === 'probability'
        ? [retries, name]
        : name === 'after'
          ? [retries, `retries.${name}`]
          : [acceptance, `acceptance.${name}`];
    Object.assign(part, { [name]: name === 'probability' ? undefined : 5 });
    const error: unknown = await run({ acceptance, retries }).catch((thrown: unknown) => thrown);
    expect(isContactCenterError(error, 'simulation/invalid') && error.field).toBe(field);
  },
);
