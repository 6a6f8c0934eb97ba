import { describe, expect, test } from 'vitest';
import { setDesk } from './desk';
import { headset, laptop, loudspeaker, ServiceError } from './fake-calling';

describe('devices', () => {
  test('are listed, with what is selected', async () => {
    const desk = setDesk('acsUser');
    desk.page.permission = 'granted';
    const { devices } = desk.open();
    await desk.clock.advance(100);
    expect(devices.state$.value).toEqual({
      permission: 'granted',
      microphones: [
        { id: laptop.id, name: 'Laptop' },
        { id: headset.id, name: 'Headset' },
      ],
      speakers: [{ id: loudspeaker.id, name: 'Loud' }],
      ...{ microphone: laptop.id, speaker: loudspeaker.id },
      ...{ speakerSelection: { allowed: true }, audio: 'unlocked' },
    });
  });

  test('a choice holds at once, over joining a call, and over a reload', async () => {
    const desk = setDesk('acsUser');
    const endpoint = desk.open();
    await desk.clock.advance(100);
    await endpoint.devices.selectMicrophone(headset.id);
    expect(endpoint.devices.state$.value.microphone).toBe(headset.id);
    endpoint.dial({ agent: '8:acs:r_v' }, { correlationId: 'c', muted: false });
    desk.calling.devices.selectedMicrophone = laptop; // What joining has been seen to do.
    desk.calling.agent.call.to('Connected');
    await desk.clock.advance(100);
    expect(desk.calling.devices.selectedMicrophone.id).toBe(headset.id);
    const closing = endpoint.close();
    await desk.clock.advance(1_000);
    await closing;
    desk.calling.devices.selectedMicrophone = laptop;
    const again = desk.open();
    await desk.clock.advance(100);
    expect(again.devices.state$.value.microphone).toBe(headset.id);
  });

  test('are those of the last look, however long an earlier one takes', async () => {
    const desk = setDesk('acsUser');
    const { devices } = desk.open();
    await desk.clock.advance(100);
    let answer = () => {};
    const real = desk.calling.devices.getSpeakers;
    desk.calling.devices.getSpeakers = () => new Promise((resolve) => (answer = () => resolve([loudspeaker])));
    desk.calling.devices.emit('audioDevicesUpdated');
    await desk.clock.advance(100);
    desk.calling.devices.getSpeakers = real;
    desk.calling.devices.microphones = [laptop];
    desk.calling.devices.emit('audioDevicesUpdated');
    await desk.clock.advance(100);
    answer();
    await desk.clock.advance(100);
    expect(devices.state$.value.microphones).toEqual([{ id: laptop.id, name: 'Laptop' }]);
  });

  test('one that is not there cannot be chosen', async () => {
    const desk = setDesk('acsUser');
    const { devices } = desk.open();
    await desk.clock.advance(100);
    await expect(devices.selectMicrophone('nope')).rejects.toMatchObject({ code: 'device/not-found' });
    expect([...desk.page.stored]).toEqual([]);
  });

  test.each([
    ['the package says so', false, undefined],
    ['they cannot be listed', true, new ServiceError(405, 40606)],
  ])('speakers are hidden where %s', async (_why, isAvailable, fails) => {
    const desk = setDesk('acsUser');
    desk.calling.devices.isSpeakerSelectionAvailable = isAvailable;
    desk.calling.devices.speakersFail = fails;
    const { devices } = desk.open();
    await desk.clock.advance(100);
    expect(devices.state$.value).toMatchObject({
      speakers: [],
      speakerSelection: { allowed: false, reason: 'not-supported' },
    });
    expect(devices.state$.value.speaker).toBeUndefined();
  });

  test('a microphone that is taken back while nobody asks is noticed, and that it is given again', async () => {
    const desk = setDesk('acsUser');
    desk.page.permission = 'granted';
    const { devices } = desk.open();
    await desk.clock.advance(100);
    desk.page.permission = 'denied';
    desk.page.permissionChange();
    await desk.clock.advance(100);
    expect(devices.state$.value).toMatchObject({ permission: 'denied', remedy: 'click the lock' });
    desk.page.permission = 'granted';
    desk.page.permissionChange();
    await desk.clock.advance(100);
    expect(devices.state$.value).toMatchObject({ permission: 'granted', microphone: laptop.id });
    expect(devices.state$.value).not.toHaveProperty('remedy');
  });

  test('a denied microphone says how to undo it', async () => {
    const desk = setDesk('acsUser');
    desk.calling.devices.allows = false;
    const { devices } = desk.open();
    await desk.clock.advance(100);
    expect(devices.state$.value.permission).toBe('unknown');
    desk.page.permission = 'denied';
    await devices.askPermission();
    expect(devices.state$.value).toMatchObject({ permission: 'denied', remedy: 'click the lock' });
    desk.page.permission = 'granted';
    desk.calling.devices.emit('audioDevicesUpdated');
    await desk.clock.advance(0);
    expect(devices.state$.value.permission).toBe('granted');
    expect(devices.state$.value.remedy).toBeUndefined();
  });

  test('sound is blocked until a gesture', async () => {
    const desk = setDesk('acsUser');
    desk.page.plays = false;
    const { devices } = desk.open();
    expect(devices.state$.value.audio).toBe('blocked');
    await expect(devices.unlockAudio()).rejects.toMatchObject({ code: 'device/audio-blocked' });
    desk.page.plays = true;
    desk.page.gesture();
    expect(devices.state$.value.audio).toBe('unlocked');
  });

  test('the level of the microphone is measured by one stream, only while somebody looks', async () => {
    const desk = setDesk('acsUser');
    const { devices } = desk.open();
    await desk.clock.advance(100);
    expect(desk.calling.levelStreams).toEqual({ open: 0, ever: 0 });
    const levels: number[] = [];
    const first = devices.level$.subscribe((level) => levels.push(level));
    const second = devices.level$.subscribe();
    await desk.clock.advance(400);
    expect(levels).toEqual([0, 0.5, 0.5]);
    first.unsubscribe();
    second.unsubscribe();
    expect(desk.calling.levelStreams).toEqual({ open: 0, ever: 1 });
    expect(desk.clock.pending).toBe(0);
  });

  test('a check before a call tells each thing that is wrong', async () => {
    const desk = setDesk('acsUser');
    desk.page.permission = 'granted';
    const endpoint = desk.open();
    await desk.clock.advance(100);
    const ok = { ok: true };
    expect(await endpoint.preflight()).toEqual({ browser: ok, microphone: ok, speaker: ok, network: ok });
    desk.calling.supported = false;
    desk.page.isOnline = false;
    desk.calling.devices.microphones = [];
    desk.calling.devices.emit('audioDevicesUpdated');
    await desk.clock.advance(0);
    expect(await endpoint.preflight()).toEqual({
      browser: { ok: false, detail: 'not supported by the calling service: the platform Linux' },
      microphone: { ok: false, detail: 'there is no microphone' },
      speaker: ok,
      network: { ok: false, detail: 'the browser is offline' },
    });
  });
});
