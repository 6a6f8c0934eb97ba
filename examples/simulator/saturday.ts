import { leastFlexible, longestIdle, skill } from 'onescreen/routing';
import { alike, compareStrategies, exponential, generateTraffic, lognormal } from 'onescreen/testing';

const minute = 60_000;
const from = Date.UTC(2026, 0, 10, 8);
const to = Date.UTC(2026, 0, 10, 16);

/** A Saturday: calls and chats, some in French, for twelve agents of whom three speak it. */
export function saturday() {
  const agent = {
    queues: ['support'],
    capacity: 100,
    channels: [
      { channel: 'voice', cost: 100, max: 1 },
      { channel: 'chat', cost: 33, max: 3 },
    ],
    shifts: [{ from, to, breaks: [{ from: from + 240 * minute, to: from + 270 * minute }] }],
  };
  return compareStrategies({
    traffic: (seed) =>
      generateTraffic({
        seed,
        from,
        to,
        streams: [
          {
            queueId: 'support',
            channel: 'voice',
            perHour: 50,
            handle: lognormal(5 * minute, 4 * minute),
            patience: exponential(4 * minute),
          },
          { queueId: 'support', channel: 'chat', perHour: 40, handle: exponential(10 * minute) },
          {
            name: 'french',
            queueId: 'support',
            channel: 'voice',
            perHour: 10,
            handle: exponential(5 * minute),
            selectors: [skill('french')],
          },
        ],
      }),
    workers: [...alike(9, agent, 'agent'), ...alike(3, { ...agent, labels: { french: 2 } }, 'french')],
    queues: [{ id: 'support', offerTtlMs: 15_000, onExpire: 'keep' }],
    acceptance: { delay: exponential(3_000), declined: 0.05, ignored: 0.03 },
    serviceLevelMs: { voice: 20_000, chat: 60_000 },
    strategies: { jobRouter: longestIdle(), ours: leastFlexible() },
    seeds: [1, 2, 3],
  });
}
