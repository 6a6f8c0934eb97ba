import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createFront } from '../../../examples/one-screen/cluster/front';
import { listen } from '../../../examples/one-screen/server/listen';
import type { FromNode, NodeSettings } from './node-main';

const source = fileURLToPath(new URL('../../../src', import.meta.url));

/** One file with everything in it, as a process that has to find and translate it all takes seconds to start. */
const program = (async () => {
  const outfile = fileURLToPath(new URL('../../../node_modules/.cache/onescreen/cluster-node.cjs', import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL('node-main.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent', external: ['@azure/*', 'werift'] },
    plugins: [
      {
        name: 'our own name',
        setup(build) {
          build.onResolve({ filter: /^onescreen(\/|$)/ }, ({ path }) => ({
            path: join(source, path.slice('onescreen'.length), 'index.ts'),
          }));
        },
      },
    ],
  });
  return outfile;
})();

/** A node in a process of its own. */
export interface NodeProcess {
  readonly origin: string;
  readonly leads: boolean;
  readonly ended: Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

async function startNode(settings: NodeSettings): Promise<NodeProcess> {
  const child = spawn(process.execPath, [await program], {
    env: { ...process.env, NODE_SETTINGS: JSON.stringify(settings) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let leads = false;
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error('the process of a node ended')));
    child.on('message', (message: FromNode) => {
      if (message.type === 'leads') leads = message.leads;
      else {
        resolve({
          origin: message.origin,
          get leads() {
            return leads;
          },
          ended,
          signal: (signal) => void child.kill(signal),
        });
      }
    });
  });
}

/** Nodes in processes of their own, behind one address. */
export interface NodeProcesses {
  readonly url: string;
  readonly nodes: readonly NodeProcess[];
  /** Waits until one leads. */
  readonly leader: () => Promise<NodeProcess>;
  /** One more. */
  readonly add: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startNodes(count: number, settings: NodeSettings): Promise<NodeProcesses> {
  const front = createFront();
  const http = createServer((request, response) => front.answer(request, response));
  http.on('upgrade', (request, socket, head) => front.upgrade(request, socket, head));
  const url = await listen(http, 0, false);
  const nodes: NodeProcess[] = [];
  const add = async () => {
    const node = await startNode(settings);
    nodes.push(node);
    front.add(node.origin);
    void node.ended.then(() => {
      nodes.splice(nodes.indexOf(node), 1);
      front.remove(node.origin);
    });
  };
  await Promise.all(Array.from({ length: count }, add));
  return {
    url,
    nodes,
    add,
    async leader(): Promise<NodeProcess> {
      for (;;) {
        const leader = nodes.find(({ leads }) => leads);
        if (leader !== undefined) return leader;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async close() {
      front.close();
      const running = [...nodes];
      for (const node of running) node.signal('SIGKILL');
      await Promise.all(running.map(({ ended }) => ended));
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
