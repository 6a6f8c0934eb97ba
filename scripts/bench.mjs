import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './entries.mjs';

/**
 * Runs the benchmarks of bench/<name>/, one process for each file `*.bench.ts`; `<name>/<file>` runs one of them, no
 * name runs all. What they compare with is in bench/package.json, and is installed when a benchmark that imports one of
 * these is first run.
 */
const folder = join(root, 'bench');
const known = existsSync(folder)
  ? readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && benchmarksOf(entry.name).length > 0)
      .map((entry) => entry.name)
      .sort()
  : [];

const [wanted, ...rest] = process.argv.slice(2);
const [group, single] = wanted?.split('/') ?? [];
if (
  group !== undefined &&
  !(known.includes(group) && (single === undefined || benchmarksOf(group).includes(fileOf(single))))
) {
  console.error(`bench: there is no benchmark ${wanted}; ${list()}`);
  process.exit(1);
}

const names = group === undefined ? known : [group];
console.log(`bench: ${list()}`);
for (const name of names) {
  if (needsPeers(name)) installPeers();
  for (const file of single === undefined ? benchmarksOf(name) : [fileOf(single)]) {
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

/** @param {string} benchmark */
function fileOf(benchmark) {
  return `${benchmark}.bench.ts`;
}

/** @param {string} name */
function benchmarksOf(name) {
  return readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.bench.ts'))
    .sort();
}

/** @param {string} name */
function needsPeers(name) {
  /** @type {{ readonly dependencies: Readonly<Record<string, string>> }} */
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const sources = readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(join(folder, name, file), 'utf8'));
  return Object.keys(dependencies).some((peer) => sources.some((source) => source.includes(`'${peer}'`)));
}

function installPeers() {
  const lock = join(folder, 'package-lock.json');
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('bench: installing what the benchmarks compare with');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--omit=peer'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('unable to install the packages of bench/package.json');
}
