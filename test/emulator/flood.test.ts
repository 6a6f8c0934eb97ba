import { expect, test } from 'vitest';
import { memoryInUse } from '../memory';
import { createBench } from './bench';
import { startEmulator } from './checked-emulator';
import { askCore, askHttp, createFlood } from './flood';

test('a flood of bad input and of things made and deleted leaves memory as it was', { timeout: 120_000 }, async () => {
  const { core } = createBench();
  const flood = createFlood(core, askCore(core));
  const play = async (from: number, to: number) => {
    for (let index = from; index < to; index += 1) await flood.next(index);
    return memoryInUse();
  };
  // By then the logs are full.
  const before = await play(0, 4_000);
  const after = await play(4_000, 8_000);
  expect(after - before).toBeLessThan(4 * 1_048_576);
  expect([...flood.statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  expect([200, 201, 204, 400, 401, 403, 404, 405].filter((status) => !flood.statuses.has(status))).toEqual([]);
  expect(core.snapshot().registrations.length).toBeLessThanOrEqual(100);
  expect(core.log().length).toBeLessThanOrEqual(5_000);
  expect(core.unknownRequests().length).toBeLessThanOrEqual(1_000);
  core.close();
});

test('a flood over loopback is answered to the end', { timeout: 60_000 }, async () => {
  const emulator = await startEmulator({ limits: false });
  const { ask, close } = askHttp(emulator.endpoint);
  const flood = createFlood(emulator.core, ask);
  for (let index = 0; index < 1_000; index += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, offset) => flood.next(index + offset)));
  }
  expect(flood.asked).toBeGreaterThan(1_000);
  expect([...flood.statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  close();
  await emulator.close();
});
