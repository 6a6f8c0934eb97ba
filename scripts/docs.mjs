import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Application, LogLevel } from 'typedoc';
import { entries, root } from './entries.mjs';

/**
 * Writes the site of the documentation into site/, or another folder that is named: every entry's API, and the guides of
 * docs/. Needs no network, and exits with 1 when a link leads nowhere or a comment names what does not exist.
 */
const out = resolve(process.argv[2] ?? join(root, 'site'));
const temp = join(root, 'temp');
mkdirSync(temp, { recursive: true });
const tsconfig = join(temp, 'tsconfig.docs.json');
const files = entries.map(({ source }) => `../${source}`);
writeFileSync(tsconfig, JSON.stringify({ extends: '../tsconfig.json', files, include: [] }, null, 2));

/** In the order in which they are read; those that are not named come last. */
const first = ['getting-started', 'go-live', 'own-strategy', 'own-channel', 'testing', 'recipes', 'errors'];
const found = readdirSync(join(root, 'docs'), { encoding: 'utf8' }).flatMap(
  (name) => /^(.+)\.md$/.exec(name)?.[1] ?? [],
);
const guides = [...new Set([...first, ...found])];

const app = await Application.bootstrap({
  name: 'onescreen',
  tsconfig,
  entryPoints: entries.map(({ source }) => join(root, source)),
  projectDocuments: guides.map((guide) => join(root, 'docs', `${guide}.md`)),
  readme: join(root, 'README.md'),
  out,
  basePath: root,
  sort: ['source-order'],
  sortEntryPoints: false,
  includeVersion: true,
  disableSources: true,
  // Links to it can be dead, and there is hardly any inheritance to show.
  includeHierarchySummary: false,
  githubPages: false,
  hideGenerator: true,
  skipErrorChecking: true,
  searchInDocuments: true,
  excludeExternals: true,
  // Names such as Socket.IO are no addresses.
  markdownItOptions: { html: true, linkify: false },
  navigation: { includeCategories: false, includeGroups: false, includeFolders: false },
  validation: { notExported: false, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: false },
  highlightLanguages: ['ts', 'tsx', 'js', 'json', 'sh', 'http', 'powershell', 'html', 'csv'],
});
const project = await app.convert();
if (project === undefined) process.exit(1);
for (const [index, { specifier }] of entries.entries()) {
  const module = project.children?.[index];
  if (module !== undefined) module.name = specifier;
}
for (const document of project.documents ?? []) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(root, `${document.name}.md`), 'utf8')) ?? [];
  if (title !== undefined) document.name = title;
}
app.validate(project);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) {
  app.logger.log('the site was written, with the faults above', LogLevel.Error);
  process.exitCode = 1;
}
