import { describe, expect, it } from 'vitest';
import type { AgentPush } from '../../src/protocol/agent-frames';
import { agent, type Desk } from './contact-center';
import { begin, callCenter, deskWithPhone, inCall } from './scripted-calls';

const agents = [agent('ann'), agent('ben'), agent('sue', { queues: ['sales'] })];

async function talking(more = {}, options = {}) {
  const { calls, center } = callCenter(more, options, agents);
  const ann = await deskWithPhone(center, 'ann');
  const call = await inCall(center, calls, ann, { displayName: 'Cleo' });
  const ben = await deskWithPhone(center, 'ben');
  await ben.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
  return { calls, center, ann, ben, ...call };
}

async function parked(more = {}, options = {}) {
  const world = await talking(more, options);
  await world.ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
  await world.ann.do('task/park', { taskId: world.taskId, note: 'wants her invoice' });
  return world;
}

/** What a desk was last told of parked calls. */
function listAt(desk: Desk) {
  const said = desk.received.filter(
    (one): one is Extract<AgentPush, { readonly type: 'parked' | 'snapshot' }> =>
      one.type === 'parked' || one.type === 'snapshot',
  );
  return said.at(-1)?.parked ?? [];
}

/** The newest task that the log tells of. */
function taskAt(desk: Desk, conversationId: string) {
  const tasks = desk.entries(conversationId).flatMap((entry) => (entry.type === 'task' ? [entry.task] : []));
  return tasks.at(-1);
}

describe('an agent who parks a call', () => {
  it('leaves it and is free at once, without wrap-up; the agents of its queue see it', async () => {
    const { calls, center, ann, ben, taskId, conversationId } = await parked();
    const returnsAt = center.clock.now() + 180_000;
    expect(calls.asked).toEqual(['join', 'leave']);
    expect(ann.of('conversation-left').at(-1)).toMatchObject({ conversationId, reason: 'parked' });
    expect(taskAt(ann, conversationId)).toMatchObject({
      status: 'queued',
      reason: 'parked',
      from: { agentId: 'ann', displayName: 'ann A.', note: 'wants her invoice' },
    });
    expect(ann.record.load).toMatchObject({ tasks: 0, used: 0 });
    const call = { taskId, conversationId, queueId: 'support', customer: 'Cleo', by: 'ann A.', returnsAt };
    for (const desk of [ann, ben]) expect(listAt(desk)).toMatchObject([{ ...call, note: 'wants her invoice' }]);
    expect(listAt(await center.desk('ben'))).toMatchObject([call]);
    expect(listAt(await center.desk('sue'))).toEqual([]);
  });

  it('is not asked for it again, nor is anybody else, before its time is up', async () => {
    const { center, ann, ben } = await talking();
    await ben.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    const offers = ann.of('offer').length;
    await ann.do('task/park', { taskId: ann.offer.task.id });
    await center.clock.advance(170_000);
    expect([ann.of('offer').length, ben.of('offer').length]).toEqual([offers, 0]);
  });

  it('may only park a call that is the agent’s own and is there', async () => {
    const { center, calls, ann, ben, taskId } = await talking();
    expect(await ben.refusal('task/park', { taskId })).toMatchObject({ code: 'task/gone' });
    await ann.do('task/end', { taskId });
    expect(await ann.refusal('task/park', { taskId })).toMatchObject({ code: 'task/wrong-state' });
    await ben.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    await center.start('Chad');
    await center.settle();
    const { taskId: chat } = await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(await ben.refusal('task/park', { taskId: chat })).toMatchObject({ code: 'command/not-allowed' });
    await ben.do('task/end', { taskId: chat });
    await ben.do('wrap-up/complete', { taskId: chat, disposition: 'solved' });
    await calls.phone();
    await center.settle();
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    expect(await ben.refusal('task/park', { taskId: ben.offer.task.id })).toMatchObject({
      code: 'command/not-allowed',
    });
  });

  it('lets whoever was merged in go first; it is not for them to park', async () => {
    const { calls, center, ann, ben, taskId, conversationId } = await talking();
    await ben.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    const { consultId } = await ann.do('consult/start', { taskId, to: { agent: 'ben' } });
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    await ann.do('consult/act', { conversationId, consultId, action: 'merge' });
    expect(await ben.refusal('task/park', { taskId: ben.offer.task.id })).toMatchObject({
      code: 'command/not-allowed',
    });
    await ann.do('task/park', { taskId });
    await center.settle();
    expect(calls.asked.slice(-2)).toEqual(['leave', 'leave']);
    expect(listAt(ben)).toMatchObject([{ taskId }]);
    expect([ann.record.load.used, ben.record.load.used]).toEqual([0, 0]);
  });

  it('may sign out: the call stays parked', async () => {
    const { center, ann, ben, taskId } = await parked();
    await ann.do('session/sign-out', {});
    await center.clock.advance(60_000);
    expect(listAt(ben)).toMatchObject([{ taskId }]);
  });
});

