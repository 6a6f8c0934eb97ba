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
