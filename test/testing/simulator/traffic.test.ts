import { isContactCenterError } from 'onescreen';
import {
  constant,
  counterRandom,
  empirical,
  exponential,
  generateTraffic,
  lognormal,
  readTraffic,
} from 'onescreen/testing';
import { describe, expect, it } from 'vitest';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

describe('chance by counting', () => {
  it('is the same for the same seed, stream, index and draw, whatever was asked for before', () => {
    const first = counterRandom('a').stream('handle');
    const values = [0, 1, 2].map((index) => first(index, 3));
    const second = counterRandom('a').stream('handle');
    expect([2, 1, 0].map((index) => second(index, 3)).reverse()).toEqual(values);
    expect(counterRandom('b').stream('handle')(0, 3)).not.toBe(values[0]);
    expect(counterRandom('a').stream('gap')(0, 3)).not.toBe(values[0]);
    expect(first(0, 4)).not.toBe(values[0]);
  });

  it('is spread evenly, and streams have nothing to do with each other', () => {
    const random = counterRandom(1);
    const [a, b] = [random.stream('a'), random.stream('b')];
    const indices = Array.from({ length: 40_000 }, (_, index) => index);
    const tenths = new Array<number>(10).fill(0);
    for (const index of indices) tenths[Math.floor(a(index) * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 4_000)).toBeLessThan(250);
    expect(Math.abs(mean(indices.map((index) => (a(index) - 0.5) * (b(index) - 0.5))) * 12)).toBeLessThan(0.02);
    expect(Math.abs(mean(indices.map((index) => (a(index) - 0.5) * (a(index + 1) - 0.5))) * 12)).toBeLessThan(0.02);
    expect(Math.abs(mean(indices.map((index) => (a(index) - 0.5) * (a(index, 1) - 0.5))) * 12)).toBeLessThan(0.02);
  });
});

describe('distributions', () => {
  const sample = (distribution: (chance: () => number) => number) => {
    const stream = counterRandom(3).stream('sample');
    let draw = 0;
    return Array.from({ length: 50_000 }, () => distribution(() => stream(draw++)));
  };

  it('have the mean and the deviation that were asked for', () => {
    const skewed = sample(lognormal(300_000, 200_000));
    const middle = mean(skewed);
    expect(middle / 300_000).toBeCloseTo(1, 1);
    expect(Math.sqrt(mean(skewed.map((each) => (each - middle) ** 2))) / 200_000).toBeCloseTo(1, 1);
    expect(mean(sample(exponential(60_000))) / 60_000).toBeCloseTo(1, 1);
    expect(new Set(sample(constant(5)))).toEqual(new Set([5]));
    expect(new Set(sample(empirical([1, 2, 4])))).toEqual(new Set([1, 2, 4]));
  });

  it.each([
    ['of less than no time', () => exponential(-1), 'meanMs'],
    ['of what is no number', () => lognormal(1, NaN), 'deviationMs'],
    ['of no values', () => empirical([]), 'values'],
    ['of a value that is no time', () => empirical([1, Infinity]), 'values[1]'],
  ])('%s are refused', (_, make, field) => {
    expect(refusal(make)).toEqual(['simulation/invalid', field]);
  });
});

