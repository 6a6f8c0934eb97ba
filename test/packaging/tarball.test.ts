import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, test } from 'vitest';
import { entries, root } from '../../scripts/entries.mjs';

const run = promisify(execFile);
const tarball = inject('tarball');
const packed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((path) => path.replace(/^package\//, ''));

test('the tarball holds what was built and the papers, and nothing else', () => {
  const papers = packed.filter((path) => !path.startsWith('dist/'));
  const guides = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`);
  const others = ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'examples/one-screen/README.md'];
  expect(papers.sort()).toEqual([...others, ...guides, 'package.json'].sort());
});

describe('the papers in the tarball', () => {
  const pages = packed.filter((path) => path.endsWith('.md'));
  const read = (path: string) => execFileSync('tar', ['-xzOf', tarball, `package/${path}`], { encoding: 'utf8' });
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!\w+:)([^)\s]*)\)/g)].map(([, link = '']) => ({ page, link })),
  );

  test('have links from one to the other, and a picture', () => {
    const targets = links.filter(({ page }) => page === 'README.md').map(({ link }) => link);
    expect(targets).toEqual(expect.arrayContaining(['docs/getting-started.md', 'docs/one-screen.png', 'LICENSE']));
  });

  test.each(links)('$page leads to $link', ({ page, link }) => {
    const [path = '', heading] = link.split('#');
    const target = path === '' ? page : posix.join(posix.dirname(page), path);
    expect(packed).toContain(target);
    if (heading === undefined) return;
    const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(headings).toContain(heading);
  });

  test('weigh a fraction of what was built', () => {
    const weight = (paths: readonly string[]) =>
      paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(root, path))).length, 0);
    const papers = weight(packed.filter((path) => !path.startsWith('dist/')));
    expect(papers).toBeLessThan(weight(packed.filter((path) => path.startsWith('dist/'))) / 3);
    expect(papers).toBeLessThan(300_000);
  });
});

test.each(entries)('$specifier is packed for import, for require and for the compiler', ({ output }) => {
  expect(packed).toEqual(expect.arrayContaining(['js', 'cjs', 'd.ts', 'd.cts'].map((end) => `dist/${output}.${end}`)));
});

test('exports lead to the files of their entry', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const paths = entries.map(({ name, output }) => [
    name === '' ? '.' : `./${name}`,
    {
      import: { types: `./dist/${output}.d.ts`, default: `./dist/${output}.js` },
      require: { types: `./dist/${output}.d.cts`, default: `./dist/${output}.cjs` },
    },
  ]);
  expect(manifest).toMatchObject({ exports: { ...Object.fromEntries(paths), './package.json': './package.json' } });
});

test('no packed file names a folder of the machine it was built on', () => {
  const all = execFileSync('tar', ['-xzOf', tarball], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  expect(all).not.toContain(root);
  expect(packed.filter((path) => path.endsWith('.map'))).toEqual([]);
});

test('no packed file holds the calling package: it is only ever imported by its name', () => {
  // The whole package weighs megabytes; what is ours stays far below, file by file.
  const sizes = execFileSync('tar', ['-tzvf', tarball], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => Number(line.split(/\s+/)[2]));
  expect(sizes.length).toBe(packed.length);
  expect(Math.max(...sizes)).toBeLessThan(600_000);
  const code = packed.filter((path) => /\.c?js$/.test(path));
  for (const path of code) {
    const text = execFileSync('tar', ['-xzOf', tarball, `package/${path}`], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    const mentions = [...text.matchAll(/(.{0,12})["']@azure\/communication-calling["']/g)].map(([, before]) => before);
    expect(mentions.filter((before) => before?.endsWith('import(') !== true)).toEqual([]);
    expect(mentions.length).toBe(path.startsWith('dist/acs/calling.') ? 1 : 0);
  }
});

test('publint has nothing to say', async () => {
  const file = readFileSync(tarball);
  const bytes = new Uint8Array(file).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test('the types of every entry are the right ones for node16, as import and as require', async () => {
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const { stdout } = await run(process.execPath, [attw, tarball, '--profile', 'node16', '--format', 'ascii'], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  // It exits with 1, which `run` rejects on, when there is a problem.
  for (const { specifier } of entries) expect(stdout).toContain(`"${specifier}"`);
});
