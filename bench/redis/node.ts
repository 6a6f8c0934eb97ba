import { Redis } from 'ioredis';
import type { RoutingEvent } from 'onescreen/routing';
import { redisRouting } from 'onescreen/routing/redis';
import { queues } from './queues';

// Usage: node.mjs <port> <domain> <name>. Reads `flood <n>`, `ping <n>` and `end`; prints JSON, one line each.
const [port = '', domain = '', name = ''] = process.argv.slice(2);
const now = () => performance.timeOrigin + performance.now();
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
const redis = new Redis({ host: '127.0.0.1', port: Number(port) });
redis.on('error', () => {});
/** When offers were seen here, of tasks whose time is taken. */
const seen: (readonly [task: string, at: number])[] = [];
const routing = await redisRouting({
  ...{ redis, domain, queues, node: name },
  onEvents: (events: readonly RoutingEvent[]) => {
    for (const event of events)
      if (event.type === 'offer-issued' && event.taskId.startsWith('ping')) seen.push([event.taskId, now()]);
  },
});
say({ open: true });

// A task's whole life: enqueued and offered at once, accepted, completed, closed. As many at a time as a busy server has.
async function flood(tasks: number): Promise<void> {
  let next = 0;
  const play = async () => {
    while (next < tasks) {
      next += 1;
      const taskId = `${name}-${next}`;
      const events = await routing.apply({ type: 'enqueue', task: { id: taskId, queueId: 'flood', channel: 'chat' } });
      const offer = events.find((event) => event.type === 'offer-issued');
      if (offer?.type !== 'offer-issued') throw new Error(`${taskId} was not offered`);
      await routing.apply({ type: 'accept', offerId: offer.offerId });
      await routing.apply({ type: 'complete', taskId });
      await routing.apply({ type: 'close', taskId });
    }
  };
  await Promise.all(Array.from({ length: 200 }, play));
}

// One task after the other, with nothing else going on.
async function ping(tasks: number): Promise<readonly (readonly [string, number])[]> {
  const sent: (readonly [string, number])[] = [];
  for (let count = 0; count < tasks; count += 1) {
    const id = `ping-${name}-${count}`;
    sent.push([id, now()]);
    await routing.apply({ type: 'enqueue', task: { id, queueId: 'ping', channel: 'chat' } });
    await routing.apply({ type: 'cancel', taskId: id, reason: 'seen' });
  }
  return sent;
}

process.stdin.on('data', (data) => void handle(data.toString().trim().split(' ')));

async function handle([word, count]: readonly string[]): Promise<void> {
  const cpu = process.cpuUsage();
  if (word === 'flood') await flood(Number(count));
  const sent = word === 'ping' ? await ping(Number(count)) : [];
  const { user, system } = process.cpuUsage(cpu);
  if (word === 'seen') say({ seen: seen.splice(0) });
  else if (word === 'end') {
    await routing.close();
    process.exit(0);
  } else say({ done: true, sent, cpuMs: (user + system) / 1000 });
}
