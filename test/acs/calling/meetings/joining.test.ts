import { ContactCenterError } from 'onescreen';
import { describe, expect, it, test } from 'vitest';
import { meetingEndCodes } from '../../../../src/acs/calling/meetings/meeting-ends';
import { teamsMeetings } from '../../../../src/acs/calling';
import { AcsDevices } from '../../../../src/acs/calling/devices';
import { systemPage } from '../../../../src/acs/calling/device-page';
import { headset, laptop, ServiceError } from '../fake-calling';
import { acsUser, FakePerson } from './fake-meeting-call';
import { identity, setMeetingDesk } from './meeting-desk';

describe('joining a Teams meeting', () => {
  it('loads and makes nothing before it, and disposes of its agent after', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    expect([desk.loads.count, desk.calling.clients, channel.state$.value.status]).toEqual([0, 0, 'open']);
    const joining = channel.join();
    expect(channel.state$.value.status).toBe('joining');
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('Connected');
    await joining;
    expect([desk.loads.count, desk.calling.clients, channel.state$.value.status]).toEqual([1, 1, 'connected']);
    expect(channel.state$.value.connectedAt).toEqual(new Date(desk.clock.now()));
    await channel.leave();
    await desk.clock.advance(1_000);
    expect(desk.calling.agent.disposed).toBe(true);
    expect(channel.state$.value).toMatchObject({ status: 'ended', end: { outcome: 'left', code: 'meeting/left' } });
    expect(desk.call.listeners).toBe(0);
  });

  it.each([
    [{ joinLink: 'https://teams.example/x' }, { meetingLink: 'https://teams.example/x' }],
    [
      { meetingId: '123', passcode: 'p' },
      { meetingId: '123', passcode: 'p' },
    ],
    [{ meetingId: '123' }, { meetingId: '123' }],
  ])('by %j', async (refs, locator) => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings(), refs);
    const joining = expect(channel.join({ muted: true })).rejects.toMatchObject({ code: 'channel/closed' });
    await desk.clock.runUntil(() => desk.calls.length > 0);
    expect(desk.joined).toEqual([{ locator, options: { audioOptions: { muted: true } } }]);
    const closing = channel.close();
    await desk.clock.advance(1_000);
    await closing;
    await joining;
  });

  it('is refused where the channel says nowhere', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings(), {});
    await expect(channel.join()).rejects.toMatchObject({ code: 'meeting/not-joinable' });
    expect(channel.state$.value.status).toBe('open');
    expect(desk.clock.pending).toBe(0);
  });

  it('goes on hold once it is let in, when a call has become active meanwhile', async () => {
    const desk = setMeetingDesk();
    const meetings = desk.meetings();
    const { channel } = desk.open(meetings);
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('InLobby');
    await joining;
    await meetings.holdActive();
    expect(channel.state$.value.status).toBe('lobby');
    desk.call.to('Connected');
    await desk.clock.advance(1_000);
    expect(channel.state$.value.status).toBe('held');
    await channel.resume();
    expect(channel.state$.value.status).toBe('connected');
  });

  it('is not put on hold for what was active while an earlier join came to nothing', async () => {
    const desk = setMeetingDesk();
    const meetings = desk.meetings();
    const { channel } = desk.open(meetings);
    const first = expect(channel.join()).rejects.toMatchObject({ code: 'command/aborted' });
    await meetings.holdActive();
    await channel.leave();
    await first;
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('Connected');
    await joining;
    await desk.clock.advance(1_000);
    expect(channel.state$.value.status).toBe('connected');
  });

  it('waits in the lobby and is let in', async () => {
    const desk = setMeetingDesk();
    const { channel, reports } = desk.open(desk.meetings());
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('InLobby');
    await joining;
    expect(channel.state$.value.status).toBe('lobby');
    expect(channel.capabilities$.value.leave.supported).toBe(true);
    expect(channel.capabilities$.value.unmute).toMatchObject({ supported: false, reason: 'not-connected' });
    desk.call.to('Connected');
    await desk.clock.advance(1_000);
    expect(channel.state$.value.status).toBe('connected');
    expect(reports).toEqual([
      { type: 'self', change: 'waiting', ref: identity },
      { type: 'self', change: 'joined', ref: identity },
      { type: 'others', people: [] },
    ]);
  });

  it('puts calls on hold first, and joins nothing where that fails', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    desk.held.fails = new ContactCenterError('command/not-allowed', 'unable to hold', { reason: 'emergency-call' });
    await expect(channel.join()).rejects.toMatchObject({ code: 'command/not-allowed', reason: 'emergency-call' });
    expect([desk.held.count, desk.loads.count, channel.state$.value.status]).toEqual([1, 0, 'open']);
  });

  it('asked twice at once joins once, and again when it is in does nothing', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    const both = Promise.all([channel.join(), channel.join()]);
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('Connected');
    await both;
    await channel.join();
    expect(desk.calls).toHaveLength(1);
  });

  it('that its caller gives up leaves nobody in', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    const stop = new AbortController();
    const joining = channel.join({ signal: stop.signal });
    const refused = expect(joining).rejects.toMatchObject({ code: 'command/aborted' });
    await desk.clock.runUntil(() => desk.calls.length > 0);
    stop.abort();
    await refused;
    await desk.clock.advance(1_000);
    expect(desk.call.state).toBe('Disconnected');
    expect(channel.state$.value.status).toBe('ended');
    expect(desk.calling.agent.disposed).toBe(true);
  });

  it('that is left while it is prepared comes to nothing', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    const joining = expect(channel.join()).rejects.toMatchObject({ code: 'command/aborted' });
    await desk.clock.advance(5);
    const leaving = channel.leave();
    await desk.clock.advance(2_000);
    await leaving;
    await joining;
    expect([desk.calls.length, channel.state$.value.status, desk.calling.agent.disposed]).toEqual([0, 'open', true]);
  });

  it('uses the microphone that was chosen for calls, also when it is chosen meanwhile', async () => {
    const desk = setMeetingDesk();
    desk.stored.set('onescreen.microphone', headset.id);
    await desk.connected();
    await desk.clock.advance(100);
    expect(desk.calling.devices.selectedMicrophone).toMatchObject({ id: headset.id });
    const voice = new AcsDevices(systemPage(desk.storage), desk.clock);
    voice.attach(new desk.calling.sdk.CallClient(), desk.calling.sdk);
    await desk.clock.advance(0);
    const selecting = voice.selectMicrophone(laptop.id);
    await desk.clock.advance(100);
    await selecting;
    voice.close();
    desk.calling.devices.selectedMicrophone = headset;
    desk.calling.devices.emit('audioDevicesUpdated');
    await desk.clock.advance(100);
    expect(desk.calling.devices.selectedMicrophone).toMatchObject({ id: laptop.id });
  });

  it('after the service turned the token down has another one', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.to('Disconnected', { code: 495, subCode: 4507 });
    await desk.clock.advance(1_000);
    expect(channel.state$.value.end).toMatchObject({ outcome: 'failed', code: 'agent/token-refused', retryable: true });
    const again = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 1);
    desk.call.to('Connected');
    await again;
    expect(desk.calling.tokens).toEqual(['token-1', 'token-2']);
  });

  it('keeps its id and its first moment when the call gets another id and when it is joined again', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const since = channel.state$.value.connectedAt;
    desk.call.id = 'call-2';
    desk.call.emit('idChanged');
    expect(channel.id).toBe('m-1');
    const left = channel.leave();
    await desk.clock.advance(5_000);
    await left;
    const again = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 1);
    desk.call.to('Connected');
    await again;
    expect(channel.state$.value).toMatchObject({ status: 'connected', connectedAt: since });
    expect(channel.state$.value.end).toBeUndefined();
  });

  it.each([
    ['guest', 'teamsUser'],
    ['teamsUser', 'acsUser'],
  ] as const)('as %s with a token of kind %s is a mismatch', async (persona, kind) => {
    const desk = setMeetingDesk({ persona });
    desk.tokens.kind = kind;
    const { channel } = desk.open(desk.meetings());
    await expect(channel.join()).rejects.toMatchObject({ code: 'agent/identity-mismatch' });
    expect(desk.calling.clients).toBe(0);
  });

  it.each([
    ['guest', 'CallAgent', 'acsUser'],
    ['teamsUser', 'TeamsCallAgent', 'teamsUser'],
  ] as const)('as %s goes over the %s', async (persona, agent, kind) => {
    const desk = setMeetingDesk({ persona });
    desk.tokens.kind = kind;
    await desk.connected();
    expect(desk.calling.agent.kind).toBe(agent);
  });

  it('gets another token where the first is refused', async () => {
    const desk = setMeetingDesk();
    desk.calling.refuses = { CallAgent: new ServiceError(401, 40235) };
    const { channel } = desk.open(desk.meetings());
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calling.tokens.length === 1);
    desk.calling.refuses = {};
    desk.calling.refuses.CallAgent = new ServiceError(401, 40235);
    await desk.clock.runUntil(() => desk.tokens.refused.length === 1);
    desk.calling.refuses = {};
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('Connected');
    await joining;
    expect(desk.tokens.refused).toEqual(['token-1']);
  });
});

