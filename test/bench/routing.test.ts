import { expect, it } from 'vitest';
import { floor } from '../../bench/routing/contenders/floor';
import { naive } from '../../bench/routing/contenders/naive';
import { ours } from '../../bench/routing/contenders/ours';
import { play } from '../../bench/routing/play';
import { policies } from '../../bench/routing/policies';
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
