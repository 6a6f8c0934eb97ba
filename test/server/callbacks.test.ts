import { describe, expect, it } from 'vitest';
import type { RequestedCallback } from 'onescreen/server';
import type { AgentPush } from '../../src/protocol/agent-frames';
import { agent, inHand, type Desk } from './contact-center';
import { begin, callCenter, deskWithPhone, inCall, type ScriptedCalls } from './scripted-calls';

const phone = '+4915112345678';
const other = '+4915187654321';
const hour = 3_600_000;
const agents = [agent('ann'), agent('ben'), agent('sue', { queues: ['sales'] })];
const noDispositions = [{ id: 'support' }, { id: 'sales' }];

function world(more = {}, options = {}) {
  return callCenter(more, { queues: noDispositions, ...options }, agents);
}

/** What a desk was last told of callbacks. */
function listAt(desk: Desk) {
  const said = desk.received.filter(
    (one): one is Extract<AgentPush, { readonly type: 'callbacks' | 'snapshot' }> =>
      one.type === 'callbacks' || one.type === 'snapshot',
  );
  return said.at(-1)?.callbacks ?? [];
}

/** An agent's phone call whose customer is promised a callback in an hour. */
async function promised(more = {}, options = {}, at = hour) {
  const { calls, center } = world(more, options);
  const ann = await deskWithPhone(center, 'ann');
  const call = await inCall(center, calls, ann, { displayName: 'Cleo', phone, context: { topic: 'invoice' } });
  const { conversationId } = call;
  const dueAt = center.clock.now() + at;
  const { callbackId } = await ann.do('callback/schedule', { conversationId, at: dueAt, note: 'after lunch' });
  return { calls, center, ann, ...call, callbackId, dueAt };
}

/** The agent answers the newest ring and the customer picks up. */
async function connect({ calls, center }: { calls: ScriptedCalls; center: ReturnType<typeof world>['center'] }) {
  calls.ring.answer();
  await center.settle();
  calls.dials.at(-1)?.setUp();
  await center.settle();
}

function channelsAt(desk: Desk, conversationId: string) {
  return desk.entries(conversationId).flatMap((entry) => (entry.type === 'channel-opened' ? [entry.channelId] : []));
}

function callbackAt(desk: Desk, conversationId: string) {
  return desk.entries(conversationId).flatMap((entry) => (entry.type === 'callback' ? [entry.callback] : []));
}

