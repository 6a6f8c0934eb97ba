import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/entries.mjs';

/** A block of TypeScript in a page of the documentation. */
export interface CodeBlock {
  /** Of the page, from the repository's folder. */
  readonly page: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  readonly language: 'ts' | 'tsx';
  readonly code: string;
  /** Names of the preludes that declare what the block takes for granted: `<!-- with: desk -->` above it. */
  readonly preludes: readonly string[];
  /** Path of the file that the block shows whole: `<!-- is: examples/… -->` above it. */
  readonly file: string | undefined;
}

/** What a reader of the repository is shown: README.md, the guides, and what explains the examples. */
export function pages(): readonly string[] {
  const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' });
  return [
    'README.md',
    ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
    ...examples.filter((path) => !path.includes('node_modules')).map((path) => `examples/${path}`),
  ].filter((path) => path.endsWith('.md'));
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

const fence = /^ *```(\w*)/;
const mark = /^ *<!-- (with|is): (.+) -->$/;

export function codeBlocks(page: string, text: string): readonly CodeBlock[] {
  const lines = text.split('\n');
  const blocks: CodeBlock[] = [];
  let marks: Readonly<Record<string, string>> = {};
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const [, kind, value] = mark.exec(line) ?? [];
    if (kind !== undefined && value !== undefined) marks = { ...marks, [kind]: value };
    const [, language] = fence.exec(line) ?? [];
    if (language === undefined) {
      if (kind === undefined && line.trim() !== '') marks = {};
      continue;
    }
    const end = lines.findIndex((one, at) => at > index && fence.test(one));
    if (end < 0) throw new Error(`${page}:${index + 1}: this block does not end`);
    if (language === 'ts' || language === 'tsx') {
      const code = `${lines.slice(index + 1, end).join('\n')}\n`;
      const preludes = marks['with']?.split(' ') ?? [];
      blocks.push({ page, line: index + 2, language, code, preludes, file: marks['is'] });
    }
    marks = {};
    index = end;
  }
  return blocks;
}
