import { parseArgs } from 'node:util';
import { createEmulator, startEmulator } from 'onescreen/emulator';
import { askCore, askHttp, createFlood } from '../test/emulator/flood.ts';
import { megabytes, memoryInUse } from '../test/memory.ts';

// Floods the emulator with requests, in this process and over loopback, and fails when its memory keeps growing.

/** Growth from the first tenth to the end that still counts as none, in bytes. */
const tolerance = 16 * 1_048_576;

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '1000000' }, http: { type: 'string', default: '200000' } },
});

async function play(name: string, flood: ReturnType<typeof createFlood>, total: number, abreast: number) {
  const started = process.hrtime.bigint();
  let first: number | undefined;
  let index = 0;
  for (let tenth = 1; tenth <= 10; tenth += 1) {
    while (flood.asked < (total * tenth) / 10) {
      await Promise.all(Array.from({ length: abreast }, () => flood.next(index++)));
    }
    const inUse = await memoryInUse();
    first ??= inUse;
    console.log(`${name}: ${flood.asked} requests, ${megabytes(inUse)} in use`);
    if (inUse - first > tolerance) throw new Error(`${name}: memory grew by ${megabytes(inUse - first)}`);
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const statuses = [...flood.statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status} x ${times}`);
  console.log(`${name}: ${Math.round(flood.asked / seconds)} requests a second; ${statuses.join(', ')}`);
  if ([...flood.statuses.keys()].some((status) => status >= 500)) throw new Error(`${name}: the emulator failed`);
}

const core = createEmulator({ limits: false });
await play('in process', createFlood(core, askCore(core)), Number(values.requests), 1);
core.close();

const emulator = await startEmulator({ limits: false });
const { ask, close } = askHttp(emulator.endpoint);
await play('over loopback', createFlood(emulator.core, ask), Number(values.http), 32);
close();
await emulator.close();
