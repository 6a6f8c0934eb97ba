import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { entries, root } from './entries.mjs';

/** Runs the build unless everything in dist is newer than everything it is made from. Throws when the build fails. */
export function ensureBuilt() {
  const made = entries.flatMap(({ output }) => ['js', 'cjs', 'd.ts', 'd.cts'].map((end) => `dist/${output}.${end}`));
  const oldest = Math.min(...made.map((path) => changed(join(root, path)) ?? 0));
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const inputs = ['package.json', 'tsup.config.ts', 'tsconfig.json', ...sources.map((path) => join('src', path))];
  const newest = Math.max(...inputs.map((path) => changed(join(root, path)) ?? Infinity));
  if (newest < oldest) return;
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`unable to build; npm run build said:\n${stdout}\n${stderr}`);
}

/** @param {string} path */
function changed(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
