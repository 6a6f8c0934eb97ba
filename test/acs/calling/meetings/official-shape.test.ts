import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const file = `${root}src/acs/calling/meetings/official-package-fits.ts`;

/** What the compiler says of meetings, and of the official package as their source, by the types of this version. */
function compile(version: string): readonly string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    paths: {
      onescreen: [`${root}src/index.ts`],
      'onescreen/*': [`${root}src/*/index.ts`],
      '@azure/communication-calling': [`${root}node_modules/${version}/types/communication-calling.d.ts`],
      '@azure/communication-common': [`${root}node_modules/@azure/communication-common`],
    },
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? use : readFile(name));
  const program = ts.createProgram([file], options, host);
  return program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.includes('src/acs/calling'))
    .flatMap((source) => program.getSemanticDiagnostics(source))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const use = `import type * as calling from '@azure/communication-calling';
import { teamsMeetings } from '../index';
declare const official: typeof calling;
declare const part: Omit<typeof calling, 'VideoStreamRenderer'>;
teamsMeetings({ sdk: official });
teamsMeetings({ sdk: async () => official });
// @ts-expect-error -- as the compiler checks: a package without pictures would be found out
teamsMeetings({ sdk: part });
`;

test.each(['calling-1', 'calling-2'])('the official package of %s fits as it is', (version) => {
  expect(compile(version)).toEqual([]);
});
