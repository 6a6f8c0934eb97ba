import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startEmulator, type Emulator } from 'onescreen/emulator';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../chromium';
import type {} from './pages/emulated-meeting';

const root = fileURLToPath(new URL('../..', import.meta.url));
const organizer = '8:orgid:0a0a0a0a-0000-4000-8000-000000000001';

let emulator: Emulator;
let browser: Browser;
let server: Server;
let origin: string;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('pages/emulated-meeting.ts', import.meta.url))],
    tsconfig: `${root}tsconfig.json`,
    bundle: true,
    write: false,
    format: 'esm',
  });
  const code = bundle.outputFiles[0]?.text ?? '';
  server = createServer((request, response) => {
    const isScript = request.url === '/script.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    // Something moves, so that a shared tab has frames.
    const moving = '<h1>Meeting</h1><marquee>0123456789</marquee>';
    response.end(
      isScript ? code : `<title>Meeting</title><body>${moving}<script type="module" src="/script.js"></script></body>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await launchChromium({
    args: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
      '--auto-select-tab-capture-source-by-title=Meeting',
    ],
  });
});

afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
  await emulator.close();
});

async function open(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => 'meeting' in window);
  return page;
}

it('an organiser lets a guest in; they see each other, one shares a screen, and both leave', async () => {
  const meeting = emulator.core.meetings.create({ organizer, subject: 'Roof' });
  const token = (user: string, kind: 'acsUser' | 'teamsUser') =>
    emulator.core.issueToken(user, { scopes: ['voip'], kind }).token;
  const [host, guest] = [await open(), await open()];
  const join = (page: Page, user: string, kind: 'acsUser' | 'teamsUser') =>
    page.evaluate(([endpoint, given, link, teams]) => window.meeting.join(endpoint, given, link, teams), [
      emulator.endpoint,
      token(user, kind),
      meeting.joinLink,
      kind === 'teamsUser',
    ] as const);
  expect(await join(host, organizer, 'teamsUser')).toBe('Connected');
  expect(await join(guest, emulator.core.createUser(), 'acsUser')).toBe('InLobby');
  expect(await host.evaluate(() => window.meeting.admit())).toBe(1);
  await guest.waitForFunction(async () => (await window.meeting.state()) === 'Connected');

  await Promise.all([host, guest].map((page) => page.evaluate(() => window.meeting.startVideo())));
  const seen = await Promise.all([host, guest].map((page) => page.evaluate(() => window.meeting.watch('Video'))));
  expect(seen.map(({ frames }) => frames >= 10)).toEqual([true, true]);

  await guest.evaluate(() => window.meeting.startSharing());
  const shared = await host.evaluate(() => window.meeting.watch('ScreenSharing'));
  expect(shared.frames).toBeGreaterThanOrEqual(10);
  await guest.evaluate(() => window.meeting.stopSharing());
  await host.evaluate(() => window.meeting.unseen('ScreenSharing'));

  expect(await guest.evaluate(() => window.meeting.leave())).toBe(0);
  await host.evaluate(() => window.meeting.unseen('Video'));
  expect([
    await host.evaluate(() => window.meeting.state()),
    await host.evaluate(() => window.meeting.leave()),
  ]).toEqual(['Connected', 0]);
});
