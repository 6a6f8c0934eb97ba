import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../scripts/entries.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onescreen-summary-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'test'));
  const reporter = JSON.stringify(join(root, 'test/summary-reporter.ts'));
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { SummaryReporter } from ${reporter};
     const project = (name) => ({ test: { name, include: ['test/' + name + '-*.test.js'] } });
     export default { test: { reporters: ['default', new SummaryReporter()], projects: [project('one'), project('two')] } };`,
  );
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs vitest over these files and gives its exit code and the last line it printed. */
function run(files: Readonly<Record<string, string>>): { readonly status: number | null; readonly last: string } {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(
      join(folder, 'test', `${name}.test.js`),
      `import { beforeAll, describe, expect, test } from 'vitest';\n${text}`,
    );
  }
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run'], { cwd: folder, encoding: 'utf8' });
  return { status, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

const passing = "test('passes', () => expect(1).toBe(1));";

test('the last line has the totals over all projects', () => {
  const { status, last } = run({ 'one-a': passing, 'one-b': passing, 'two-a': passing });
  expect(last).toBe('3 passed, 0 failed');
  expect(status).toBe(0);
});

test('failed and skipped tests are counted', () => {
  const { status, last } = run({
    'one-a': `${passing}\ntest('fails', () => expect(1).toBe(2));`,
    'two-a': "test.skip('is skipped', () => {});",
  });
  expect(last).toBe('1 passed, 1 failed, 1 skipped');
  expect(status).toBe(1);
});

test('a file that does not load counts as a failure', () => {
  const { status, last } = run({ 'one-a': passing, 'two-a': `import './missing';\n${passing}` });
  expect(last).toBe('1 passed, 1 failed');
  expect(status).toBe(1);
});

test('a broken hook counts as a failure', () => {
  const { status, last } = run({
    'one-a': `describe('a group', () => { beforeAll(() => { throw new Error('broken'); }); ${passing} });`,
    'two-a': passing,
  });
  expect(last).toMatch(/^1 passed, 1 failed/);
  expect(status).toBe(1);
});

test('an error outside of any test counts as a failure', () => {
  const { status, last } = run({
    'one-a': "test('passes', () => { Promise.reject(new Error('stray')); expect(1).toBe(1); });",
  });
  expect(last).toBe('1 passed, 1 failed');
  expect(status).toBe(1);
});

test('a run without any test fails', () => {
  const { status, last } = run({});
  expect(last).toBe('0 passed, 0 failed');
  expect(status).toBe(1);
});
