import { seededRandom, virtualClock } from 'onescreen/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EmulatedCallingEnvironment } from '../../../src/emulator/calling/calling-environment';
import { CallMedia } from '../../../src/emulator/calling/call-media';
import { EmulatedLocalAudioStream } from '../../../src/emulator/calling/audio-stream';
import { EmulatedDeviceManager } from '../../../src/emulator/calling/device-manager';
import { laterQueue } from '../../../src/emulator/calling/listeners';
import { EmulatedLocalVideoStream, screenSource } from '../../../src/emulator/calling/local-video-stream';
import { EmulatedRemoteVideoStream } from '../../../src/emulator/calling/remote-video-stream';
import { CountingDevices, CountingPeers, fakeStream } from './counting-media';

const clock = virtualClock();
const later = laterQueue((error) => {
  throw error;
});
const front = { name: 'Front', id: 'camera:front', deviceType: 'UsbCamera' } as const;
const desk = { name: 'Desk', id: 'camera:desk', deviceType: 'UsbCamera' } as const;
let devices: CountingDevices;
let peers: CountingPeers;
let environment: EmulatedCallingEnvironment;

beforeEach(() => {
  devices = new CountingDevices();
  peers = new CountingPeers();
  environment = {
    ...{ clock, random: seededRandom('video'), devices, openPeer: peers.open, page: new Set() },
    ...{ browser: { platform: 'Linux', name: 'Chrome', version: '156' }, onListenerError: () => {} },
    socket: () => ({ send: () => {}, close: () => {} }),
  };
});

const local = (source: ConstructorParameters<typeof EmulatedLocalVideoStream>[2] = front) =>
  new EmulatedLocalVideoStream(environment, later, source);

describe("a page's own video stream", () => {
  it('opens its camera for the first who uses it, and closes it with the last', async () => {
    const stream = local();
    expect(devices.openPictures).toEqual([]);
    const [one, other] = await Promise.all([stream.use(), stream.use()]);
    expect([one === other, devices.openPictures]).toEqual([true, ['front']]);
    stream.release();
    await clock.advance(0);
    expect(devices.openPictures).toEqual(['front']);
    stream.release();
    await clock.advance(0);
    expect(devices.openPictures).toEqual([]);
    await stream.use();
    expect(devices.openPictures).toEqual(['front']);
  });

  it('says what it is', () => {
    expect(local().mediaStreamType).toBe('Video');
    expect(local(screenSource).mediaStreamType).toBe('ScreenSharing');
    expect(local(fakeStream()).mediaStreamType).toBe('RawMedia');
  });

  it('changes to another camera while it is used, and tells so', async () => {
    const stream = local();
    const told: string[] = [];
    stream.watch({ changed: () => told.push('changed'), ended: () => told.push('ended') });
    stream.on('videoSourceChanged', () => told.push(stream.source.id));
    await stream.use();
    await stream.switchSource(desk);
    await clock.advance(0);
    expect([devices.openPictures, told]).toEqual([['desk'], ['changed', 'camera:desk']]);
    // What becomes of the former camera is nobody's business any more.
    devices.pictures[0]?.ended();
    await clock.advance(0);
    expect(told).not.toContain('ended');
    devices.pictures[1]?.ended();
    await clock.advance(0);
    expect(told).toContain('ended');
  });

  it('stays with the camera that it has when another cannot be opened', async () => {
    const stream = local();
    const { stream: before } = await stream.use();
    devices.cameraPermission = false;
    await expect(stream.switchSource(desk)).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect([stream.source.id, (await stream.picture()).stream === before]).toEqual(['camera:front', true]);
  });

  it('rejects as the devices do, and can be tried again', async () => {
    const stream = local(screenSource);
    devices.screenChosen = false;
    await expect(stream.use()).rejects.toMatchObject({ name: 'NotAllowedError' });
    devices.screenChosen = true;
    await stream.use();
    expect(devices.openPictures).toEqual(['screen']);
    stream.dispose();
    await clock.advance(0);
    expect(devices.openPictures).toEqual([]);
    await expect(stream.use()).rejects.toMatchObject({ code: 412 });
  });

  it('leaves a stream of the application alone', async () => {
    const raw = fakeStream();
    const stream = local(raw);
    expect(await stream.getMediaStream()).toBe(raw);
    const other = fakeStream();
    await stream.setMediaStream(other);
    expect(await stream.getMediaStream()).toBe(other);
    stream.dispose();
    expect(devices.pictures).toEqual([]);
  });
});

