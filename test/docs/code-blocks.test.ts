import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { codeBlocks, pages, readPage, type CodeBlock } from './code-block';
import { compile } from './compile';

const blocks = pages().flatMap((page) => codeBlocks(page, readPage(page)));
const shown = blocks.flatMap((block) => (block.file === undefined ? [] : [{ ...block, file: block.file }]));

describe('code in the documentation', () => {
  test('compiles as it stands, and a mistake in it would be found in its line', { timeout: 180_000 }, () => {
    const mistaken: CodeBlock = {
      page: 'docs/mistake.md',
      line: 10,
      language: 'ts',
      code: "import { ContactCenterError } from 'onescreen';\nnew ContactCenterError(task);\n",
      preludes: ['desk'],
      file: undefined,
    };
    const [mistake, ...faults] = compile([mistaken, ...blocks.filter(({ file }) => file === undefined)]);
    expect(mistake).toMatch(/^docs\/mistake\.md:11: /);
    expect(faults).toEqual([]);
  });

  test.each(shown)('shows $file as it is ($page)', ({ file, code }) => {
    expect(code).toBe(readFileSync(join(root, file), 'utf8'));
  });

  test('is found in every guide that has some', () => {
    const counted = blocks.length;
    const fences = pages().flatMap((page) => readPage(page).match(/^ *```tsx?$/gm) ?? []);
    expect(counted).toBe(fences.length);
    expect(counted).toBeGreaterThan(20);
  });

  test('needs every prelude that there is', () => {
    const there = readdirSync(join(root, 'test/docs/preludes')).map((name) => name.replace(/\.ts$/, ''));
    expect(there.sort()).toEqual([...new Set(blocks.flatMap(({ preludes }) => preludes))].sort());
  });
});

test('a block takes its marks from the lines right above it', () => {
  const text = [
    '<!-- with: desk world -->',
    '',
    '```ts',
    'a();',
    '```',
    '<!-- with: desk -->',
    'Words.',
    '```tsx',
    '```',
  ];
  expect(codeBlocks('page.md', text.join('\n'))).toEqual([
    { page: 'page.md', line: 4, language: 'ts', code: 'a();\n', preludes: ['desk', 'world'], file: undefined },
    { page: 'page.md', line: 9, language: 'tsx', code: '\n', preludes: [], file: undefined },
  ]);
});