describe('a meeting ends', () => {
  test.each(meetingEndCodes)('$code/$subCode as $outcome', async ({ code, subCode, outcome, error, source }) => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.to('Disconnected', { code, subCode });
    const { end, status } = channel.state$.value;
    expect(status).toBe('ended');
    expect(end).toMatchObject({ outcome, code: error, provider: { name: 'acs', code, subCode } });
    expect(['documented', 'unknown']).toContain(source);
  });

  it.each([
    ['removed while waiting', { code: 0, subCode: 5300 }, 'denied', 'meeting/denied'],
    ['ended by an unknown reason while waiting', { code: 0, subCode: 99 }, 'denied', 'meeting/denied'],
    ['over while waiting', { code: 0, subCode: 5003 }, 'meeting-ended', 'meeting/ended'],
    ['without a network while waiting', { code: 410, subCode: 3100 }, 'failed', 'call/network'],
  ])('%s', async (_what, reason, outcome, code) => {
    const desk = setMeetingDesk();
    const { channel, reports } = desk.open(desk.meetings());
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('InLobby');
    await joining;
    desk.call.to('Disconnected', reason);
    await desk.clock.advance(1_000);
    expect(channel.state$.value.end).toMatchObject({ outcome, code });
    const last = outcome === 'meeting-ended' ? { type: 'over' } : { type: 'self', change: outcome, ref: identity };
    expect(reports.at(-1)).toEqual(last);
  });

  it.each([
    [{ code: 403, subCode: 5751 }, 'meeting/wrong-passcode'],
    [{ code: 404, subCode: 5751 }, 'meeting/not-joinable'],
    [{ code: 403, subCode: 5830 }, 'meeting/not-joinable'],
    [{ code: 404, subCode: 4097 }, 'meeting/ended'],
    [{ code: 410, subCode: 3112 }, 'call/network'],
    [{ code: 1, subCode: 1 }, 'meeting/not-joinable'],
  ])('before it began, %j refuses the join with %s', async (reason, code) => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    const joining = channel.join();
    const refused = expect(joining).rejects.toMatchObject({ code, provider: reason });
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('Disconnected', reason);
    await refused;
    expect(channel.state$.value).toMatchObject({ status: 'ended', end: { code } });
  });

  it('by our own patience in the lobby', async () => {
    const desk = setMeetingDesk({ lobbyTimeoutMs: 60_000 });
    const { channel } = desk.open(desk.meetings());
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('InLobby');
    await joining;
    await desk.clock.advance(59_999);
    expect(channel.state$.value.status).toBe('lobby');
    await desk.clock.advance(1);
    expect(channel.state$.value).toMatchObject({ status: 'ended', end: { outcome: 'lobby-timeout' } });
  });

  it('and patience that is none is refused at once', () => {
    expect(() => teamsMeetings({ lobbyTimeoutMs: 0 })).toThrow(expect.objectContaining({ code: 'command/invalid' }));
  });

  it('20 seconds without media are no end: the quality says so, and the state stays', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.network.emit('diagnosticChanged', { diagnostic: 'networkReconnect', value: 3 });
    desk.call.to('Connecting');
    await desk.clock.advance(20_000);
    expect(channel.state$.value.status).toBe('connected');
    expect(channel.quality$.value).toMatchObject({ rating: 'bad', problems: ['network-reconnecting'] });
    desk.call.network.emit('diagnosticChanged', { diagnostic: 'networkReconnect', value: 1 });
    desk.call.to('Connected');
    expect(channel.quality$.value.rating).toBe('good');
    expect(channel.state$.value.end).toBeUndefined();
  });
});

