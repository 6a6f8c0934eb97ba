import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Adapters of services have codes of their own. */
const adapters = /^(?:acs|emulator|testing|server\/call-automation)\//;

function sources(): readonly string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !adapters.test(file))
    .map((file) => readFileSync(`src/${file}`, 'utf8'));
}

describe('codes of errors', () => {
  it('are all listed, but for those of services', () => {
    const listed = /export type ErrorCode =(.*?);/s.exec(readFileSync('src/errors.ts', 'utf8'))?.[1] ?? '';
    const thrown = sources().flatMap((text) =>
      [...text.matchAll(/new ContactCenterError\(\s*'([^']+)'|unable\([^;]*?'([a-z]+\/[a-z-]+)'/g)].map(
        ([, made, refused = '']) => made ?? refused,
      ),
    );
    expect(thrown.length).toBeGreaterThan(100);
    expect([...new Set(thrown)].filter((code) => !listed.includes(`'${code}'`))).toEqual([]);
  });
});
