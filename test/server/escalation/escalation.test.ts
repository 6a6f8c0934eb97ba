import { describe, expect, it } from 'vitest';
import { memoryStore } from 'onescreen/server';
import { agent } from '../contact-center';
import { deskWithPhone, inCall } from '../scripted-calls';
import { accept, channelsOf, chatting, closedAt, everything, invitationsAt, of } from './several-channels';

describe('a chat that is taken into a meeting', () => {
  it('stays the same conversation and task, which holds capacity for both', async () => {
    const { ann, taskId, conversationId, channelId, center } = await chatting();
    expect(ann.record).toMatchObject({ load: { used: 1 }, channels: { chat: true, voice: true, meeting: true } });
    const added = await ann.do('task/escalate', { taskId, to: 'meeting' });
    await center.settle();
    const [first, second] = of(ann, conversationId, 'channel-opened');
    expect(first).toMatchObject({ channelId, channel: 'chat' });
    expect(second).toMatchObject({ channelId: added.channelId, channel: 'meeting', provider: 'teams' });
    expect(second?.providerRefs).toEqual({ joinLink: `https://meet/${added.channelId}` });
    expect(channelsOf(ann, conversationId)).toEqual(['chat', 'meeting']);
    expect(new Set(of(ann, conversationId, 'task').map(({ task }) => task.id))).toEqual(new Set([taskId]));
    expect(ann.record.load.used).toBe(2);
    expect(invitationsAt(ann, conversationId)).toMatchObject([
      { channel: 'meeting', channelId: added.channelId, taskId, status: 'open', from: 'ann A.', by: 'link' },
    ]);
  });

  it('shows the customer the invitation alone, and where to join once it is accepted', async () => {
    const { ann, page, taskId, conversationId, center } = await chatting();
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'meeting' });
    await center.settle();
    const [invitation] = invitationsAt(page, conversationId);
    expect(invitation).toMatchObject({ channelId, status: 'open', expiresAt: center.clock.now() + 120_000 });
    expect(invitation).not.toHaveProperty('taskId');
    expect(JSON.stringify(page.received)).not.toContain('https://meet/');
    expect(of(page, conversationId, 'channel-opened')).toHaveLength(1);
    expect((await page.refusal('token/get', { audience: 'meeting' })).code).toBe('token/unavailable');

    const providerRefs = { joinLink: `https://meet/${channelId}` };
    const where = { channel: { channelId, channel: 'meeting', provider: 'teams', providerRefs } };
    expect(await accept({ page, conversationId })).toEqual(where);
    expect(of(page, conversationId, 'channel-opened').at(-1)).toMatchObject({ channelId, providerRefs });
    expect(await page.do('token/get', { audience: 'meeting' })).toMatchObject({ token: 'meeting-8:acs:cleo' });
    expect(invitationsAt(ann, conversationId).at(-1)).toMatchObject({ status: 'accepted' });
    // Again, and from another page: as it was answered.
    expect(await accept({ page, conversationId })).toEqual(where);
    const again = await center.customer(page.started);
    expect(of(again, conversationId, 'channel-opened').at(-1)).toMatchObject({ channelId, providerRefs });
  });

  it.each(['declined', 'expired', 'withdrawn'] as const)(
    'goes on as a chat when the invitation is %s',
    async (status) => {
      const { ann, page, taskId, conversationId, center, meetings } = await chatting();
      const { channelId } = await ann.do('task/escalate', { taskId, to: 'meeting' });
      await center.settle();
      const invitationId = invitationsAt(ann, conversationId)[0]?.id ?? '';
      if (status === 'declined')
        expect(await page.do('invitation/answer', { invitationId, accept: false })).toEqual({});
      if (status === 'expired') {
        await center.clock.advance(119_999);
        expect(closedAt(ann, conversationId)).toEqual([]);
        await center.clock.advance(1);
      }
      if (status === 'withdrawn') await ann.do('invitation/withdraw', { conversationId, invitationId });
      await center.settle();
      expect(invitationsAt(ann, conversationId).at(-1)?.status).toBe(status);
      expect(invitationsAt(page, conversationId).at(-1)?.status).toBe(status);
      expect(closedAt(ann, conversationId)).toEqual([{ channelId, reason: status }]);
      expect(closedAt(page, conversationId)).toEqual([]);
      expect(JSON.stringify(page.received)).not.toContain('https://meet/');
      expect(meetings.asked).toEqual(['open', 'join', 'close']);
      expect(channelsOf(ann, conversationId)).toEqual(['chat']);
      expect(ann.record.load.used).toBe(1);
      await page.say('still here');
      expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
      const late = page.answer('invitation/answer', { invitationId, accept: true });
      if (status === 'declined') expect(await late).toMatchObject({ ok: true, result: {} });
      else expect(await late).toMatchObject({ ok: false, error: { code: 'invitation/gone' } });
      const withdraw = await ann.answer('invitation/withdraw', { conversationId, invitationId });
      expect(withdraw.ok).toBe(status === 'withdrawn');
    },
  );

  it('is accepted or withdrawn, whichever came first', async () => {
    for (const first of ['customer', 'agent'] as const) {
      const { ann, page, taskId, conversationId, center } = await chatting();
      await ann.do('task/escalate', { taskId, to: 'meeting' });
      await center.settle();
      const invitationId = invitationsAt(ann, conversationId)[0]?.id ?? '';
      const byCustomer = () => page.answer('invitation/answer', { invitationId, accept: true });
      const byAgent = () => ann.answer('invitation/withdraw', { conversationId, invitationId });
      const [one, other] = await Promise.all(
        first === 'customer' ? [byCustomer(), byAgent()] : [byAgent(), byCustomer()],
      );
      expect(one.ok).toBe(true);
      expect(other).toMatchObject({ ok: false, error: { code: 'invitation/gone' } });
      const status = first === 'customer' ? 'accepted' : 'withdrawn';
      expect(invitationsAt(ann, conversationId).map((each) => each.status)).toEqual(['open', status]);
    }
  });

  it('ends with the task, its invitation withdrawn', async () => {
    const { ann, page, taskId, conversationId, channelId, center, meetings } = await chatting();
    const meeting = await ann.do('task/escalate', { taskId, to: 'meeting' });
    await ann.do('task/end', { taskId });
    await center.settle();
    expect(invitationsAt(page, conversationId).at(-1)?.status).toBe('withdrawn');
    expect(closedAt(ann, conversationId)).toEqual(
      [channelId, meeting.channelId].map((id) => ({ channelId: id, reason: 'agent-ended' })),
    );
    expect(meetings.asked).toEqual(['open', 'join', 'close']);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(page.status).toMatchObject({ phase: 'ended', reason: 'agent-ended' });
    await ann.do('wrap-up/complete', { taskId });
    expect(meetings.asked).toEqual(['open', 'join', 'close', 'leave']);
    expect(ann.record.load.used).toBe(0);
    await center.clock.advance(1_000);
    expect(center.clock.pending).toBe(0);
  });

  it('ends with the customer’s leaving, and with a channel that is ended alone only that', async () => {
    const { ann, page, taskId, conversationId, channelId, center } = await chatting();
    const meeting = await ann.do('task/escalate', { taskId, to: 'meeting' });
    await center.settle();
    await accept({ page, conversationId });
    await ann.do('channel/end', { conversationId, channelId });
    expect(closedAt(page, conversationId)).toEqual([{ channelId, reason: 'agent-ended' }]);
    expect(channelsOf(ann, conversationId)).toEqual(['meeting']);
    expect(ann.record.load.used).toBe(1);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    expect((await page.refusal('message/send', { conversationId, channelId, clientId: 'x', text: 'x' })).code).toBe(
      'channel/closed',
    );
    await page.do('channel/leave', { channelId: meeting.channelId });
    expect(closedAt(ann, conversationId).at(-1)).toEqual({ channelId: meeting.channelId, reason: 'customer-left' });
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
  });

  it('can be the expert’s for now, with an invitation later whose end leaves it open', async () => {
    const { ann, page, taskId, conversationId, center } = await chatting();
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'meeting', invite: 'none' });
    await center.settle();
    expect(invitationsAt(ann, conversationId)).toEqual([]);
    const { invitationId } = await ann.do('channel/invite', { conversationId, channelId });
    expect(await ann.do('channel/invite', { conversationId, channelId })).toEqual({ invitationId });
    await page.do('invitation/answer', { invitationId, accept: false });
    expect(closedAt(ann, conversationId)).toEqual([]);
    expect(channelsOf(ann, conversationId)).toEqual(['chat', 'meeting']);
    await ann.do('channel/invite', { conversationId, channelId });
    await accept({ page, conversationId });
    expect((await ann.refusal('channel/invite', { conversationId, channelId })).code).toBe('task/wrong-state');
  });

  it('ends with the only channel that the customer is in', async () => {
    const { ann, page, taskId, conversationId, channelId, center } = await chatting();
    const meeting = await ann.do('task/escalate', { taskId, to: 'meeting', invite: 'none' });
    await center.settle();
    await page.do('channel/leave', { channelId });
    await center.settle();
    expect(closedAt(ann, conversationId).map((one) => one.channelId)).toEqual([channelId, meeting.channelId]);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
  });

  it('closes the channel before it, once the customer is in, where that is wanted', async () => {
    const { ann, page, taskId, conversationId, channelId, center } = await chatting();
    const meeting = await ann.do('task/escalate', { taskId, to: 'meeting', close: true });
    await center.settle();
    await accept({ page, conversationId });
    const report = { type: 'self', change: 'waiting' } as const;
    await page.do('meeting/report', { channelId: meeting.channelId, report });
    expect(closedAt(ann, conversationId)).toEqual([]);
    await page.do('meeting/report', { channelId: meeting.channelId, report: { ...report, change: 'joined' } });
    expect(closedAt(ann, conversationId)).toEqual([{ channelId, reason: 'escalated' }]);
    expect(channelsOf(ann, conversationId)).toEqual(['meeting']);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });
});

