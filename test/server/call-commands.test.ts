import { describe, expect, it } from 'vitest';
import { agent } from './contact-center';
import { begin, callCenter, deskWithPhone, inCall } from './scripted-calls';

const to = { phone: '+4915112345678' };
const never = () => new Promise<never>(() => {});

describe('a page that is about to call', () => {
  const start = async (more = {}, options = {}) => {
    const { calls, center } = callCenter(more, options);
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const { channelId } = started.channel;
    const arrive = (call = 'call-1') =>
      calls.events.arrived({ channelId, providerRefs: { call }, customerRefs: { acs: '8:acs:c' }, context: {} });
    return { calls, center, ann, started, channelId, arrive };
  };

  it('is told where to dial, with a token for calling; the wait begins when the call is there', async () => {
    const { center, ann, started, channelId, arrive } = await start();
    expect(started).toMatchObject({
      channel: { channel: 'voice', provider: 'scripted', providerRefs: { dial: 'here' } },
      token: { token: 'calling-8:acs:customer' },
    });
    await center.clock.advance(30_000);
    expect(ann.of('offer')).toEqual([]);
    expect(await arrive()).toBe(channelId);
    await center.settle();
    expect(ann.offer.preview).toMatchObject({ id: started.conversationId, customer: 'Cleo' });
    expect(await arrive()).toBe(channelId);
    expect(await arrive('call-2')).toBeUndefined();
    await center.settle();
    expect(ann.of('offer')).toHaveLength(1);
    expect(ann.offer.why?.waitedMs).toBe(0);
  });

  it('and does not within 60 seconds has given up; its call is not wanted any more', async () => {
    const { calls, center, started, arrive } = await start();
    const page = await center.customer(started);
    await center.clock.advance(60_000);
    expect(page.status).toEqual({ phase: 'ended', reason: 'abandoned' });
    expect(calls.asked).toEqual(['close']);
    expect(await arrive()).toBeUndefined();
  });

  it('may end before it calls', async () => {
    const { center, started, arrive } = await start();
    const page = await center.customer(started);
    await page.do('chat/end', {});
    expect(page.status).toMatchObject({ phase: 'ended' });
    expect(await arrive()).toBeUndefined();
    await center.clock.advance(60_000);
  });

  it('waits on the phone with its page closed', async () => {
    const { center, ann, started, arrive } = await start();
    await ann.do('phone/report', { ready: false, reasons: [] });
    await arrive();
    const page = await center.customer(started);
    page.drop();
    await center.clock.advance(1_200_000);
    await ann.do('phone/report', { ready: true, reasons: [] });
    expect(ann.of('offer')).toHaveLength(1);
  });

  it('is refused when the host cannot open a call, and when nothing carries calls', async () => {
    const failing = callCenter({ open: () => Promise.reject(new Error('no')) });
    const body = { customer: { displayName: 'Cleo' }, channel: 'voice' };
    expect(await failing.center.post('/conversations', body)).toMatchObject({ status: 503 });
    const hanging = callCenter({ open: never });
    const answer = hanging.center.post('/conversations', body);
    await hanging.center.clock.advance(10_000);
    expect(await answer).toMatchObject({ status: 503 });
    expect(hanging.center.clock.pending).toBe(0);
    const none = callCenter({}, { calls: [] });
    expect(await none.center.post('/conversations', body)).toMatchObject({ status: 400 });
  });

  it('gets tokens for calling, as agents do', async () => {
    const { center, started } = await start();
    const path = `/conversations/${started.conversationId}/tokens`;
    const headers = { authorization: `Bearer ${started.resumeToken}` };
    expect(await center.post(path, { audience: 'calling' }, headers)).toMatchObject({
      status: 200,
      body: { token: 'calling-8:acs:customer', kind: 'acsUser' },
    });
    expect(await center.post(path, '', headers)).toMatchObject({ status: 404 });
    expect(await center.post('/tokens', { audience: 'calling' }, { authorization: 'Bearer ann' })).toMatchObject({
      body: { token: 'calling-8:acs:ann' },
    });
  });
});

