import { describe, expect, it } from 'vitest';
import { begin, deskWithPhone, inCall, type ScriptedCalls } from '../scripted-calls';
import {
  accept,
  channelsOf,
  chatting,
  closedAt,
  everything,
  invitationsAt,
  of,
  phone,
  type Chatting,
} from './several-channels';

/** A chat whose customer has been invited to call, and has called. */
async function called(how: { readonly close?: boolean } = {}) {
  const chat = await chatting();
  const { ann, center, calls, page, conversationId, taskId } = chat;
  const { channelId: callId } = await ann.do('task/escalate', { taskId, to: 'voice', ...how });
  await center.settle();
  const { channel } = await accept({ page, conversationId });
  expect(channel).toMatchObject({ channelId: callId, channel: 'voice', providerRefs: { dial: 'here' } });
  expect(await arrive(calls, callId)).toBe(callId);
  await center.settle();
  return { ...chat, callId };
}

const arrive = (calls: ScriptedCalls, channelId: string) =>
  calls.events.arrived({
    channelId,
    providerRefs: { call: 'c1' },
    customerRefs: { acs: '8:acs:customer' },
    context: {},
  });

/** The same, and the agent has answered. */
async function talking(how: { readonly close?: boolean } = {}) {
  const world = await called(how);
  world.calls.ring.answer();
  await world.center.settle();
  return world;
}

const callOf = ({ conversationId, callId }: { readonly conversationId: string; readonly callId: string }) => ({
  conversationId,
  channelId: callId,
});