describe('traffic made up', () => {
  it('comes at its rate, and at another by the hour of the day', () => {
    const perHour = Array.from({ length: 24 }, (_, each) => (each === 9 ? 600 : each === 10 ? 60 : 0));
    const stream = { queueId: 'support', channel: 'voice', perHour, handle: exponential(60_000) };
    const contacts = generateTraffic({ seed: 1, from: start, to: start + 10 * 24 * hour, streams: [stream] });
    const byHour = contacts.map(({ at }) => new Date(at).getUTCHours());
    const nine = byHour.filter((each) => each === 9).length;
    expect(Math.abs(nine - 6_000)).toBeLessThan(250);
    expect(byHour.filter((each) => each === 10)).toHaveLength(contacts.length - nine);
    expect(Math.abs(contacts.length - nine - 600)).toBeLessThan(80);
    expect(contacts.map(({ at }) => at)).toEqual(contacts.map(({ at }) => at).sort((a, b) => a - b));
    const gaps = contacts.slice(1, 500).map(({ at }, index) => at - (contacts[index]?.at ?? 0));
    expect(mean(gaps.map((gap) => gap ** 2)) / mean(gaps) ** 2, 'of exponential gaps this is 2').toBeCloseTo(2, 0);
  });

  it('of one stream stays the same whatever else comes', () => {
    const stream = { queueId: 'support', channel: 'voice', perHour: 30, handle: exponential(60_000) };
    const other = { ...stream, channel: 'chat', priority: 3, patience: constant(1_000), wrapUp: constant(2_000) };
    const options = { seed: 1, from: start, to: start + 5 * hour };
    const alone = generateTraffic({ ...options, streams: [stream] });
    const both = generateTraffic({ ...options, streams: [other, stream] });
    expect(both.filter((each) => each.channel === 'voice')).toEqual(alone);
    expect(both.find((each) => each.channel === 'chat')).toMatchObject({
      priority: 3,
      patienceMs: 1_000,
      wrapUpMs: 2_000,
    });
  });

  it.each([
    ['too few rates', { perHour: [1, 2] }, 'streams[0].perHour'],
    ['a rate below 0', { perHour: -1 }, 'streams[0].perHour'],
    ['handle times that are no numbers', { handle: () => NaN }, 'streams[0].handle'],
    ['a wrap-up below 0', { wrapUp: () => -1 }, 'streams[0].wrapUp'],
    ['a patience without end', { patience: () => Infinity }, 'streams[0].patience'],
  ])('is refused with %s', (_, wrong, field) => {
    const stream = { queueId: 'q', channel: 'c', perHour: 60, handle: constant(1), ...wrong };
    expect(refusal(() => generateTraffic({ seed: 1, from: 0, to: hour, streams: [stream] }))).toEqual([
      'simulation/invalid',
      field,
    ]);
  });

  it('is refused with two streams of one name', () => {
    const stream = { queueId: 'q', channel: 'c', handle: constant(1), perHour: 1 };
    expect(refusal(() => generateTraffic({ seed: 1, from: 0, to: hour, streams: [stream, stream] }))[1]).toBe(
      'streams[1].name',
    );
  });
});