describe('letting a meeting go', () => {
  it('leaves it, and leaves nothing running', async () => {
    const desk = setMeetingDesk();
    const { channel, meetings, reports } = await desk.connected();
    desk.call.join(new FakePerson(acsUser('8:acs:r_b')));
    const closing = meetings.close();
    await desk.clock.advance(1_000);
    await closing;
    expect(desk.call.did.at(-1)).toEqual(['hang up', { forEveryone: false }]);
    expect(desk.calling.agent.disposed).toBe(true);
    expect([desk.clock.pending, desk.call.listeners]).toEqual([0, 0]);
    expect(channel.state$.value.status).toBe('closed');
    expect(channel.capabilities$.value.join).toMatchObject({ supported: false, reason: 'closed' });
    expect(reports.at(-1)).toEqual({ type: 'self', change: 'left', ref: identity });
    const late: unknown[] = [];
    channel.state$.subscribe({ next: (state) => late.push(state.status), complete: () => late.push('complete') });
    expect(late).toEqual(['closed', 'complete']);
  });

  it('takes 10 s and no longer where the service does not answer', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.hangsUp = false;
    let closed = false;
    void channel.close().then(() => (closed = true));
    await desk.clock.advance(9_999);
    expect(closed).toBe(false);
    await desk.clock.advance(1);
    expect(closed).toBe(true);
    await desk.clock.advance(10_000);
    expect(desk.calling.agent.disposed).toBe(true);
    expect(desk.clock.pending).toBe(0);
  });

  it('while it is being joined: it is not, and the next one on the page has its turn', async () => {
    const desk = setMeetingDesk();
    const first = desk.open(desk.meetings());
    const joining = expect(first.channel.join()).rejects.toMatchObject({ code: 'channel/closed' });
    const closing = first.meetings.close();
    const second = desk.open(desk.meetings());
    const again = second.channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('Connected');
    await again;
    await joining;
    await closing;
    expect([desk.calls.length, desk.calling.most]).toEqual([1, 1]);
  });

  it('when its channel has closed and it goes on, after 2 s', async () => {
    const desk = setMeetingDesk();
    const { channel, info } = await desk.connected();
    info.set({ ...info.value, open: false });
    expect(channel.state$.value.status).toBe('closed');
    await desk.clock.advance(1_999);
    expect(desk.call.state).toBe('Connected');
    await desk.clock.advance(1);
    expect(desk.call.state).toBe('Disconnected');
  });
});
