import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startEmulator, type Emulator } from 'onescreen/emulator';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../chromium';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What runs in the page: two agents of two users, who call each other, with Chromium's beeping microphone. */
const script = `
import { emulatedCalling } from 'onescreen/emulator/calling';
const credential = (token) => ({ getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3600000 }), dispose() {} });
const until = async (condition) => {
  for (let tries = 0; tries < 100; tries++) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not within ten seconds: ' + condition);
};
window.talk = async (endpoint, anna, ben, benId) => {
  const sdk = emulatedCalling({ endpoint });
  const caller = await new sdk.CallClient().createCallAgent(credential(anna));
  const callee = await new sdk.CallClient().createCallAgent(credential(ben));
  const accepted = new Promise((resolve) => callee.on('incomingCall', async ({ incomingCall }) => resolve(await incomingCall.accept())));
  const call = caller.startCall([{ communicationUserId: benId }]);
  const other = await accepted;
  await until(() => call.state === 'Connected' && other.state === 'Connected');
  const stats = [];
  other.feature(sdk.Features.MediaStats).createCollector().on('sampleReported', (sample) => stats.push(sample.audio.receive[0]));
  const own = await call.localAudioStreams[0].getVolume();
  const heard = await other.remoteAudioStreams[0].getVolume();
  let loudestOwn = 0;
  own.on('levelChanged', () => (loudestOwn = Math.max(loudestOwn, own.level)));
  await until(() => other.remoteParticipants[0]?.isSpeaking && heard.level > 0 && loudestOwn > 0 && stats.at(-1)?.packets > 50);
  await call.mute();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const silent = !other.remoteParticipants[0].isSpeaking && other.remoteParticipants[0].isMuted;
  const playing = document.querySelectorAll('audio').length;
  await call.hangUp();
  await until(() => other.state === 'Disconnected');
  const left = document.querySelectorAll('audio').length;
  await caller.dispose();
  await callee.dispose();
  return { silent, playing, left, reason: other.callEndReason.code, codec: stats.at(-1).codecName };
};
`;

let emulator: Emulator;
let browser: Browser;
let page: Page;
let server: Server;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  const bundle = await build({
    stdin: { contents: script, resolveDir: root },
    tsconfig: `${root}tsconfig.json`,
    bundle: true,
    write: false,
    format: 'esm',
  });
  const code = bundle.outputFiles[0]?.text ?? '';
  server = createServer((request, response) => {
    const isScript = request.url === '/script.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : '<body><script type="module" src="/script.js"></script></body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium({
    args: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
  await emulator.close();
});

it('two people on one machine hear each other over real WebRTC, and nothing of a muted one', async () => {
  const [anna, ben] = [emulator.core.createUser(), emulator.core.createUser()];
  const token = (user: string) => emulator.core.issueToken(user, { scopes: ['voip'] }).token;
  await page.waitForFunction('window.talk !== undefined');
  const call = JSON.stringify([emulator.endpoint, token(anna), token(ben), ben]);
  const result: unknown = await page.evaluate(`window.talk(...${call})`);
  expect(result).toMatchObject({ silent: true, playing: 2, left: 0, reason: 0 });
});
