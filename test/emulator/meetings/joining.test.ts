import { describe, expect, test } from 'vitest';
import { colleague, frameOf, MeetingBench, organizer, rosterOf, tried } from './meeting-bench';

describe('a meeting is joined', () => {
  test('by its link, which has the shape that Teams gives it', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    expect(meeting.joinLink).toMatch(
      /^https:\/\/teams\.microsoft\.com\/l\/meetup-join\/19%3Ameeting_.+%40thread\.v2\/0\?context=%7B%22Tid%22/,
    );
    const guest = await bench.join(meeting, { displayName: 'Greta' });
    expect(guest.statuses).toEqual(['connecting', 'connected']);
    expect(guest.of('id-changed')).toHaveLength(1);
    expect(frameOf(guest)).toMatchObject({ role: 'Presenter', threadId: meeting.threadId, consent: 'not-needed' });
    expect(bench.see(meeting).members).toMatchObject([{ rawId: guest.user, displayName: 'Greta', role: 'Presenter' }]);
  });

  test('by id and passcode, however the id is spaced', async () => {
    const bench = new MeetingBench();
    const { meetingId, passcode = '' } = bench.create({ lobby: 'everyone' });
    const page = await bench.page();
    await bench.joinBy(page, { meetingId: meetingId.replace(/(\d{3})(?=\d)/g, '$1 '), passcode });
    expect(page.statuses).toEqual(['connecting', 'connected']);
  });

  test('by a short link with id and passcode in it', async () => {
    const bench = new MeetingBench();
    const { meetingId, passcode } = bench.create({ lobby: 'everyone' });
    const page = await bench.page();
    await bench.joinBy(page, { link: `https://teams.microsoft.com/meet/${meetingId}?p=${passcode}` });
    expect(page.call?.status).toBe('connected');
  });

  test('by id alone where no passcode is asked for', async () => {
    const bench = new MeetingBench();
    const { meetingId, passcode } = bench.create({ lobby: 'everyone', passcodeRequired: false });
    const page = await bench.page();
    await bench.joinBy(page, { meetingId });
    expect([passcode, page.call?.status]).toEqual([undefined, 'connected']);
  });

  test.each([
    ['a wrong passcode', (id: string) => ({ meetingId: id, passcode: 'wrong' }), '403/5751'],
    ['no passcode', (id: string) => ({ meetingId: id }), '403/5751'],
    ['an unknown id', () => ({ meetingId: '1112223334445', passcode: 'aaaaaa' }), '404/5751'],
    ['a link to nowhere', () => ({ link: 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_x/0' }), '404/5751'],
    ['what is no link', () => ({ link: 'roof' }), '404/5751'],
  ])('not with %s: the call ends', async (_what, where, end) => {
    const bench = new MeetingBench();
    const { meetingId } = bench.create({ lobby: 'everyone' });
    const page = await bench.page();
    await bench.joinBy(page, where(meetingId));
    expect([page.statuses, page.end]).toEqual([['connecting', 'disconnected'], end]);
    expect(bench.core.calls.list()).toEqual([]);
  });

  test.each(['webinar', 'town-hall', 'live-event', 'consumer', 'end-to-end-encrypted'] as const)(
    'not when it is a meeting of the kind %s',
    async (kind) => {
      const bench = new MeetingBench();
      const page = await bench.join(bench.create({ kind, lobby: 'everyone' }));
      expect(page.end).toBe('403/5830');
    },
  );

  test('not when it is over', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    bench.core.meetings.end(meeting.id);
    expect((await bench.join(meeting)).end).toBe('404/4097');
    expect(bench.core.meetings.list()).toEqual([]);
  });

  test('in a channel without a chat', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ kind: 'channel', lobby: 'everyone' });
    const page = await bench.join(meeting);
    expect(page.call?.status).toBe('connected');
    expect([meeting.threadId, frameOf(page).threadId]).toEqual([undefined, undefined]);
  });

  test('again by the only one in it, whose lost page gives way', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    await bench.joinAsTeamsUser(meeting, organizer);
    const ghost = await bench.join(meeting);
    bench.core.meetings.admit(meeting.id);
    ghost.drop();
    const again = await bench.page({ user: ghost.user });
    await bench.joinFrom(again, meeting);
    expect(again.call?.status).toBe('connected');
    expect(bench.see(meeting).members.map(({ rawId }) => rawId)).toEqual([organizer, ghost.user]);
    await bench.clock.advance(20_000);
    expect(again.call?.status).toBe('connected');
  });

  test('from a second page of the same user, which ends it on the first', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const first = await bench.join(meeting);
    const second = await bench.join(meeting, { user: first.user });
    expect([first.end, second.call?.status]).toEqual(['0/10003', 'connected']);
    expect(bench.see(meeting).members).toHaveLength(1);
  });

  test('by a page that comes back after a lost connection and finds everything as it was', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const page = await bench.join(meeting, { endpoint: 'tab' });
    const other = await bench.join(meeting);
    page.drop();
    await bench.clock.advance(5_000);
    const back = await bench.page({ user: page.user, endpoint: 'tab' });
    expect(back.of('recovered')).toHaveLength(1);
    expect(rosterOf(back, other.user)).toMatchObject({ status: 'connected', role: 'Presenter' });
  });

  test('until a lost page has been gone too long', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const page = await bench.join(meeting);
    const other = await bench.join(meeting);
    page.drop();
    await bench.clock.advance(10_000);
    expect(rosterOf(other, page.user)).toMatchObject({ status: 'disconnected' });
    expect(bench.see(meeting).members.map(({ rawId }) => rawId)).toEqual([other.user]);
  });

  test('and a fault makes that fail', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    bench.core.faults.meetings.failJoins({ code: 500, subCode: 0 });
    expect((await bench.join(meeting)).end).toBe('500/0');
    expect((await bench.join(meeting)).call?.status).toBe('connected');
  });
});

