import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../examples/one-screen/server/listen';
import { launchChromium } from '../chromium';

const source = fileURLToPath(new URL('../../src', import.meta.url));
const entry = fileURLToPath(new URL('calling-package-page.ts', import.meta.url));

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium({
    args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  });
});

afterAll(() => browser.close());

/** Our endpoint and one version of the official package in one script, as a vendor's bundler makes it. */
async function bundle(version: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    ...{ bundle: true, write: false, format: 'iife', platform: 'browser', logLevel: 'silent' },
    alias: {
      onescreen: `${source}/index.ts`,
      'onescreen/voice': `${source}/voice/index.ts`,
      '@azure/communication-calling': version,
    },
  });
  return outputFiles[0]?.text ?? '';
}

async function serve(script: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
    response.end(isScript ? script : '<!doctype html><title>calling</title><script src="/page.js"></script>');
  });
  // The package takes `localhost` for a secure page, but not the address.
  const url = (await listen(server, 0, false)).replace('127.0.0.1', 'localhost');
  return { url, server };
}

/** A page of the package for all tests of a suite. */
function usePage(url: () => string): () => Page {
  let page: Page;
  beforeAll(async () => {
    const context = await browser.newContext();
    page = await context.newPage();
    await page.route(
      ({ hostname }) => hostname !== 'localhost',
      (route) => route.abort(),
    );
    await page.goto(url());
    await page.waitForFunction(() => 'packagePage' in window);
    await page.evaluate(() => window.packagePage.loaded);
  });
  afterAll(() => page.context().close());
  return () => page;
}

// Both versions side by side: what takes long is waiting for a network that is not there.
describe.concurrent.each([
  ['1.46.1', 'calling-1'],
  ['2.0.0', 'calling-2'],
])('over the official calling package %s, with no network', (_version, name) => {
  let served: { readonly url: string; readonly server: Server };

  beforeAll(async () => {
    served = await serve(await bundle(name));
  });

  afterAll(async () => {
    served.server.closeAllConnections();
    await new Promise((resolve) => served.server.close(resolve));
  });

  const page = usePage(() => served.url);

  // Before the rest, for the official package takes nearly as long for it as we wait.
  describe('at first', { concurrent: false }, () => {
    test('the devices are listed, and a microphone can be chosen', async () => {
      const devices = await page().evaluate(() => window.packagePage.devices());
      expect(devices.permission).toBe('granted');
      expect(devices.microphones.length).toBeGreaterThan(1);
      expect(devices.microphone).toBe(devices.microphones[1]?.id);
      expect(devices.speakers.length).toBeGreaterThan(0);
      expect(devices.speakerSelection).toEqual({ allowed: true });
    });
  });

  // In two pages at once, for the same reason as with the versions.
  describe('in the same page', () => {
    describe('one after the other', { concurrent: false }, () => {
      test('a Teams user with an ACS token is refused, naming both kinds', async () => {
        const registration = await page().evaluate(() => window.packagePage.register('teamsUser'));
        expect(registration).toMatchObject({
          status: 'refused',
          error: { code: 'agent/identity-mismatch', provider: { name: 'acs', code: 403, subCode: 40231 } },
        });
        expect(registration.error?.message).toMatch(/teamsUser.*ACS user/);
      });

      test('a token that says another kind is refused before the package sees it', async () => {
        const registration = await page().evaluate(() => window.packagePage.register('acsUser', 'teamsUser'));
        expect(registration).toMatchObject({ status: 'refused', error: { code: 'agent/identity-mismatch' } });
      });

      test('an agent that reaches nobody is shown as lost, with the reason', async () => {
        const registration = await page().evaluate(() => window.packagePage.register('acsUser'));
        expect(registration).toMatchObject({ status: 'lost', error: { code: 'agent/disconnected', retryable: true } });
      });

      test('a call that reaches nobody ends as a fault of the network', async () => {
        const end = await page().evaluate(() => window.packagePage.dial());
        expect(end).toMatchObject({
          outcome: 'failed',
          code: 'call/network',
          retryable: true,
          provider: { code: 490 },
        });
      });

      test('an agent of the extension falls back to the other agent object once', async () => {
        expect(await page().evaluate(() => window.packagePage.fallBack())).toEqual(['CallAgent']);
      });

      test('a check before a call says what this browser lacks', async () => {
        const preflight = await page().evaluate(() => window.packagePage.preflight());
        expect(preflight).toMatchObject({
          browser: { ok: false, detail: expect.stringContaining('not supported') },
          microphone: { ok: true },
          network: { ok: false },
        });
      });

      test('the microphone of the machine is heard while somebody looks', async () => {
        expect(await page().evaluate(() => window.packagePage.level())).toBeGreaterThan(0);
      });

      test('and nothing went unhandled on the page', async () => {
        expect(await page().evaluate(() => window.packagePage.complaints)).toEqual([]);
      });
    });
  });

  describe('in another page', () => {
    const page = usePage(() => served.url);

    describe('one after the other', { concurrent: false }, () => {
      test('closing and opening twenty times meets no agent of its own', { timeout: 240_000 }, async () => {
        const { agents, errors } = await page().evaluate(() => window.packagePage.cycles(20));
        expect(agents).toBeGreaterThanOrEqual(4);
        expect(errors.filter((error) => !error.startsWith('agent/disconnected'))).toEqual([]);
      });

      test('and nothing went unhandled on the page', async () => {
        expect(await page().evaluate(() => window.packagePage.complaints)).toEqual([]);
      });
    });
  });
});
