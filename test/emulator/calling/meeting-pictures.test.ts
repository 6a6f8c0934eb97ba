import type { Call, LocalVideoStream, VideoDeviceInfo } from '@azure/communication-calling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallingPage } from './calling-page';
import { gus, meeting, MeetingPage, olivia } from './meeting-page';

let bench: MeetingPage;
let page: CallingPage;

beforeEach(() => {
  bench = new MeetingPage();
  page = bench.page;
});

afterEach(() => {
  expect([page.peers.misuse, page.errors]).toEqual([[], []]);
});

const front: VideoDeviceInfo = { id: 'camera:front', name: 'Front', deviceType: 'UsbCamera' };
const desk: VideoDeviceInfo = { id: 'camera:desk', name: 'Desk', deviceType: 'UsbCamera' };

function camera(source = front, autoDisposeOnCallEnd = true): LocalVideoStream {
  return new page.sdk.LocalVideoStream(source, { autoDisposeOnCallEnd });
}

/** What is shown, and what has been told of that. */
function watched(call: Call) {
  const told: string[] = [];
  call.on('isLocalVideoStartedChanged', () => told.push(`camera ${call.isLocalVideoStarted}`));
  call.on('isScreenSharingOnChanged', () => told.push(`screen ${call.isScreenSharingOn}`));
  call.on('localVideoStreamsUpdated', ({ added, removed }) => told.push(`+${added.length} -${removed.length}`));
  return told;
}

/** What the emulator was asked about pictures. */
function asked() {
  return page.of('picture').map(({ kind, on }) => `${kind} ${on ? 'on' : 'off'}`);
}

