import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { entries, root } from './entries.mjs';

/**
 * Writes etc/onescreen.api.md, the public surface of every entry. With `--check` it writes nothing
 * and exits with 1 when the file is not what the sources say.
 */
const check = process.argv.includes('--check');
const temp = join(root, 'temp');
const types = join(temp, 'types');

const api = readFileSync(join(root, 'src/api.ts'), 'utf8');
const forgotten = entries.filter(({ specifier }) => !api.includes(`from '${specifier}'`));
if (forgotten.length > 0) fail(`src/api.ts leaves out ${forgotten.map(({ specifier }) => specifier).join(', ')}`);

rmSync(types, { recursive: true, force: true });
mkdirSync(types, { recursive: true });

// Sources alone, so that the declarations land in temp/types as they lie in src.
const shared = { extends: '../tsconfig.json', include: undefined };
write('tsconfig.types.json', {
  ...shared,
  compilerOptions: {
    noEmit: false,
    allowJs: false,
    checkJs: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: '../src',
    outDir: 'types',
  },
  files: ['../src/api.ts'],
  include: [],
});
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const emitted = spawnSync(process.execPath, [tsc, '-p', join(temp, 'tsconfig.types.json')], { encoding: 'utf8' });
if (emitted.status !== 0) fail(`unable to emit declarations:\n${emitted.stdout}`);

// The package's own name now means the declarations just emitted.
const own = entries.map(({ specifier, source }) => [
  specifier,
  [source.replace(/^src/, './types').replace(/\.ts$/, '.d.ts')],
]);
write('tsconfig.api.json', {
  ...shared,
  compilerOptions: { allowJs: false, checkJs: false, paths: Object.fromEntries(own) },
  files: ['types/api.d.ts'],
  include: [],
});

const config = ExtractorConfig.loadFileAndPrepare(join(root, 'api-extractor.json'));
const result = Extractor.invoke(config, {
  localBuild: !check,
  showVerboseMessages: false,
  messageCallback: (message) => {
    // It warns that the project's compiler is newer than its own; the declarations parse all the same.
    if (message.messageId === 'console-compiler-version-notice') message.handled = true;
    if (message.messageId === 'console-api-report-not-copied') message.handled = true;
  },
});
if (check && result.apiReportChanged) {
  fail('etc/onescreen.api.md is not what the sources say; run `npm run api` and review its diff');
}
if (result.errorCount > 0) fail('API Extractor found errors');
console.log(check ? 'api: etc/onescreen.api.md is up to date' : 'api: wrote etc/onescreen.api.md');

/** @type {(name: string, content: unknown) => void} */
function write(name, content) {
  writeFileSync(join(temp, name), JSON.stringify(content, null, 2));
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`api: ${message}`);
  process.exit(1);
}
