import { describe, expect, test } from 'vitest';
import { colleague, frameOf, MeetingBench, organizer, tried } from './meeting-bench';

describe('the lobby of a meeting', () => {
  test.each([
    ['everyone', 'connected', 'connected'],
    ['people-in-organization', 'in-lobby', 'connected'],
    ['organizer-only', 'in-lobby', 'in-lobby'],
  ] as const)('with %s let in has guests %s and colleagues %s', async (lobby, guestIs, colleagueIs) => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby });
    const guest = await bench.join(meeting);
    const other = await bench.joinAsTeamsUser(meeting, colleague);
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    expect([guest, other, host].map(({ call }) => call?.status)).toEqual([guestIs, colleagueIs, 'connected']);
  });

  test('is passed by co-organizers', async () => {
    const bench = new MeetingBench();
    const page = await bench.joinAsTeamsUser(
      bench.create({ lobby: 'organizer-only', coOrganizers: [colleague] }),
      colleague,
    );
    expect([page.call?.status, frameOf(page).role]).toEqual(['connected', 'CoOrganizer']);
  });

  test('holds guests back until somebody of the organization is there, where guests may not start', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone', guestsStart: false });
    const guest = await bench.join(meeting);
    expect(guest.call?.status).toBe('in-lobby');
    await bench.joinAsTeamsUser(meeting, colleague);
    expect(guest.call?.status).toBe('connected');
  });

  test('keeps whoever waits out of the roster, the sound and the chat', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    await host.media();
    const guest = await bench.join(meeting, { displayName: 'Greta' });
    await guest.media();
    expect(guest.statuses).toEqual(['connecting', 'in-lobby']);
    expect([host.call?.roster, host.hears, guest.hears]).toEqual([[], [], []]);
    expect(frameOf(host).lobby).toEqual([{ rawId: guest.user, displayName: 'Greta' }]);
    expect(frameOf(guest)).toMatchObject({ lobby: [] });
    expect(frameOf(guest).threadId).toBeUndefined();
    expect(frameOf(guest).capabilities.unmuteMic).toEqual({ isPresent: false, reason: 'NotInitialized' });
    expect(await tried(guest, { type: 'raise-hand', raised: true })).toBe('404/8522');
    await tried(host, { type: 'admit', targets: [guest.user] });
    expect([guest.call?.status, host.hears, guest.hears]).toEqual(['connected', [guest.user], [organizer]]);
    expect(frameOf(host).lobby).toEqual([]);
  });

  test('is emptied at once by admitting all', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    const guests = [await bench.join(meeting), await bench.join(meeting)];
    expect(await tried(host, { type: 'admit' })).toBe('ok');
    expect(guests.map(({ call }) => call?.status)).toEqual(['connected', 'connected']);
  });

  test('is not managed by attendees, nor seen by them', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ presenters: 'organizer' });
    const attendee = await bench.joinAsTeamsUser(meeting, colleague);
    const guest = await bench.join(meeting);
    expect(frameOf(attendee).lobby).toEqual([]);
    expect(await tried(attendee, { type: 'admit' })).toBe('403/8502');
    expect(await tried(attendee, { type: 'reject-guest', target: guest.user })).toBe('403/8502');
    expect(guest.call?.status).toBe('in-lobby');
  });

  test('is managed by guests who are presenters', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    await bench.joinAsTeamsUser(meeting, organizer);
    const first = await bench.join(meeting);
    bench.core.meetings.admit(meeting.id);
    const second = await bench.join(meeting);
    expect(await tried(first, { type: 'admit', targets: [second.user] })).toBe('ok');
    expect(second.call?.status).toBe('connected');
  });

  test('ends one way when denied, another when nobody answers, a third when the meeting is ended', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobbyTimeoutMs: 60_000 });
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    const denied = await bench.join(meeting);
    expect(await tried(host, { type: 'reject-guest', target: denied.user })).toBe('ok');
    const forgotten = await bench.join(meeting);
    await bench.clock.advance(59_999);
    expect(forgotten.call?.status).toBe('in-lobby');
    await bench.clock.advance(1);
    const late = await bench.join(meeting);
    bench.core.meetings.end(meeting.id);
    expect([denied.end, forgotten.end, late.end]).toEqual(['0/5854', '0/5855', '0/4097']);
  });

  test('does not send anybody away who was let in', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobbyTimeoutMs: 60_000 });
    const guest = await bench.join(meeting);
    bench.core.meetings.admit(meeting.id);
    await bench.clock.advance(120_000);
    expect(guest.call?.status).toBe('connected');
  });

  test('is left by who gives up, and names nobody who does not wait', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    const guest = await bench.join(meeting);
    await tried(guest, { type: 'hang-up', forEveryone: false });
    expect([guest.end, frameOf(host).lobby]).toEqual(['0/0', []]);
    expect(await tried(host, { type: 'admit', targets: [guest.user] })).toBe('404/8522');
  });

  test('lets people in late when a fault delays that', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    const guest = await bench.join(meeting);
    bench.core.faults.meetings.delayAdmissions(5_000);
    bench.core.meetings.admit(meeting.id);
    await bench.clock.advance(4_999);
    expect(guest.call?.status).toBe('in-lobby');
    await bench.clock.advance(1);
    expect(guest.call?.status).toBe('connected');
  });
});
