import { createServer, type Server } from 'node:http';
import { systemClock } from 'onescreen';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../examples/one-screen/server/listen';
import type { MediaUnit } from '../../src/emulator/calls/media-unit';
import { createMediaUnit } from '../../src/emulator/media/create-media-unit';
import { launchChromium } from '../chromium';
import { MediaPage } from './media-page';

/** Chromium's microphone beeps once a second: only a longer time tells whether somebody speaks. */
const listenMs = 1_600;

/** What a change needs to be heard: a browser on a busy machine buffers more than half a second. */
const settleMs = 1_200;

/** Energy within `listenMs`: silence is 0 but for the end of a sound, the microphone's beeps are above 0.1. */
const nothing = 0.0005;
const something = 0.01;

let server: Server;
let origin: string;
let browser: Browser;
let unit: MediaUnit;
let ada: MediaPage;
let bob: MediaPage;
let cleo: MediaPage;

beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:," /><title>A leg</title>');
  });
  origin = await listen(server, 0, false);
  browser = await launchChromium({
    args: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--allow-loopback-in-peer-connection',
    ],
  });
  unit = await createMediaUnit({ clock: systemClock });
  const open = (leg: string) => MediaPage.open(browser, origin, unit, leg);
  [ada, bob, cleo] = await Promise.all([open('ada'), open('bob'), open('cleo')]);
});
afterAll(async () => {
  await unit.closeAll();
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What each page hears, once a change has settled. */
async function heard(): Promise<{ ada: number; bob: number; cleo: number }> {
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const [a, b, c] = await Promise.all([ada.heard(listenMs), bob.heard(listenMs), cleo.heard(listenMs)]);
  return { ada: a, bob: b, cleo: c };
}

describe('audio between browsers', () => {
  test('is heard by whom the table says, and by nobody else, on, off and on again', async () => {
    unit.hear('ada', ['bob']);
    unit.hear('bob', ['ada']);
    let now = await heard();
    expect(now.ada).toBeGreaterThan(something);
    expect(now.bob).toBeGreaterThan(something);
    expect(now.cleo).toBeLessThan(nothing);

    unit.hear('bob', []);
    now = await heard();
    expect(now.ada).toBeGreaterThan(something);
    expect(now.bob).toBeLessThan(nothing);

    unit.hear('bob', ['ada']);
    now = await heard();
    expect(now.ada).toBeGreaterThan(something);
    expect(now.bob).toBeGreaterThan(something);
    expect(now.cleo).toBeLessThan(nothing);
  });

  test('reaches three, and leaves the one out who is isolated', async () => {
    unit.hear('ada', ['bob', 'cleo']);
    unit.hear('bob', ['ada', 'cleo']);
    unit.hear('cleo', ['ada', 'bob']);
    let now = await heard();
    expect(Math.min(now.ada, now.bob, now.cleo)).toBeGreaterThan(something);

    unit.hear('ada', ['bob']);
    unit.hear('bob', ['ada']);
    unit.hear('cleo', []);
    now = await heard();
    expect(now.ada).toBeGreaterThan(something);
    expect(now.bob).toBeGreaterThan(something);
    expect(now.cleo).toBeLessThan(nothing);
  });

  test('stops while the speaker is muted, and shows so in the level', async () => {
    unit.hear('bob', ['ada']);
    const loudest = await loudestLevel('ada', listenMs);
    await ada.speak(false);
    const now = await heard();
    const muted = await loudestLevel('ada', 500);
    await ada.speak(true);
    expect(loudest).toBeGreaterThan(0.5);
    expect(now.bob).toBeLessThan(nothing);
    expect(muted).toBe(0);
  });

  test('carries sounds made here to whom hears them alone', async () => {
    unit.sound('music', { kind: 'music' });
    unit.sound('person', { kind: 'speech', seed: 7 });
    unit.sound('tone', { kind: 'tone', frequency: 440 });
    unit.hear('ada', ['music']);
    unit.hear('bob', []);
    unit.hear('cleo', ['person']);
    let now = await heard();
    expect(now.ada).toBeGreaterThan(something);
    expect(now.bob).toBeLessThan(nothing);
    expect(now.cleo).toBeGreaterThan(something);

    unit.hear('bob', ['tone']);
    unit.sound('music', undefined);
    unit.sound('person', undefined);
    now = await heard();
    expect(now.ada).toBeLessThan(nothing);
    expect(now.bob).toBeGreaterThan(something);
    expect(now.cleo).toBeLessThan(nothing);
  });

  test('falls silent both ways while a leg is cut, and comes back', async () => {
    unit.hear('ada', ['bob', 'cleo']);
    unit.hear('bob', ['ada', 'cleo']);
    unit.hear('cleo', ['ada']);
    unit.impair('ada', { cut: true });
    let now = await heard();
    expect(now.ada).toBeLessThan(nothing);
    expect(now.cleo).toBeLessThan(nothing);
    expect(now.bob).toBeGreaterThan(something);

    unit.impair('ada', undefined);
    now = await heard();
    expect(now.ada).toBeGreaterThan(something);
    expect(now.cleo).toBeGreaterThan(something);
  });

  test('shows the browser the packets that an impaired leg loses', async () => {
    const [before, spared] = await Promise.all([ada.lost(), cleo.lost()]);
    unit.impair('ada', { loss: 0.5 });
    await ada.heard(listenMs);
    unit.impair('ada', undefined);
    // A loss shows when a later packet comes.
    await ada.heard(settleMs);
    expect((await ada.lost()) - before).toBeGreaterThan(20);
    expect((await cleo.lost()) - spared).toBe(0);
  });

  test('goes on over a new connection of the same leg', async () => {
    unit.hear('ada', ['bob']);
    unit.hear('bob', ['ada']);
    await ada.connect(unit, 'ada');
    const now = await heard();
    expect(unit.size).toBe(3);
    expect(now.ada).toBeGreaterThan(something);
    expect(now.bob).toBeGreaterThan(something);
  });

  test('ends for a leg that is closed', async () => {
    unit.hear('bob', ['ada']);
    unit.close('ada');
    const now = await heard();
    expect(unit.size).toBe(2);
    expect(now.bob).toBeLessThan(nothing);
  });
});

async function loudestLevel(source: string, ms: number): Promise<number> {
  let loudest = 0;
  for (let waited = 0; waited < ms; waited += 100) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    loudest = Math.max(loudest, unit.level(source));
  }
  return loudest;
}
