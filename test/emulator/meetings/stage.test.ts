import { describe, expect, test } from 'vitest';
import type { Page } from '../calls/call-bench';
import { colleague, frameOf, MeetingBench, organizer, rosterOf, shownAt, tried } from './meeting-bench';

/** Several guests in a meeting, with their media. */
async function gather(count: number) {
  const bench = new MeetingBench();
  const meeting = bench.create({ lobby: 'everyone' });
  const pages: Page[] = [];
  for (let at = 0; at < count; at += 1) {
    const page = await bench.join(meeting);
    await page.media();
    pages.push(page);
  }
  const at = (index: number): Page => {
    const page = pages[index];
    if (page === undefined) throw new Error('there are not that many');
    return page;
  };
  return { bench, meeting, pages, at };
}

const camera = (page: Page, on = true) => tried(page, { type: 'picture', kind: 'camera', on });
const screen = (page: Page, on = true) => tried(page, { type: 'picture', kind: 'screen', on });

describe('hands', () => {
  test('are raised in order, and move up when one is lowered', async () => {
    const { at } = await gather(3);
    for (const page of [at(1), at(0)]) await tried(page, { type: 'raise-hand', raised: true });
    expect([frameOf(at(1)).hand, frameOf(at(0)).hand, frameOf(at(2)).hand]).toEqual([1, 2, undefined]);
    await tried(at(1), { type: 'raise-hand', raised: false });
    expect([rosterOf(at(2), at(0).user)?.hand, rosterOf(at(2), at(1).user)?.hand]).toEqual([1, undefined]);
  });

  test('are lowered by presenters, and by attendees only their own', async () => {
    const { bench, meeting, at } = await gather(2);
    for (const page of [at(0), at(1)]) await tried(page, { type: 'raise-hand', raised: true });
    bench.core.meetings.setRole(meeting.id, at(1).user, 'Attendee');
    expect(await tried(at(1), { type: 'lower-hands', targets: [at(0).user] })).toBe('403/8502');
    expect(await tried(at(1), { type: 'lower-hands', targets: [at(1).user] })).toBe('ok');
    expect(await tried(at(0), { type: 'lower-hands', targets: [at(0).user] })).toBe('ok');
    expect(bench.see(meeting).members.map(({ hand }) => hand)).toEqual([undefined, undefined]);
  });
});

describe('the spotlight', () => {
  test('is on several, and is put out by who put it there or has it', async () => {
    const { bench, meeting, at } = await gather(3);
    const both = [at(1).user, at(2).user];
    expect(await tried(at(0), { type: 'spotlight', targets: both, on: true })).toBe('ok');
    expect([frameOf(at(1)).spotlighted, rosterOf(at(0), at(2).user)?.spotlighted]).toEqual([true, true]);
    bench.core.meetings.setRole(meeting.id, at(1).user, 'Attendee');
    expect(await tried(at(1), { type: 'spotlight', targets: [at(2).user], on: false })).toBe('403/8502');
    expect(await tried(at(1), { type: 'spotlight', targets: [at(1).user], on: true })).toBe('403/8502');
    expect(await tried(at(1), { type: 'spotlight', targets: [at(1).user], on: false })).toBe('ok');
    expect(await tried(at(0), { type: 'spotlight', targets: [], on: false })).toBe('ok');
    expect(bench.see(meeting).members.some(({ spotlighted }) => spotlighted)).toBe(false);
  });

  test('is on seven at most', async () => {
    const { pages, at } = await gather(8);
    const users = pages.map(({ user }) => user);
    expect(await tried(at(0), { type: 'spotlight', targets: users, on: true })).toBe('400/8523');
    expect(await tried(at(0), { type: 'spotlight', targets: users.slice(1), on: true })).toBe('ok');
  });
});

