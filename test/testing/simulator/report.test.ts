import { readFile } from 'node:fs/promises';
import { longestIdle } from 'onescreen/routing';
import {
  alike,
  constant,
  erlangC,
  exponential,
  generateTraffic,
  reportHtml,
  reportPlot,
  reportTable,
  simulate,
  type SimulationReport,
} from 'onescreen/testing';
import { expect, it } from 'vitest';
import { saturday } from '../../../examples/simulator/saturday';

const start = Date.UTC(2026, 0, 5, 8);

function report(name: string, agents = 3): Promise<SimulationReport> {
  return simulate({
    name,
    traffic: generateTraffic({
      seed: 1,
      from: start,
      to: start + 4 * 3_600_000,
      streams: ['voice', 'chat'].map((channel) => ({
        queueId: channel === 'voice' ? 'calls' : '<b>chats</b>',
        channel,
        perHour: 20,
        handle: exponential(240_000),
        patience: constant(60_000),
      })),
    }),
    workers: alike(agents, {
      queues: ['calls', '<b>chats</b>'],
      capacity: 1,
      channels: ['voice', 'chat'].map((channel) => ({ channel, cost: 1 })),
    }),
    queues: [
      { id: 'calls', strategy: longestIdle() },
      { id: '<b>chats</b>', strategy: longestIdle() },
    ],
    serviceLevelMs: { voice: 20_000, chat: 60_000 },
  });
}

it('is a table: all contacts, each channel with its threshold, each queue, and how fair it was', async () => {
  const made = await report('three agents');
  const lines = reportTable(made).split('\n');
  expect(lines[0]).toBe('three agents (seed 1)');
  expect(lines[1]).toMatch(/^what +arrived +service level +speed of answer/);
  expect(lines.slice(2, 7).map((line) => line.split(/ {2,}/)[0])).toEqual([
    'all',
    'chat in 60 s',
    'voice in 20 s',
    'queue <b>chats</b>',
    'queue calls',
  ]);
  expect(lines[2]).toContain(` ${made.all.arrived} `);
  expect(lines[2]).toContain(`${(100 * made.all.serviceLevel).toFixed(1)} %`);
  expect(lines[2]).toContain(`${(100 * made.occupancy).toFixed(1)} %`);
  expect(lines[7]).toContain(`${(100 * made.fairness.serviceLevel).toFixed(1)} % of the best`);
  expect(reportTable([made, made]).split('three agents (seed 1)')).toHaveLength(3);
});

it('is a picture with a line for each report in each panel, a point for each interval', async () => {
  const reports = [await report('few', 3), await report('many', 6)];
  const plot = reportPlot(reports);
  const lines = [...plot.matchAll(/<polyline[^>]* points="([^"]*)"/g)].map(([, points = '']) => points.split(' '));
  expect(lines).toHaveLength(5 * 2);
  for (const [index, points] of lines.entries()) expect(points).toHaveLength(reports[index % 2]?.intervals.length ?? 0);
  for (const point of lines.flat()) expect(point).toMatch(/^\d+(\.\d+)?,\d+(\.\d+)?$/);
  expect(plot).toContain('>few</text>');
});

it('shows who was never served, and no speed of answer where nobody was answered', async () => {
  const contacts = [0, 10, 20].map((after) => ({
    id: `c${after}`,
    at: start + after * 1_000,
    queueId: 'calls',
    channel: 'voice',
    handleMs: 60_000,
  }));
  const made = await simulate({ traffic: contacts, workers: [], queues: [{ id: 'calls' }] });
  const [, heading = '', all = ''] = reportTable(made).split('\n');
  const cells = all.split(/ {2,}/);
  const shown = Object.fromEntries(heading.split(/ {2,}/).map((name, index) => [name, cells[index]]));
  expect(shown).toMatchObject({
    arrived: '3',
    'service level': '0.0 %',
    'speed of answer': '–',
    '95 % confidence': '–',
    'half wait': '–',
    '95 % wait': '–',
    'longest wait': '14420 s',
    'never served': '3',
  });
  const page = reportHtml(made);
  expect(page).toContain('<th>never served</th>');
  expect(page).toContain('>Never served</text>');
  expect(page).not.toMatch(/NaN|Infinity/);
});

