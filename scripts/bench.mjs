import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './entries.mjs';

/** Runs the benchmarks of bench/<name>/, one process for each file; without a name, all of them. */
const folder = join(root, 'bench');
const known = existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
  : [];

const [wanted, ...rest] = process.argv.slice(2);
if (wanted !== undefined && !known.includes(wanted)) {
  console.error(`bench: there is no benchmark ${wanted}; ${list()}`);
  process.exit(1);
}

const names = wanted === undefined ? known : [wanted];
console.log(`bench: ${list()}`);
for (const name of names) {
  const files = readdirSync(join(folder, name)).filter((file) => /\.(mjs|ts)$/.test(file) && !file.endsWith('.d.ts'));
  for (const file of files.sort()) {
    console.log(`\nbench: ${name}/${file}`);
    const tsx = ['--import', 'tsx', join(folder, name, file), ...rest];
    const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
    const { status } = spawnSync(process.execPath, ['--expose-gc', ...tsx], { cwd: root, env, stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}

function list() {
  return known.length === 0 ? 'bench/ is empty' : `known: ${known.join(', ')}`;
}
