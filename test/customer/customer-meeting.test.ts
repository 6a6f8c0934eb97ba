import { ContactCenterError, isContactCenterError } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { describe, expect, it } from 'vitest';
import { invitationsWorld, invitationTo } from './invitations-world';
import { scriptedMeetings } from './scripted-meetings';

/** A page in a chat, with a phone, whose customer is asked into a meeting. */
async function invited(given = invitationsWorld()) {
  const meetings = scriptedMeetings();
  const phone = given.page();
  const one = given.page([serverChat(), phone.phone, meetings.provider]);
  const chat = await one.client.start({ displayName: 'Cleo' });
  const record = given.center.invite('meeting');
  await given.clock.advance(0);
  return { ...given, ...one, voice: phone.voice, meetings, chat, record };
}

type Invited = Awaited<ReturnType<typeof invited>>;

async function inMeeting(given?: Invited, options = {}) {
  const world = given ?? (await invited());
  const accepting = invitationTo(world.chat, 'meeting').accept(options);
  await world.clock.advance(0);
  return { ...world, meeting: await accepting };
}

/** The page's line into the call beside. */
async function inCall({ chat, center, clock, voice }: Invited) {
  center.invite('voice');
  await clock.advance(0);
  const accepting = invitationTo(chat, 'voice').accept();
  await clock.advance(0);
  const call = await accepting;
  const line = voice.calls.at(-1);
  line?.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
  line?.change({ status: 'connected' });
  return call;
}

