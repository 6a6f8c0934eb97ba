import type { RemoteParticipant } from '@azure/communication-calling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawIdOf } from '../../../src/emulator/calling/identifiers';
import { statesOf, type CallingPage } from './calling-page';
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

const link = 'https://teams.microsoft.com/l/meetup-join/one';

describe('joining a meeting', () => {
  it('returns a call at once, which asks by link or by id and passcode', async () => {
    const agent = await bench.agent();
    const calls = [
      agent.join({ meetingLink: link }, { audioOptions: { muted: true } }),
      agent.join({ meetingId: '222 333', passcode: 'abc' }),
      agent.join({ meetingId: '222 334' }),
    ];
    expect(calls.map(({ state, direction }) => [state, direction])).toEqual(Array(3).fill(['None', 'Outgoing']));
    expect(agent.calls).toEqual(calls);
    await page.clock.advance(1);
    expect(calls.map(({ state }) => state)).toEqual(Array(3).fill('Connecting'));
    expect(page.of('join').map(({ meeting: place, muted }) => [place, muted])).toEqual([
      [{ link }, true],
      [{ meetingId: '222 333', passcode: 'abc' }, false],
      [{ meetingId: '222 334' }, false],
    ]);
  });

  it('is not supported for group calls and rooms', async () => {
    const agent = await bench.agent();
    expect(() => agent.join({ groupId: 'g' })).toThrow('not supported');
    expect(() => agent.join({ roomId: 'r' })).toThrow('not supported');
    expect([agent.calls, page.of('join')]).toEqual([[], []]);
  });

  it('that is refused ends the call with the reason', async () => {
    page.answers.set('join', { error: { code: 403, subCode: 5751, message: 'The passcode is not right.' } });
    const agent = await bench.agent();
    const call = agent.join({ meetingId: '1', passcode: 'wrong' });
    const states = statesOf(call);
    await page.clock.advance(1);
    expect(states).toEqual(['None', 'Connecting', 'Disconnected']);
    expect(call.callEndReason).toMatchObject({ code: 403, subCode: 5751 });
    expect([agent.calls, page.peers.all, page.devices.microphones]).toEqual([[], [], []]);
  });

  it('waits in the lobby without microphone or media until let in', async () => {
    const call = await bench.join();
    const states = statesOf(call);
    const { threadId: _, ...outside } = meeting;
    await page.call(call.id, { status: 'in-lobby', roster: [], meeting: outside });
    expect([page.peers.all, page.devices.microphones, call.info.threadId]).toEqual([[], [], undefined]);
    let told = 0;
    call.info.onCallInfoChanged('callInfoChanged', () => (told += 1));
    await bench.say(call);
    expect(states).toEqual(['Connecting', 'InLobby', 'Connected']);
    expect([page.peers.live, page.peers.last.pictures, page.devices.openMicrophones.length]).toEqual([1, true, 1]);
    expect([call.info.threadId, told]).toEqual([meeting.threadId, 1]);
  });

  it.each([
    ['denied', { code: 0, subCode: 5854 }],
    ['left waiting too long', { code: 0, subCode: 5855 }],
  ])('ends with the reason when %s', async (_, end) => {
    const call = await bench.join();
    await page.call(call.id, { status: 'in-lobby', roster: [], meeting });
    await page.call(call.id, { status: 'disconnected', roster: [], end });
    expect([call.state, call.callEndReason]).toMatchObject(['Disconnected', end]);
  });

  it('can be given up while waiting', async () => {
    const call = await bench.join();
    await page.call(call.id, { status: 'in-lobby', roster: [], meeting });
    await page.soon(call.hangUp());
    expect([call.state, page.of('hang-up').length, page.clock.pending]).toEqual(['Disconnected', 1, 1]);
  });

  it('without a connection is done when there is one', async () => {
    const agent = await bench.agent();
    await page.drop();
    const call = agent.join({ meetingLink: link });
    await page.clock.advance(1);
    expect([call.state, page.of('join')]).toEqual(['None', []]);
    await page.clock.advance(1000);
    expect([call.state, page.of('join').length]).toEqual(['Connecting', 1]);
    await page.push({ type: 'recovered' });
    await page.clock.advance(5000);
    expect(call.state).toBe('Connecting');
  });
});