describe('an agent who calls somebody', () => {
  const dialled = async (more = {}, options = {}, args = {}) => {
    const { calls, center } = callCenter(more, options);
    const ann = await deskWithPhone(center, 'ann');
    await ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
    const answer = await ann.do('call/dial', { to, context: { topic: 'back' }, ...args });
    const conversationId = answer.conversation.id;
    const channelId = answer.dial?.channelId ?? '';
    const arrive = () =>
      calls.events.arrived({ channelId, providerRefs: { call: 'c' }, customerRefs: { acs: '8:acs:ann' }, context: {} });
    return { calls, center, ann, answer, conversationId, channelId, arrive };
  };

  it('has the task at once; the customer is called when the desk’s own call is there', async () => {
    const { calls, center, ann, answer, conversationId, channelId, arrive } = await dialled();
    expect(answer.dial).toEqual({ channelId, correlationId: channelId, onBehalfOf: 'ra-host' });
    expect(ann.statuses(conversationId)).toEqual(['queued', 'assigned']);
    expect(ann.record.load).toMatchObject({ tasks: 1, used: 1 });
    expect(calls.asked).toEqual([]);
    expect(await ann.refusal('call/hold', { conversationId, channelId })).toMatchObject({
      code: 'command/not-allowed',
    });
    expect(await arrive()).toBe(channelId);
    expect(await arrive()).toBe(channelId);
    await center.settle();
    expect(calls.dials).toMatchObject([{ to }]);
    calls.dials[0]?.setUp();
    await center.settle();
    await ann.do('call/hold', { conversationId, channelId });
    await ann.do('task/end', { taskId: answer.taskId });
    expect(calls.asked).toEqual(['dial', 'hold', 'close']);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    await ann.do('wrap-up/complete', { taskId: answer.taskId, disposition: 'solved' });
    expect(ann.record.load.used).toBe(0);
  });

  it('calls on behalf of the queue’s resource account', async () => {
    const queues = [{ id: 'support' }, { id: 'sales', resourceAccount: 'ra-sales' }];
    const { answer } = await dialled({}, { queues }, { queueId: 'sales' });
    expect(answer.dial?.onBehalfOf).toBe('ra-sales');
  });

  it.each([
    ['call/busy', 'busy'],
    ['call/no-answer', 'no-answer'],
    ['call/bad-destination', 'bad-destination'],
    ['vendor/secret', 'failed'],
  ])('and fails with %s wraps up, with the reason %s', async (code, reason) => {
    const { calls, center, ann, conversationId, arrive } = await dialled();
    await arrive();
    calls.dials[0]?.fail(code);
    await center.settle();
    expect(ann.entries(conversationId)).toContainEqual(expect.objectContaining({ type: 'channel-closed', reason }));
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(calls.asked).toEqual(['dial', 'close']);
  });

  it('hears the same when it is told later, or never', async () => {
    const later = await dialled();
    await later.arrive();
    later.calls.dials[0]?.setUp();
    await later.center.settle();
    later.calls.events.customerLeft(later.channelId, 'busy');
    await later.center.settle();
    expect(later.ann.entries(later.conversationId)).toContainEqual(
      expect.objectContaining({ type: 'channel-closed', reason: 'busy' }),
    );
    const never = await dialled();
    await never.arrive();
    await never.center.clock.advance(120_000);
    expect(never.ann.statuses(never.conversationId).at(-1)).toBe('wrapping');
  });

  it('may end it while it rings, and when the desk’s own call never comes wraps up after 60 seconds', async () => {
    const ended = await dialled();
    await ended.arrive();
    await ended.ann.do('task/end', { taskId: ended.answer.taskId });
    expect(ended.calls.asked).toEqual(['dial', 'close']);
    ended.calls.dials[0]?.fail('call/no-answer');
    await ended.center.settle();
    expect(ended.ann.statuses(ended.conversationId).at(-1)).toBe('wrapping');

    const missing = await dialled();
    await missing.center.clock.advance(60_000);
    expect(missing.ann.statuses(missing.conversationId).at(-1)).toBe('wrapping');
    expect(missing.calls.asked).toEqual([]);
    expect(await missing.arrive()).toBeUndefined();
  });

  it('is rung first where desks do not dial themselves', async () => {
    const { calls, center, ann, answer, conversationId } = await dialled({ desksDial: undefined as never });
    expect(answer.dial).toBeUndefined();
    await center.settle();
    expect(ann.of('call-expected')).toHaveLength(1);
    calls.ring.answer();
    await center.settle();
    expect(calls.asked).toEqual(['join', 'dial']);
    calls.dials[0]?.setUp();

    const missed = await dialled({ desksDial: undefined as never });
    missed.calls.ring.fail('call/no-answer');
    await missed.center.settle();
    expect(missed.ann.statuses(missed.conversationId).at(-1)).toBe('wrapping');
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('is refused for a number that is none, without a ready phone or capacity, and where nothing dials', async () => {
    const { calls, center } = callCenter();
    const ann = await center.desk('ann');
    expect(await ann.refusal('call/dial', { to })).toMatchObject({ code: 'agent/unreachable' });
    await ann.do('phone/report', { ready: true, reasons: [] });
    for (const phone of ['4915112345678', '+1234567', '+1234567890123456', '+49 151', 'anna']) {
      expect(await ann.refusal('call/dial', { to: { phone } })).toMatchObject({
        code: 'command/invalid',
        field: 'to.phone',
      });
    }
    expect(await ann.refusal('call/dial', { to, queueId: 'none' })).toMatchObject({ code: 'command/invalid' });
    await inCall(center, calls, ann);
    expect(await ann.refusal('call/dial', { to })).toMatchObject({ code: 'agent/no-capacity' });
    expect(ann.record.load).toMatchObject({ tasks: 1, used: 1 });
    const none = callCenter({ dial: undefined as never });
    const ben = await deskWithPhone(none.center, 'ben');
    expect(await ben.refusal('call/dial', { to })).toMatchObject({ code: 'command/not-allowed' });
  });

  it('calls once for one command, however often it is sent', async () => {
    const { center } = callCenter({}, {}, [agent('ann', { capacity: 5 })]);
    const ann = await deskWithPhone(center, 'ann');
    const [one, two] = await Promise.all([
      ann.answer('call/dial', { to }, 'same-id'),
      ann.answer('call/dial', { to }, 'same-id'),
    ]);
    expect(one).toEqual(two);
    expect(ann.record.load.tasks).toBe(1);
  });
});

describe('commands on a call', () => {
  const setUp = async (more = {}) => {
    const { calls, center } = callCenter(more);
    const ann = await deskWithPhone(center, 'ann');
    return { calls, center, ann, ...(await inCall(center, calls, ann)) };
  };

  it('hold and resume it once each, and say so in the log', async () => {
    const { calls, ann, call, channelId, conversationId } = await setUp();
    await ann.do('call/hold', call);
    await ann.do('call/hold', call);
    calls.events.changed(channelId, 'held');
    await ann.do('call/resume', call);
    calls.events.changed(channelId, 'recording-started');
    calls.events.changed(channelId, 'recording-started');
    await ann.center.settle();
    expect(calls.asked).toEqual(['join', 'hold', 'resume']);
    const changes = ann
      .entries(conversationId)
      .flatMap((entry) => (entry.type === 'channel-changed' ? entry.change : []));
    expect(changes).toEqual(['held', 'resumed', 'recording-started']);
  });

  it('send tones, add somebody and take them out again', async () => {
    const { calls, ann, call, conversationId } = await setUp();
    await ann.do('call/tones', { ...call, tones: '12#' });
    expect(await ann.refusal('call/tones', { ...call, tones: 'x' })).toMatchObject({ code: 'command/invalid' });
    expect(await ann.refusal('call/add', { ...call, to: { phone: '1' } })).toMatchObject({ code: 'command/invalid' });
    await ann.do('call/add', { ...call, to });
    const last = ann.entries(conversationId).at(-1);
    const participantId = last?.type === 'participant-joined' ? last.participant.id : '';
    await ann.do('call/remove', { ...call, participantId });
    expect(await ann.refusal('call/remove', { ...call, participantId })).toMatchObject({ code: 'command/invalid' });
    expect(calls.asked).toEqual(['join', 'tones', 'add', `remove ${JSON.stringify(to)}`]);
    expect(ann.entries(conversationId).at(-1)).toMatchObject({ type: 'participant-left', participantId });
  });

  it('take somebody out by the raw id that the phone shows', async () => {
    const { calls, ann, call, conversationId } = await setUp();
    await ann.do('call/add', { ...call, to });
    const joined = ann.entries(conversationId).at(-1);
    await ann.do('call/remove', { ...call, participantId: `4:${to.phone}` });
    expect(calls.asked.at(-1)).toBe(`remove ${JSON.stringify(to)}`);
    const participantId = joined?.type === 'participant-joined' ? joined.participant.id : 'nobody';
    expect(ann.entries(conversationId).at(-1)).toMatchObject({ type: 'participant-left', participantId });
    expect(await ann.refusal('call/remove', { ...call, participantId: '4:caller' })).toMatchObject({
      code: 'command/invalid',
    });
  });

  it('take out again who is rung though that had been given up', async () => {
    let ring = () => {};
    const slow = () => new Promise<Record<string, string>>((resolve) => (ring = () => resolve({ acs: '4:late' })));
    const { calls, center, ann, call, conversationId } = await setUp({ add: slow });
    const adding = ann.refusal('call/add', { ...call, to });
    await center.clock.advance(10_000);
    expect(await adding).toMatchObject({ code: 'channel/unavailable' });
    ring();
    await center.settle();
    expect(calls.asked).toEqual(['join', 'remove {"acs":"4:late"}']);
    expect(ann.entries(conversationId).at(-1)).not.toMatchObject({ type: 'participant-joined' });
  });

  it('show a customer’s page holds and recordings, and of whoever is added no number', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    const { channelId } = started.channel;
    const { call } = await inCall(center, calls, ann, { channelId, customerRefs: { acs: '8:acs:c' } });
    await ann.do('call/hold', call);
    calls.events.changed(channelId, 'recording-started');
    await ann.do('call/add', { ...call, to });
    await center.settle();
    const later = await center.customer(started);
    for (const seen of [JSON.stringify(page.received), JSON.stringify(later.received)]) {
      expect(seen).toContain('"held"');
      expect(seen).toContain('"recording-started"');
      expect(seen).toContain('"expert"');
      expect(seen).not.toContain(to.phone);
    }
  });

  it('are refused where the host cannot, to whoever does not have the call, and after its end', async () => {
    const { center, ann, call, taskId } = await setUp({ actions: ['hold'], sendTones: undefined as never });
    expect(await ann.refusal('call/tones', { ...call, tones: '1' })).toMatchObject({ code: 'command/not-allowed' });
    const ben = await deskWithPhone(center, 'ben');
    for (const name of ['call/hold', 'call/rejoin']) {
      expect(await ben.refusal(name, call)).toMatchObject({ code: 'conversation/not-found' });
    }
    expect(await ann.refusal('call/hold', { ...call, channelId: 'other' })).toMatchObject({ code: 'command/invalid' });
    await ann.do('task/end', { taskId });
    expect(await ann.refusal('call/hold', call)).toMatchObject({ code: 'channel/closed' });
    expect(await ann.refusal('call/rejoin', call)).toMatchObject({ code: 'channel/closed' });
  });

  it.each<[string, () => Promise<never>]>([
    ['hangs', never],
    ['fails', () => Promise.reject(new Error('no'))],
  ])('whose host %s are answered, and the call goes on', async (_, hold) => {
    const { center, ann, call, conversationId } = await setUp({ hold });
    const held = begin(ann, 'call/hold', call);
    await center.clock.advance(10_000);
    expect(held.answer).toMatchObject({ ok: false, error: { code: 'channel/unavailable', retryable: true } });
    await ann.do('call/tones', { ...call, tones: '1' });
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('are for calls, not for chats', async () => {
    const { center } = callCenter();
    const ann = await center.desk('ann');
    const { conversationId, channel } = await center.start();
    await center.settle();
    await ann.do('offer/accept', { offerId: ann.offer.id });
    const chat = { conversationId, channelId: channel.channelId };
    expect(await ann.refusal('call/hold', chat)).toMatchObject({ code: 'command/invalid', field: 'channelId' });
  });

  it('keep the next agent’s call off hold when the one who held it is gone', async () => {
    const { calls, center, ann, call, taskId, conversationId } = await setUp();
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('call/hold', call);
    await ann.do('task/requeue', { taskId });
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    await ben.do('call/hold', call);
    expect(calls.asked).toEqual(['join', 'hold', 'leave', 'join', 'hold']);
    expect(ben.statuses(conversationId).at(-1)).toBe('assigned');
  });
});

describe('a host that does not answer', () => {
  it('when it is to end a call leaves it as it is; when the agent is to leave, the caller goes on all the same', async () => {
    const { calls, center } = callCenter({ close: never, leave: never });
    const ann = await deskWithPhone(center, 'ann');
    const ben = await deskWithPhone(center, 'ben');
    const { taskId, conversationId } = await inCall(center, calls, ann);
    const end = begin(ann, 'task/end', { taskId });
    await center.clock.advance(10_000);
    expect(end.answer).toMatchObject({ ok: false, error: { code: 'channel/unavailable' } });
    const requeue = begin(ann, 'task/requeue', { taskId });
    await center.clock.advance(10_000);
    expect(requeue.answer).toMatchObject({ ok: true });
    expect(ben.offer.task.conversationId).toBe(conversationId);
  });

  it('when it is to start refuses the server', () => {
    const start = () => {
      throw new Error('no port');
    };
    expect(() => callCenter({ start })).toThrow('no port');
  });
});