describe('an agent who promises a callback', () => {
  it('ends the call with it and wraps up; the agents of its queue see it', async () => {
    const { calls, center, ann, callbackId, conversationId, taskId, dueAt } = await promised();
    expect(calls.asked).toEqual(['join', 'close']);
    expect(ann.entries(conversationId)).toContainEqual(
      expect.objectContaining({ type: 'channel-closed', reason: 'callback' }),
    );
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    const record = {
      ...{ id: callbackId, conversationId, queueId: 'support', phone, customer: 'Cleo', dueAt },
      ...{ status: 'scheduled', note: 'after lunch', requestedAt: center.clock.now() },
    };
    expect(listAt(ann)).toEqual([record]);
    expect(listAt(await center.desk('ben'))).toEqual([record]);
    expect(listAt(await center.desk('sue'))).toEqual([]);
    await ann.do('wrap-up/complete', { taskId });
    await center.clock.advance(hour / 2);
    expect(listAt(ann)).toEqual([record]);
  });

  it('may name any number, of which the customer’s page learns nothing', async () => {
    const { calls, center } = world();
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    await calls.phone({ channelId: started.channel.channelId });
    await center.settle();
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    const { id: taskId } = ann.offer.task;
    await ann.do('callback/schedule', { conversationId: started.conversationId, phone: other, note: 'his office' });
    await ann.do('wrap-up/complete', { taskId });
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    await connect({ calls, center });
    const late = await center.customer(started);
    expect([page.status, late.status]).toMatchObject([{ phase: 'active' }, { phase: 'active' }]);
    const told = JSON.stringify([page.received, late.received]);
    for (const secret of [other, 'his office']) expect(told).not.toContain(secret);
  });

  it('has the call made at that time, by whoever is free, in the same conversation', async () => {
    const { calls, center, ann, conversationId, taskId, channelId, dueAt } = await promised();
    await ann.do('wrap-up/complete', { taskId });
    await center.clock.advance(hour - 1);
    expect(ann.of('offer')).toHaveLength(1);
    await center.clock.advance(1);
    const { offer } = ann;
    expect(offer.task).toMatchObject({
      ...{
        conversationId,
        channel: 'voice',
        purpose: 'callback',
        queuedAt: dueAt - hour,
        labels: { topic: 'invoice' },
      },
      from: { agentId: 'ann', note: 'after lunch' },
    });
    expect(listAt(ann)).toMatchObject([{ status: 'queued' }]);
    const accept = begin(ann, 'offer/accept', { offerId: offer.id });
    await center.settle();
    expect(listAt(ann)).toMatchObject([{ status: 'calling' }]);
    expect(calls.dials).toEqual([]);
    calls.ring.answer();
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: true });
    const channels = channelsAt(ann, conversationId);
    expect(channels).toEqual([channelId, expect.not.stringMatching(channelId)]);
    expect(calls.dials).toMatchObject([{ to: { phone } }]);
    calls.dials[0]?.setUp();
    await center.settle();
    await ann.do('call/hold', { conversationId, channelId: channels[1] ?? '' });
    await ann.do('task/end', { taskId: offer.task.id });
    expect(calls.asked).toEqual(['join', 'close', 'join', 'dial', 'hold', 'close']);
    expect(listAt(ann)).toEqual([]);
    expect(callbackAt(ann, conversationId).map(({ status }) => status)).toEqual([
      ...['scheduled', 'queued', 'calling', 'done'],
    ]);
    await ann.do('wrap-up/complete', { taskId: offer.task.id });
    expect(ann.record.load.used).toBe(0);
  });

  it('is asked at once when no time is named', async () => {
    const { calls, center } = world();
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId } = await inCall(center, calls, ann, { phone });
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('callback/schedule', { conversationId, phone: other, queueId: 'support' });
    await center.settle();
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect(calls.dials).toMatchObject([{ to: { phone: other } }]);
    // Ann is still wrapping up, and sees the call that Ben makes.
    expect(ann.entries(conversationId).filter(({ type }) => type === 'channel-opened')).toHaveLength(2);
  });

  it('may do so in a chat, which ends, and once more in wrap-up, where the new one takes the place of the one before', async () => {
    const { calls, center } = world();
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId, taskId, page } = await inHand(center, ann);
    expect(await ann.refusal('callback/schedule', { conversationId })).toMatchObject({ field: 'phone' });
    const first = await ann.do('callback/schedule', { conversationId, phone, at: center.clock.now() + hour });
    expect(page.status).toMatchObject({ phase: 'callback' });
    const second = await ann.do('callback/schedule', { conversationId, phone: other, at: center.clock.now() + 60_000 });
    expect(listAt(ann)).toMatchObject([{ id: second.callbackId, phone: other }]);
    expect(callbackAt(ann, conversationId)).toMatchObject([
      { id: first.callbackId, status: 'scheduled' },
      { id: first.callbackId, status: 'cancelled' },
      { id: second.callbackId, status: 'scheduled' },
    ]);
    await ann.do('wrap-up/complete', { taskId });
    await center.clock.advance(60_000);
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    await connect({ calls, center });
    expect(page.status).toEqual({ phase: 'active', agents: ['ann A.'] });
    await center.clock.advance(2 * hour);
    expect(calls.dials).toHaveLength(1);
  });

  it.each([
    ['a time that is past', { at: -61_000 }, 'at'],
    ['more than 30 days ahead', { at: 30 * 24 * hour + 1 }, 'at'],
    ['a number that is none', { phone: '0123' }, 'phone'],
    ['an unknown queue', { queueId: 'nowhere' }, 'queueId'],
  ])('cannot promise %s', async (_, { at, ...wish }: { at?: number; phone?: string; queueId?: string }, field) => {
    const { calls, center } = world();
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId } = await inCall(center, calls, ann, { phone });
    const args = { conversationId, ...wish, ...(at !== undefined && { at: center.clock.now() + at }) };
    expect(await ann.refusal('callback/schedule', args)).toMatchObject({ code: 'command/invalid', field });
    expect(calls.asked).toEqual(['join']);
    expect(listAt(ann)).toEqual([]);
  });

  it('may name a time that has just passed: it counts as now', async () => {
    const { calls, center } = world();
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId } = await inCall(center, calls, ann, { phone });
    const now = center.clock.now();
    await ann.do('callback/schedule', { conversationId, at: now - 60_000 });
    expect(listAt(ann)).toMatchObject([{ dueAt: now, status: 'queued' }]);
  });

  it('cannot where nothing makes calls, nor for a conversation that is another’s', async () => {
    const { calls, center } = world({ dial: undefined as never, desksDial: undefined as never });
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId } = await inCall(center, calls, ann, { phone });
    const ben = await deskWithPhone(center, 'ben');
    expect(await ann.refusal('callback/schedule', { conversationId })).toMatchObject({ code: 'command/not-allowed' });
    expect(await ben.refusal('callback/schedule', { conversationId })).toMatchObject({
      code: 'conversation/not-found',
    });
    expect(await ann.refusal('callback/schedule', { conversationId: 'none' })).toMatchObject({
      code: 'conversation/not-found',
    });
  });

  it('lets whoever was brought in go; it is not for them to promise', async () => {
    for (const merged of [false, true]) {
      const { calls, center } = world();
      const ann = await deskWithPhone(center, 'ann');
      const { conversationId, taskId } = await inCall(center, calls, ann, { phone });
      const ben = await deskWithPhone(center, 'ben');
      const { consultId } = await ann.do('consult/start', { taskId, to: { agent: 'ben' } });
      begin(ben, 'offer/accept', { offerId: ben.offer.id });
      await center.settle();
      calls.ring.answer();
      await center.settle();
      if (merged) await ann.do('consult/act', { conversationId, consultId, action: 'merge' });
      const at = center.clock.now() + hour;
      expect(await ben.refusal('callback/schedule', { conversationId, at })).toMatchObject({
        code: 'conversation/not-found',
      });
      await ann.do('callback/schedule', { conversationId, at });
      await center.settle();
      expect([ann, ben].map((desk) => desk.record.load.used)).toEqual([1, 0]);
      expect(listAt(ben)).toMatchObject([{ status: 'scheduled' }]);
      expect(calls.asked.at(-1)).toBe('close');
    }
  });

  it('is kept from it by whoever has the conversation now', async () => {
    const { calls, center } = world();
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId, taskId } = await inCall(center, calls, ann, { phone });
    await ann.do('task/transfer', { taskId, to: { queue: 'support' } });
    expect(ann.statuses(conversationId)).toContain('wrapping');
    expect(await ann.refusal('callback/schedule', { conversationId })).toMatchObject({ code: 'command/not-allowed' });
    const ben = await deskWithPhone(center, 'ben');
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect(await ann.refusal('callback/schedule', { conversationId })).toMatchObject({ code: 'command/not-allowed' });
    await ben.do('callback/schedule', { conversationId, at: center.clock.now() + hour });
    expect(listAt(ann)).toMatchObject([{ status: 'scheduled' }]);
  });

  it('has promised nothing when the call cannot be ended', async () => {
    const { calls, center, ann, conversationId } = await (async () => {
      const failing = world({ close: () => Promise.reject(new Error('no')) });
      const desk = await deskWithPhone(failing.center, 'ann');
      return { ...failing, ann: desk, ...(await inCall(failing.center, failing.calls, desk, { phone })) };
    })();
    expect(await ann.refusal('callback/schedule', { conversationId })).toMatchObject({ code: 'channel/unavailable' });
    await center.settle();
    expect(listAt(ann)).toEqual([]);
    expect(callbackAt(ann, conversationId).at(-1)).toMatchObject({ status: 'cancelled' });
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    await center.clock.advance(hour);
    expect(calls.dials).toEqual([]);
  });
});