describe('this side in a meeting', () => {
  it('shows its camera until it stops, which closes it', async () => {
    const call = await bench.inside();
    const told = watched(call);
    const stream = camera();
    await page.soon(call.startVideo(stream));
    await bench.say(call, { camera: true });
    expect([page.devices.openPictures, [...page.peers.last.pictureSent.keys()]]).toEqual([['front'], ['camera']]);
    expect([call.isLocalVideoStarted, call.localVideoStreams]).toEqual([true, [stream]]);
    await page.soon(call.stopVideo(stream));
    await bench.say(call);
    expect([page.devices.openPictures, page.peers.last.pictureSent.size, asked()]).toEqual([
      [],
      0,
      ['camera on', 'camera off'],
    ]);
    expect(told).toEqual(['camera true', '+1 -0', 'camera false', '+0 -1']);
  });

  it('shows from the start, but not from the lobby, the camera that it joins with', async () => {
    const stream = camera();
    const call = await bench.join({ videoOptions: { localVideoStreams: [stream] } });
    await page.call(call.id, { status: 'in-lobby', roster: [], meeting });
    expect([page.devices.pictures, asked()]).toEqual([[], []]);
    await bench.say(call);
    expect([page.devices.openPictures, asked(), call.isLocalVideoStarted]).toEqual([['front'], ['camera on'], true]);
    await bench.say(call, { camera: true });
    expect(asked()).toEqual(['camera on']);
  });

  it('does not open the camera that it joins with before there is consent, nor by itself then', async () => {
    const call = await bench.join({ videoOptions: { localVideoStreams: [camera()] } });
    await bench.say(call, { consent: 'required' });
    await bench.say(call, { consent: 'granted' });
    expect([page.devices.pictures, call.isLocalVideoStarted]).toEqual([[], false]);
  });

  it('cannot show anything from the lobby or on hold', async () => {
    const call = await bench.join();
    await page.call(call.id, { status: 'in-lobby', roster: [], meeting });
    await expect(page.soon(call.startVideo(camera()))).rejects.toMatchObject({ code: 412 });
    await bench.say(call);
    await page.soon(call.hold());
    await expect(page.soon(call.startScreenSharing())).rejects.toMatchObject({ code: 412 });
    expect([page.devices.pictures, asked()]).toEqual([[], []]);
  });

  it('closes a camera again that the emulator does not want', async () => {
    const call = await bench.inside();
    page.answers.set('picture', { error: { code: 403, subCode: 8502 } });
    await expect(page.soon(call.startVideo(camera()))).rejects.toMatchObject({ code: 403, subCode: 8502 });
    expect([page.devices.pictures.length, page.devices.openPictures, call.localVideoStreams]).toEqual([1, [], []]);
  });

  it('is told when the camera may not be used, and nobody else is', async () => {
    page.devices.cameraPermission = false;
    const call = await bench.inside();
    await expect(page.soon(call.startVideo(camera()))).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect([asked(), call.isLocalVideoStarted]).toEqual([[], false]);
  });

  it('shows another camera in place of the first without going dark', async () => {
    const call = await bench.inside();
    await page.soon(call.startVideo(camera()));
    const second = camera(desk);
    await page.soon(call.startVideo(second));
    await page.clock.advance(1);
    expect([page.devices.openPictures, asked(), call.localVideoStreams]).toEqual([['desk'], ['camera on'], [second]]);
    await page.soon(second.switchSource(front));
    await page.clock.advance(1);
    expect([page.devices.openPictures, page.peers.last.pictureSent.get('camera')]).toEqual([
      ['front'],
      page.devices.pictures.at(-1)?.stream,
    ]);
  });

  it('shares the screen that the person chooses, until the browser ends it', async () => {
    const call = await bench.inside();
    const told = watched(call);
    await page.soon(call.startScreenSharing());
    await page.soon(call.startScreenSharing());
    expect([page.devices.openPictures, asked(), call.isScreenSharingOn]).toEqual([['screen'], ['screen on'], true]);
    page.devices.pictures[0]?.ended();
    await page.clock.advance(1);
    expect([page.devices.openPictures, asked()]).toEqual([[], ['screen on', 'screen off']]);
    expect(told).toEqual(['screen true', '+1 -0', 'screen false', '+0 -1']);
  });

  it('shares nothing when the person chooses no screen', async () => {
    page.devices.screenChosen = false;
    const call = await bench.inside();
    await expect(page.soon(call.startScreenSharing())).rejects.toMatchObject({ name: 'NotAllowedError' });
    expect([asked(), call.isScreenSharingOn]).toEqual([[], false]);
    page.devices.screenChosen = true;
    await page.soon(call.startScreenSharing());
    expect(call.isScreenSharingOn).toBe(true);
  });

  it('stops sharing when it holds, and shows its camera again only after', async () => {
    const call = await bench.inside();
    const stream = camera();
    await page.soon(call.startVideo(stream));
    await page.soon(call.startScreenSharing());
    await page.soon(call.hold(), 5);
    expect([call.state, call.isScreenSharingOn, call.localVideoStreams]).toEqual(['LocalHold', false, [stream]]);
    expect([asked().at(-1), page.peers.last.pictureSent.size, page.peers.last.sending]).toEqual([
      'screen off',
      0,
      undefined,
    ]);
    await page.soon(call.resume(), 5);
    expect([...page.peers.last.pictureSent.keys()]).toEqual(['camera']);
  });

  it('stops showing what the emulator does not let it show any more', async () => {
    const call = await bench.inside();
    await page.soon(call.startVideo(camera()));
    await bench.say(call, { camera: true });
    const told = watched(call);
    await bench.say(call, { camera: false });
    expect([told, page.devices.openPictures, page.peers.last.pictureSent.size]).toEqual([
      ['camera false', '+0 -1'],
      [],
      0,
    ]);
  });

  it('has the emulator know what it does not show, when its answer got lost', async () => {
    const call = await bench.inside();
    page.answers.set('picture', 'none');
    const started = page.soon(call.startVideo(camera()), 20_000);
    await expect(started).rejects.toMatchObject({ code: 490 });
    await bench.say(call, { camera: true });
    expect([asked(), page.devices.openPictures]).toEqual([['camera on', 'camera off'], []]);
  });

  it('goes on showing over the next connection when one broke', async () => {
    const call = await bench.inside();
    await page.soon(call.startVideo(camera()));
    page.peers.last.events.connection('failed');
    await page.clock.advance(1500);
    expect([page.peers.all.length, page.peers.live, [...page.peers.last.pictureSent.keys()]]).toEqual([
      2,
      1,
      ['camera'],
    ]);
  });

  it('shows nothing once it has left, and disposes of the streams unless it was told not to', async () => {
    const call = await bench.inside();
    const kept = camera(front, false);
    await page.soon(call.startVideo(kept));
    await page.soon(call.startScreenSharing());
    await page.soon(call.hangUp());
    await page.clock.advance(1);
    expect([page.devices.openPictures, call.localVideoStreams]).toEqual([[], []]);
    await page.soon(kept.getMediaStream());
    expect(page.devices.openPictures).toEqual(['front']);
    kept.dispose();
    await page.clock.advance(1);
    expect(page.devices.openPictures).toEqual([]);
  });

  it('closes a camera that opens after it has left', async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const openCamera = page.devices.openCamera.bind(page.devices);
    page.devices.openCamera = (...args) => opened.then(() => openCamera(...args));
    const call = await bench.inside();
    const started = call.startVideo(camera(front, false)).catch((error: unknown) => error);
    await page.clock.advance(1);
    await page.soon(call.hangUp());
    open();
    expect(await page.soon(started)).toMatchObject({ code: 412 });
    await page.clock.advance(1);
    expect([page.devices.pictures.length, page.devices.openPictures, asked()]).toEqual([1, [], []]);
  });
});

