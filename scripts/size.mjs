import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ensureBuilt } from './built.mjs';
import { entries, root } from './entries.mjs';

/** Most that an entry may weigh, in kB (1000 bytes) minified and gzipped. */
/** @type {Readonly<Record<string, number>>} */
const limits = { '': 15, react: 4 };

/**
 * Most that what everybody imports of an entry may weigh, where a bundler leaves out the rest.
 * The engine is over what it should weigh, 12 kB.
 */
const usual = [{ output: 'routing', names: ['createRoutingEngine', 'createRouter', 'leastFlexible'], limit: 19.6 }];

/** What a consumer has anyway: peers, and the other entries, which have lines of their own. */
const external = ['onescreen', 'onescreen/*', 'rxjs', 'react', 'react-dom', '@azure/*'];

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
for (const { output, names, limit } of usual) {
  const weight = await weigh({
    stdin: { contents: `export { ${names.join(', ')} } from './${output}.js'`, resolveDir: `${root}/dist` },
  });
  const isOver = weight > limit;
  if (isOver) over += 1;
  console.log(
    `\nof onescreen/${output} ${names.join(', ')}: ${weight.toFixed(2)} kB (limit ${limit} kB${isOver ? ', EXCEEDED' : ''})`,
  );
}
if (over > 0) process.exitCode = 1;

/**
 * @param {import('./entries.mjs').Entry} entry
 * @param {boolean} alone
 */
function measure(entry, alone) {
  return weigh({
    entryPoints: [`${root}/dist/${entry.output}.js`],
    platform: entry.browser ? 'browser' : 'node',
    ...(alone ? {} : { packages: 'bundle' }),
  });
}

/** @param {import('esbuild').BuildOptions} options */
async function weigh(options) {
  const { outputFiles } = await build({
    packages: 'external',
    // By its own name a package is found as a folder, which `packages` does not leave out.
    external,
    platform: 'browser',
    ...options,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    write: false,
  });
  return gzipSync(outputFiles?.[0]?.contents ?? '', { level: 9 }).length / 1000;
}
