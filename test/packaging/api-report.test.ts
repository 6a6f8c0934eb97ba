import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';

test('the API report is what the sources say', () => {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/api-report.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`).toContain('etc/onescreen.api.md is up to date');
  expect(status).toBe(0);
});