describe('a customer who is asked into a meeting', () => {
  it('joins with one click where the answer says, as they wish, over the same link', async () => {
    const { meeting, meetings, chat, center, client, clock } = await inMeeting(undefined, { muted: true, video: true });
    expect(meetings.asked).toEqual(['join https://teams.example/meet/1']);
    expect(meetings.context?.self).toMatchObject({ id: 'cleo', displayName: 'Cleo' });
    expect(meeting.state$.value).toMatchObject({ status: 'connected', muted: true, video: true });
    expect([meeting.conversationId, center.pages]).toEqual([chat.conversationId, 1]);
    expect(center.audiences).toEqual(['meeting']);
    expect(center.asked).toEqual(['invitation/answer to-meeting-1 true', 'meeting/report meeting-1']);
    expect(meeting.timeline$.value).toBe(chat.timeline$.value);
    expect(chat.invitations$.value).toEqual([]);
    await client.close();
    expect([meetings.closed, meetings.asked.at(-1), clock.pending]).toEqual([1, 'leave', 0]);
  });

  it('does in it what they want, and consents only by themselves', async () => {
    const { meeting, meetings, client } = await inMeeting();
    meetings.change({ consent: 'required' });
    expect(meeting.state$.value.consent).toBe('required');
    await meeting.grantConsent();
    await meeting.startVideo();
    await meeting.shareScreen();
    await meeting.raiseHand();
    expect(meeting.state$.value).toMatchObject({ consent: 'granted', video: true, sharing: true, handRaised: true });
    expect(meetings.asked.slice(1)).toEqual(['grantConsent', 'startVideo', 'shareScreen', 'raiseHand']);
    await client.close();
  });

  it('waits in the lobby, and is told when nobody lets them in', async () => {
    const given = await invited();
    given.meetings.useLobby();
    const { meeting, meetings, clock, chat, client } = await inMeeting(given);
    expect(meeting.state$.value.status).toBe('lobby');
    const end = { outcome: 'denied', code: 'meeting/denied', retryable: true, message: 'Turned away.' } as const;
    let completed = false;
    meeting.state$.subscribe({ complete: () => (completed = true) });
    meetings.change({ status: 'ended', end });
    await clock.advance(0);
    expect(meeting.state$.value).toMatchObject({ status: 'ended', end });
    expect(completed).toBe(true);
    await expect(meeting.mute()).rejects.toMatchObject({ code: 'channel/closed' });
    expect(invitationTo(chat, 'meeting').status).toBe('accepted');
    await client.close();
  });

  it('is asked once where they were turned away and are invited anew', async () => {
    const { meetings, clock, chat, center, client, record } = await inMeeting();
    const end = { outcome: 'denied', code: 'meeting/denied', retryable: true, message: 'Turned away.' } as const;
    meetings.change({ status: 'ended', end });
    center.invite('meeting', { channelId: record.channelId });
    await clock.advance(0);
    expect(chat.invitations$.value.map(({ id, status }) => [id, status])).toEqual([['to-meeting-2', 'open']]);
    const accepting = invitationTo(chat, 'meeting').accept();
    await clock.advance(0);
    expect((await accepting).state$.value.status).toBe('connected');
    expect(chat.invitations$.value).toEqual([]);
    await client.close();
  });

  it('leaves, and the chat goes on', async () => {
    const { meeting, meetings, clock, chat, center, client } = await inMeeting();
    await Promise.all([meeting.leave(), clock.advance(0)]);
    expect(meetings.asked.at(-1)).toBe('leave');
    expect(center.asked).toContain('channel/leave meeting-1');
    expect(meeting.state$.value).toMatchObject({ status: 'closed', closedBecause: 'customer-left' });
    expect((await chat.send('still here')).state).toBe('sent');
    expect(chat.invitations$.value).toEqual([]);
    await meeting.leave();
    expect(center.asked.filter((one) => one.startsWith('channel/leave'))).toHaveLength(1);
    await client.close();
  });

  it('takes the page out, and joins again later', async () => {
    const { meeting, chat, meetings, clock, center, client } = await inMeeting();
    await meeting.close();
    expect(center.asked.some((one) => one.startsWith('channel/leave'))).toBe(false);
    const again = invitationTo(chat, 'meeting');
    expect(again.status).toBe('accepted');
    const accepting = again.accept();
    await clock.advance(0);
    expect((await accepting).state$.value.status).toBe('connected');
    expect(meetings.asked.filter((one) => one.startsWith('join'))).toHaveLength(2);
    await client.close();
  });

  it('is told why when the meeting is closed for them', async () => {
    const { meeting, meetings, chat, clock, center, client } = await inMeeting();
    center.close('meeting-1', 'agent-ended');
    await clock.advance(0);
    expect(meeting.state$.value).toMatchObject({ status: 'closed', closedBecause: 'agent-ended' });
    // It has ended before the page is told, and is not left by the page on top of it.
    expect(meeting.state$.value.end?.outcome).toBe('meeting-ended');
    expect(meetings.asked).not.toContain('leave');
    expect(chat.state$.value.phase).toBe('active');
    await client.close();
    expect(clock.pending).toBe(0);
  });

  it('can try again when joining fails', async () => {
    const given = await invited();
    const { meetings, chat, clock, client } = given;
    meetings.fail(new ContactCenterError('meeting/not-joinable', 'unable to join meeting; it has not begun'));
    const failed = invitationTo(chat, 'meeting').accept();
    failed.catch(() => {});
    await clock.advance(0);
    await expect(failed).rejects.toMatchObject({ code: 'meeting/not-joinable' });
    expect(invitationTo(chat, 'meeting').status).toBe('accepted');
    meetings.fail(undefined);
    expect((await inMeeting(given)).meeting.state$.value.status).toBe('connected');
    await client.close();
  });

  it('has the call on hold meanwhile, and back after the meeting', async () => {
    const given = await invited();
    const call = await inCall(given);
    const { meeting, voice, clock, client } = await inMeeting(given);
    expect(call.state$.value.call).toBe('held');
    expect(meeting.state$.value.status).toBe('connected');
    await Promise.all([meeting.leave(), clock.advance(0)]);
    expect(call.state$.value.call).toBe('connected');
    expect(voice.calls[0]?.asked).toEqual(['hold', 'resume']);
    await client.close();
  });

  it('is not joined when the call cannot be put on hold, which goes on', async () => {
    const given = await invited();
    const call = await inCall(given);
    given.voice.fail('hold', new ContactCenterError('call/hold-failed', 'unable to hold call; the service failed'));
    const accepting = invitationTo(given.chat, 'meeting').accept();
    const code = accepting.catch((error: unknown) => (isContactCenterError(error) ? error.code : 'unknown'));
    await given.clock.advance(0);
    expect(await code).toBe('call/hold-failed');
    expect([call.state$.value.call, given.meetings.asked]).toEqual(['connected', []]);
    await given.client.close();
  });

  it('has the meeting on hold while they join a call, and back after it', async () => {
    const given = await inMeeting();
    const call = await inCall(given);
    expect(given.meeting.state$.value.status).toBe('held');
    expect(call.state$.value.call).toBe('connected');
    await Promise.all([call.hangUp(), given.clock.advance(0)]);
    expect(given.meeting.state$.value.status).toBe('connected');
    await given.client.close();
  });

  it('may join it again after a reload, and the other page is left alone', async () => {
    const given = await inMeeting();
    const other = given.page();
    const later = await other.client.resume(given.chat.resumeToken);
    await given.clock.advance(0);
    expect(invitationTo(later!, 'meeting').status).toBe('accepted');
    await other.client.close();
    expect(given.meeting.state$.value.status).toBe('connected');
    await given.client.close();
  });
});
