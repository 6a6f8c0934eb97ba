import { Redis } from 'ioredis';
import { startClusterNode } from 'onescreen/server/redis';

/** What this process is told in its environment. */
export interface NodeSettings {
  readonly redis: string;
  readonly domain: string;
}

/** What it tells the test. */
export type FromNode =
  { readonly type: 'listening'; readonly origin: string } | { readonly type: 'leads'; readonly leads: boolean };

/** One node, in a process that can be killed. */
async function run(): Promise<void> {
  const { redis, domain }: NodeSettings = JSON.parse(process.env['NODE_SETTINGS'] ?? '{}');
  const tell = (message: FromNode) => process.send?.(message);
  process.on('disconnect', () => process.exit());
  const { node, url: origin } = await startClusterNode({
    authenticate(request) {
      const id = /^Bearer (\w+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
      return id === undefined ? undefined : { id, displayName: id, queues: ['support'], capacity: 2 };
    },
    queues: [{ id: 'support' }],
    // Never used itself: the node makes connections of its own by its options.
    redis: new Redis(redis, { lazyConnect: true }),
    domain,
  });
  node.leads$.subscribe((leads) => tell({ type: 'leads', leads }));
  tell({ type: 'listening', origin });
}

void run();
