import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../../scripts/entries.mjs';
import type { CodeBlock } from './code-block';

interface Unit {
  readonly block: CodeBlock;
  readonly text: string;
  /** Lines before the block's own. */
  readonly before: number;
}

/** What the compiler has to say of these blocks, all in one program with the sources: `page:line: message`. */
export function compile(blocks: readonly CodeBlock[]): readonly string[] {
  const units = new Map(blocks.map((block) => [pathOf(block), unitOf(block)]));
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);
  const host = ts.createCompilerHost(options);
  host.fileExists = (path) => units.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => units.get(path)?.text ?? ts.sys.readFile(path);
  // Types of the build tools are for the example's pages alone.
  const program = ts.createProgram([...units.keys()], { ...options, types: ['node'] }, host);
  return [...units].flatMap(([path, unit]) => {
    const source = program.getSourceFile(path);
    const faults = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return faults.map((fault) => saying(unit, fault));
  });
}

/** Beside the page, so that it sees the packages that the page's readers see. */
function pathOf({ page, line, language }: CodeBlock): string {
  return join(root, `${page}.${line}.${language}`);
}

function unitOf(block: CodeBlock): Unit {
  const prelude = block.preludes.map(preludeOf).join('');
  return { block, text: `${prelude}${block.code}export {};\n`, before: prelude.split('\n').length - 1 };
}

function preludeOf(name: string): string {
  const path = join(root, `test/docs/preludes/${name}.ts`);
  if (!existsSync(path)) throw new Error(`there is no prelude ${name}`);
  return readFileSync(path, 'utf8');
}

function saying({ block, before }: Unit, { file, start = 0, messageText }: ts.Diagnostic): string {
  const at = file?.getLineAndCharacterOfPosition(start).line ?? 0;
  const place = at < before ? `${block.page}:${block.line} (prelude)` : `${block.page}:${block.line + at - before}`;
  return `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}
