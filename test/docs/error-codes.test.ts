import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';

const errorTypes = 'errors.ts';
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, 'src', path), 'utf8') }));

/** Words of one grammar, `area/kebab-case`, which codes share with commands, modules and kinds of media. */
const words = ({ text }: { readonly text: string }) =>
  [...text.replaceAll(/ from '.+?'/g, '').matchAll(/'([a-z]+(?:-[a-z]+)*\/[a-z]+(?:-[a-z]+)*)'/g)].map(
    ([, word = '']) => word,
  );

const commands = new Set(
  sources
    .filter(({ path }) => path.startsWith('protocol/'))
    .flatMap(({ text }) =>
      [...text.matchAll(/^ {2}readonly '([a-z-]+\/[a-z-]+)': Command</gm)].map(([, name]) => name),
    ),
);
const others = new Set(['application/json', 'richtext/html', 'self/camera']);

/** Made of two parts in one place: `${what}/gone` of the routing engine. */
const composed = ['offer/gone', 'task/gone', 'worker/gone'];

const isCode = (word: string) => !commands.has(word) && !others.has(word) && !word.startsWith('onescreen/');
const sorted = (codes: Iterable<string>) => [...new Set(codes)].sort();

const raised = sorted([
  ...composed,
  ...sources
    .filter(({ path }) => path !== errorTypes)
    .flatMap(words)
    .filter(isCode),
]);
const typed = sorted(sources.filter(({ path }) => path === errorTypes).flatMap(words));
const guide = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const rows = [...guide.matchAll(/^\| `([a-z-]+\/[a-z-]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
const listed = rows.map(([, code = '']) => code);

describe('the guide to errors', () => {
  test('lists every code that the sources raise, and none that they do not', () => {
    expect(raised.length).toBeGreaterThan(100);
    expect(sorted(listed)).toEqual(raised);
  });

  test('lists each code once, with a cause and a remedy', () => {
    expect(listed).toEqual([...new Set(listed)]);
    expect(guide.match(/^\| `[a-z-]+\//gm)).toHaveLength(rows.length);
  });
});

test('the type of codes names all of them but those of the doctor', () => {
  expect(typed).toEqual(raised.filter((code) => !code.startsWith('access/')));
});

test('no code is composed where this cannot see it', () => {
  const made = sources.flatMap(({ text }) => text.match(/(?:ContactCenterError\(\s*|\bcode: )`[^`]*`/g) ?? []);
  expect(made).toEqual(['ContactCenterError(`${what}/gone`']);
});