describe('what is said in a channel that the customer is not in', () => {
  it('reaches the customer by no way, before the invitation is accepted', async () => {
    const world = everything();
    const { center, calls } = world;
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    const { conversationId } = started;
    await calls.phone({ channelId: started.channel.channelId });
    await center.settle();
    ann.frame({ type: 'command', id: 'a', name: 'offer/accept', args: { offerId: ann.offer.id } });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    const { channelId } = await ann.do('task/escalate', { taskId: ann.offer.task.id, to: 'chat', invite: 'none' });
    await ann.do('message/typing', { conversationId, channelId });
    await ann.do('message/send', { conversationId, channelId, clientId: '1', text: 'for later' });
    const older = () => page.do('log/before', { conversationId, seq: 1_000, pageSize: 50 });
    expect(page.of('typing')).toEqual([]);
    expect(await older()).toEqual({ entries: [], more: false });
    const again = await center.customer(started);
    expect(of(again, conversationId, 'message')).toEqual([]);
    await ann.do('channel/invite', { conversationId, channelId });
    await accept({ page, conversationId });
    expect((await older()).entries).toMatchObject([{ type: 'message', message: { text: 'for later' } }]);
  });
});

describe('an escalation is refused, and nothing has happened,', () => {
  it('without capacity', async () => {
    const world = everything({}, {}, [agent('ann', { capacity: 1 })]);
    const { ann, taskId, conversationId, meetings } = await chatting(world);
    expect(ann.record.channels).toEqual({ chat: false, voice: false, meeting: false });
    expect((await ann.refusal('task/escalate', { taskId, to: 'meeting' })).code).toBe('agent/no-capacity');
    expect(meetings.asked).toEqual([]);
    expect(channelsOf(ann, conversationId)).toEqual(['chat']);
  });

  it.each(['open', 'join'])('when the host cannot %s', async (what) => {
    const { ann, taskId, conversationId, meetings, page } = await chatting();
    meetings.fails(what);
    expect((await ann.refusal('task/escalate', { taskId, to: 'meeting' })).code).toBe('channel/unavailable');
    expect(meetings.asked).toEqual(what === 'open' ? ['open'] : ['open', 'join', 'close']);
    expect(ann.record.load.used).toBe(1);
    expect(of(ann, conversationId, 'channel-opened')).toHaveLength(1);
    expect(invitationsAt(page, conversationId)).toEqual([]);
    meetings.fails(undefined);
    expect(await ann.answer('task/escalate', { taskId, to: 'meeting' })).toMatchObject({ ok: true });
  });

  it('when the store fails', async () => {
    const store = memoryStore();
    let broken = false;
    const append: typeof store.append = (...args) =>
      broken ? Promise.reject(new Error('full')) : store.append(...args);
    const { ann, taskId, meetings } = await chatting(everything({ store: { ...store, append } }));
    broken = true;
    expect((await ann.refusal('task/escalate', { taskId, to: 'meeting' })).code).toBe('channel/unavailable');
    expect(meetings.asked).toEqual(['open', 'join', 'leave', 'close']);
    expect(ann.record.load.used).toBe(1);
    broken = false;
    expect(await ann.answer('task/escalate', { taskId, to: 'meeting' })).toMatchObject({ ok: true });
  });

  it('when the agent goes meanwhile', async () => {
    const { ann, taskId, center, meetings, conversationId } = await chatting();
    const ben = await deskWithPhone(center, 'ben');
    meetings.slow();
    ann.frame({ type: 'command', id: 'e', name: 'task/escalate', args: { taskId, to: 'meeting' } });
    await center.settle();
    expect(meetings.asked).toEqual(['open']);
    ann.frame({ type: 'command', id: 'out', name: 'session/sign-out', args: {} });
    await center.settle();
    meetings.go();
    await center.settle();
    expect(meetings.asked).toEqual(['open', 'join', 'leave', 'close']);
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(channelsOf(ben, conversationId)).toEqual(['chat']);
    expect(ben.record.load.used).toBe(1);
  });

  it('for kinds that nothing opens, that are open, and customers who could not come', async () => {
    const { ann, taskId, calls, center } = await chatting();
    const to = async (kind: string, invite?: string) =>
      (await ann.refusal('task/escalate', { taskId, to: kind, ...(invite !== undefined && { invite }) })).code;
    expect(await to('fax')).toBe('command/not-allowed');
    expect(await to('chat')).toBe('task/wrong-state');
    expect(await to('meeting', 'call')).toBe('command/invalid');
    expect(await to('voice', 'call')).toBe('command/invalid');
    expect(await to('voice', 'none')).toBe('command/invalid');
    const ben = await deskWithPhone(center, 'ben');
    const { taskId: caller } = await inCall(center, calls, ben);
    for (const [kind, invite] of [
      ['chat', 'link'],
      ['chat', 'none'],
      ['meeting', 'link'],
    ] as const) {
      expect((await ben.refusal('task/escalate', { taskId: caller, to: kind, invite })).code).toBe(
        'command/not-allowed',
      );
    }
    expect(await ben.answer('task/escalate', { taskId: caller, to: 'meeting', invite: 'none' })).toMatchObject({
      ok: true,
    });
    expect((await ben.refusal('task/escalate', { taskId, to: 'meeting' })).code).toBe('task/gone');
  });
});