it('has a gap in the picture where nobody came, and a dot for one interval alone', async () => {
  const traffic = [0, 30, 120].map((minutes) => ({
    id: `at ${minutes}`,
    at: start + minutes * 60_000,
    queueId: 'calls',
    channel: 'voice',
    handleMs: 60_000,
  }));
  const workers = alike(3, { queues: ['calls'], capacity: 1, channels: [{ channel: 'voice', cost: 1 }] });
  const plot = reportPlot(await simulate({ traffic, workers, queues: [{ id: 'calls' }] }));
  const [arrived = '', level = '', speed = ''] = plot.split('<g>').slice(1);
  const marks = (panel: string) => [panel.match(/<polyline/g)?.length ?? 0, panel.match(/<circle/g)?.length ?? 0];
  expect([arrived, level, speed].map(marks)).toEqual([
    [1, 0],
    [1, 1],
    [1, 1],
  ]);
  expect(plot).not.toContain('Never served');
});

it('says in words how fair it was where a number cannot', async () => {
  const contacts = (channel: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${channel} ${index}`,
      at: start,
      queueId: 'calls',
      channel,
      handleMs: 60_000,
    }));
  const traffic = [...contacts('chat', 2), ...contacts('voice', 1)];
  const team = (channels: readonly string[]) =>
    alike(2, { queues: ['calls'], capacity: 1, channels: channels.map((channel) => ({ channel, cost: 1 })) });
  const table = async (channels: readonly string[]) =>
    reportTable(await simulate({ traffic, workers: team(channels), queues: [{ id: 'calls' }] }));
  expect(await table(['chat', 'voice'])).toContain('the fastest is answered at once, the slowest is not.');
  expect(await table(['chat'])).toContain('nobody is answered on voice.');
});

it('is a page that asks for nothing from outside, and takes names for text', async () => {
  const page = reportHtml(await report('<script>alert(1)</script>'), 'A & B');
  expect(page).toContain('<title>A &amp; B</title>');
  expect(page).toContain('queue &lt;b&gt;chats&lt;/b&gt;');
  expect(page).not.toContain('<script');
  expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<link|<img|url\(/);
  expect(page.match(/<svg /g)).toHaveLength(1);
});

it('of nobody is still a report', async () => {
  const empty = await simulate({ traffic: [], workers: [], queues: [{ id: 'q' }] });
  expect(empty).toMatchObject({ all: { arrived: 0, serviceLevel: 1 }, occupancy: 0, intervals: [], channels: {} });
  expect(reportHtml(empty)).not.toMatch(/NaN|Infinity/);
});

it('comes of the example in the guide, which is the file that runs here', async () => {
  const guide = await readFile('docs/simulator.md', 'utf8');
  const source = await readFile('examples/simulator/saturday.ts', 'utf8');
  expect(guide).toContain(`\`\`\`ts\n${source}\`\`\``);
  const [jobRouter, ours] = await saturday();
  expect([jobRouter?.name, ours?.name]).toEqual(['jobRouter', 'ours']);
  expect(ours?.ratio.mean).toBeLessThan(1);
});

it('of theory is what the guide says', async () => {
  const guide = await readFile('docs/simulator.md', 'utf8');
  const { speedOfAnswerMs, serviceLevel } = erlangC({ agents: 100, arrivalsPerHour: 1_140, handleMs: 300_000 });
  expect(guide).toContain(`answered after ${(speedOfAnswerMs / 1_000).toFixed(1)} s on average`);
  expect(guide).toContain(`${(100 * serviceLevel).toFixed(1)} % within 20 s`);
});
