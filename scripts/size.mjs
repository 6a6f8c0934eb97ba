import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ensureBuilt } from './built.mjs';
import { entries, root } from './entries.mjs';

/** Most that an entry may weigh, in kB (1000 bytes) minified and gzipped. */
/** @type {Readonly<Record<string, number>>} */
const limits = { '': 15, routing: 12, react: 4 };

/** What a consumer has anyway: peers, and the other entries, which have lines of their own. */
const external = ['onescreen', 'rxjs', 'react', 'react-dom', '@azure/*'];

ensureBuilt();
let over = 0;
console.log('min+gzip of each entry; peers and other entries left out, for Node also all dependencies\n');
for (const entry of entries) {
  const alone = await measure(entry, true);
  const all = entry.browser ? await measure(entry, false) : alone;
  const limit = limits[entry.name];
  const parts = [entry.specifier.padEnd(26), `${alone.toFixed(2)} kB`.padStart(9)];
  if (all - alone > 0.05) parts.push(`${all.toFixed(2)} kB with its dependencies`);
  if (limit !== undefined) parts.push(`(limit ${limit} kB${alone > limit ? ', EXCEEDED' : ''})`);
  if (limit !== undefined && alone > limit) over += 1;
  console.log(parts.join('  '));
}
if (over > 0) process.exitCode = 1;

/**
 * @param {import('./entries.mjs').Entry} entry
 * @param {boolean} alone
 */
async function measure(entry, alone) {
  const { outputFiles } = await build({
    entryPoints: [`${root}/dist/${entry.output}.js`],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: entry.browser ? 'browser' : 'node',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    ...(alone ? { packages: 'external' } : { external }),
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1000;
}
