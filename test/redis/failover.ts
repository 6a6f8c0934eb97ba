import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isContactCenterError } from 'onescreen';
import type { RoutingEvent } from 'onescreen/routing';
import { redisRouting } from 'onescreen/routing/redis';
import { seededRandom } from 'onescreen/testing';
import { startRedis } from '../routing/redis/redis-server';
import { bundleChild } from '../seeds/bundle-child';
import { Ledger } from './ledger';
import { queues, workers } from './queues';

export interface FailoverOptions {
  /** How often the leader is killed. */
  readonly kills: number;
  readonly seed: number;
  /** Processes that may lead. Default 3. */
  readonly nodes?: number;
  readonly onKill?: (handOverMs: number) => void;
}

export interface FailoverResult {
  /** For every kill, milliseconds until a command that was given after it was answered. */
  readonly handOversMs: readonly number[];
  readonly enqueued: number;
  readonly served: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly faults: readonly string[];
}

/** Kills leaders at random under load, and serves every customer meanwhile. */
export async function runFailover({ kills, seed, nodes = 3, onKill }: FailoverOptions): Promise<FailoverResult> {
  const random = seededRandom(seed);
  const [server, bundle] = await Promise.all([startRedis(), bundleChild(new URL('child.ts', import.meta.url))]);
  const ledger = new Ledger();
  const team = new Set<Member>();
  let started = 0;
  const hire = async () => {
    started += 1;
    const member = await startMember(bundle.child, server.port, `n${started}`, ledger);
    team.add(member);
    return member;
  };
  const faults: string[] = [];
  const front = await redisRouting({
    ...{ redis: server.client(), domain: 'failover', queues, mayLead: false, node: 'front' },
    onEvents: (events) => {
      ledger.add(events);
      for (const event of events) void serve(event).catch((error: unknown) => faults.push(String(error)));
    },
    onSkipped: ({ from, to }) => faults.push(`the front skipped events ${from} to ${to}`),
  });

  // Takes every offer, and ends every task some time after it began.
  async function serve(event: RoutingEvent): Promise<void> {
    if (event.type === 'offer-issued') {
      await pause(random.next() * 30);
      await insist(() => front.apply({ type: 'accept', offerId: event.offerId }), ['offer/gone']);
    }
    if (event.type === 'task-assigned') {
      const { taskId } = event;
      await pause(random.next() * 60);
      await insist(() => front.apply({ type: 'complete', taskId }), ['task/gone', 'task/wrong-state']);
      await insist(() => front.apply({ type: 'close', taskId }), ['task/gone']);
    }
  }

  try {
    await Promise.all(Array.from({ length: nodes }, hire));
    for (const worker of workers) await insist(() => front.apply({ type: 'register', worker }), []);
    const handOversMs: number[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      await pause(300 + random.next() * 900);
      const leader = [...team].find((member) => member.leading);
      if (leader === undefined) {
        kill -= 1;
        continue;
      }
      const from = performance.now();
      leader.child.kill('SIGKILL');
      team.delete(leader);
      await insist(() => front.apply({ type: 'tick' }), []);
      handOversMs.push(performance.now() - from);
      onKill?.(performance.now() - from);
      await hire();
    }
    for (const member of team) await member.leave();
    // The last to leave has handed over to nobody; somebody has to lead until all are served.
    const last = await redisRouting({ redis: server.client(), domain: 'failover', queues });
    await waitFor(() => front.view.tasks().length === 0 && ledger.lost.length === 0, 20_000).catch(() => {});
    await last.close();
    const { enqueued, served, lost, doubled } = ledger;
    return { handOversMs, enqueued, served, lost, doubled, faults: [...ledger.faults, ...faults] };
  } finally {
    for (const { child } of team) child.kill('SIGKILL');
    await front.close();
    await server.close();
    await bundle.remove();
  }
}

interface Member {
  readonly child: ChildProcess;
  readonly leading: boolean;
  /** Closes it in good order. */
  leave(): Promise<void>;
}

async function startMember(program: string, port: number, name: string, ledger: Ledger): Promise<Member> {
  const child = spawn(process.execPath, [program, String(port), 'failover', name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const state = { leading: false, open: false };
  const complaints: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word = '', what = ''] = line.split(' ');
    if (word === 'open') state.open = true;
    if (word === 'lead') state.leading = what === '1';
    if (word === 'fault') complaints.push(line);
    if (word === '+') ledger.told.add(what);
  });
  await waitFor(() => state.open, 60_000).catch((cause: unknown) => {
    throw new Error(`${name} did not open: ${complaints.slice(-5).join('; ')}`, { cause });
  });
  return {
    child,
    get leading() {
      return state.leading;
    },
    leave() {
      child.stdin.end();
      return ended;
    },
  };
}

// Again and again while that may help; codes that say that somebody was faster are fine.
async function insist(run: () => Promise<unknown>, fine: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!isContactCenterError(error)) throw error;
      if (fine.includes(error.code)) return;
      // Said again, what was done already is refused.
      if (tries > 0 && !error.retryable) return;
      if (!error.retryable) throw error;
    }
  }
  throw new Error('a command was refused 20 times');
}

async function waitFor(condition: () => boolean, limitMs: number): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > limitMs) throw new Error(`it did not come to that within ${limitMs} ms`);
    await pause(5);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What to print of a run. */
export function report({ handOversMs, enqueued, served, lost, doubled, faults }: FailoverResult): string {
  const sorted = [...handOversMs].sort((a, b) => a - b);
  const at = (part: number) => ((sorted[Math.floor(part * (sorted.length - 1))] ?? 0) / 1000).toFixed(2);
  return [
    `${handOversMs.length} leaders killed under load`,
    `  hand-over: longest ${at(1)} s, median ${at(0.5)} s`,
    `  tasks: ${enqueued} enqueued, ${served} served, ${lost.length} lost, ${doubled.length} doubled`,
    ...[...lost.slice(0, 10).map((id) => `lost ${id}`), ...faults.slice(0, 10)].map((line) => `  ${line}`),
  ].join('\n');
}
