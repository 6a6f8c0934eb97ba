import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { entries, root } from '../../scripts/entries.mjs';

const run = promisify(execFile);
const consumer = inject('consumer');
const imports = entries.map(({ specifier }, index) => `import * as entry${index} from '${specifier}';`);
const uses = `export const all = [${entries.map((_, index) => `entry${index}`).join(', ')}];`;
const everyEntry = [...imports, uses, ''].join('\n');

interface Project {
  readonly name: string;
  readonly module: string;
  readonly moduleResolution: string;
  readonly file: string;
  readonly lib: readonly string[];
  readonly text: string;
}

const projects: readonly Project[] = [
  {
    name: 'an ES module under node16',
    module: 'node16',
    moduleResolution: 'node16',
    file: 'index.mts',
    lib: ['ES2022', 'DOM'],
    text: everyEntry,
  },
  {
    name: 'a CommonJS module under node16',
    module: 'node16',
    moduleResolution: 'node16',
    file: 'index.cts',
    lib: ['ES2022', 'DOM'],
    text: everyEntry,
  },
  {
    name: 'a bundled application',
    module: 'esnext',
    moduleResolution: 'bundler',
    file: 'index.ts',
    lib: ['ES2022', 'DOM'],
    text: everyEntry,
  },
];

/** Compiles one file as a consumer would, checking our declarations too, and gives what the compiler said. */
async function compile(
  { module, moduleResolution, file, lib, text }: Project,
  types: readonly string[],
): Promise<string> {
  const folder = join(consumer, `${moduleResolution}-${file.replaceAll('.', '-')}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), text);
  const compilerOptions = { target: 'es2022', module, moduleResolution, lib, types, strict: true, noEmit: true };
  const options = { compilerOptions: { ...compilerOptions, skipLibCheck: false }, files: [file] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', folder]).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)),
  );
}

describe('declarations compile without skipLibCheck', () => {
  test.each(projects)('in $name', async (project) => {
    expect(await compile(project, ['node'])).toBe('');
  });

  test('and a mistaken use is an error, so the compiler does see them', async () => {
    const text = "import { ContactCenterError } from 'onescreen';\nnew ContactCenterError(42);\n";
    const [project] = projects;
    if (project === undefined) throw new Error('no project');
    expect(await compile({ ...project, file: 'mistake.mts', text }, [])).toContain('mistake.mts');
  });
});

const declarations = readdirSync(join(consumer, 'node_modules/onescreen/dist'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.d.ts'))
  .map((path) => ({ path, text: readFileSync(join(consumer, 'node_modules/onescreen/dist', path), 'utf8') }));

test('every class is declared in one place only', () => {
  const places = new Map<string, string[]>();
  for (const { path, text } of declarations) {
    for (const [, name = ''] of text.matchAll(/^(?:export )?declare (?:abstract )?class (\w+)/gm)) {
      places.set(name, [...(places.get(name) ?? []), path]);
    }
  }
  expect(places.size).toBeGreaterThan(0);
  expect([...places].filter(([, paths]) => paths.length > 1)).toEqual([]);
});

test('no declaration says any, or leads to a file outside the package', () => {
  const lines = declarations.flatMap(({ path, text }) => {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').split('\n');
    return code.filter((line) => /[:<,|] ?any\b|from '\.\.\/\.\./.test(line)).map((line) => `${path}: ${line.trim()}`);
  });
  expect(lines).toEqual([]);
});

test('no declaration of the core names ACS, React or a socket library', () => {
  const core = declarations.find(({ path }) => path === 'index.d.ts')?.text ?? '';
  expect(core).toContain('ContactCenterError');
  expect(core).not.toMatch(/from '(?:@azure|react|socket\.io)/);
});
