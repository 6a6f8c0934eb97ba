import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { simulateCommand } from '../../src/cli/simulate-command';
import { generalists, readTeam } from '../../src/cli/simulate/read-team';

const root = fileURLToPath(new URL('../../', import.meta.url));
const loader = createRequire(import.meta.url).resolve('tsx');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onescreen-simulate-'));
  const rows = ['arrival,channel,queue,labels,handle_seconds,abandon_seconds'];
  for (let index = 0; index < 60; index += 1) {
    const at = new Date(Date.UTC(2026, 0, 5, 8, index)).toISOString();
    rows.push(`${at},${index % 3 === 0 ? 'chat,chats' : 'voice,calls'},language=fr;billing=${1 + (index % 3)},240,`);
  }
  await writeFile(join(folder, 'traffic.csv'), rows.join('\n'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]) =>
  simulateCommand.run([join(folder, 'traffic.csv'), '--out', join(folder, 'report.html'), ...args]);

it('plays the traffic with each strategy, prints a table and writes the page and the data', async () => {
  const args = [
    'simulate',
    'traffic.csv',
    '--agents',
    '5',
    '--service-level',
    'voice=20,chat=60',
    '--json',
    'reports.json',
  ];
  const command = ['--import', loader, join(root, 'src/cli/main.ts'), ...args];
  const env = { PATH: process.env['PATH'], TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, env });
  expect(stdout).toMatch(
    /^leastFlexible \(seed 1\)\nwhat +arrived[^]*\nlongestIdle \(seed 1\)\n[^]*The plot is in report\.html\.\n$/,
  );
  expect(stdout).toMatch(/^chat in 60 s +20 /m);
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('<h1>Simulation of traffic.csv</h1>');
  const reports: unknown = JSON.parse(await readFile(join(folder, 'reports.json'), 'utf8'));
  expect(reports).toMatchObject([
    { name: 'leastFlexible', all: { arrived: 60, answered: 60 } },
    { name: 'longestIdle' },
  ]);
});

it('takes the team from a file', async () => {
  const team = {
    workers: [
      {
        id: 'agent',
        count: 4,
        queues: ['calls', 'chats'],
        capacity: 1,
        channels: [
          { channel: 'voice', cost: 1 },
          { channel: 'chat', cost: 1, max: 1 },
        ],
        labels: { language: 'fr', billing: 5 },
        shifts: [{ from: '2026-01-05T08:00:00Z', to: '2026-01-05T17:00:00Z' }],
      },
    ],
    queues: [{ id: 'calls', offerTtlSeconds: 10, onExpire: 'keep' }],
  };
  await writeFile(join(folder, 'team.json'), JSON.stringify(team));
  await run(
    '--team',
    join(folder, 'team.json'),
    '--strategy',
    'roundRobin',
    '--accept',
    '2',
    '--json',
    join(folder, 'reports.json'),
  );
  const reports: unknown = JSON.parse(await readFile(join(folder, 'reports.json'), 'utf8'));
  expect(reports).toMatchObject([{ name: 'roundRobin', all: { answered: 60 } }]);
});

it('gives a team the usual policy for queues that only the traffic names', () => {
  const traffic = [
    { id: 'a', at: 0, queueId: 'calls', channel: 'voice', handleMs: 1, labels: { billing: 3, vip: true } },
  ];
  const more = { ...traffic[0]!, id: 'b', labels: { billing: 2 } };
  expect(readTeam('{ "workers": [] }', traffic)).toEqual({ workers: [], queues: [{ id: 'calls' }] });
  expect(generalists(1, [...traffic, more])).toMatchObject({
    workers: [{ id: 'agent-1', queues: ['calls'], labels: { billing: 3, vip: true } }],
    queues: [{ id: 'calls' }],
  });
});

it.each([
  [['--agents', '3', '--team', 'x'], 'either --agents or --team'],
  [[], 'either --agents or --team'],
  [['--agents', 'many'], '--agents must be a number'],
  [['--agents', '3', '--strategy', 'luck'], 'no strategy luck'],
  [['--agents', '3', '--service-level', 'voice=soon'], '--service-level must be a number'],
  [['another.csv', '--agents', '3'], 'one file of traffic'],
])('refuses %j', async (args, words) => {
  await expect(run(...args)).rejects.toThrow(words);
});

it.each([
  ['no JSON', '{', 'no JSON'],
  ['a worker without channels', '{ "workers": [{ "id": "a", "queues": [], "capacity": 1 }] }', 'workers.0.channels'],
  [
    'a shift at no time',
    '{ "workers": [{ "id": "a", "queues": [], "capacity": 1, "channels": [], "shifts": [{ "from": "soon", "to": 2 }] }] }',
    'workers.0.shifts.0.from',
  ],
  ['a word of which nothing is known', '{ "workers": [], "queue": [] }', 'queue'],
])('refuses a team with %s, and says where', (_, json, words) => {
  expect(() => readTeam(json, [])).toThrow(words);
});
