import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallingPage, jwt } from './calling-page';

let page: CallingPage;

beforeEach(() => {
  page = new CallingPage();
});

afterEach(() => {
  expect(page.peers.misuse).toEqual([]);
});

describe('devices', () => {
  it('are listed with kinds and ids, the default selected', async () => {
    const manager = await page.soon(page.client().getDeviceManager());
    expect(await page.soon(manager.askDevicePermission({ audio: true, video: true }))).toEqual({
      audio: true,
      video: true,
    });
    expect((await page.soon(manager.getMicrophones())).map(({ id }) => id)).toEqual([
      'microphone:default',
      'microphone:headset',
    ]);
    expect((await page.soon(manager.getSpeakers())).length).toBe(2);
    expect(manager.selectedMicrophone?.id).toBe('microphone:default');
  });

  it('permission that is denied is an answer, not an error', async () => {
    page.devices.permission = false;
    const manager = await page.soon(page.client().getDeviceManager());
    expect(await page.soon(manager.askDevicePermission({ audio: true, video: false }))).toEqual({
      audio: false,
      video: false,
    });
  });

  it('speakers cannot be chosen where the browser does not let them', async () => {
    page.devices.speakerSelection = false;
    const manager = await page.soon(page.client().getDeviceManager());
    expect(manager.isSpeakerSelectionAvailable).toBe(false);
    await expect(page.soon(manager.getSpeakers())).rejects.toMatchObject({ code: 405, subCode: 40606 });
  });

  it('that go take the selection with them, and the change is told', async () => {
    const manager = await page.soon(page.client().getDeviceManager());
    const [, headset] = await page.soon(manager.getMicrophones());
    await page.soon(manager.selectMicrophone(headset!));
    const events: string[] = [];
    manager.on('audioDevicesUpdated', ({ removed }) => events.push(removed.map(({ id }) => id).join()));
    manager.on('selectedMicrophoneChanged', () => events.push(manager.selectedMicrophone?.id ?? 'none'));
    page.devices.replace(page.devices.devices.filter(({ id, kind }) => id !== 'headset' || kind === 'Speaker'));
    await page.clock.advance(1);
    expect(events).toEqual(['microphone:headset', 'microphone:default']);
  });

  it('are changed during a call, the former microphone being closed', async () => {
    const { client } = await connected();
    const manager = await page.soon(client.getDeviceManager());
    const [, microphone] = await page.soon(manager.getMicrophones());
    const [, speaker] = await page.soon(manager.getSpeakers());
    await page.soon(manager.selectMicrophone(microphone!));
    await page.soon(manager.selectSpeaker(speaker!));
    await page.clock.advance(1);
    expect(page.devices.openMicrophones).toEqual(['headset']);
    expect(page.peers.last.sending).toBe(page.devices.microphones.at(-1)?.microphone);
    expect(page.peers.last.speaker).toBe('headset');
  });

  it('a microphone is measured only while somebody listens, and closed when its stream is disposed of', async () => {
    const manager = await page.soon(page.client().getDeviceManager());
    const [microphone] = await page.soon(manager.getMicrophones());
    const stream = new page.sdk.LocalAudioStream(microphone!);
    expect(page.devices.openMicrophones).toEqual([]);
    const volume = await page.soon(stream.getVolume());
    const levels: number[] = [];
    const listener = () => levels.push(volume.level);
    page.devices.loudness = 0.4;
    volume.on('levelChanged', listener);
    await page.clock.advance(400);
    volume.off('levelChanged', listener);
    expect([levels, page.clock.pending]).toEqual([[40], 0]);
    stream.dispose();
    await page.clock.advance(0);
    expect(page.devices.openMicrophones).toEqual([]);
  });

  it('a microphone that opens after its call has ended is closed again', async () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const openMicrophone = page.devices.openMicrophone.bind(page.devices);
    page.devices.openMicrophone = (...args) => opened.then(() => openMicrophone(...args));
    const { call } = await connected();
    await page.soon(call.hangUp());
    open();
    await page.clock.advance(1);
    expect([page.devices.microphones.length, page.devices.openMicrophones]).toEqual([1, []]);
  });
});

