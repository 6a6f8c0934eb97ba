import { seededRandom } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';

const draw = (seed: string | number) => {
  const random = seededRandom(seed);
  return Array.from({ length: 20 }, () => random.next());
};

describe('seededRandom', () => {
  it('repeats itself for the same seed only', () => {
    expect(draw('shift')).toEqual(draw('shift'));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(7)).toEqual(draw('7'));
  });

  it('spreads numbers evenly over [0, 1)', () => {
    const random = seededRandom('even');
    const counts = new Array<number>(10).fill(0);
    for (let round = 0; round < 100_000; round++) counts[Math.floor(random.next() * 10)]!++;
    expect(counts).toHaveLength(10);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('makes ids in the form of a UUID version 4, no two alike', () => {
    const random = seededRandom('ids');
    const ids = Array.from({ length: 1_000 }, () => random.id());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(1_000);
  });

  it('derives streams that do not depend on what was drawn before', () => {
    const fresh = seededRandom('root');
    const used = seededRandom('root');
    used.next();
    used.id();
    expect(used.fork('agents').next()).toBe(fresh.fork('agents').next());
    expect(fresh.fork('agents').next()).not.toBe(fresh.fork('customers').next());
  });

  it('draws whole numbers and options within their bounds', () => {
    const random = seededRandom('bounds');
    const drawn = new Set(Array.from({ length: 500 }, () => random.integer(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
    expect(new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b', 'c']))).size).toBe(3);
    expect(() => random.pick([])).toThrow('unable to pick; there are no options');
  });
});
