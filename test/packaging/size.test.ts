import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { entries, root } from '../../scripts/entries.mjs';

test('no entry weighs more than its limit, and each is listed', () => {
  const { status, stdout } = spawnSync('node', ['scripts/size.mjs'], { cwd: root, encoding: 'utf8' });
  expect(stdout).not.toContain('EXCEEDED');
  for (const { specifier } of entries) expect(stdout).toMatch(new RegExp(`^${specifier} +[\\d.]+ kB`, 'm'));
  expect(status).toBe(0);
});
