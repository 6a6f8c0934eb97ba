import { ContactCenterError, isContactCenterError, type MessageItem, type Timeline } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { describe, expect, it } from 'vitest';
import { invitationsWorld, invitationTo } from './invitations-world';

const texts = (timeline: Timeline) =>
  [...timeline].filter((item): item is MessageItem => item.kind === 'message').map(({ text }) => text);

/** Asks, without waiting, for the code that a command was rejected with. */
function codeIn(command: Promise<unknown>): () => string | undefined {
  let code: string | undefined;
  command.catch((error: unknown) => (code = isContactCenterError(error) ? error.code : 'unknown'));
  return () => code;
}

/** A page in a chat whose customer is asked into a call. */
async function invited(given = invitationsWorld()) {
  const { clock, center, page } = given;
  const one = page();
  const chat = await one.client.start({ displayName: 'Cleo' });
  await clock.advance(0);
  const record = center.invite('voice');
  await clock.advance(0);
  return { ...given, ...one, chat, record };
}

type Invited = Awaited<ReturnType<typeof invited>>;

/** And joins it. */
async function inCall(given?: Invited) {
  const world = given ?? (await invited());
  const accepting = invitationTo(world.chat, 'voice').accept();
  await world.clock.advance(0);
  const call = await accepting;
  world.voice.calls
    .at(-1)
    ?.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
  world.voice.calls.at(-1)?.change({ status: 'connected' });
  return { ...world, call };
}