describe("a participant's video stream", () => {
  it('tells that nothing is received when no frame came for three seconds, and when one does', async () => {
    let frames = 0;
    const stream = new EmulatedRemoteVideoStream({
      ...{ id: 1, mediaStreamType: 'Video', clock, later },
      stream: () => fakeStream(),
      framesDecoded: async () => frames,
    });
    const told: unknown[] = [];
    stream.on('isAvailableChanged', () => told.push(['available', stream.isAvailable]));
    stream.on('isReceivingChanged', () => told.push(['receiving', stream.isReceiving]));
    expect(clock.pending).toBe(0);
    stream.setAvailable(true);
    await clock.advance(1_500);
    expect(told).toEqual([
      ['available', true],
      ['receiving', true],
    ]);
    await clock.advance(3_000);
    expect(told.at(-1)).toEqual(['receiving', false]);
    frames++;
    await clock.advance(1_000);
    expect(told.at(-1)).toEqual(['receiving', true]);
    stream.close();
    await clock.advance(0);
    expect([told.slice(-2), clock.pending]).toEqual([
      [
        ['available', false],
        ['receiving', false],
      ],
      0,
    ]);
  });

  it('has a picture while it is available, and renderers learn of another', () => {
    const stream = new EmulatedRemoteVideoStream({
      ...{ id: 1, mediaStreamType: 'ScreenSharing', clock, later },
      stream: () => fakeStream(),
      framesDecoded: async () => undefined,
    });
    let changes = 0;
    const unwatch = stream.watch(() => changes++);
    expect(stream.mediaStream).toBeUndefined();
    stream.setAvailable(true);
    expect(stream.mediaStream).toBeDefined();
    stream.moved();
    unwatch();
    stream.moved();
    expect(changes).toBe(2);
  });
});

describe("a call's media", () => {
  const media = (pictures: boolean, changed: () => void = () => {}) =>
    new CallMedia({
      environment,
      devices: new EmulatedDeviceManager(devices, later),
      microphone: new EmulatedLocalAudioStream(environment, later, {
        ...{ name: '', id: 'microphone:default', isSystemDefault: true, deviceType: 'Microphone' },
      }),
      exchange: async () => 'answer',
      report: () => {},
      failed: () => {},
      pictures,
      picturesChanged: changed,
    });

  it('has no pictures unless it is asked for them', async () => {
    const voice = media(false);
    voice.setPicture('camera', fakeStream());
    voice.start();
    await clock.advance(0);
    expect([peers.last.pictures, peers.last.pictureSent.size, voice.picture(0)]).toEqual([false, 0, undefined]);
    voice.close();
    expect(peers.misuse).toEqual([]);
  });

  it('sends what is set before and while it is connected, and again over a new connection', async () => {
    let changes = 0;
    const meeting = media(true, () => changes++);
    const [camera, screen] = [fakeStream(), fakeStream()];
    meeting.setPicture('camera', camera);
    meeting.start();
    await clock.advance(0);
    meeting.setPicture('screen', screen);
    const [first] = peers.all;
    expect([first?.pictures, first?.pictureSent.get('camera'), first?.pictureSent.get('screen')]).toEqual([
      true,
      camera,
      screen,
    ]);
    const before = meeting.picture(4);
    expect(before).toBeDefined();
    expect(changes).toBe(1);
    meeting.setPicture('camera', undefined);
    expect(first?.pictureSent.has('camera')).toBe(false);

    first?.events.connection('failed');
    expect([meeting.picture(4), changes]).toEqual([undefined, 2]);
    await clock.advance(1_000);
    expect(peers.all.length).toBe(2);
    expect([...peers.last.pictureSent]).toEqual([['screen', screen]]);
    expect([meeting.picture(4) === before, changes]).toEqual([false, 3]);
    peers.last.counters = { ...peers.last.counters, framesDecoded: [0, 0, 0, 0, 17] };
    expect(await meeting.framesDecoded(4)).toBe(17);
    meeting.close();
    expect([peers.live, peers.misuse]).toEqual([0, []]);
  });
});