describe('a parked call', () => {
  it('is the taker’s as soon as the phone is answered, with its age, note and capacity', async () => {
    const { calls, center, ann, ben, taskId, conversationId, call } = await parked();
    const { queuedAt } = ann.offer.task;
    await center.clock.advance(30_000);
    const take = begin(ben, 'parked/take', { taskId });
    await center.settle();
    expect(ben.record.load.used).toBe(1);
    expect([listAt(ann), listAt(ben)]).toEqual([[], []]);
    const [expected] = ben.of('call-expected');
    expect(expected?.call).toMatchObject({ conversationId, correlationId: calls.ring.correlationId });
    calls.ring.answer();
    await center.settle();
    expect(take.answer).toMatchObject({ ok: true, result: { taskId, conversation: { id: conversationId } } });
    expect(taskAt(ben, conversationId)).toMatchObject({
      ...{ status: 'assigned', agentId: 'ben', queuedAt, from: { note: 'wants her invoice' } },
    });
    await ben.do('call/hold', call);
    await ben.do('task/end', { taskId });
    expect(calls.asked).toEqual(['join', 'leave', 'join', 'hold', 'close']);
  });

  it.each(['call/no-answer', 'call/declined', 'call/unreachable', 'vendor/failure'])(
    'is parked again when its taker’s ring fails with %s',
    async (code) => {
      const { calls, center, ann, ben, taskId } = await parked();
      const before = listAt(ann);
      const take = begin(ben, 'parked/take', { taskId });
      await center.settle();
      calls.ring.fail(code);
      await center.settle();
      const refusal = code === 'vendor/failure' ? 'channel/unavailable' : code;
      expect(take.answer).toMatchObject({
        ok: false,
        error: { code: refusal, message: expect.stringContaining('unable to take call') },
      });
      expect(listAt(ann)).toEqual(before);
      expect(ben.record.load.used).toBe(0);
      await center.clock.advance(20_000);
      expect([ann, ben].map((desk) => desk.of('offer').length)).toEqual([1, 0]);
    },
  );

  it('goes to one of two who take it at once', async () => {
    const { calls, center, ann, ben, taskId } = await parked();
    const first = begin(ann, 'parked/take', { taskId });
    expect(await ben.refusal('parked/take', { taskId })).toMatchObject({ code: 'task/gone' });
    calls.ring.answer();
    await center.settle();
    expect(first.answer).toMatchObject({ ok: true });
  });

  it('is not for an agent of another queue, without a ready phone, or without capacity', async () => {
    const { center, ann, ben, taskId } = await parked();
    const sue = await deskWithPhone(center, 'sue');
    expect(await sue.refusal('parked/take', { taskId })).toMatchObject({ code: 'task/gone' });
    await ben.do('phone/report', { ready: false, reasons: ['microphone-denied'] });
    expect(await ben.refusal('parked/take', { taskId })).toMatchObject({ code: 'agent/unreachable' });
    await ann.do('call/dial', { to: { phone: '+4915112345678' } });
    expect(await ann.refusal('parked/take', { taskId })).toMatchObject({ code: 'agent/no-capacity' });
    expect(listAt(ben)).toMatchObject([{ taskId }]);
  });

  it('is offered again, with its age and to the parker as well, when nobody has taken it for 3 minutes', async () => {
    const { center, ann, ben, taskId } = await parked();
    const { queuedAt } = ann.offer.task;
    await ann.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    await center.clock.advance(179_999);
    expect(ann.of('offer')).toHaveLength(1);
    await center.clock.advance(1);
    expect(listAt(ben)).toEqual([]);
    expect(ann.offer.task).toMatchObject({ id: taskId, queuedAt });
    expect(await ben.refusal('parked/take', { taskId })).toMatchObject({ code: 'task/gone' });
  });

  it('is offered again after as long as its queue says, and at once when a taker was rung beyond that', async () => {
    const queues = [{ id: 'support', parkLimitMs: 5_000 }, { id: 'sales' }];
    const { calls, center, ann, ben, taskId } = await parked({}, { queues });
    begin(ben, 'parked/take', { taskId });
    await ann.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    await center.clock.advance(10_000);
    expect(ann.of('offer')).toHaveLength(1);
    calls.ring.fail('call/no-answer');
    await center.settle();
    expect(ann.of('offer')).toHaveLength(2);
  });

  it('ends with the customer, who hangs up', async () => {
    const { calls, center, ann, ben, taskId, channelId } = await parked();
    calls.events.customerLeft(channelId, 'hung-up');
    await center.settle();
    expect([listAt(ann), listAt(ben)]).toEqual([[], []]);
    expect(await ben.refusal('parked/take', { taskId })).toMatchObject({ code: 'task/gone' });
    expect(() => center.server.explain(taskId)).toThrow(/task/);
    await center.clock.advance(200_000);
    expect(ben.of('offer')).toHaveLength(0);
  });

  it('ends with the customer, who hangs up while its taker is rung', async () => {
    const { calls, center, ben, taskId, channelId } = await parked();
    const take = begin(ben, 'parked/take', { taskId });
    await center.settle();
    calls.events.customerLeft(channelId, 'hung-up');
    await center.settle();
    expect(take.answer).toMatchObject({ ok: false, error: { code: 'task/gone' } });
    expect(listAt(ben)).toEqual([]);
    expect(ben.record.load.used).toBe(0);
  });

  it('leaves nothing behind when the server closes', async () => {
    const { center } = await parked();
    await center.server.close();
    expect(center.clock.pending).toBe(0);
  });
});
