import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const now = () => performance.timeOrigin + performance.now();

export interface BullResult {
  readonly jobsPerSecond: number;
  /** Milliseconds from `add` until another process's worker has the job, one after the other. */
  readonly latenciesMs: readonly number[];
}

/** BullMQ's add and process, on this Redis: as many adds under way as ours has commands, a worker with the same concurrency. */
export async function benchBullMq(port: number, jobs: number, pings: number): Promise<BullResult> {
  const open = () => new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null }).on('error', () => {});
  const [connection, workers] = [open(), open()];
  const name = 'flood';
  const queue = new Queue(name, { connection });
  let left = 0;
  let finish: () => void = () => {};
  const handler = async () => {
    left -= 1;
    if (left === 0) finish();
  };
  const worker = new Worker(name, handler, { connection: workers, concurrency: 200 });
  await worker.waitUntilReady();
  const flood = async () => {
    left = jobs;
    const all = new Promise<void>((resolve) => (finish = resolve));
    const from = now();
    let next = 0;
    const add = async () => {
      while (next < jobs) {
        next += 1;
        await queue.add('task', { id: next }, { removeOnComplete: true });
      }
    };
    await Promise.all([...Array.from({ length: 200 }, add), all]);
    return (now() - from) / 1000;
  };
  // As ours: once to warm up, and once to count.
  await flood();
  const seconds = await flood();
  await worker.close();

  const latenciesMs: number[] = [];
  let arrived: (at: number) => void = () => {};
  const pinger = new Worker('ping', async () => arrived(now()), { connection: workers });
  const pingQueue = new Queue('ping', { connection });
  await pinger.waitUntilReady();
  for (let count = 0; count < pings; count += 1) {
    const seen = new Promise<number>((resolve) => (arrived = resolve));
    const sent = now();
    await pingQueue.add('ping', {}, { removeOnComplete: true });
    latenciesMs.push((await seen) - sent);
  }
  await Promise.all([pinger.close(), queue.close(), pingQueue.close()]);
  connection.disconnect();
  workers.disconnect();
  return { jobsPerSecond: jobs / seconds, latenciesMs };
}
