import { Redis } from 'ioredis';
import { isContactCenterError } from 'onescreen';
import { redisRouting } from 'onescreen/routing/redis';
import { queues } from './queues';

// Usage: child.mjs <port> <domain> <name> <ms between tasks>. Prints `lead <0|1>`, and `+ <task>` once it was told that a task is enqueued.
const [port = '', domain = '', name = '', pauseMs = '20'] = process.argv.slice(2);
const redis = new Redis({ host: '127.0.0.1', port: Number(port), retryStrategy: () => 50 });
redis.on('error', () => {});
const say = (line: string) => process.stdout.write(`${line}\n`);

const routing = await redisRouting({
  ...{ redis, domain, queues, node: name, snapshotEvery: 500 },
  onFault: ({ code, message }) => say(`fault ${code} ${message}`),
  onLeading: (leading) => say(`lead ${leading ? 1 : 0}`),
});
say('open');

let count = 0;
const timer = setInterval(() => {
  count += 1;
  const id = `${name}-${count}`;
  const queueId = count % 2 === 0 ? 'support' : 'sales';
  routing.apply({ type: 'enqueue', task: { id, queueId, channel: 'chat', priority: count % 3 } }).then(
    () => say(`+ ${id}`),
    (error: unknown) => say(`! ${id} ${isContactCenterError(error) ? error.code : String(error)}`),
  );
}, Number(pauseMs));

process.stdin.resume();
process.stdin.once('end', () => {
  clearInterval(timer);
  void routing.close().then(() => process.exit(0));
});