describe('a customer who is asked into a call from a chat', () => {
  it('sees who asks and until when, and nothing is opened before they accept', async () => {
    const { chat, record, voice, center, client } = await invited();
    expect(chat.invitations$.value).toMatchObject([
      { id: record.id, channel: 'voice', from: 'Ada', status: 'open', expiresAt: new Date(record.expiresAt) },
    ]);
    expect([voice.opened, center.audiences]).toEqual([0, []]);
    await client.close();
  });

  it('joins with one click, over the same link and beside the chat, in one timeline', async () => {
    const { chat, call, voice, center, clock, client } = await inCall();
    expect(center.pages).toBe(1);
    expect(center.audiences).toEqual(['calling']);
    expect(voice.calls).toMatchObject([
      { to: { teamsApp: expect.any(String) }, options: { correlationId: 'voice-1' } },
    ]);
    expect(call.conversationId).toBe(chat.conversationId);
    expect(call.state$.value).toMatchObject({ phase: 'active', agents: ['Ada'], call: 'connected' });
    expect(chat.invitations$.value).toEqual([]);
    await chat.send('I hear you');
    await clock.advance(0);
    expect(texts(call.timeline$.value)).toEqual(['I hear you']);
    expect(call.timeline$.value).toBe(chat.timeline$.value);
    await client.close();
    expect(chat.invitations$.value).toEqual([]);
    expect([voice.openNow, voice.callsUp, center.pages, clock.pending]).toEqual([0, 0, 0, 0]);
  });

  it('joins once, however often they click', async () => {
    const { chat, voice, clock, center, client } = await invited();
    const invitation = invitationTo(chat, 'voice');
    const both = [invitation.accept(), invitation.accept()];
    await clock.advance(0);
    const [first, second] = await Promise.all(both);
    expect(second).toBe(first);
    expect(await invitation.accept()).toBe(first);
    expect(voice.calls).toHaveLength(1);
    expect(center.asked.filter((one) => one.startsWith('invitation/answer'))).toHaveLength(1);
    await client.close();
  });

  it('hangs up, and the chat goes on', async () => {
    const { chat, call, voice, clock, center, client } = await inCall();
    await Promise.all([call.hangUp(), clock.advance(0)]);
    expect(center.asked).toContain('channel/leave voice-1');
    expect(center.asked).not.toContain('chat/end');
    expect(voice.openNow).toBe(0);
    expect(call.state$.value).toMatchObject({ phase: 'active', call: 'closed' });
    expect(chat.state$.value).toEqual({ phase: 'active', agents: ['Ada'], link: 'online' });
    expect((await chat.send('still here')).state).toBe('sent');
    expect(chat.invitations$.value).toEqual([]);
    await client.close();
  });

  it('hangs up also when the contact center has heard it from the line before', async () => {
    const { call, clock, center, client } = await inCall();
    center.refuse('channel/leave', 'channel/closed');
    await Promise.all([call.hangUp(), clock.advance(0)]);
    expect(center.asked).toContain('channel/leave voice-1');
    expect(call.state$.value.call).toBe('lost');
    await client.close();
  });

  it('says so when leaving is refused for another reason', async () => {
    const { call, clock, center, client } = await inCall();
    center.refuse('channel/leave', 'channel/unavailable');
    const code = codeIn(call.hangUp());
    await clock.advance(0);
    expect(code()).toBe('channel/unavailable');
    await client.close();
  });

  it('is told why when the call is closed for them, and its phone is put away', async () => {
    const { chat, call, voice, clock, center, client } = await inCall();
    let completed = false;
    call.state$.subscribe({ complete: () => (completed = true) });
    center.close('voice-1', 'agent-ended');
    await clock.advance(0);
    expect(call.state$.value).toMatchObject({ phase: 'active', call: 'closed', closedBecause: 'agent-ended' });
    expect([voice.callsUp, voice.openNow, completed]).toEqual([0, 0, true]);
    expect((await chat.send('still here')).state).toBe('sent');
    await client.close();
  });

  it('may close the chat’s part of the page while the call goes on, and the other way round', async () => {
    const { chat, call, voice, clock, center } = await inCall();
    await chat.close();
    expect(call.state$.value.call).toBe('connected');
    await expect(chat.send('late')).rejects.toMatchObject({ code: 'channel/closed' });
    await Promise.all([call.close(), clock.advance(0)]);
    expect([voice.openNow, center.pages, clock.pending]).toEqual([0, 0, 0]);
  });

  it('ends everything with the chat', async () => {
    const { chat, call, voice, clock, client, center } = await inCall();
    await Promise.all([chat.end(), clock.advance(0)]);
    center.close('voice-1', 'customer-left');
    await clock.advance(0);
    expect(chat.state$.value.phase).toBe('ended');
    expect(call.state$.value).toMatchObject({ phase: 'ended', call: 'closed' });
    expect(voice.openNow).toBe(0);
    await client.close();
  });

  it('finds the chat closed when the agent moved the conversation, and is told so', async () => {
    const { chat, call, clock, center, client } = await inCall();
    center.close('chat-0', 'escalated');
    await clock.advance(0);
    expect(chat.state$.value).toMatchObject({ phase: 'active', closedBecause: 'escalated' });
    await expect(chat.send('late')).rejects.toMatchObject({ code: 'channel/closed' });
    expect(call.state$.value.call).toBe('connected');
    await client.close();
  });

  it('declines, and the conversation goes on', async () => {
    const { chat, clock, center, record, voice, client } = await invited();
    const invitation = invitationTo(chat, 'voice');
    await Promise.all([invitation.decline(), clock.advance(0)]);
    expect(center.asked).toEqual([`invitation/answer ${record.id} false`]);
    expect(chat.invitations$.value).toEqual([]);
    await invitation.decline();
    expect(center.asked).toHaveLength(1);
    await expect(invitation.accept()).rejects.toMatchObject({
      ...{ code: 'invitation/gone', message: 'unable to accept invitation; it was declined' },
    });
    expect(voice.openNow).toBe(0);
    await client.close();
  });

  it('keeps the invitation while there is no microphone, and can accept it once there is', async () => {
    const given = await invited();
    const { chat, voice, center, client } = given;
    voice.setDevices({ permission: 'denied', remedy: 'allow it in the address bar' });
    await expect(invitationTo(chat, 'voice').accept()).rejects.toMatchObject({
      code: 'device/permission-denied',
      message: 'unable to call without a microphone; allow it in the address bar',
    });
    expect([voice.openNow, center.asked, center.audiences]).toEqual([0, [], []]);
    expect(invitationTo(chat, 'voice').status).toBe('open');
    voice.setDevices({ permission: 'granted' });
    expect((await inCall(given)).call.state$.value.call).toBe('connected');
    await client.close();
  });

  it('keeps the invitation when the page has nothing for calls, and is told what to add', async () => {
    const { clock, center, page } = invitationsWorld();
    const { client } = page([serverChat()]);
    const chat = await client.start({ displayName: 'Cleo' });
    center.invite('voice');
    center.invite('meeting');
    await clock.advance(0);
    await expect(invitationTo(chat, 'voice').accept()).rejects.toMatchObject({
      ...{ code: 'provider/missing', field: 'options.providers' },
      message: expect.stringContaining('acsVoice() of onescreen/acs/calling') as unknown,
    });
    await expect(invitationTo(chat, 'meeting').accept()).rejects.toMatchObject({
      ...{ code: 'provider/missing', field: 'options.providers' },
      message: expect.stringContaining('teamsMeetings() of onescreen/acs/calling') as unknown,
    });
    expect(chat.invitations$.value.map(({ status }) => status)).toEqual(['open', 'open']);
    expect(center.asked).toEqual([]);
    await client.close();
  });

  it('leaves a call that the page turns out to have no provider for, so that nobody waits in it', async () => {
    const { chat, clock, center, voice, client } = await invited();
    center.serve('voice', 'somebody');
    const code = codeIn(invitationTo(chat, 'voice').accept());
    await clock.advance(0);
    expect(code()).toBe('provider/missing');
    expect(center.asked).toContain('channel/leave voice-1');
    expect([voice.openNow, chat.invitations$.value]).toEqual([0, []]);
    await client.close();
  });

  it.each(['withdrawn', 'expired', 'accepted'] as const)(
    'is told at once when the invitation is %s while the browser asks for the microphone',
    async (how) => {
      const { chat, clock, center, record, voice, client } = await invited();
      voice.slow('askPermission', 10_000);
      const accepting = invitationTo(chat, 'voice').accept();
      const code = codeIn(accepting);
      await clock.advance(1_000);
      center.end(record, how);
      await clock.advance(0);
      expect(code()).toBe('invitation/gone');
      expect([voice.openNow, chat.invitations$.value, center.asked]).toEqual([0, [], []]);
      await clock.advance(20_000);
      await client.close();
      expect(clock.pending).toBe(0);
    },
  );

  it('ends on the other page what was accepted on this one', async () => {
    const given = await invited();
    const other = given.page();
    const same = await other.client.resume(given.chat.resumeToken);
    expect(invitationTo(same!, 'voice').status).toBe('open');
    const stale = invitationTo(same!, 'voice');
    const { call } = await inCall(given);
    expect(call.state$.value.call).toBe('connected');
    expect(same!.invitations$.value).toEqual([]);
    await expect(stale.accept()).rejects.toMatchObject({
      ...{ code: 'invitation/gone', message: 'unable to accept invitation; it was accepted on another page' },
    });
    expect([given.voice.calls.length, other.voice.calls.length, other.voice.openNow]).toEqual([1, 0, 0]);
    await Promise.all([given.client.close(), other.client.close()]);
  });

  it('answers once over a network that fails between accepting and joining', async () => {
    const { chat, clock, center, voice, socket, client } = await invited();
    center.hold();
    const accepting = invitationTo(chat, 'voice').accept();
    await clock.advance(0);
    expect(invitationTo(chat, 'voice').status).toBe('accepted');
    center.loseAnswers();
    socket.drop({ recover: false, downMs: 5_000 });
    await clock.advance(6_000);
    expect((await accepting).state$.value.call).toBe('connecting');
    expect(new Set(center.asked)).toEqual(new Set(['invitation/answer to-voice-1 true']));
    expect(voice.calls).toHaveLength(1);
    await client.close();
  });

  it('can join again what was accepted and is open: after a line that was lost, and after a reload', async () => {
    const { chat, call, voice, clock, page, center, client } = await inCall();
    voice.calls[0]?.end({ outcome: 'failed', code: 'call/network', retryable: true, message: 'the network failed' });
    await clock.advance(0);
    expect(call.state$.value).toMatchObject({ phase: 'active', call: 'lost', end: { code: 'call/network' } });
    expect(voice.openNow).toBe(0);
    expect(invitationTo(chat, 'voice').status).toBe('accepted');
    await expect(invitationTo(chat, 'voice').decline()).rejects.toMatchObject({ code: 'command/not-allowed' });
    await client.close();

    const reloaded = page();
    const again = await reloaded.client.resume(chat.resumeToken);
    const accepting = invitationTo(again!, 'voice').accept();
    await clock.advance(0);
    expect((await accepting).state$.value.phase).toBe('active');
    expect(reloaded.voice.calls).toMatchObject([{ options: { correlationId: 'voice-1' } }]);
    expect(again!.invitations$.value).toEqual([]);
    center.close('voice-1');
    await clock.advance(0);
    expect(again!.invitations$.value).toEqual([]);
    await reloaded.client.close();
  });

  it('leaves the channel open when the phone cannot be registered, to be tried again', async () => {
    const { chat, clock, voice, client } = await invited();
    const error = { code: 'agent/identity-mismatch', message: 'unable to register; another’s token', retryable: false };
    voice.setRegistration({ status: 'refused', error });
    const code = codeIn(invitationTo(chat, 'voice').accept());
    await clock.advance(0);
    expect(code()).toBe('agent/identity-mismatch');
    expect([voice.openNow, invitationTo(chat, 'voice').status]).toEqual([0, 'accepted']);
    await client.close();
  });

  it('gives up in time, or when told to, and leaves nothing behind', async () => {
    const { chat, clock, voice, client } = await invited();
    voice.slow('askPermission', 600_000);
    const late = codeIn(invitationTo(chat, 'voice').accept());
    await clock.advance(60_000);
    expect(late()).toBe('command/timed-out');
    const aborting = new AbortController();
    const aborted = codeIn(invitationTo(chat, 'voice').accept({ signal: aborting.signal }));
    aborting.abort();
    await clock.advance(0);
    expect(aborted()).toBe('command/aborted');
    const closed = codeIn(invitationTo(chat, 'voice').accept());
    await client.close();
    await clock.advance(0);
    expect(closed()).toBe('session/closed');
    expect([voice.openNow, clock.pending]).toEqual([0, 0]);
  });
});

