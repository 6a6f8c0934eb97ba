import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EmulatorCore } from 'onescreen/emulator';
import { settingsVariable, type FromNode, type NodeSettings, type ToNode } from './node-messages';

const program = fileURLToPath(new URL('node.ts', import.meta.url));
const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** A node in a process of its own. */
export interface NodeProcess {
  readonly pid: number;
  readonly origin: string;
  readonly leads: boolean;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

/** Starts a node. Resolves once it listens; rejects when it ends before. */
export function startNode(settings: NodeSettings, core: EmulatorCore): Promise<NodeProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    cwd: repository,
    env: { ...process.env, [settingsVariable]: JSON.stringify(settings) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let leads = false;
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    void ended.then(() => reject(new Error('unable to start node; its process ended')));
    child.on('message', (message: FromNode) => {
      if (message.type === 'leads') leads = message.leads;
      if (message.type === 'token') {
        const { token, expiresOn } = core.issueToken(message.acs, { kind: 'tpeAgent' });
        child.send({ type: 'token', id: message.id, token, expiresOn } satisfies ToNode);
      }
      if (message.type !== 'listening') return;
      resolve({
        pid: child.pid ?? 0,
        origin: message.origin,
        get leads() {
          return leads && child.exitCode === null && child.signalCode === null;
        },
        ended,
        kill: (signal) => void child.kill(signal),
      });
    });
  });
}
