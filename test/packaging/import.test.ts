import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { entries } from '../../scripts/entries.mjs';

const run = promisify(execFile);
const consumer = inject('consumer');
const bareConsumer = inject('bareConsumer');

/** Runs `code` in a Node of its own and gives what it printed. Warnings on stderr count as failure. */
async function node(type: 'module' | 'commonjs', code: string, cwd = consumer): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [`--input-type=${type}`, '--eval', code], { cwd });
  expect(stderr).toBe('');
  return stdout.trim();
}

test.each(entries)('$specifier imports in plain Node and leaves nothing running', async ({ specifier }) => {
  const code = `const entry = await import('${specifier}'); console.log(Object.keys(entry).length > 0);`;
  expect(await node('module', code)).toBe('true');
});

test.each(entries)('$specifier is required in plain Node and leaves nothing running', async ({ specifier }) => {
  const code = `const entry = require('${specifier}'); console.log(Object.keys(entry).length > 0);`;
  expect(await node('commonjs', code)).toBe('true');
});

const needsReact = 'onescreen/react';

test.each(entries.filter(({ specifier }) => specifier !== needsReact))(
  '$specifier imports where no optional peer is installed',
  async ({ specifier }) => {
    const code = `await import('${specifier}'); console.log('imported');`;
    expect(await node('module', code, bareConsumer)).toBe('imported');
  },
);

test.each(entries)('$specifier gives the same names to import and to require', async ({ specifier }) => {
  const code = `
    import { createRequire } from 'node:module';
    const required = createRequire(process.cwd() + '/consumer.js')('${specifier}');
    const imported = await import('${specifier}');
    const names = (entry) => Object.keys(entry).filter((name) => !['default', '__esModule', 'module.exports'].includes(name)).sort();
    console.log(JSON.stringify([names(imported), names(required)]));`;
  const [imported, required] = JSON.parse(await node('module', code)) as [string[], string[]];
  expect(required).toEqual(imported);
});

test('an error made by the ES module is known to the CommonJS copy', async () => {
  const code = `
    import { createRequire } from 'node:module';
    import { ContactCenterError } from 'onescreen';
    const { isContactCenterError } = createRequire(process.cwd() + '/consumer.js')('onescreen');
    console.log(isContactCenterError(new ContactCenterError('offer/gone', 'unable to accept offer; it has expired')));`;
  expect(await node('module', code)).toBe('true');
});