describe('a meeting', () => {
  it('goes on when the signalling connection comes back and the emulator still has it', async () => {
    const call = await bench.inside();
    const states = statesOf(call);
    await page.drop();
    await page.clock.advance(1000);
    await bench.say(call);
    await page.push({ type: 'recovered' });
    await page.clock.advance(10_000);
    expect([states, page.peers.all.length, page.peers.live]).toEqual([['Connected'], 1, 1]);
  });

  it('is lost when the emulator has it no more', async () => {
    const call = await bench.inside();
    await page.drop();
    await page.clock.advance(5000);
    expect([call.state, call.callEndReason]).toMatchObject(['Disconnected', { code: 410, subCode: 301005 }]);
    expect([page.peers.live, page.devices.openMicrophones]).toEqual([0, []]);
  });

  it('keeps its call object when the emulator gives it another id', async () => {
    const call = await bench.inside();
    await page.push({ type: 'id-changed', from: call.id, to: 'leg-9' });
    await page.soon(call.mute());
    expect([call.id, page.of('mute')]).toMatchObject(['leg-9', [{ callId: 'leg-9', muted: true }]]);
  });

  it('is left with the agent', async () => {
    const call = await bench.inside();
    const agent = await bench.agent();
    await page.soon(agent.dispose());
    expect([call.state, page.peers.live, page.clock.pending]).toEqual(['Disconnected', 0, 0]);
    expect(() => agent.join({ meetingLink: link })).toThrow('disposed');
  });

  it('tells the roles of oneself and of the others, and when they change', async () => {
    const call = await bench.inside();
    const [first, second] = call.remoteParticipants;
    expect([call.role, first?.role, second?.role, first?.displayName]).toEqual([
      'Attendee',
      'Organizer',
      'Attendee',
      'Olivia',
    ]);
    const told: unknown[] = [];
    call.on('roleChanged', () => told.push(call.role));
    second?.on('roleChanged', () => told.push(second.role));
    await bench.say(call, { role: 'Presenter' }, [olivia, { ...gus, role: 'CoOrganizer' }]);
    expect(told).toEqual(['Presenter', 'Co-organizer']);
  });

  it('shows who waits in its lobby, to be admitted or turned away', async () => {
    const call = await bench.inside();
    const changes: string[] = [];
    const names = (list: readonly RemoteParticipant[]) => list.map(({ displayName }) => displayName).join();
    call.lobby.on('lobbyParticipantsUpdated', ({ added, removed }) =>
      changes.push(`+${names(added)} -${names(removed)}`),
    );
    const kim = { rawId: '8:acs:resource_kim', displayName: 'Kim' };
    const lee = { rawId: '8:acs:resource_lee', displayName: 'Lee' };
    await bench.say(call, { lobby: [kim, lee] });
    const [first, second] = call.lobby.participants;
    expect([first?.state, second?.state]).toEqual(['InLobby', 'InLobby']);
    await page.soon(call.lobby.admit(first!.identifier));
    await page.soon(call.lobby.reject(second!.identifier));
    expect(await page.soon(call.lobby.admitAll())).toEqual({ successCount: 2, failureCount: 0 });
    expect([page.of('admit'), page.of('reject-guest')]).toMatchObject([
      [{ targets: [kim.rawId] }, {}],
      [{ target: lee.rawId }],
    ]);
    expect(page.of('admit')[1]).not.toHaveProperty('targets');
    await bench.say(call, { lobby: [lee] });
    await page.soon(call.hangUp());
    expect([changes, call.lobby.participants]).toEqual([['+Kim,Lee -', '+ -Kim', '+ -Lee'], []]);
  });

  it('refuses with the reason of the emulator whoever may not admit', async () => {
    const call = await bench.inside();
    page.answers.set('admit', { error: { code: 403, subCode: 8502 } });
    await expect(page.soon(call.lobby.admitAll())).rejects.toMatchObject({ code: 403, subCode: 8502 });
  });

  it('lets organisers mute and remove others', async () => {
    const call = await bench.inside();
    const other = call.remoteParticipants.find(({ identifier }) => rawIdOf(identifier) === gus.rawId);
    await page.soon(other!.mute());
    await page.soon(call.removeParticipant({ communicationUserId: gus.rawId }));
    expect([page.of('mute-participant'), page.of('remove')]).toMatchObject([
      [{ target: gus.rawId }],
      [{ target: gus.rawId }],
    ]);
  });
});

describe('consent', () => {
  it('is wanted before anything is sent, and given once for recording and transcription', async () => {
    const call = await bench.inside({ consent: 'required' });
    const recording = call.feature(page.sdk.Features.Recording);
    const transcription = call.feature(page.sdk.Features.Transcription);
    expect([recording.isTeamsConsentRequired, transcription.isTeamsConsentRequired]).toEqual([true, true]);
    expect(page.peers.last.sending).toBeUndefined();
    const refused = { code: 403, subCode: 8501 };
    await expect(page.soon(call.unmute())).rejects.toMatchObject(refused);
    await expect(page.soon(call.startScreenSharing())).rejects.toMatchObject(refused);
    await page.soon(call.mute());
    await page.soon(transcription.grantTeamsConsent());
    await bench.say(call, { consent: 'granted' });
    expect([recording.isTeamsConsentRequired, transcription.isTeamsConsentRequired]).toEqual([false, false]);
    await page.soon(call.unmute());
    await page.soon(recording.grantTeamsConsent());
    expect(page.of('consent').length).toBe(1);
    expect(page.peers.last.sending).toBeDefined();
    expect(page.devices.pictures).toEqual([]);
  });

  it('that is wanted in the middle silences this side until it is given', async () => {
    const call = await bench.inside();
    expect(page.peers.last.sending).toBeDefined();
    await bench.say(call, { consent: 'required' });
    expect([page.peers.last.sending, call.isMuted]).toEqual([undefined, false]);
    await bench.say(call, { consent: 'granted' });
    expect(page.peers.last.sending).toBeDefined();
  });

  it('is never asked for in calls that are no meetings', async () => {
    const agent = await bench.agent();
    const call = agent.startCall([{ communicationUserId: gus.rawId }]);
    await page.clock.advance(1);
    await page.call(call.id);
    const recording = call.feature(page.sdk.Features.Recording);
    await page.soon(recording.grantTeamsConsent());
    expect([recording.isTeamsConsentRequired, page.of('consent')]).toEqual([false, []]);
  });
});

it('a call that is no meeting has no lobby, no role and no pictures', async () => {
  const agent = await bench.agent();
  const call = agent.startCall([{ communicationUserId: gus.rawId }]);
  await page.clock.advance(1);
  await page.call(call.id);
  expect([call.lobby.participants, call.role, call.localVideoStreams]).toEqual([[], 'Unknown', []]);
  await expect(call.lobby.admitAll()).rejects.toThrow('not supported');
  await expect(call.startScreenSharing()).rejects.toThrow('not supported');
  for (const name of ['Capabilities', 'RaiseHand', 'Spotlight', 'DominantSpeakers', 'Captions'] as const) {
    expect(() => call.feature<never>(page.sdk.Features[name] as never)).toThrow('not supported');
  }
  expect(page.peers.last.pictures).toBe(false);
});
