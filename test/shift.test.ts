import { describe, expect, it } from 'vitest';
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
