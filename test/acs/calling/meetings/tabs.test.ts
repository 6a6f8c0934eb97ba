import { describe, expect, it } from 'vitest';
import { ServiceError } from '../fake-calling';
import { setMeetingDesk } from './meeting-desk';

describe('the tabs of one agent', () => {
  it('say that a meeting is in another one, also to a tab that opens later', async () => {
    const desk = setMeetingDesk();
    const other = desk.open(desk.meetings());
    const { channel } = await desk.connected();
    const later = desk.open(desk.meetings());
    await desk.clock.advance(0);
    expect([other.channel.state$.value.status, later.channel.state$.value.status]).toEqual(['elsewhere', 'elsewhere']);
    expect(other.channel.capabilities$.value).toMatchObject({
      ...{ join: { supported: true }, unmute: { reason: 'other-tab-owns-media' } },
    });
    await channel.leave();
    await desk.clock.advance(0);
    expect(other.channel.state$.value.status).toBe('open');
  });

  it('take a meeting over from each other, and only one is in', async () => {
    const desk = setMeetingDesk();
    const { channel, reports } = await desk.connected();
    const first = desk.call;
    const second = desk.open(desk.meetings());
    await desk.clock.advance(0);
    const joining = second.channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 1);
    desk.call.to('Connected');
    await joining;
    await desk.clock.advance(1_000);
    expect(first.state).toBe('Disconnected');
    expect([channel.state$.value.status, second.channel.state$.value.status]).toEqual(['elsewhere', 'connected']);
    expect(reports).not.toContainEqual(expect.objectContaining({ change: 'left' }));
    expect(second.reports).toContainEqual(expect.objectContaining({ change: 'joined' }));
  });

  it('that take the same meeting at once leave one in', async () => {
    const desk = setMeetingDesk();
    const [one, two] = [desk.open(desk.meetings()), desk.open(desk.meetings())];
    await desk.clock.advance(0);
    const both = Promise.allSettled([one.channel.join(), two.channel.join()]);
    await desk.clock.runUntil(() => desk.calls.length > 0);
    for (const call of desk.calls) call.to('Connected');
    await desk.clock.advance(5_000);
    for (const call of desk.calls) if (call.state === 'Connecting') call.to('Connected');
    const outcomes = (await both).map(({ status }) => status).sort();
    await desk.clock.advance(1_000);
    expect(outcomes).toEqual(['fulfilled', 'rejected']);
    expect([one, two].map(({ channel }) => channel.state$.value.status).sort()).toEqual(['connected', 'elsewhere']);
  });

  it('forget one that is gone without a word', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    const line = desk.environment.broadcast!.open('onescreen/ada/meetings', () => {});
    line.post({ meetings: 1, from: 'ghost', kind: 'in', channelId: 'm-1' });
    await desk.clock.advance(0);
    expect(channel.state$.value.status).toBe('elsewhere');
    line.close();
    await desk.clock.advance(6_000);
    expect(channel.state$.value.status).toBe('open');
    expect(desk.clock.pending).toBe(0);
  });
});

describe('one active call', () => {
  it('holds the meeting that is connected, here', async () => {
    const desk = setMeetingDesk();
    const { channel, meetings } = await desk.connected();
    await meetings.holdActive();
    expect(channel.state$.value.status).toBe('held');
    await meetings.holdActive();
    expect(desk.call.did).toEqual(['hold']);
  });

  it('holds it in another tab', async () => {
    const desk = setMeetingDesk();
    const others = desk.meetings();
    const { channel } = await desk.connected();
    await others.holdActive();
    expect(channel.state$.value.status).toBe('held');
    await others.holdActive();
    expect(desk.call.did).toEqual(['hold']);
  });

  it('holds what waits in the lobby of another tab once it is let in', async () => {
    const desk = setMeetingDesk();
    const others = desk.meetings();
    const { channel } = desk.open(desk.meetings());
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('InLobby');
    await joining;
    await others.holdActive();
    desk.call.to('Connected');
    await desk.clock.advance(1_000);
    expect(channel.state$.value.status).toBe('held');
  });

  it('hears that it could not be held there', async () => {
    const desk = setMeetingDesk();
    const others = desk.meetings();
    await desk.connected();
    desk.call.fails = new ServiceError(400, 41033);
    await expect(others.holdActive()).rejects.toMatchObject({ code: 'call/command-failed' });
  });

  it('waits 2 s for a tab that does not answer', async () => {
    const desk = setMeetingDesk();
    const meetings = desk.meetings();
    const line = desk.environment.broadcast!.open('onescreen/ada/meetings', () => {});
    line.post({ meetings: 1, from: 'ghost', kind: 'in', channelId: 'm-1' });
    await desk.clock.advance(0);
    let done = false;
    void meetings.holdActive().then(() => (done = true));
    await desk.clock.advance(1_999);
    expect(done).toBe(false);
    await desk.clock.advance(1);
    expect(done).toBe(true);
  });

  it('is told when a tab that answered does not come to an end within 10 s', async () => {
    const desk = setMeetingDesk();
    const others = desk.meetings();
    await desk.connected();
    desk.call.never = true;
    const refused = expect(others.holdActive()).rejects.toMatchObject({ code: 'call/command-failed' });
    await desk.clock.advance(10_000);
    await refused;
  });

  it('holds one meeting for another', async () => {
    const desk = setMeetingDesk();
    const { channel, meetings } = await desk.connected();
    const first = desk.call;
    const second = desk.open(meetings, { joinLink: 'https://teams.example/other' }, 'm-2');
    const joining = second.channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 1);
    desk.call.to('Connected');
    await joining;
    expect([first.state, channel.state$.value.status]).toEqual(['LocalHold', 'held']);
    await channel.resume();
    expect([channel.state$.value.status, second.channel.state$.value.status]).toEqual(['connected', 'held']);
    expect(desk.calling.most).toBe(1);
    await channel.leave();
    await desk.clock.advance(1_000);
    expect(desk.calling.agent.disposed).toBe(false);
    await second.channel.leave();
    await desk.clock.advance(1_000);
    expect(desk.calling.agent.disposed).toBe(true);
  });
});