describe('a customer who calls and is asked into a chat', () => {
  async function calling(given = invitationsWorld('voice')) {
    const one = given.page();
    const call = await one.client.call({ displayName: 'Cleo' });
    one.voice.calls[0]?.change({ status: 'connected' });
    given.center.invite('chat');
    await given.clock.advance(0);
    return { ...given, ...one, call };
  }

  it('writes beside the call, and the call goes on without the chat', async () => {
    const { call, clock, center, voice, client } = await calling();
    const accepting = invitationTo(call, 'chat').accept();
    await clock.advance(0);
    const chat = await accepting;
    await chat.send('my number is 42');
    expect(texts(call.timeline$.value)).toEqual(['my number is 42']);
    await Promise.all([chat.end(), clock.advance(0)]);
    expect(center.asked).toContain('channel/leave chat-1');
    expect(center.asked).not.toContain('chat/end');
    expect(chat.state$.value).toMatchObject({ phase: 'active', closedBecause: 'customer-left' });
    expect(voice.callsUp).toBe(1);
    await chat.close();
    expect(call.state$.value.phase).toBe('active');
    await client.close();
    expect([voice.callsUp, clock.pending]).toEqual([0, 0]);
  });

  it('hangs up, and the chat goes on', async () => {
    const { call, clock, center, client } = await calling();
    const accepting = invitationTo(call, 'chat').accept();
    await clock.advance(0);
    const chat = await accepting;
    await Promise.all([call.hangUp(), clock.advance(0)]);
    expect(center.asked).toContain('channel/leave voice-0');
    expect((await chat.send('still here')).state).toBe('sent');
    await call.close();
    expect((await chat.send('and now')).state).toBe('sent');
    await client.close();
  });

  it('is told which chat provider to add', async () => {
    const given = invitationsWorld('voice');
    const phoneOnly = given.page();
    const { client } = given.page([phoneOnly.phone]);
    const call = await client.call({ displayName: 'Cleo' });
    given.center.invite('chat');
    await given.clock.advance(0);
    const refused = await invitationTo(call, 'chat')
      .accept()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ContactCenterError);
    expect(refused).toMatchObject({ code: 'provider/missing', message: expect.stringContaining('serverChat()') });
    await client.close();
  });
});
