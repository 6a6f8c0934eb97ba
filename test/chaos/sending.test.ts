import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleChild, type Bundle } from './bundle';
import { runChild } from './run-child';
import type { ScenarioResult } from './scenarios';

let bundle: Bundle;

beforeAll(async () => {
  bundle = await bundleChild();
}, 60_000);

afterAll(() => bundle.remove());

async function play(scenario: string): Promise<ScenarioResult> {
  for await (const result of runChild(bundle, ['scenario', scenario])) if (isResult(result)) return result;
  throw new Error(`unable to play ${scenario}; the child process said nothing`);
}

function isResult(value: unknown): value is ScenarioResult {
  return typeof value === 'object' && value !== null && 'statuses' in value && 'stored' in value;
}

const flawless = { lost: 0, doubled: 0, disordered: 0, stale: 0, invented: 0, unsent: 0, uncaught: [] };
const range = (count: number) => Array.from({ length: count }, (_, index) => `a${index + 1}`);

test.each(['send stored but answered 503', 'send stored but dropped', 'send stored but timed out'])(
  'a %s is stored once',
  async (scenario) => {
    const result = await play(scenario);
    expect(result).toMatchObject({ ...flawless, healedMs: 0 });
    expect(result.stored).toEqual(range(12));
  },
);

test('a send stored only after its sender gave up on it is one message, because the other is taken back', async () => {
  const result = await play('send stored after its sender gave up on it');
  expect(result).toMatchObject({ ...flawless, healedMs: 0, takenBack: 1 });
  expect(result.stored.filter((text) => text === 'a1')).toHaveLength(2);
});

test.each(['four 401s at the allocation', 'four 401s wherever'])(
  '%s heal by themselves, and the agent is told',
  async (scenario) => {
    const result = await play(scenario);
    expect(result).toMatchObject({ ...flawless, healedMs: 0 });
    expect(result.statuses).toEqual(['connected', 'recovering', 'connected']);
    expect(result.stored).toEqual(range(12));
  },
);

test('ten minutes without a token heal by themselves, and the agent is told', async () => {
  const result = await play('no token for ten minutes');
  expect(result).toMatchObject(flawless);
  expect(result.healedMs).toBeLessThan(120_000);
  expect(result.statuses).toEqual(['connected', 'recovering', 'connected']);
  expect(result.tokenStatuses).toEqual(['valid', 'degraded', 'valid']);
  expect(result.sendStates).toContain('queued');
  expect(result.sendStates.at(-1)).toBe('sent');
  expect(result.stored).toEqual(range(12));
});

test('a registrar down for two minutes heals by itself, and the agent is told', async () => {
  const result = await play('registrar down for two minutes');
  expect(result).toMatchObject(flawless);
  expect(result.healedMs).toBeLessThan(60_000);
  expect(result.statuses).toContain('recovering');
  expect(result.statuses.at(-1)).toBe('connected');
  expect(result.stored).toEqual(range(12));
});

test('in the same cases the official client by itself doubles a message, or hears nothing any more', async () => {
  expect((await play('send stored but answered 503')).bare.doubled).toBe(1);
  expect((await play('four 401s at the allocation')).bare.lost).toBe(25);
  expect((await play('no token for ten minutes')).bare.unsent).toBe(12);
});