describe('pictures', () => {
  test('of cameras go to everybody else, each in a slot of its own, and to the media unit', async () => {
    const { bench, at } = await gather(3);
    await camera(at(0));
    await camera(at(1));
    expect([shownAt(at(0)), shownAt(at(1)), shownAt(at(2))]).toEqual([
      { 0: at(1).user },
      { 0: at(0).user },
      { 0: at(0).user, 1: at(1).user },
    ]);
    expect(rosterOf(at(2), at(0).user)?.camera).toBe(true);
    const legs = bench.media.seen.get(at(2).call?.participantId ?? '') ?? [];
    expect(legs.map((source) => source?.leg)).toEqual([
      ...[at(0).call?.participantId, at(1).call?.participantId],
      ...[undefined, undefined, undefined],
    ]);
    await camera(at(0), false);
    expect(shownAt(at(2))).toEqual({ 1: at(1).user });
    expect(bench.media.misuse).toEqual([]);
  });

  test('of more people than there are slots go to those who matter, and stay where they are', async () => {
    const { at } = await gather(6);
    for (const index of [1, 2, 3, 4, 5]) await camera(at(index));
    const before = shownAt(at(0));
    expect(Object.values(before)).toEqual([1, 2, 3, 4].map((index) => at(index).user));
    await tried(at(0), { type: 'spotlight', targets: [at(5).user], on: true });
    expect(shownAt(at(0))).toEqual({ ...before, 3: at(5).user });
  });

  test('of a screen are in a slot of their own; the next sharer takes over, and hold ends it', async () => {
    const { at } = await gather(3);
    expect(await screen(at(0))).toBe('ok');
    expect([shownAt(at(1)), shownAt(at(0))]).toEqual([{ 4: at(0).user }, {}]);
    await screen(at(1));
    expect([frameOf(at(0)).screen, frameOf(at(1)).screen]).toEqual([false, true]);
    expect([shownAt(at(0)), shownAt(at(2))]).toEqual([{ 4: at(1).user }, { 4: at(1).user }]);
    await tried(at(1), { type: 'hold', held: true });
    expect([frameOf(at(1)).screen, shownAt(at(2))]).toEqual([false, {}]);
    expect(await screen(at(1))).toBe('400/8501');
  });

  test('neither go to nor come from who is on hold', async () => {
    const { bench, at } = await gather(2);
    await camera(at(0));
    await camera(at(1));
    await tried(at(0), { type: 'hold', held: true });
    expect([shownAt(at(0)), shownAt(at(1)), rosterOf(at(1), at(0).user)?.camera]).toEqual([{}, {}, undefined]);
    expect((bench.media.seen.get(at(0).call?.participantId ?? '') ?? []).every((one) => one === undefined)).toBe(true);
    await tried(at(0), { type: 'hold', held: false });
    expect([shownAt(at(0)), shownAt(at(1))]).toEqual([{ 0: at(1).user }, { 0: at(0).user }]);
  });

  test('end with whoever sent them', async () => {
    const { at } = await gather(2);
    await camera(at(0));
    await tried(at(0), { type: 'hang-up', forEveryone: false });
    expect(shownAt(at(1))).toEqual({});
  });
});

describe('who dominates', () => {
  test('is whoever is loudest and heard', async () => {
    const { bench, at } = await gather(2);
    bench.media.loud = 0.5;
    await tried(at(0), { type: 'mute', muted: true });
    await bench.clock.advance(400);
    expect(frameOf(at(0)).dominant).toEqual([at(1).user]);
    await tried(at(1), { type: 'mute', muted: true });
    await tried(at(0), { type: 'mute', muted: false });
    await bench.clock.advance(400);
    expect(frameOf(at(1)).dominant).toEqual([at(0).user]);
    bench.media.loud = 0;
    await bench.clock.advance(400);
    expect(frameOf(at(1)).dominant).toEqual([at(0).user]);
  });
});

describe('captions', () => {
  test('go to those who have them on', async () => {
    const { bench, meeting, at } = await gather(2);
    bench.core.meetings.caption(meeting.id, at(0).user, 'unseen');
    expect(await tried(at(1), { type: 'captions', on: true })).toBe('ok');
    expect(frameOf(at(1)).captions).toBe(true);
    bench.core.meetings.caption(meeting.id, at(0).user, 'The roof', false);
    bench.core.meetings.caption(meeting.id, at(0).user, 'The roof leaks.');
    expect(at(0).of('caption')).toEqual([]);
    expect(at(1).of('caption')).toMatchObject([
      { callId: at(1).callId, from: { rawId: at(0).user }, text: 'The roof', final: false, at: bench.clock.now() },
      { text: 'The roof leaks.', final: true },
    ]);
    await tried(at(1), { type: 'captions', on: false });
    bench.core.meetings.caption(meeting.id, at(0).user, 'More.');
    expect(at(1).of('caption')).toHaveLength(2);
  });

  test('are refused where the meeting has none, and in other languages without Teams Premium', async () => {
    const bench = new MeetingBench();
    const none = await bench.join(bench.create({ lobby: 'everyone', captions: false }));
    expect(await tried(none, { type: 'captions', on: true })).toBe('403/8502');
    const plain = await bench.join(bench.create({ lobby: 'everyone' }));
    expect(await tried(plain, { type: 'captions', on: true, language: 'de-de' })).toBe('403/8502');
    const premium = await bench.join(bench.create({ lobby: 'everyone', premium: true }));
    expect(await tried(premium, { type: 'captions', on: true, language: 'de-de' })).toBe('ok');
  });
});