describe('a meeting goes on', () => {
  test('with one person in it, and begins anew after the last one has left', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const anna = await bench.join(meeting);
    const ben = await bench.join(meeting);
    await tried(anna, { type: 'hang-up', forEveryone: false });
    await bench.clock.advance(600_000);
    expect([anna.end, ben.call?.status]).toEqual(['0/0', 'connected']);
    const session = ben.call?.serverCallId;
    await tried(ben, { type: 'hang-up', forEveryone: false });
    expect(bench.core.calls.list()).toEqual([]);
    const again = await bench.join(meeting);
    expect(again.call?.status).toBe('connected');
    expect(again.call?.serverCallId).not.toBe(session);
  });

  test('until an organizer ends it for everybody', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const guest = await bench.join(meeting);
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    expect(await tried(guest, { type: 'hang-up', forEveryone: true })).toBe('403/8502');
    expect(await tried(host, { type: 'hang-up', forEveryone: true })).toBe('ok');
    expect([host.end, guest.end]).toEqual(['0/0', '0/4097']);
  });

  test('without whoever is removed', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const guest = await bench.join(meeting);
    const host = await bench.joinAsTeamsUser(meeting, colleague);
    expect(await tried(host, { type: 'remove', target: guest.user })).toBe('ok');
    expect(guest.end).toBe('0/5300');
  });

  test('in silence for who is on hold, without music', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const anna = await bench.join(meeting);
    const ben = await bench.join(meeting);
    for (const page of [anna, ben]) await page.media();
    expect(anna.hears).toEqual([ben.user]);
    expect(await tried(anna, { type: 'hold', held: true })).toBe('ok');
    expect([anna.call?.status, anna.hears, ben.hears]).toEqual(['local-hold', [], []]);
    expect([ben.call?.status, rosterOf(ben, anna.user)?.status]).toEqual(['connected', 'hold']);
    await tried(anna, { type: 'hold', held: false });
    expect([anna.hears, ben.hears]).toEqual([[ben.user], [anna.user]]);
  });

  test('and what belongs to meetings is refused in other calls', async () => {
    const bench = new MeetingBench();
    const [anna] = await bench.pair();
    expect(await tried(anna, { type: 'raise-hand', raised: true })).toBe('400/8501');
  });
});
