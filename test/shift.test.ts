import { describe, expect, it } from 'vitest';
import { megabytes } from './memory';
import { playDeskDay } from './shift/play-desk-day';
import { workShift } from './shift/work-shift';

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const started = performance.now();
  return [await run(), performance.now() - started];
}

describe('a shift of eight hours under virtual time', () => {
  it('serves 500 customers with 20 agents, and runs the same way twice', { timeout: 180_000 }, async () => {
    const [report, firstMs] = await timed(() => workShift('monday'));
    expect(report.outcomes).toHaveLength(500);
    expect(report.conversations).toBe(500);
    expect(report.outcomes.filter(({ result }) => result !== 'served')).toEqual([]);
    expect(report.defects).toEqual([]);
    // The day had everything in it that can go wrong.
    expect(report.accepted).toBeGreaterThan(500);
    expect(report.declined).toBeGreaterThan(10);
    expect(report.ignored).toBeGreaterThan(10);
    expect(report.drops).toBeGreaterThan(100);

    const [again, secondMs] = await timed(() => workShift('monday'));
    expect(again.logHash).toBe(report.logHash);
    expect(again.outcomes).toEqual(report.outcomes);
    // One of the two: the machine may be busy with something else meanwhile.
    expect(Math.min(firstMs, secondMs)).toBeLessThan(60_000);
  });

  it('tells the customers of too few agents why they were not served', { timeout: 60_000 }, async () => {
    const report = await workShift('tuesday', { agents: 1, chats: 120 });
    const unserved = report.outcomes.filter(({ result }) => result === 'unserved');
    expect(report.outcomes).toHaveLength(120);
    expect(unserved.length).toBeGreaterThan(0);
    expect(unserved.length).toBeLessThan(120);
    expect([...new Set(unserved.map(({ reason }) => reason))]).toEqual(['customer-left']);
    expect(report.defects).toEqual([]);
  });
});

const figuresOf = ({ heap, closedHeap, events, logEntries }: Awaited<ReturnType<typeof playDeskDay>>) =>
  `${events} events, ${logEntries} log entries; heap ${megabytes(heap.before)} -> ${megabytes(heap.after)} open, ` +
  `${megabytes(closedHeap.before)} -> ${megabytes(closedHeap.after)} closed`;

/** How much more may be in use at the end of a day than at its beginning, in bytes; most of it is code compiled meanwhile. */
const mostLeft = 5 * 1_048_576;

describe('a desk of three tabs that is open all day', () => {
  it(
    'has had 40,000 events, 200 faults and 30 reloads after eight hours, and has kept nothing of them',
    {
      timeout: 300_000,
    },
    async () => {
      const day = await playDeskDay({ hours: 8, conversations: 400, calls: 40, faults: 200, reloads: 30, tabs: 3 });
      expect(day.defects).toEqual([]);
      // The day was one.
      expect(day).toMatchObject({ ended: 400, faults: 200, reloads: 30 });
      expect(day.events).toBeGreaterThanOrEqual(40_000);
      expect(day.talked).toBeGreaterThan(30);
      expect(day.mostInHand).toBeGreaterThan(12);
      expect(day.queuedBreaks).toBeGreaterThan(10);
      expect(day.clearedBreaks).toBeGreaterThan(10);

      // With the desk open and idle, before the first conversation and after the last.
      expect(day.heap.after - day.heap.before).toBeLessThan(mostLeft);
      expect(day.held.after).toEqual(day.held.before);
      // What is counted is there, and was more when there was something to do.
      expect(day.held.most['timers']).toBeGreaterThan(2 * (day.held.before['timers'] ?? Infinity));
      expect(day.held.before).toMatchObject({ locks: 1, 'lock requests': 2, sockets: 3, 'voice endpoints': 1 });
      for (const kind of ['broadcast lines', 'page listeners', 'listeners to pushes', 'listeners to voice'])
        expect(day.held.before[kind]).toBeGreaterThan(0);

      console.info(figuresOf(day));
      // With everything closed.
      expect(day.closedHeap.after - day.closedHeap.before).toBeLessThan(mostLeft);
      expect(day.left).toEqual({ held: {}, timers: 0, signals: 0 });
      expect(day.resources.after).toEqual(day.resources.before);
      expect(day.unhandled).toEqual([]);
      expect(day.warnings).toEqual([]);
    },
  );
});
