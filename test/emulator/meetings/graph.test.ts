import { describe, expect, test } from 'vitest';
import { at } from '../bench-values';
import { MeetingBench, organizer } from './meeting-bench';

const user = organizer.slice('8:orgid:'.length);
const path = `/graph/v1.0/users/${user}/onlineMeetings`;

async function graph(bench: MeetingBench, method: string, to: string, body?: unknown, token: string | null = 'any') {
  const response = await bench.core.handle(
    new Request(`http://127.0.0.1:4040${to}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

describe('online meetings of Graph', () => {
  test('are made, and joined by what the answer says', async () => {
    const bench = new MeetingBench();
    const { status, body } = await graph(bench, 'POST', path, {
      subject: 'Roof',
      lobbyBypassSettings: { scope: 'everyone' },
      allowedPresenters: 'organization',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      subject: 'Roof',
      lobbyBypassSettings: { scope: 'everyone' },
      allowedPresenters: 'organization',
      joinMeetingIdSettings: { isPasscodeRequired: true },
      participants: { organizer: { identity: { user: { id: user } } } },
    });
    expect(at(body, 'joinWebUrl')).toContain('https://teams.microsoft.com/l/meetup-join/');
    expect(at(body, 'chatInfo', 'threadId')).toMatch(/^19:meeting_.*@thread\.v2$/);
    const byId = await bench.page();
    const { joinMeetingId, passcode } = at(body, 'joinMeetingIdSettings') as Record<string, string>;
    await bench.joinBy(byId, { meetingId: joinMeetingId ?? '', passcode: passcode ?? '' });
    const byLink = await bench.page();
    await bench.joinBy(byLink, { link: String(at(body, 'joinWebUrl')) });
    expect([byId, byLink].map(({ call }) => [call?.status, call?.meeting?.role])).toEqual([
      ['connected', 'Attendee'],
      ['connected', 'Attendee'],
    ]);
  });

  test.each([
    ['everyone', 'everyone'],
    ['organization', 'people-in-organization'],
    ['organizer', 'organizer-only'],
  ])('let in by %s as the policy %s', async (scope, lobby) => {
    const bench = new MeetingBench();
    const { body } = await graph(bench, 'POST', path, { lobbyBypassSettings: { scope } });
    expect(bench.core.meetings.settings(String(at(body, 'id'))).lobby).toBe(lobby);
  });

  test('go by the policy of their organizer, as they are made from then on', async () => {
    const bench = new MeetingBench();
    const consentOf = (body: unknown) => bench.core.meetings.settings(String(at(body, 'id'))).consent;
    const before = await graph(bench, 'POST', path, {});
    bench.core.meetings.setPolicy(user, { consent: true, lobby: 'everyone' });
    const after = await graph(bench, 'POST', path, { lobbyBypassSettings: { scope: 'organizer' } });
    expect([before, after].map(({ body }) => consentOf(body))).toEqual([false, true]);
    expect(bench.core.meetings.settings(String(at(after.body, 'id'))).lobby).toBe('organizer-only');
  });

  test('are read and found by their organizer alone, until they are deleted, which ends them', async () => {
    const bench = new MeetingBench();
    const { body } = await graph(bench, 'POST', path, { lobbyBypassSettings: { scope: 'everyone' } });
    const one = `${path}/${String(at(body, 'id'))}`;
    expect(await graph(bench, 'GET', one)).toEqual({ status: 200, body });
    const filter = encodeURIComponent(`JoinWebUrl eq '${String(at(body, 'joinWebUrl'))}'`);
    expect(at((await graph(bench, 'GET', `${path}?$filter=${filter}`)).body, 'value')).toEqual([body]);
    const stranger = one.replace(user, '0a0a0a0a-0000-4000-8000-00000000000f');
    expect((await graph(bench, 'GET', stranger)).status).toBe(404);
    expect((await graph(bench, 'DELETE', stranger)).status).toBe(404);

    const page = await bench.page();
    await bench.joinBy(page, { link: String(at(body, 'joinWebUrl')) });
    expect((await graph(bench, 'DELETE', one)).status).toBe(204);
    expect(page.end).toBe('0/4097');
    expect((await graph(bench, 'GET', one)).status).toBe(404);
    expect((await graph(bench, 'DELETE', one)).status).toBe(404);
  });

  test('need a bearer token, and refuse in the words of Graph', async () => {
    const bench = new MeetingBench();
    const { status, body } = await graph(bench, 'POST', path, {}, null);
    expect([status, at(body, 'error', 'code')]).toEqual([401, 'InvalidAuthenticationToken']);
    expect(at(body, 'error', 'innerError', 'request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const strict = new MeetingBench({ verifyGraphToken: (token) => token === 'good' });
    expect((await graph(strict, 'POST', path, {}, 'bad')).status).toBe(401);
    expect((await graph(strict, 'POST', path, {}, 'good')).status).toBe(201);
  });

  test.each([
    ['an unknown lobby', { lobbyBypassSettings: { scope: 'nobody' } }, 'lobbyBypassSettings.scope'],
    ['unknown presenters', { allowedPresenters: 7 }, 'allowedPresenters'],
    ['a subject that is none', { subject: 7 }, 'subject'],
  ])('refuse %s', async (_what, asked, field) => {
    const bench = new MeetingBench();
    const { status, body } = await graph(bench, 'POST', path, asked);
    expect([status, at(body, 'error', 'message')]).toEqual([400, `Invalid value for ${field}.`]);
  });

  test('are of users by object id', async () => {
    const bench = new MeetingBench();
    const { status, body } = await graph(bench, 'POST', '/graph/v1.0/users/anna/onlineMeetings', {});
    expect([status, at(body, 'error', 'code')]).toEqual([404, 'ResourceNotFound']);
  });

  test('are no live events that could be joined', async () => {
    const bench = new MeetingBench();
    const { body } = await graph(bench, 'POST', path, { isBroadcast: true });
    const page = await bench.page();
    await bench.joinBy(page, { link: String(at(body, 'joinWebUrl')) });
    expect(page.end).toBe('403/5830');
  });
});

describe('the control surface of meetings', () => {
  const control = async (bench: MeetingBench, method: string, to: string, body?: unknown) => {
    const response = await bench.core.control(
      new Request(`http://control.invalid${to}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) }),
    );
    return { status: response.status, body: (await response.json()) as unknown };
  };

  test('does what can be done in process', async () => {
    const bench = new MeetingBench();
    const made = await control(bench, 'POST', '/meetings/create', { organizer: user, subject: 'Roof' });
    const id = String(at(made.body, 'id'));
    const page = await bench.page();
    await bench.joinBy(page, { link: String(at(made.body, 'joinLink')) });
    expect(at((await control(bench, 'GET', '/meetings')).body, 'value', 0, 'lobby')).toEqual([{ rawId: page.user }]);
    expect((await control(bench, 'POST', '/meetings/admit', { id })).body).toEqual({ guests: 1 });
    await control(bench, 'POST', '/meetings/role', { id, user: page.user, role: 'Attendee' });
    expect(page.call?.meeting?.role).toBe('Attendee');
    await control(bench, 'POST', '/meetings/record', { id, recording: true });
    expect(page.call?.recording).toBe(true);
    const { body: expert } = await control(bench, 'POST', '/teams-users/add', {
      displayName: 'Edda',
      answers: 'never',
    });
    const joined = await control(bench, 'POST', '/meetings/join-as', { id, user: at(expert, 'rawId') });
    expect(joined.body).toEqual({ status: 'in' });
    await control(bench, 'POST', '/meetings/leave-as', { id, user: at(expert, 'rawId') });
    await control(bench, 'POST', '/meetings/script', { id, endAfterMs: 1_000 });
    await bench.clock.advance(1_000);
    expect(page.end).toBe('0/4097');
  });

  test('denies, fails joins and delays admissions', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    await control(bench, 'POST', '/meetings/fail-joins', { code: 503, subCode: 1 });
    expect((await bench.join(meeting)).end).toBe('503/1');
    const guest = await bench.join(meeting);
    await control(bench, 'POST', '/meetings/deny', { id: meeting.id, users: [guest.user] });
    expect(guest.end).toBe('0/5854');
    await control(bench, 'POST', '/meetings/delay-admissions', { ms: 1_000 });
    const slow = await bench.join(meeting);
    await control(bench, 'POST', '/meetings/admit', { id: meeting.id });
    expect(slow.call?.status).toBe('in-lobby');
    await control(bench, 'POST', '/faults/clear', {});
    await bench.clock.advance(1_000);
    expect(slow.call?.status).toBe('connected');
  });

  test.each([
    ['/meetings/end', { id: 'nothing' }, 'id'],
    ['/meetings/create', { organizer: user, kind: 'party' }, 'kind'],
    ['/meetings/create', { organizer: '8:acs:somebody' }, 'organizer'],
    ['/meetings/role', { id: 'nothing', user: 'x', role: 'Boss' }, 'role'],
    ['/teams-users/add', { displayName: 'Edda', answers: -1 }, 'answers'],
  ])('refuses at %s what makes no sense: %j', async (to, body, field) => {
    const answer = await control(new MeetingBench(), 'POST', to, body);
    expect([answer.status, at(answer.body, 'error', 'target')]).toEqual([400, field]);
  });
});
