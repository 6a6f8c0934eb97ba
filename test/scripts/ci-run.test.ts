import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';

let bin = '';

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'onescreen-ci-'));
});

afterEach(() => {
  rmSync(bin, { recursive: true, force: true });
});

/** Runs .ci/run with an npm whose `ci` succeeds and whose `test` is this shell script. */
function ciRun(script: string): { readonly status: number | null; readonly last: string | undefined } {
  const npm = join(bin, 'npm');
  writeFileSync(npm, `#!/bin/sh\n[ "$1" = test ] || exit 0\n${script}\n`);
  chmodSync(npm, 0o755);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const { status, stdout } = spawnSync(join(root, '.ci/run'), { env, encoding: 'utf8' });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

test('a good run ends with its totals and exit code 0', () => {
  expect(ciRun("echo '12 passed, 0 failed'")).toEqual({ status: 0, last: '12 passed, 0 failed' });
});

test.each([
  ['a test failed', "echo '11 passed, 1 failed'; exit 1", '11 passed, 1 failed'],
  ['a test failed though npm did not', "echo '11 passed, 1 failed'", '11 passed, 1 failed'],
  ['none ran', "echo '0 passed, 0 failed'", '0 passed, 0 failed'],
  ['npm failed after good tests', "echo '12 passed, 0 failed'; exit 1", '12 passed, 0 failed'],
  ['the build failed before any test', "echo 'unable to build'; exit 1", '0 passed, 1 failed'],
  ['the last line says something else', "echo '12 passed, 0 failed'; echo more", '0 passed, 1 failed'],
])('the exit code is not 0 when %s', (_, script, last) => {
  expect(ciRun(script)).toEqual({ status: 1, last });
});
