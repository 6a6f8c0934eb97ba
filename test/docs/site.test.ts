import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entries, root } from '../../scripts/entries.mjs';

const site = mkdtempSync(join(tmpdir(), 'onescreen-site-'));
/** What the tool has said. */
let said = '';
/** The site's pages by their paths in it. */
let pages: ReadonlyMap<string, string>;

beforeAll(async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, 'scripts/docs.mjs'), site]);
  said = `${stdout}${stderr}`;
  const paths = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
  pages = new Map(paths.map((path) => [path, readFileSync(join(site, path), 'utf8')]));
}, 180_000);
afterAll(() => rmSync(site, { recursive: true, force: true }));

const guides = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => /^# (.+)$/m.exec(readFileSync(join(root, 'docs', name), 'utf8'))?.[1] ?? name);

/** Titles of the pages in a folder of the site. */
function titlesIn(folder: string): string[] {
  return [...pages].flatMap(([path, text]) =>
    dirname(path) === folder ? [unescaped(/<title>(.*?) \| /.exec(text)?.[1] ?? path)] : [],
  );
}

function unescaped(text: string): string {
  return text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

describe('the site of the documentation', () => {
  test('is written without a word of complaint', () => {
    expect(said).not.toMatch(/\[(warning|error)\]/);
    expect(pages.size).toBeGreaterThan(500);
  });

  test('has every entry and every guide, and leads to them', () => {
    const specifiers = entries.map(({ specifier }) => specifier);
    expect(titlesIn('modules').sort()).toEqual([...specifiers].sort());
    expect(titlesIn('documents').sort()).toEqual([...guides].sort());
    const packed = /"(.+)"/.exec(readFileSync(join(site, 'assets/navigation.js'), 'utf8'))?.[1] ?? '';
    const navigation: readonly { readonly text: string }[] = JSON.parse(
      inflateSync(Buffer.from(packed, 'base64')).toString('utf8'),
    );
    expect(navigation.map(({ text }) => text)).toEqual(expect.arrayContaining([...specifiers, ...guides]));
  });

  test('has no link that leads nowhere', () => {
    const anchors = new Map<string, ReadonlySet<string>>();
    for (const [path, text] of pages) {
      anchors.set(path, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => unescaped(id))));
    }
    let links = 0;
    const dead = new Set<string>();
    for (const [page, text] of pages) {
      for (const [, link = ''] of text.matchAll(/ (?:href|src)="([^"]+)"/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        links += 1;
        const [path = '', anchor = ''] = unescaped(link).split('#').map(decodeURIComponent);
        const target = path === '' ? page : join(dirname(page), path);
        const isThere = existsSync(join(site, target));
        if (!isThere || (anchor !== '' && anchors.get(target)?.has(anchor) === false)) dead.add(`${page}: ${link}`);
      }
    }
    expect([...dead]).toEqual([]);
    expect(links).toBeGreaterThan(10_000);
  });
});