describe('the others in a meeting', () => {
  const seen = (slot: number, kind: 'camera' | 'screen' = 'camera') => ({ slot, rawId: gus.rawId, kind });

  it('have a stream for each picture while they show it, available while it has a slot', async () => {
    const call = await bench.inside();
    const [, other] = call.remoteParticipants;
    const told: string[] = [];
    other?.on('videoStreamsUpdated', ({ added, removed }) => told.push(`+${added.length} -${removed.length}`));
    await bench.say(call, {}, [olivia, { ...gus, camera: true }]);
    const [video] = other!.videoStreams;
    video?.on('isAvailableChanged', () => told.push(`available ${video.isAvailable}`));
    expect([video?.mediaStreamType, video?.isAvailable]).toEqual(['Video', false]);
    await expect(video!.getMediaStream()).rejects.toThrow('not supported');
    const roster = [olivia, { ...gus, camera: true, screen: true }];
    await bench.say(call, { pictures: [seen(1), seen(4, 'screen')] }, roster);
    const [, screen] = other!.videoStreams;
    expect([screen?.mediaStreamType, screen?.isAvailable, video?.isReceiving]).toEqual(['ScreenSharing', true, true]);
    expect(await video!.getMediaStream()).toBe(page.peers.last.picture(1));
    expect(await screen!.getMediaStream()).toBe(page.peers.last.picture(4));
    expect(video?.id).not.toBe(screen?.id);
    await bench.say(call, { pictures: [seen(3)] }, [olivia, { ...gus, camera: true }]);
    expect(await video!.getMediaStream()).toBe(page.peers.last.picture(3));
    await bench.say(call);
    expect([told, other?.videoStreams]).toEqual([
      ['+1 -0', 'available true', '+1 -0', '+0 -1', 'available false', '+0 -1'],
      [],
    ]);
  });

  it('are there with what they show for who comes later, and take it with them', async () => {
    const call = await bench.join();
    const found: unknown[] = [];
    call.on('remoteParticipantsUpdated', ({ added }) =>
      found.push(...added.map(({ videoStreams }) => videoStreams.map(({ isAvailable }) => isAvailable))),
    );
    await bench.say(call, { pictures: [seen(0)] }, [{ ...gus, camera: true }]);
    const [other] = call.remoteParticipants;
    const [video] = other!.videoStreams;
    await bench.say(call, {}, []);
    expect([found, other?.state, other?.videoStreams, video?.isAvailable]).toEqual([
      [[true]],
      'Disconnected',
      [],
      false,
    ]);
  });

  it('are seen over the next connection when one broke', async () => {
    const call = await bench.inside();
    await bench.say(call, { pictures: [seen(0)] }, [{ ...gus, camera: true }]);
    const video = call.remoteParticipants[0]!.videoStreams[0]!;
    const before = await video.getMediaStream();
    page.peers.last.events.connection('failed');
    await page.clock.advance(1500);
    const after = await video.getMediaStream();
    expect([after === before, after === page.peers.last.picture(0), video.isAvailable]).toEqual([false, true, true]);
  });
});
