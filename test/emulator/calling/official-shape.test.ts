import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Parsed once for all versions: everything but the official declarations. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of the emulated package when the official types are those of this version. */
function compile(version: string, edit: (declarations: string) => string = (text) => text): readonly string[] {
  const declarations = `${root}node_modules/${version}/types/communication-calling.d.ts`;
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
      '@azure/communication-calling': [declarations],
      // One copy, as where both are installed side by side.
      '@azure/communication-common': [`${root}node_modules/@azure/communication-common`],
    },
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (name) => {
    const text = readFile(name);
    return name === declarations && text !== undefined ? edit(text) : text;
  };
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    if (name === declarations) return parse(name, ...rest);
    if (!parsed.has(name)) parsed.set(name, parse(name, ...rest));
    return parsed.get(name);
  };
  const program = ts.createProgram([`${root}src/emulator/calling/index.ts`], options, host);
  return program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.includes('emulator/calling'))
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the emulated calling package has the public shape of the official one', () => {
  it.each(['calling-1', 'calling-2'])('of %s', (version) => {
    expect(compile(version)).toEqual([]);
  });

  it('as the compiler checks: a version with one more member would be found out', () => {
    const more = (text: string) => text.replace('sendDtmf(', 'sendFax(): Promise<void>;\n    sendDtmf(');
    expect(compile('calling-2', more).join()).toContain('sendFax');
  });

  it('as the compiler checks: so would one with more in meetings', () => {
    const more = [
      { before: 'admitAll(', member: 'admitSome(): Promise<void>; ', missed: "'admitSome' is missing" },
      { before: 'lowerAllHands(', member: 'waveHand(): Promise<void>; ', missed: "'waveHand' is missing" },
      { before: 'stopAllSpotlight(', member: 'dimSpotlight(): Promise<void>; ', missed: "'dimSpotlight' is missing" },
      { before: 'readonly dominantSpeakers: ', member: 'silent: number; ', missed: "'silent' is missing" },
      { before: 'setCaptionLanguage(', member: 'translate(): Promise<void>; ', missed: "'translate' is missing" },
      { before: "'turnVideoOn' |", member: "'turnTables' | ", missed: "'turnTables' is missing" },
      { before: 'readonly videoStreams: ', member: 'smell: number; ', missed: "'smell' is missing" },
      {
        before: 'join(meetingLocator: TeamsMeetingIdLocator',
        member: 'join(table: number): Call; ',
        missed: '(table: number): Call',
      },
    ];
    const edit = (text: string) =>
      more.reduce((edited, { before, member }) => edited.replace(before, `${member}${before}`), text);
    const found = compile('calling-2', edit).join('\n');
    expect(more.filter(({ missed }) => !found.includes(missed))).toEqual([]);
  });
});
