import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';

let bin = '';

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'onescreen-bin-'));
});

afterEach(() => {
  rmSync(bin, { recursive: true, force: true });
});

/** Runs the script on a machine whose only programs are those in `bin`. */
function prerequisites(env: Readonly<Record<string, string>> = {}) {
  const script = join(root, 'scripts/prerequisites.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    env: { PATH: bin, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function program(name: string, script: string): string {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a Chromium in PATH is found', () => {
  program('redis-server', 'exit 0');
  const path = program('chromium-browser', 'exit 0');
  const { status, stdout } = prerequisites();
  expect(stdout).toContain(`Chromium is ${path}`);
  expect(status).toBe(0);
});

test('the Chromium that CHROMIUM_PATH names goes before one in PATH', () => {
  program('redis-server', 'exit 0');
  program('chromium', 'exit 0');
  const path = program('my-chromium', 'exit 0');
  expect(prerequisites({ CHROMIUM_PATH: path }).stdout).toContain(`Chromium is ${path}`);
});

test('a CHROMIUM_PATH that leads nowhere is refused by name', () => {
  program('chromium', 'exit 0');
  const { status, stderr } = prerequisites({ CHROMIUM_PATH: '/nowhere/chromium' });
  expect(stderr).toContain('CHROMIUM_PATH is set to /nowhere/chromium');
  expect(status).toBe(1);
});

test('without apt-get it says precisely what to run', () => {
  const { status, stderr } = prerequisites();
  expect(stderr).toContain('apt-get install --yes --no-install-recommends chromium redis-server');
  expect(stderr).toContain('export CHROMIUM_PATH=');
  expect(stderr).toContain('export REDIS_SERVER_PATH=');
  expect(status).toBe(1);
});

test('a Valkey in PATH does for Redis', () => {
  program('chromium', 'exit 0');
  const path = program('valkey-server', 'exit 0');
  const { status, stdout } = prerequisites();
  expect(stdout).toContain(`Redis is ${path}`);
  expect(status).toBe(0);
});

const isRoot = process.getuid?.() === 0;

test('with apt-get root gets the package, anybody else the advice', () => {
  program('redis-server', 'exit 0');
  program(
    'apt-get',
    `[ "$1" = install ] && printf '#!/bin/sh\\n' > ${bin}/chromium && /bin/chmod +x ${bin}/chromium\nexit 0`,
  );
  const { status, stdout, stderr } = prerequisites();
  const [update, install] = [stdout.indexOf('running apt-get update'), stdout.indexOf('running apt-get install')];
  if (isRoot) {
    expect(update).toBeGreaterThanOrEqual(0);
    expect(install).toBeGreaterThan(update);
    expect(stdout).toContain(`Chromium is ${bin}/chromium`);
  } else expect(stderr).toContain('sudo apt-get update');
  expect(status).toBe(isRoot ? 0 : 1);
});