describe('features', () => {
  it('tell the browser', async () => {
    const info = await page.client().feature(page.sdk.Features.DebugInfo).getEnvironmentInfo();
    expect(info).toMatchObject({ environment: { browser: 'Chrome' }, isSupportedEnvironment: true });
  });

  it('that the emulator leaves out say so', async () => {
    const { call } = await connected();
    expect(() => call.feature(page.sdk.Features.Captions)).toThrow('not supported');
  });

  it('tell of recording and transcription as they go on and off', async () => {
    const { call } = await connected();
    const recording = call.feature(page.sdk.Features.Recording);
    const transcription = call.feature(page.sdk.Features.Transcription);
    expect(call.feature(page.sdk.Features.Recording)).toBe(recording);
    const events: unknown[] = [];
    recording.on('isRecordingActiveChanged', () => events.push(['recording', recording.isRecordingActive]));
    transcription.on('isTranscriptionActiveChanged', () => events.push(['text', transcription.isTranscriptionActive]));
    await page.call(call.id, { recording: true, transcription: true });
    await page.call(call.id, { recording: false, transcription: true });
    expect(events).toEqual([
      ['recording', true],
      ['text', true],
      ['recording', false],
    ]);
  });

  it('diagnose a denied microphone, a broken connection and a browser that will not play', async () => {
    page.devices.permission = false;
    const { call } = await connected();
    const { network, media } = call.feature(page.sdk.Features.UserFacingDiagnostics);
    expect(media.getLatest().microphonePermissionDenied?.value).toBe(true);
    const events: unknown[] = [];
    media.on('diagnosticChanged', ({ diagnostic, value }) => events.push([diagnostic, value]));
    network.on('diagnosticChanged', ({ diagnostic, value }) => events.push([diagnostic, value]));
    page.peers.last.events.playbackBlocked(true);
    page.peers.last.events.connection('interrupted');
    page.peers.last.events.connection('connected');
    await page.clock.advance(0);
    expect(events).toEqual([
      ['noSpeakerDevicesEnumerated', true],
      ['networkReconnect', 2],
      ['networkReconnect', 1],
    ]);
  });

  it('diagnose speaking while muted and poor reception, only while somebody listens', async () => {
    const { call } = await connected();
    const { network, media } = call.feature(page.sdk.Features.UserFacingDiagnostics);
    const events: unknown[] = [];
    const listener = ({ diagnostic, value }: { diagnostic: string; value: unknown }) =>
      events.push([diagnostic, value]);
    const idle = page.clock.pending;
    media.on('diagnosticChanged', listener);
    network.on('diagnosticChanged', listener);
    await page.soon(call.mute());
    page.devices.loudness = 0.5;
    await page.clock.advance(600);
    await page.soon(call.unmute());
    const counters = page.peers.last.counters;
    await page.clock.advance(1000);
    page.peers.last.counters = { ...counters, packetsReceived: 50, packetsLost: 1 };
    await page.clock.advance(1000);
    expect(events).toEqual([
      ['speakingWhileMicrophoneIsMuted', true],
      ['speakingWhileMicrophoneIsMuted', false],
      ['networkReceiveQuality', 2],
    ]);
    media.off('diagnosticChanged', listener);
    network.off('diagnosticChanged', listener);
    expect(page.clock.pending).toBe(idle);
  });

  it('call a reception bad over which nothing comes any more, until something does', async () => {
    const { call } = await connected();
    const { network } = call.feature(page.sdk.Features.UserFacingDiagnostics);
    const qualities: unknown[] = [];
    network.on('diagnosticChanged', ({ diagnostic, value }) => qualities.push([diagnostic, value]));
    for (const packetsReceived of [50, 100, 100, 150]) {
      page.peers.last.counters = { ...page.peers.last.counters, packetsReceived };
      await page.clock.advance(1000);
    }
    expect(qualities).toEqual([
      ['networkReceiveQuality', 3],
      ['networkReceiveQuality', 1],
    ]);
  });

  it('report media numbers once a second and a summary', async () => {
    const { call } = await connected();
    const collector = call.feature(page.sdk.Features.MediaStats).createCollector({ aggregationInterval: 2 });
    const rates: unknown[] = [];
    const summaries: unknown[] = [];
    collector.on('sampleReported', ({ audio }) => rates.push(audio.receive[0]?.packetsPerSecond));
    collector.on('summaryReported', ({ audio }) => summaries.push(audio.receive[0]?.packetsPerSecond?.raw));
    page.peers.last.counters = { ...page.peers.last.counters, packetsReceived: 10 };
    await page.clock.advance(1000);
    page.peers.last.counters = { ...page.peers.last.counters, packetsReceived: 60 };
    await page.clock.advance(1000);
    expect([rates, summaries]).toEqual([[10, 50], [[10, 50]]]);
    await page.soon(call.hangUp());
    await page.clock.advance(5000);
    expect(rates.length).toBe(2);
  });
});

async function connected() {
  const client = page.client();
  const agent = await page.agent(jwt(), client);
  const call = agent.startCall([{ communicationUserId: '8:acs:resource_ben' }]);
  await page.clock.advance(1);
  await page.call(call.id);
  return { client, call };
}
