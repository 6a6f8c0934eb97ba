import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { systemClock } from 'onescreen';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../examples/one-screen/server/listen';
import { screenSlot } from '../../src/emulator/calls/frames';
import type { MediaUnit } from '../../src/emulator/calls/media-unit';
import { createMediaUnit } from '../../src/emulator/media/create-media-unit';
import { launchChromium } from '../chromium';
import type {} from './picture-page';

/** Chromium's camera makes 20 frames a second; on a busy machine they are fewer. */
const filmMs = 3_000;
const enough = 30;

/** Enough of them to know that there is a picture. */
const lookMs = 1_200;
const some = 8;

/** What a change needs to be seen on a busy machine. */
const settleMs = 700;

const root = fileURLToPath(new URL('../..', import.meta.url));

let server: Server;
let browser: Browser;
let unit: MediaUnit;
let ada: PicturePage;
let bob: PicturePage;

/** A page with the emulator's own peer, on a leg of the media unit. */
class PicturePage {
  readonly #page: Page;
  readonly #leg: string;

  private constructor(page: Page, leg: string) {
    this.#page = page;
    this.#leg = leg;
  }

  static async open(origin: string, leg: string): Promise<PicturePage> {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.waitForFunction(() => 'pictures' in window);
    const opened = new PicturePage(page, leg);
    await opened.connect();
    return opened;
  }

  /** Connects, or connects anew. */
  async connect(): Promise<void> {
    const answer = await unit.open(this.#leg, await this.#page.evaluate(() => window.pictures.offer()));
    await this.#page.evaluate((sdp) => window.pictures.connect(sdp), answer);
  }

  show(kind: 'camera' | 'screen', on: boolean): Promise<void> {
    return this.#page.evaluate(([what, shown]) => window.pictures.show(what, shown), [kind, on] as const);
  }

  /** Frames decoded in the next `ms`, by slot. */
  async frames(ms = filmMs): Promise<readonly number[]> {
    const read = () => this.#page.evaluate(() => window.pictures.frames());
    const before = await read();
    await pause(ms);
    return (await read()).map((frames, slot) => frames - (before[slot] ?? 0));
  }

  view(slot: number): Promise<number> {
    return this.#page.evaluate((number) => window.pictures.view(number), slot);
  }

  colours(): Promise<readonly number[]> {
    return this.#page.evaluate(() => window.pictures.colours());
  }

  receiving(): Promise<readonly boolean[]> {
    return this.#page.evaluate(() => window.pictures.receiving());
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  const entry = fileURLToPath(new URL('picture-page.ts', import.meta.url));
  const options = { bundle: true, write: false, format: 'esm', tsconfig: `${root}tsconfig.json` } as const;
  const code = (await build({ entryPoints: [entry], ...options })).outputFiles[0]?.text ?? '';
  server = createServer((request, response) => {
    const isScript = request.url === '/script.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript
        ? code
        : '<!doctype html><link rel="icon" href="data:," /><script type="module" src="/script.js"></script>',
    );
  });
  const origin = await listen(server, 0, false);
  browser = await launchChromium({
    args: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--allow-loopback-in-peer-connection',
    ],
  });
  unit = await createMediaUnit({ clock: systemClock });
  [ada, bob] = await Promise.all([PicturePage.open(origin, 'ada'), PicturePage.open(origin, 'bob')]);
});
afterAll(async () => {
  await unit.closeAll();
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('pictures between browsers', () => {
  test('are decoded each way, by who sees them alone, off and on again', async () => {
    unit.see('ada', [{ leg: 'bob', kind: 'camera' }]);
    unit.see('bob', [undefined, { leg: 'ada', kind: 'camera' }]);
    await Promise.all([ada.show('camera', true), bob.show('camera', true)]);
    let [a, b] = await Promise.all([ada.frames(), bob.frames()]);
    expect(a[0]).toBeGreaterThan(enough);
    expect(b[1]).toBeGreaterThan(enough);
    expect([a.slice(1), [b[0], ...b.slice(2)]]).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);

    await ada.show('camera', false);
    await pause(settleMs);
    [a, b] = await Promise.all([ada.frames(1_000), bob.frames(1_000)]);
    expect(b).toEqual([0, 0, 0, 0, 0]);
    expect(a[0]).toBeGreaterThan(0);

    await ada.show('camera', true);
    b = await bob.frames(lookMs);
    expect(b[1]).toBeGreaterThan(some);
  });

  test('are decoded by who looks late, in another slot, and seen as they were filmed', async () => {
    unit.see('bob', [undefined, undefined, undefined, { leg: 'ada', kind: 'camera' }]);
    expect(await bob.view(3)).toBeGreaterThanOrEqual(80);
    // Chromium's camera is green all over, but for its clock and what moves, which may be in the middle just then.
    const isGreen = async () => {
      const [red = 255, green = 0, blue = 255] = await bob.colours();
      return green > 150 && red < 100 && blue < 100;
    };
    await expect.poll(isGreen, { timeout: 5_000, interval: 200 }).toBe(true);
  });

  test('of a screen come beside the camera', async () => {
    unit.see('bob', [{ leg: 'ada', kind: 'camera' }, undefined, undefined, undefined, { leg: 'ada', kind: 'screen' }]);
    await ada.show('screen', true);
    const frames = await bob.frames(lookMs);
    expect(frames[0]).toBeGreaterThan(some);
    expect(frames[screenSlot]).toBeGreaterThan(2);
    expect(await bob.view(screenSlot)).toBeGreaterThan(640);
    await ada.show('screen', false);
    await pause(settleMs);
    expect((await bob.frames(1_000))[screenSlot]).toBe(0);
  });

  test('stand still while a leg is cut, which listeners are told of, and go on by themselves', async () => {
    unit.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await bob.view(0);
    unit.impair('ada', { cut: true });
    await pause(settleMs);
    expect((await bob.frames(1_000))[0]).toBe(0);
    await expect.poll(() => bob.receiving(), { timeout: 6_000 }).toEqual([true, false]);
    unit.impair('ada', undefined);
    expect((await bob.frames(lookMs))[0]).toBeGreaterThan(some);
    await expect.poll(() => bob.receiving(), { timeout: 6_000 }).toEqual([true, false, true]);
  });

  test('come through a line that loses some of them', async () => {
    unit.impair('bob', { loss: 0.02 });
    expect((await bob.frames(2_000))[0]).toBeGreaterThan(3);
    unit.impair('bob', undefined);
    await pause(settleMs);
    expect((await bob.frames(lookMs))[0]).toBeGreaterThan(some);
  });

  test('go on over new connections of who sends and of who sees', async () => {
    await ada.connect();
    await pause(settleMs);
    expect((await bob.frames(lookMs))[0]).toBeGreaterThan(some);
    await bob.connect();
    await pause(settleMs);
    expect((await bob.frames(lookMs))[0]).toBeGreaterThan(some);
  });

  test('end for a leg that is closed', async () => {
    unit.close('ada');
    await pause(settleMs);
    expect(await bob.frames(500)).toEqual([0, 0, 0, 0, 0]);
  });
});