describe('people of the organization who are simulated', () => {
  test('answer when they are added, with their name, and are heard', async () => {
    const { bench, meeting, at } = await gather(1);
    const expert = bench.core.teamsUsers.add({ displayName: 'Edda', answers: 3_000, speaks: true });
    expect(await tried(at(0), { type: 'add', target: expert.rawId })).toBe('ok');
    expect(rosterOf(at(0), expert.rawId)).toMatchObject({ status: 'ringing', displayName: 'Edda' });
    await bench.clock.advance(3_000);
    expect(rosterOf(at(0), expert.rawId)).toMatchObject({ status: 'connected', role: 'Presenter' });
    expect(at(0).hears).toEqual([expert.rawId]);
    expect(bench.see(meeting).members).toHaveLength(2);
  });

  test.each([
    ['declines', '603/0', 2_000],
    ['never', '487/10004', 85_000],
  ] as const)('do not come when theirs is %s', async (answers, end, ms) => {
    const { bench, at } = await gather(1);
    const expert = bench.core.teamsUsers.add({ displayName: 'Edda', answers });
    await tried(at(0), { type: 'add', target: expert.rawId });
    await bench.clock.advance(ms);
    const [left] = at(0).of('call').at(-1)?.call.roster ?? [];
    expect([left?.status, `${left?.end?.code}/${left?.end?.subCode}`]).toEqual(['disconnected', end]);
    expect(at(0).call?.status).toBe('connected');
  });

  test('are added at their own page when they have one', async () => {
    const { bench, meeting, at } = await gather(1);
    const page = await bench.teamsPage(colleague);
    await tried(at(0), { type: 'add', target: colleague });
    expect(page.incoming).toMatchObject({ oneToOne: false });
    await page.accept();
    expect(frameOf(page)).toMatchObject({ role: 'Presenter', threadId: meeting.threadId });
  });

  test('speak and have captions for as long as that takes', async () => {
    const { bench, meeting, at } = await gather(1);
    await tried(at(0), { type: 'captions', on: true });
    expect(bench.core.meetings.joinAs(meeting.id, colleague, 'Cora')).toBe('in');
    bench.core.meetings.say(meeting.id, colleague, 'It is the gutter.');
    expect(at(0).hears).toEqual([colleague]);
    expect(
      at(0)
        .of('caption')
        .map(({ text, final }) => [text, final]),
    ).toEqual([['It is the', false]]);
    await bench.clock.advance(2_000);
    expect(at(0).hears).toEqual([]);
    expect(at(0).of('caption').at(-1)).toMatchObject({
      text: 'It is the gutter.',
      final: true,
      from: { displayName: 'Cora' },
    });
  });
});

describe('a scripted organizer', () => {
  test('joins, admits, gives a role, records, speaks and ends the meeting, all in their time', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    const guest = await bench.join(meeting, { displayName: 'Greta' });
    bench.core.meetings.script(meeting.id, {
      joinAfterMs: 5_000,
      admitAfterMs: 2_000,
      roles: [{ afterMs: 4_000, user: guest.user, role: 'Attendee' }],
      recordAfterMs: 5_000,
      says: [{ afterMs: 6_000, text: 'Good morning.' }],
      endAfterMs: 10_000,
    });
    await bench.clock.advance(6_999);
    expect(guest.call?.status).toBe('in-lobby');
    await bench.clock.advance(1);
    expect(guest.call?.status).toBe('connected');
    expect(rosterOf(guest, organizer)).toMatchObject({ displayName: 'Organizer', role: 'Organizer' });
    const late = await bench.join(meeting);
    await bench.clock.advance(2_000);
    expect([late.call?.status, frameOf(guest).role]).toEqual(['connected', 'Attendee']);
    await bench.clock.advance(1_000);
    expect(guest.call?.recording).toBe(true);
    await tried(guest, { type: 'captions', on: true });
    await bench.clock.advance(2_000);
    expect(guest.of('caption').at(-1)).toMatchObject({ text: 'Good morning.', final: true });
    await bench.clock.advance(4_000);
    expect([guest.end, bench.see(meeting).over]).toEqual(['0/4097', true]);
  });

  test('turns away, and plays no further once called off', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    const cancel = bench.core.meetings.script(meeting.id, { denyAfterMs: 1_000, endAfterMs: 60_000 });
    await bench.clock.advance(0);
    const guest = await bench.join(meeting);
    await bench.clock.advance(1_000);
    expect(guest.end).toBe('0/5854');
    cancel();
    const other = await bench.join(meeting);
    await bench.clock.advance(120_000);
    expect([other.call?.status, bench.see(meeting).over]).toEqual(['in-lobby', false]);
  });

  test('who leaves admits nobody any more', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    bench.core.meetings.script(meeting.id, { admitAfterMs: 1_000, leaveAfterMs: 5_000 });
    await bench.clock.advance(5_000);
    const guest = await bench.join(meeting);
    await bench.clock.advance(5_000);
    expect(guest.call?.status).toBe('in-lobby');
  });
});