describe('a chat that becomes a call', () => {
  it('rings the task’s own agent once the customer’s page calls, and goes on as a chat beside it', async () => {
    const { ann, calls, conversationId, taskId, callId, page, center } = await called();
    expect(calls.rings).toMatchObject([{ names: { acs: '8:acs:ann' } }]);
    expect(ann.of('call-expected').at(-1)?.call).toMatchObject({
      correlationId: calls.ring.correlationId,
      channelId: callId,
    });
    calls.ring.answer();
    await center.settle();
    expect(channelsOf(ann, conversationId)).toEqual(['chat', 'voice']);
    expect(ann.record.load.used).toBe(2);
    await page.say('I hear you');
    await ann.do('call/hold', { conversationId, channelId: callId });
    await ann.do('call/resume', { conversationId, channelId: callId });
    await ann.do('call/record', { conversationId, channelId: callId, step: 'start' });
    expect(calls.asked).toEqual(['join', 'hold', 'resume', 'record start']);
    await ann.do('task/end', { taskId });
    expect(closedAt(page, conversationId)).toHaveLength(2);
    const changes = of(ann, conversationId, 'channel-changed').map(({ change }) => change);
    expect(changes).toEqual(['held', 'resumed', 'recording-started', 'recording-stopped']);
  });

  it('is not told to anybody but the customer where to call, and takes no call before', async () => {
    const { ann, calls, taskId, page, conversationId } = await chatting();
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice' });
    expect(await arrive(calls, channelId)).toBeUndefined();
    expect(JSON.stringify(page.received)).not.toContain('"dial"');
    expect((await ann.refusal('call/hold', { conversationId, channelId })).code).toBe('command/not-allowed');
    expect(calls.rings).toEqual([]);
  });

  it('goes on as a chat when the customer hangs up, and can become a call again', async () => {
    const world = await talking();
    const { ann, calls, conversationId, callId, channelId, center, page, taskId } = world;
    calls.events.customerLeft(callId, 'hung-up');
    await center.settle();
    expect(closedAt(ann, conversationId)).toEqual([{ channelId: callId, reason: 'customer-left' }]);
    expect(channelsOf(ann, conversationId)).toEqual(['chat']);
    expect(ann.record.load.used).toBe(1);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    expect(of(ann, conversationId, 'participant-left')).toEqual([]);
    await page.say('sorry');
    const again = await ann.do('task/escalate', { taskId, to: 'voice' });
    await center.settle();
    await accept({ page, conversationId });
    await arrive(calls, again.channelId);
    await center.settle();
    expect(calls.rings).toHaveLength(2);
    calls.ring.answer();
    await center.settle();
    await ann.do('call/hold', { conversationId, channelId: again.channelId });
    await ann.do('channel/end', { conversationId, channelId });
    expect(channelsOf(ann, conversationId)).toEqual(['voice']);
    calls.events.customerLeft(again.channelId, 'hung-up');
    await center.settle();
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
  });

  it('goes on as a chat when the customer hangs up while the agent is rung', async () => {
    const { ann, calls, conversationId, callId, center, page, taskId } = await called();
    calls.events.customerLeft(callId, 'hung-up');
    await center.settle();
    expect(ann.of('call-forgotten')).toHaveLength(1);
    expect(closedAt(ann, conversationId)).toEqual([{ channelId: callId, reason: 'customer-left' }]);
    await center.clock.advance(120_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    const again = await ann.do('task/escalate', { taskId, to: 'voice' });
    await center.settle();
    await accept({ page, conversationId });
    await arrive(calls, again.channelId);
    await center.settle();
    expect(calls.ring.signal.aborted).toBe(false);
    expect(calls.rings).toHaveLength(2);
  });

  it('goes on as a chat when the customer accepts and does not call within a minute', async () => {
    const { ann, taskId, center, page, conversationId, calls } = await chatting();
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice' });
    await center.settle();
    await accept({ page, conversationId });
    await center.clock.advance(59_999);
    expect(closedAt(page, conversationId)).toEqual([]);
    await center.clock.advance(1);
    expect(closedAt(page, conversationId)).toEqual([{ channelId, reason: 'not-arrived' }]);
    expect(ann.record.load.used).toBe(1);
    expect(await arrive(calls, channelId)).toBeUndefined();
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it.each(['no-answer', 'declined', 'unreachable'])(
    'keeps the task while the customer hears music, the ring having been %s, then gives all of it to somebody else',
    async (why) => {
      const { ann, calls, conversationId, callId, center } = await called();
      const ben = await deskWithPhone(center, 'ben');
      calls.ring.fail(`call/${why}`);
      await center.settle();
      expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
      expect(closedAt(ann, conversationId)).toEqual([]);
      await ann.do('phone/report', { ready: true, reasons: [] });
      const rejoin = begin(ann, 'call/rejoin', { conversationId, channelId: callId });
      await center.settle();
      calls.ring.fail('call/no-answer');
      await center.settle();
      expect(rejoin.answer).toMatchObject({ ok: false });
      await ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
      await center.clock.advance(60_000);
      expect(ben.offer.task).toMatchObject({ channel: 'chat', channels: ['chat', 'voice'] });
      begin(ben, 'offer/accept', { offerId: ben.offer.id });
      await center.settle();
      calls.ring.answer();
      await center.settle();
      expect(ben.statuses(conversationId).at(-1)).toBe('assigned');
      expect(ben.record.load.used).toBe(2);
      await ben.do('call/hold', { conversationId, channelId: callId });
      expect(ann.record.load.used).toBe(0);
    },
  );

  it('comes back at the agent’s desk by a rejoin', async () => {
    const { ann, calls, conversationId, callId, center } = await called();
    calls.ring.fail('call/no-answer');
    await center.settle();
    begin(ann, 'call/rejoin', { conversationId, channelId: callId });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    await center.clock.advance(120_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    await ann.do('call/hold', { conversationId, channelId: callId });
  });

  it('waits with music for whoever gets the task, when nobody has it as the call arrives', async () => {
    const { ann, taskId, center, page, conversationId, calls } = await chatting();
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice' });
    await center.settle();
    await accept({ page, conversationId });
    await ann.do('task/requeue', { taskId });
    await arrive(calls, channelId);
    await center.settle();
    expect(calls.rings).toEqual([]);
    const ben = await deskWithPhone(center, 'ben');
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    expect(calls.rings).toHaveLength(1);
    calls.ring.answer();
    await center.settle();
    expect(ben.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('lets whoever comes as the customer hangs up into the chat', async () => {
    const { ann, taskId, center, conversationId, calls, callId } = await talking();
    await ann.do('task/requeue', { taskId });
    const ben = await deskWithPhone(center, 'ben');
    const accepted = begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.events.customerLeft(callId, 'hung-up');
    await center.settle();
    expect(accepted.answer).toMatchObject({ ok: true });
    expect(channelsOf(ben, conversationId)).toEqual(['chat']);
    expect(ben.record.load.used).toBe(1);
    expect(of(ben, conversationId, 'participant-joined').at(-1)?.participant.displayName).toBe('ben A.');
  });

  it('closes the chat when that is wanted and the call has come', async () => {
    const { ann, conversationId, channelId } = await talking({ close: true });
    expect(closedAt(ann, conversationId)).toEqual([{ channelId, reason: 'escalated' }]);
    expect(channelsOf(ann, conversationId)).toEqual(['voice']);
    expect(ann.record.load.used).toBe(1);
  });

  it('is transferred as a whole: the next agent is in the chat and in the call', async () => {
    const world = await talking();
    const { ann, center, conversationId, taskId, calls, page } = world;
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('task/transfer', { taskId, to: { agent: 'ben' } });
    await center.settle();
    expect(ben.offer.task.channels).toEqual(['chat', 'voice']);
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect(
      of(ben, conversationId, 'task')
        .map(({ task }) => `${task.agentId} ${task.status}`)
        .slice(-2),
    ).toEqual(['ben assigned', 'ann wrapping']);
    expect(ben.record.load.used).toBe(2);
    expect(of(ben, conversationId, 'participant-left').at(-1)?.reason).toBe('transferred');
    await page.say('who is it now?');
    await ben.do('call/hold', callOf(world));
    expect((await ann.refusal('call/hold', callOf(world))).code).toBe('conversation/not-found');
  });

  it('is consulted about in the call alone; whoever takes it over is then in the chat, too', async () => {
    const { ann, center, conversationId, taskId, calls, channelId } = await talking();
    const ben = await deskWithPhone(center, 'ben');
    const { consultId } = await ann.do('consult/start', { taskId, to: { agent: 'ben' } });
    await center.settle();
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect((await ann.refusal('task/escalate', { taskId, to: 'meeting' })).code).toBe('task/wrong-state');
    await ann.do('consult/act', { conversationId, consultId, action: 'complete' });
    await center.settle();
    expect(ben.record.load.used).toBe(2);
    await ben.do('message/send', { conversationId, channelId, clientId: 'b', text: 'here' });
    await ben.do('task/end', { taskId: ben.offer.task.id });
    expect(closedAt(ben, conversationId)).toHaveLength(2);
  });

  it('is the agent’s again, as a chat, when the customer hangs up in a consult', async () => {
    const { ann, center, conversationId, taskId, calls, callId } = await talking();
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('consult/start', { taskId, to: { agent: 'ben' } });
    await center.settle();
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    calls.events.customerLeft(callId, 'hung-up');
    await center.settle();
    expect(of(ann, conversationId, 'consult').at(-1)?.consult).toMatchObject({
      status: 'cancelled',
      reason: 'customer-left',
    });
    expect(ann.statuses(conversationId)).toContain('cancelled');
    expect(ben.record.load.used).toBe(0);
    expect(channelsOf(ann, conversationId)).toBeDefined();
    expect(ann.record.load).toMatchObject({ tasks: 1, used: 1 });
  });

  it('is offered again as a chat when the customer hangs up while parked', async () => {
    const { ann, center, conversationId, taskId, calls, callId } = await talking();
    await ann.do('task/park', { taskId });
    await ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
    expect(ann.of('parked').at(-1)?.parked).toHaveLength(1);
    calls.events.customerLeft(callId, 'hung-up');
    await center.settle();
    expect(ann.of('parked').at(-1)?.parked).toEqual([]);
    const ben = await deskWithPhone(center, 'ben');
    expect(ben.offer.task.conversationId).toBe(conversationId);
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(channelsOf(ben, conversationId)).toEqual(['chat']);
  });

  it('keeps its invitation, with who gave it, when it is transferred', async () => {
    const { ann, center, conversationId, taskId, page, calls } = await chatting();
    const ben = await deskWithPhone(center, 'ben');
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice' });
    await ann.do('task/transfer', { taskId, to: { queue: 'support' } });
    await center.settle();
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(ben.record.load.used).toBe(2);
    expect(invitationsAt(page, conversationId)).toMatchObject([{ status: 'open', from: 'ann A.' }]);
    await accept({ page, conversationId });
    await arrive(calls, channelId);
    await center.settle();
    expect(calls.ring.agentName).toBe('ben A.');
  });
});

describe('a call to the customer’s phone', () => {
  const calling = async (): Promise<Chatting & { readonly callId: string }> => {
    const chat = await chatting();
    const { ann, taskId, conversationId, center } = chat;
    await ann.do('context/set', { conversationId, patch: { phone } });
    const { channelId: callId } = await ann.do('task/escalate', { taskId, to: 'voice', invite: 'call' });
    await center.settle();
    return { ...chat, callId };
  };

  it('rings the agent, then the customer, who accepts by answering', async () => {
    const { ann, calls, center, conversationId, callId } = await calling();
    expect(calls.dials).toEqual([]);
    calls.ring.answer();
    await center.settle();
    expect(calls.dials).toMatchObject([{ to: { phone } }]);
    calls.dials[0]?.setUp({ acs: `4:${phone}` });
    await center.settle();
    expect(invitationsAt(ann, conversationId).at(-1)).toMatchObject({ status: 'open', by: 'call' });
    calls.events.joined(callId, { acs: `4:${phone}` });
    await center.settle();
    expect(invitationsAt(ann, conversationId).at(-1)?.status).toBe('accepted');
    expect(channelsOf(ann, conversationId)).toEqual(['chat', 'voice']);
  });

  it.each(['busy', 'no-answer', 'declined'])('is declined by one whose phone is %s', async (why) => {
    for (const late of [true, false]) {
      const { ann, calls, center, conversationId, callId } = await calling();
      calls.ring.answer();
      await center.settle();
      if (late) {
        calls.dials[0]?.setUp({ acs: `4:${phone}` });
        await center.settle();
        calls.events.customerLeft(callId, why);
      } else calls.dials[0]?.fail(`call/${why}`);
      await center.settle();
      expect(invitationsAt(ann, conversationId).at(-1)?.status).toBe('declined');
      expect(closedAt(ann, conversationId)).toEqual([{ channelId: callId, reason: why }]);
      expect(ann.record.load.used).toBe(1);
      await center.clock.advance(200_000);
      expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    }
  });

  it('comes to nothing when the phone rings on, and nobody tells what has become of it', async () => {
    const { ann, calls, center, conversationId, callId } = await calling();
    calls.ring.answer();
    await center.settle();
    calls.dials[0]?.setUp({ acs: `4:${phone}` });
    await center.clock.advance(179_999);
    expect(invitationsAt(ann, conversationId).at(-1)).toMatchObject({ status: 'open' });
    await center.clock.advance(1);
    expect(invitationsAt(ann, conversationId).at(-1)?.status).toBe('expired');
    expect(closedAt(ann, conversationId)).toEqual([{ channelId: callId, reason: 'expired' }]);
    expect(calls.asked.at(-1)).toBe('close');
    expect(ann.record.load.used).toBe(1);
  });

  it('is withdrawn when the agent does not answer, or takes it back', async () => {
    for (const how of ['ring', 'withdraw'] as const) {
      const { ann, calls, center, conversationId, callId } = await calling();
      const [invitation] = invitationsAt(ann, conversationId);
      if (how === 'ring') calls.ring.fail('call/no-answer');
      else await ann.do('invitation/withdraw', { conversationId, invitationId: invitation?.id ?? '' });
      await center.settle();
      expect(invitationsAt(ann, conversationId).at(-1)?.status).toBe('withdrawn');
      expect(closedAt(ann, conversationId)).toMatchObject([{ channelId: callId }]);
      await center.clock.advance(200_000);
      expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
      expect(ann.record.load.used).toBe(1);
    }
  });
});

describe('a call that is taken into a chat', () => {
  it('goes on beside it, for a customer on a page', async () => {
    const world = everything();
    const { center, calls } = world;
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    const { conversationId } = started;
    await calls.phone({ channelId: started.channel.channelId });
    await center.settle();
    const { offer } = ann;
    begin(ann, 'offer/accept', { offerId: offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    const { channelId } = await ann.do('task/escalate', { taskId: offer.task.id, to: 'chat' });
    // Whoever was invited knows where, and has yet to accept.
    const early = { conversationId, channelId, clientId: 'early', text: 'early' };
    expect(await page.refusal('message/send', early)).toMatchObject({ code: 'conversation/not-found' });
    expect(await page.refusal('message/typing', { conversationId, channelId })).toMatchObject({
      code: 'conversation/not-found',
    });
    await ann.do('message/send', { conversationId, channelId, clientId: '1', text: 'the form is at …' });
    await center.settle();
    expect(of(page, conversationId, 'message')).toEqual([]);
    await accept({ page, conversationId });
    expect(of(page, conversationId, 'message').map(({ message }) => message.text)).toEqual(['the form is at …']);
    await page.do('message/send', { conversationId, channelId, clientId: '2', text: 'thanks' });
    await page.do('channel/leave', { channelId: started.channel.channelId });
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    expect(calls.asked.at(-1)).toBe('close');
    await page.do('chat/end', {});
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
  });

  it('can be taken into a meeting as well, where its experts leave with it', async () => {
    const { center, calls } = everything();
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId, taskId, call } = await inCall(center, calls, ann);
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'meeting', invite: 'none' });
    await ann.do('call/add', { ...call, to: { phone } });
    calls.events.customerLeft(call.channelId, 'hung-up');
    await center.settle();
    expect(closedAt(ann, conversationId).map((one) => one.channelId)).toEqual([call.channelId, channelId]);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
  });
});