describe('traffic as it was', () => {
  const csv = `Arrival,Channel,Queue,Labels,Handle_seconds,Abandon_seconds,priority
2026-01-05T08:00:05Z,voice,support,language=fr;billing=3,312.5,,
2026-01-05T08:00:00+00:00,voice,support,"vip=true",180,,5

2026-01-05 08:00:10,voice,,,,42,
1767600020000,chat,"sales, new",,60,,
`;

  it('is read from CSV, in order of arrival', () => {
    expect(readTraffic(csv)).toEqual([
      {
        id: 'contact-2',
        at: Date.UTC(2026, 0, 5, 8),
        channel: 'voice',
        queueId: 'support',
        handleMs: 180_000,
        priority: 5,
        labels: { vip: true },
        selectors: [{ key: 'vip', operator: 'equal', value: true }],
      },
      {
        id: 'contact-1',
        at: Date.UTC(2026, 0, 5, 8, 0, 5),
        channel: 'voice',
        queueId: 'support',
        handleMs: 312_500,
        labels: { language: 'fr', billing: 3 },
        selectors: [
          { key: 'language', operator: 'equal', value: 'fr' },
          { key: 'billing', operator: 'greaterThanOrEqual', value: 3 },
        ],
      },
      {
        id: 'contact-3',
        at: Date.UTC(2026, 0, 5, 8, 0, 10),
        channel: 'voice',
        queueId: 'voice',
        handleMs: expect.toSatisfy((ms) => ms === 180_000 || ms === 312_500) as number,
        patienceMs: 42_000,
      },
      { id: 'contact-4', at: 1767600020000, channel: 'chat', queueId: 'sales, new', handleMs: 60_000 },
    ]);
  });

  it('is read from JSON', () => {
    const rows = [
      {
        id: 'x',
        arrival: 5,
        channel: 'chat',
        queue: 'support',
        handle_seconds: 1,
        wrap_up_seconds: 2,
        labels: { vip: true },
      },
    ];
    expect(readTraffic(JSON.stringify(rows))).toEqual([
      {
        id: 'x',
        at: 5,
        channel: 'chat',
        queueId: 'support',
        handleMs: 1_000,
        wrapUpMs: 2_000,
        labels: { vip: true },
        selectors: [{ key: 'vip', operator: 'equal', value: true }],
      },
    ]);
  });

  it('is read with semicolons, line ends of Windows, a mark at its beginning and quotes within quotes', () => {
    const text = '\uFEFFarrival;channel;queue;handle_seconds\r\n5;chat;"say ""hi""";1\r\n';
    expect(readTraffic(text)).toMatchObject([{ at: 5, queueId: 'say "hi"', handleMs: 1_000 }]);
  });

  it('is read with line ends of old, and from JSON with a mark at its beginning', () => {
    expect(readTraffic('arrival,channel,handle_seconds\r5,chat,1\r6,chat,1')).toMatchObject([{ at: 5 }, { at: 6 }]);
    expect(readTraffic('\uFEFF[{"arrival":5,"channel":"chat","handle_seconds":1}]')).toMatchObject([{ at: 5 }]);
  });

  it('gets patience where nobody gave up, and handle times where it says', () => {
    const text = 'arrival,channel,abandon_seconds\n1,chat,\n2,chat,7\n';
    const read = readTraffic(text, { patience: constant(9_000), handle: constant(4_000), queueId: 'all' });
    expect(read).toMatchObject([
      { queueId: 'all', patienceMs: 9_000, handleMs: 4_000 },
      { patienceMs: 7_000, handleMs: 4_000 },
    ]);
  });

  it('refuses handle times and patience that are no times', () => {
    const text = 'arrival,channel\n1,chat\n';
    expect(refusal(() => readTraffic(text, { handle: () => NaN }))).toEqual(['simulation/invalid', 'handle']);
    const options = { handle: constant(1), patience: () => -1 };
    expect(refusal(() => readTraffic(text, options))).toEqual(['simulation/invalid', 'patience']);
  });

  it.each([
    ['no time', 'arrival,channel,handle_seconds\n1,chat,1\nyesterday,chat,1', 'row 3, column "arrival"'],
    ['a date alone', 'arrival,channel,handle_seconds\n2026-01-05,chat,1', 'row 2, column "arrival"'],
    ['an empty time', 'arrival,channel,handle_seconds\n,chat,1', 'row 2, column "arrival"'],
    ['no channel', 'arrival,channel,handle_seconds\n1,,1', 'row 2, column "channel"'],
    ['a channel column that is missing', 'arrival,handle_seconds\n1,1', 'row 2, column "channel"'],
    ['a word for a number', 'arrival,channel,handle_seconds\n1,chat,long', 'row 2, column "handle_seconds"'],
    ['less than no time', 'arrival,channel,handle_seconds\n1,chat,-5', 'row 2, column "handle_seconds"'],
    ['nothing to go by', 'arrival,channel,handle_seconds\n1,chat,', 'row 2, column "handle_seconds"'],
    ['a label without a value', 'arrival,channel,handle_seconds,labels\n1,chat,1,vip', 'row 2, column "labels"'],
    ['too many cells', 'arrival,channel,handle_seconds\n1,chat,1,2', 'row 2, cell 4'],
    ['a quote that stays open', 'arrival,channel,handle_seconds\n1,"chat,1', 'row 2'],
    ['a column twice', 'arrival,channel,Channel', 'row 1, column "channel"'],
    ['an id twice', 'arrival,channel,handle_seconds,id\n1,chat,1,x\n2,chat,1,x', 'row 3, column "id"'],
    ['nothing in it', '\uFEFF \n', 'the text'],
    ['an object for a list', '{"contacts":[]}', 'the text'],
    ['a day that is none', 'arrival,channel,handle_seconds\n2026-02-30T08:00Z,chat,1', 'row 2, column "arrival"'],
    ['a column misspelt', 'arrival,channel,handle_second\n1,chat,1', 'row 1, column "handle_second"'],
    ['a name misspelt', '[{"arrival":1,"channel":"chat","handle":1}]', 'row 1, column "handle"'],
    ['JSON that is cut off', '[{"arrival": 1', 'the text'],
    ['a row that is no object', '[1]', 'row 1'],
    ['a list for labels', '[{"arrival":1,"channel":"chat","handle_seconds":1,"labels":[1]}]', 'row 1, column "labels"'],
    [
      'a label that is a list',
      '[{"arrival":1,"channel":"chat","handle_seconds":1,"labels":{"a":[]}}]',
      'row 1, column "labels"',
    ],
    ['a channel that is a number', '[{"arrival":1,"channel":2,"handle_seconds":1}]', 'row 1, column "channel"'],
  ])('is refused with %s, and says in which row and column', (_, text, field) => {
    expect(refusal(() => readTraffic(text))).toEqual(['traffic/invalid', field]);
  });
});

function refusal(run: () => unknown): readonly [string, string | undefined] {
  try {
    run();
  } catch (error) {
    if (isContactCenterError(error)) return [error.code, error.field];
    throw error;
  }
  throw new Error('nothing was refused');
}
