import { expect, it } from 'vitest';
import { bookkeeping } from '../../bench/routing/contenders/bookkeeping';
import { floor } from '../../bench/routing/contenders/floor';
import { naive } from '../../bench/routing/contenders/naive';
import { ours } from '../../bench/routing/contenders/ours';
import { play } from '../../bench/routing/play';
import { policies } from '../../bench/routing/policies';
import { Replay, TraceDiffers } from '../../bench/routing/replay';
import { mergeSizes } from '../../bench/routing/results';
import { record } from '../../bench/routing/script';
import { createWorld } from '../../bench/routing/workload';

const small = { workers: 60, tasks: 600 };

it.each([1, 2, 3, 4])('the engine, the naive matcher and the floor make the same offers in world %i', (seed) => {
  const world = createWorld(small, seed);
  const expected = play(world, naive(policies.activity));
  expect(expected.offers).toBeGreaterThan(small.tasks);
  expect(play(world, ours(policies.activity))).toEqual(expected);
  expect(play(world, floor)).toEqual(expected);
});

it.each([1, 2, 3, 4])('the engine and the naive matcher make the same offers by default in world %i', (seed) => {
  const world = createWorld(small, seed);
  const expected = play(world, naive(policies.default));
  expect(play(world, ours(policies.default))).toEqual(expected);
  expect(expected.trace).not.toBe(play(world, floor).trace);
});

it('a run that was written down is followed offer by offer, and what differs is told', () => {
  const world = createWorld(small, 5);
  const script = record(world, floor);
  const replay = new Replay(script, (offered) => ours(policies.activity)(world, offered));
  replay.prepare(script.calls);
  replay.run(script.calls);
  replay.check();
  expect(replay.offers).toBe(script.offers);

  const other = new Replay(script, (offered) => ours(policies.default)(world, offered));
  other.prepare(script.calls);
  expect(() => other.run(script.calls)).toThrow(TraceDiffers);
});

it('bookkeeping makes the offers that it is told, and has nothing in hand when all is over', () => {
  const world = createWorld(small, 5);
  const script = record(world, ours(policies.activity));
  const books = bookkeeping(() => replay.due());
  const replay: Replay = new Replay(script, (offered) => books(world, offered));
  replay.prepare(script.calls);
  replay.run(script.calls - 1);
  expect(() => replay.check()).toThrow('the engine has');
  replay.run(script.calls);
  replay.check();
  expect(replay.offers).toBe(script.offers);
});

it('a naive matcher that is told the first offers makes the others by itself', () => {
  const world = createWorld(small, 6);
  const script = record(world, ours(policies.default));
  const half = Math.floor(script.calls / 2);
  const plain = naive(policies.default);
  let follow: ReturnType<typeof plain>['follow'] | undefined;
  const replay: Replay = new Replay(script, (offered) => {
    const matcher = plain(world, offered);
    follow = (told) => matcher.follow(told);
    return matcher;
  });
  follow?.(() => replay.due());
  replay.run(half);
  follow?.(undefined);
  replay.run(script.calls);
  replay.check();
  expect(replay.offers).toBe(script.offers);
});

it('results are kept by size and contender, and those of other sizes stay', () => {
  const row = {
    size: 'S',
    policy: 'activity',
    us: [1, 2, 9],
    p99Us: 4.44444,
    heapPerWorker: 1,
    trace: 'equal',
  } as const;
  const kept = { S: { ours: 'old', jsonLogic: 'old' }, M: 'no record', L: { ours: 'of L' } };
  const rows = [
    { ...row, name: 'ours' },
    { ...row, name: 'floor', us: [1] },
    { ...row, name: 'naive', policy: 'default' },
  ] as const;
  expect(mergeSizes(kept, rows)).toEqual({
    S: {
      ours: { usPerDecision: 2, p99us: 4.444 },
      floor: { usPerDecision: 1, p99us: 4.444 },
      naiveByDefault: { usPerDecision: 2, p99us: 4.444 },
      jsonLogic: 'old',
      traceEqual: true,
    },
    L: { ours: 'of L' },
  });
  const different = [rows[0], { ...rows[1], trace: 'differs: at offer 3' }];
  expect(mergeSizes(undefined, different)).toMatchObject({ S: { traceEqual: false } });
});