describe('a callback that is due', () => {
  const due = async (more = {}, options = {}) => {
    const given = await promised(more, options);
    await given.ann.do('wrap-up/complete', { taskId: given.taskId });
    await given.center.clock.advance(hour);
    return given;
  };
  const accepted = async (more = {}, options = {}) => {
    const given = await due(more, options);
    const accept = begin(given.ann, 'offer/accept', { offerId: given.ann.offer.id });
    await given.center.settle();
    return { ...given, accept };
  };

  it('goes to somebody else when its agent does not answer; the customer is called only then, once', async () => {
    const { calls, center, ann, accept, conversationId } = await accepted();
    const ben = await deskWithPhone(center, 'ben');
    calls.ring.fail('call/no-answer');
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: false, error: { code: 'call/no-answer' } });
    expect(listAt(ann)).toMatchObject([{ status: 'queued' }]);
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    await connect({ calls, center });
    expect(calls.asked.filter((what) => what === 'dial')).toHaveLength(1);
    expect(channelsAt(ben, conversationId)).toHaveLength(2);
    expect(ben.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it.each([
    ['call/busy', 'busy'],
    ['call/no-answer', 'no-answer'],
    ['call/bad-destination', 'bad-destination'],
  ])('whose customer is not reached, with %s, ends in wrap-up, where it may be promised anew', async (code, reason) => {
    const { calls, center, ann, conversationId } = await accepted();
    calls.ring.answer();
    await center.settle();
    calls.dials[0]?.fail(code);
    await center.settle();
    expect(ann.entries(conversationId)).toContainEqual(expect.objectContaining({ type: 'channel-closed', reason }));
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(listAt(ann)).toEqual([]);
    await ann.do('callback/schedule', { conversationId, at: center.clock.now() + hour });
    expect(listAt(ann)).toMatchObject([{ phone, status: 'scheduled' }]);
    await ann.do('wrap-up/complete', { taskId: ann.offer.task.id });
    await center.clock.advance(hour);
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    await connect({ calls, center });
    expect(channelsAt(ann, conversationId)).toHaveLength(3);
  });

  it('is not dialled anew when its call is handed on after the agent was lost', async () => {
    const { calls, center, ann, conversationId } = await accepted();
    await connect({ calls, center });
    const ben = await deskWithPhone(center, 'ben');
    const channelId = channelsAt(ann, conversationId).at(-1) ?? '';
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'left');
    await center.clock.advance(60_000);
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect(calls.asked.filter((what) => what === 'dial')).toHaveLength(1);
    expect(ben.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('stays made when its customer is parked: nobody cancels a call that goes on, or takes it for one to be made', async () => {
    const { calls, center, ann, callbackId } = await accepted();
    await connect({ calls, center });
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('task/park', { taskId: ann.offer.task.id });
    expect(listAt(ben)).toMatchObject([{ status: 'calling' }]);
    expect(await ben.refusal('callback/cancel', { callbackId })).toMatchObject({ code: 'task/wrong-state' });
    expect(calls.asked.at(-1)).toBe('leave');
    begin(ben, 'parked/take', { taskId: ann.offer.task.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    await ben.do('task/end', { taskId: ann.offer.task.id });
    expect(listAt(ben)).toEqual([]);
  });

  it('can be cancelled while nobody has it, but not while somebody calls', async () => {
    const { center, ann, callbackId, conversationId } = await due();
    await ann.do('callback/cancel', { callbackId });
    await center.settle();
    expect(ann.of('offer-ended').at(-1)).toMatchObject({ outcome: 'revoked' });
    expect(listAt(ann)).toEqual([]);
    expect(await ann.refusal('callback/cancel', { callbackId })).toMatchObject({ code: 'callback/gone' });
    expect(ann.record.load.used).toBe(0);
    expect(await ann.refusal('callback/schedule', { conversationId })).toMatchObject({
      code: 'conversation/not-found',
    });

    const calling = await accepted();
    expect(await calling.ann.refusal('callback/cancel', { callbackId: calling.callbackId })).toMatchObject({
      code: 'task/wrong-state',
    });
    expect(await calling.ann.refusal('callback/take', { callbackId: calling.callbackId })).toMatchObject({
      code: 'task/wrong-state',
    });
  });

  it('is taken back with its channel when it is cancelled after a ring has failed', async () => {
    const { calls, center, ann, callbackId } = await accepted();
    calls.ring.fail('call/no-answer');
    await center.settle();
    await ann.do('callback/cancel', { callbackId });
    await center.settle();
    expect(listAt(ann)).toEqual([]);
    await ann.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    await center.clock.advance(hour);
    expect(ann.of('offer')).toHaveLength(2);
  });
});

describe('an agent who takes a callback', () => {
  it('waits for the call before to end, and is not lost', async () => {
    let end = () => {};
    const close = () => new Promise<void>((resolve) => (end = resolve));
    const { calls, center } = world({ close });
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId } = await inCall(center, calls, ann, { displayName: 'Cleo', phone });
    const ben = await deskWithPhone(center, 'ben');
    const promise = begin(ann, 'callback/schedule', { conversationId, at: center.clock.now() + hour });
    await center.settle();
    const [{ id: callbackId } = { id: '' }] = listAt(ben);
    const take = begin(ben, 'callback/take', { callbackId });
    await center.settle();
    end();
    await center.settle();
    await connect({ calls, center });
    expect([promise.answer, take.answer]).toMatchObject([{ ok: true }, { ok: true }]);
    await center.clock.advance(2 * hour);
    expect(listAt(ben)).toMatchObject([{ status: 'calling' }]);
    expect(ben.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('has it at once, before it is due, whether available or not', async () => {
    const { calls, center, ann, callbackId, conversationId, taskId } = await promised();
    await ann.do('wrap-up/complete', { taskId });
    const ben = await deskWithPhone(center, 'ben');
    await ben.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
    const take = begin(ben, 'callback/take', { callbackId });
    await center.settle();
    expect(listAt(ann)).toMatchObject([{ status: 'calling' }]);
    await connect({ calls, center });
    expect(take.answer).toMatchObject({ ok: true, result: { conversation: { id: conversationId } } });
    expect(calls.dials).toMatchObject([{ to: { phone } }]);
    await center.clock.advance(2 * hour);
    expect(ann.of('offer')).toHaveLength(1);
    expect(ben.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('takes it from whoever it is offered to', async () => {
    const { calls, center, ann, callbackId, taskId } = await promised();
    await ann.do('wrap-up/complete', { taskId });
    await center.clock.advance(hour);
    expect(ann.of('offer')).toHaveLength(2);
    const ben = await deskWithPhone(center, 'ben');
    const take = begin(ben, 'callback/take', { callbackId });
    await center.settle();
    expect(ann.of('offer-ended').at(-1)).toMatchObject({ outcome: 'revoked' });
    await connect({ calls, center });
    expect(take.answer).toMatchObject({ ok: true });
  });

  it('stays in the call when the wrap-up of the conversation’s first task ends', async () => {
    const { calls, center } = callCenter({}, { queues: noDispositions }, [agent('ann', { capacity: 2 })]);
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId, taskId } = await inCall(center, calls, ann, { phone });
    const at = center.clock.now() + hour;
    const { callbackId } = await ann.do('callback/schedule', { conversationId, at });
    const take = begin(ann, 'callback/take', { callbackId });
    await center.settle();
    await connect({ calls, center });
    expect(take.answer).toMatchObject({ ok: true });
    await ann.do('wrap-up/complete', { taskId });
    const channelId = channelsAt(ann, conversationId).at(-1) ?? '';
    await ann.do('call/hold', { conversationId, channelId });
    expect(calls.asked).toEqual(['join', 'close', 'join', 'dial', 'hold']);
    expect(ann.of('conversation-left')).toEqual([]);
  });

  it('leaves it in its queue when the phone is not answered', async () => {
    const { calls, center, ann, callbackId, taskId } = await promised();
    await ann.do('wrap-up/complete', { taskId });
    const ben = await deskWithPhone(center, 'ben');
    const take = begin(ben, 'callback/take', { callbackId });
    await center.settle();
    calls.ring.fail('call/no-answer');
    await center.settle();
    expect(take.answer).toMatchObject({ ok: false, error: { code: 'call/no-answer' } });
    expect(ann.offer.task).toMatchObject({ purpose: 'callback' });
  });

  it('cannot of another queue, without a ready phone or without capacity: it stays as it is', async () => {
    const { center, ann, callbackId, dueAt } = await promised();
    expect(await ann.refusal('callback/take', { callbackId })).toMatchObject({ code: 'agent/no-capacity' });
    const sue = await deskWithPhone(center, 'sue');
    expect(await sue.refusal('callback/take', { callbackId })).toMatchObject({ code: 'callback/gone' });
    const ben = await center.desk('ben');
    expect(await ben.refusal('callback/take', { callbackId })).toMatchObject({ code: 'agent/unreachable' });
    expect(listAt(ben)).toMatchObject([{ status: 'scheduled', dueAt }]);
    await ben.do('phone/report', { ready: true, reasons: [] });
    await center.clock.advance(hour);
    expect(ben.offer.task.purpose).toBe('callback');
  });
});

describe('a waiting customer', () => {
  const waiting = async (more = {}, options: object = { allowCallback: () => true }, from = {}) => {
    const { calls, center } = world(more, options);
    const started = await center.start('Cleo', { channel: 'voice', context: { topic: 'invoice' } });
    const page = await center.customer(started);
    const { channelId } = started.channel;
    await calls.events.arrived({
      channelId,
      providerRefs: { call: 'c' },
      customerRefs: { acs: '8:acs:c' },
      context: {},
      ...from,
    });
    await center.settle();
    return { calls, center, started, page, channelId, conversationId: started.conversationId };
  };

  it('who wants to be called back keeps the place in the queue, and sees it', async () => {
    const { calls, center, page } = await waiting();
    const since = center.clock.now();
    await center.clock.advance(60_000);
    const dueAt = center.clock.now();
    expect(await page.do('callback/request', { phone })).toEqual({ dueAt });
    expect(page.status).toEqual({ phase: 'callback', dueAt });
    expect(calls.asked).toEqual(['close']);
    const ann = await deskWithPhone(center, 'ann');
    expect(listAt(ann)).toMatchObject([{ status: 'queued', requestedAt: since, phone }]);
    expect(ann.offer.task).toMatchObject({ queuedAt: since, purpose: 'callback', labels: { topic: 'invoice' } });
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    expect(page.status).toEqual({ phase: 'callback', dueAt });
    await connect({ calls, center });
    expect(page.status).toEqual({ phase: 'active', agents: ['ann A.'] });
    await ann.do('task/end', { taskId: ann.offer.task.id });
    expect(page.status).toEqual({ phase: 'ended', reason: 'agent-ended' });
    const phases = page.of('customer-status').map(({ status }) => status.phase);
    expect(phases.filter((phase) => phase === 'ended')).toHaveLength(1);
    expect(page.entries(page.started.conversationId).map(({ type }) => type)).not.toContain('callback');
  });

  it('may name a later time, and change time and number before anybody calls', async () => {
    const { center, page } = await waiting();
    const at = center.clock.now() + hour;
    expect(await page.do('callback/request', { phone, at })).toEqual({ dueAt: at });
    const ann = await deskWithPhone(center, 'ann');
    expect(ann.of('offer')).toEqual([]);
    expect(await page.do('callback/request', { phone: other, at: at + hour })).toEqual({ dueAt: at + hour });
    expect(listAt(ann)).toMatchObject([{ phone: other, dueAt: at + hour }]);
    const { dueAt } = await page.do('callback/request', { phone: other });
    expect(dueAt).toBe(center.clock.now());
    await center.settle();
    const before = ann.offer.id;
    await page.do('callback/request', { phone });
    expect(ann.of('offer-ended').at(-1)).toMatchObject({ offerId: before });
    expect(listAt(ann)).toMatchObject([{ phone, status: 'queued' }]);
  });

  it('is not given up while the page is gone, nor forgotten', async () => {
    const { center, page, started } = await waiting();
    await page.do('callback/request', { phone, at: center.clock.now() + 24 * hour });
    page.drop();
    await center.clock.advance(24 * hour);
    const ann = await deskWithPhone(center, 'ann');
    expect(ann.offer.task).toMatchObject({ purpose: 'callback' });
    expect((await center.customer(started)).status).toMatchObject({ phase: 'callback' });
  });

  it('may take it back by ending the conversation', async () => {
    for (const [at, way] of [[hour, 'frame'] as const, [0, 'frame'] as const, [hour, 'request'] as const]) {
      const { center, page, started } = await waiting();
      await page.do('callback/request', { phone, at: center.clock.now() + at });
      const authorization = `Bearer ${started.resumeToken}`;
      if (way === 'frame') await page.do('chat/end', {});
      else await center.post(`/conversations/${started.conversationId}/end`, {}, { authorization });
      await center.settle();
      const ann = await deskWithPhone(center, 'ann');
      expect(listAt(ann)).toEqual([]);
      expect(page.status).toMatchObject({ phase: 'ended' });
      await center.clock.advance(2 * hour);
      expect(ann.of('offer')).toEqual([]);
    }
  });

  it('cannot while an agent talks to them, with a number that is none, or after the end', async () => {
    const { calls, center, page } = await waiting();
    expect(await page.refusal('callback/request', { phone: '911' })).toMatchObject({ field: 'phone' });
    expect(calls.asked).toEqual([]);
    const ann = await deskWithPhone(center, 'ann');
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    const refusal = page.refusal('callback/request', { phone });
    calls.ring.answer();
    expect(await refusal).toMatchObject({ code: 'command/not-allowed' });
    await ann.do('task/end', { taskId: ann.offer.task.id });
    expect(await page.refusal('callback/request', { phone })).toMatchObject({ code: 'command/not-allowed' });
  });

  it('is called back at a number that the page names only where the vendor allows that number', async () => {
    const untold = await waiting({}, {});
    expect(await untold.page.refusal('callback/request', { phone })).toEqual({
      ...{ code: 'command/not-allowed', retryable: false, field: 'phone' },
      message: 'unable to promise callback; numbers that a page names need the server’s option allowCallback',
    });
    const asked: unknown[] = [];
    const allowCallback = async (request: RequestedCallback) => {
      asked.push(request);
      return request.phone === phone;
    };
    const { calls, page, conversationId, center } = await waiting({}, { allowCallback });
    expect(await page.refusal('callback/request', { phone: other })).toMatchObject({
      ...{ code: 'command/not-allowed', field: 'phone' },
      message: 'unable to promise callback; the server’s option allowCallback refuses this number',
    });
    expect([calls.asked, page.status?.phase, untold.page.status?.phase]).toEqual([[], 'queued', 'queued']);
    expect(await page.do('callback/request', { phone })).toEqual({ dueAt: center.clock.now() });
    const conversation = { id: conversationId, context: { topic: 'invoice' }, customer: { displayName: 'Cleo' } };
    expect(asked).toMatchObject([
      { phone: other, conversation },
      { phone, conversation },
    ]);
  });

  it('is not called back when whether that is allowed cannot be told', async () => {
    const errors: unknown[] = [];
    const allowCallback = () => Promise.reject(new Error('the directory is down'));
    const onError = (_: unknown, { hook }: { readonly hook: string }) => void errors.push(hook);
    const { calls, page } = await waiting({}, { allowCallback, onError });
    expect(await page.refusal('callback/request', { phone })).toMatchObject({ code: 'command/failed' });
    expect([errors, calls.asked, page.status?.phase]).toEqual([['allowCallback'], [], 'queued']);
  });

  it('may always be called back at the number that the call came from', async () => {
    const { center, page } = await waiting({}, {}, { phone });
    expect(await page.refusal('callback/request', { phone: other })).toMatchObject({ code: 'command/not-allowed' });
    expect(await page.do('callback/request', { phone })).toEqual({ dueAt: center.clock.now() });
  });

  it('may ask for it by a key in the queue’s menu', async () => {
    const { calls, center } = world();
    const channelId = (await calls.phone({ phone, displayName: 'Cleo' })) ?? '';
    calls.events.callbackWanted(channelId);
    await center.settle();
    const ann = await deskWithPhone(center, 'ann');
    expect(listAt(ann)).toMatchObject([{ phone, customer: 'Cleo', status: 'queued' }]);
    expect(calls.asked).toEqual(['close']);
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    await connect({ calls, center });
    expect(calls.dials).toMatchObject([{ to: { phone } }]);
  });

  it('who asks for it by a key waits on when it cannot be promised', async () => {
    const { calls, center } = world();
    const channelId = (await calls.phone()) ?? '';
    calls.events.callbackWanted(channelId);
    calls.events.callbackWanted('unknown', phone);
    await center.settle();
    expect(calls.asked).toEqual([]);
    calls.events.callbackWanted(channelId, other);
    await center.settle();
    const ann = await deskWithPhone(center, 'ann');
    expect(listAt(ann)).toMatchObject([{ phone: other }]);
  });
});

describe('callbacks', () => {
  it('leave nothing behind when the server closes', async () => {
    const { center } = await promised();
    await center.server.close();
    expect(center.clock.pending).toBe(0);
  });

  it('keep numbers out of logs', async () => {
    const lines: string[] = [];
    const line = (message: string, fields?: unknown) => void lines.push(JSON.stringify([message, fields]));
    const { center, calls } = world({}, { logger: { info: line, warn: line, error: line, debug: line } });
    const ann = await deskWithPhone(center, 'ann');
    const { conversationId } = await inCall(center, calls, ann, { phone });
    await ann.do('callback/schedule', { conversationId, phone: other });
    begin(ann, 'callback/take', { callbackId: listAt(ann)[0]?.id });
    await center.settle();
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join()).not.toContain(other);
  });
});
