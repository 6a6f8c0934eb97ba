import { describe, expect, it } from 'vitest';
import type { LogFact } from '../../src/protocol/log-entry';
import { memoryStore } from 'onescreen/server';
import { begin, callCenter, deskWithPhone, inCall } from './scripted-calls';

const closedReason = (entries: readonly LogFact[]) =>
  entries.flatMap((entry) => (entry.type === 'channel-closed' ? entry.reason : []));

describe('a caller', () => {
  it('is offered to an agent, then rings at all the agent’s pages, and is talked to once the phone answers', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const other = await center.desk('ann', false);
    const channelId = await calls.phone({ displayName: 'Cleo', phone: '+4915112345678', context: { topic: 'bill' } });
    await center.settle();
    const { id: offerId, preview } = ann.offer;
    expect(preview).toMatchObject({ customer: 'Cleo', context: { topic: 'bill' } });
    expect(calls.rings).toEqual([]);

    const accept = begin(ann, 'offer/accept', { offerId });
    await center.settle();
    const expected = { correlationId: offerId, channelId, expiresAt: center.clock.now() + 20_000, callIds: [] };
    for (const desk of [ann, other]) expect(desk.of('call-expected')).toMatchObject([{ call: expected }]);
    expect(calls.ring).toMatchObject({ correlationId: offerId, timeoutMs: 20_000 });
    calls.ring.ringing(['call-9']);
    expect(ann.of('call-expected').at(-1)?.call.callIds).toEqual(['call-9']);
    expect(accept.answer).toBeUndefined();

    calls.ring.answer();
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: true });
    expect(ann.of('call-forgotten')).toEqual([]);
    expect(ann.of('offer-ended')).toMatchObject([{ offerId, outcome: 'accepted' }]);
    const entries = ann.entries(preview.id);
    expect(entries).toContainEqual(
      expect.objectContaining({
        type: 'channel-opened',
        channel: 'voice',
        provider: 'scripted',
        actions: calls.host.actions,
      }),
    );
    const customer = entries.find((one) => one.type === 'participant-joined');
    expect(customer).toMatchObject({ participant: { providerRefs: { caller: '4:caller', phone: '+4915112345678' } } });
    expect(ann.statuses(preview.id)).toEqual(['queued', 'offered', 'assigned']);
  });

  it('without a name is a caller, and brings texts of a limited size only', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const context = { ok: 'yes', long: 'x'.repeat(1_025), ['k'.repeat(257)]: 'v' };
    await calls.phone({ displayName: '  ', context });
    await center.settle();
    expect(ann.offer.preview).toMatchObject({ customer: 'Caller', context: { ok: 'yes' } });
    expect(Object.keys(ann.offer.preview.context)).toEqual(['ok']);
  });

  it('without a name but with a number is named by that to the agent', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    await calls.phone({ phone: '+4915112345678' });
    await center.settle();
    expect(ann.offer.preview.customer).toBe('+4915112345678');
  });

  it('is routed by what was called', async () => {
    const starts: unknown[] = [];
    const { calls, center } = callCenter({}, { route: (start) => (starts.push(start), { queueId: 'sales' }) });
    await calls.phone({ called: '28:orgid:ra', context: { a: 'b' } });
    expect(starts).toEqual([
      { customer: { displayName: 'Caller' }, context: { a: 'b' }, channel: 'voice', called: '28:orgid:ra' },
    ]);
    await center.server.close();
    expect(calls.stopped).toBe(1);
    expect(center.clock.pending).toBe(0);
    expect(await calls.phone()).toBeUndefined();
  });

  it('is turned away when routing fails, and when too many are there', async () => {
    const { calls } = callCenter({}, { route: () => Promise.reject(new Error('no')) });
    expect(await calls.phone()).toBeUndefined();
    const full = callCenter({}, { limits: { openConversations: 1 } });
    expect(await full.calls.phone()).toBeDefined();
    expect(await full.calls.phone()).toBeUndefined();
  });

  it('leaves no number in the logger, whatever happens to the call', async () => {
    const lines: unknown[] = [];
    const log = (event: string, fields: unknown) => void lines.push({ event, fields });
    const logger = { debug: log, info: log, warn: log, error: log };
    const failing = async () => Promise.reject(new Error('cannot reach +4915199999999'));
    const { calls, center } = callCenter({ hold: failing, leave: failing, close: failing }, { logger });
    const ann = await deskWithPhone(center, 'ann');
    const phone = '+4915199999999';
    const { call, channelId } = await inCall(center, calls, ann, {
      phone,
      displayName: phone,
      called: phone,
      customerRefs: { caller: `4:${phone}` },
      context: { from: phone },
    });
    await ann.refusal('call/hold', call);
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, phone);
    await center.clock.advance(60_000);
    calls.events.customerLeft(channelId, phone);
    await ann.refusal('call/dial', { to: { phone: '+49151999999999999' } });
    await ann.do('call/dial', { to: { phone } });
    await center.clock.advance(61_000);
    expect(lines.length).toBeGreaterThan(5);
    expect(JSON.stringify(lines)).not.toContain('9999999');
  });
});

describe('a caller who hangs up', () => {
  it('while queued is waited for no more', async () => {
    const { calls, center } = callCenter();
    const channelId = (await calls.phone()) ?? '';
    calls.events.customerLeft(channelId, 'hung up');
    await center.settle();
    const ann = await deskWithPhone(center, 'ann');
    expect(ann.of('offer')).toEqual([]);
    expect(calls.asked).toEqual([]);
  });

  it('while offered takes the offer back', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const channelId = (await calls.phone()) ?? '';
    await center.settle();
    calls.events.customerLeft(channelId, 'hung up');
    await center.settle();
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'revoked', reason: 'task-cancelled' }]);
    expect(ann.record).toMatchObject({ availability: { kind: 'available' }, load: { tasks: 0, used: 0 } });
  });

  it('in the instant of the acceptance ends it as gone, whichever comes first', async () => {
    for (const first of ['accept', 'hang-up']) {
      const { calls, center } = callCenter();
      const ann = await deskWithPhone(center, 'ann');
      const channelId = (await calls.phone()) ?? '';
      await center.settle();
      const hangUp = () => calls.events.customerLeft(channelId, 'hung up');
      if (first === 'hang-up') hangUp();
      const accept = begin(ann, 'offer/accept', { offerId: ann.offer.id });
      if (first === 'accept') hangUp();
      await center.settle();
      expect(accept.answer).toMatchObject({ ok: false, error: { code: 'offer/gone' } });
      expect(ann.record).toMatchObject({ availability: { kind: 'available' }, load: { used: 0 } });
    }
  });

  it.each(['customerLeft', 'call/gone'])(
    'while it rings (%s) stops the ring; the agent stays available',
    async (how) => {
      const { calls, center } = callCenter();
      const ann = await deskWithPhone(center, 'ann');
      const channelId = (await calls.phone()) ?? '';
      await center.settle();
      const { id: offerId } = ann.offer;
      const accept = begin(ann, 'offer/accept', { offerId });
      await center.settle();
      if (how === 'customerLeft') calls.events.customerLeft(channelId, 'hung up');
      else calls.ring.fail('call/gone');
      await center.settle();
      expect(accept.answer).toMatchObject({ ok: false, error: { code: 'offer/gone' } });
      expect(calls.ring.signal.aborted).toBe(true);
      expect(ann.of('call-forgotten')).toMatchObject([{ correlationId: offerId }]);
      expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'revoked', reason: 'customer-left' }]);
      expect(ann.record).toMatchObject({ availability: { kind: 'available' }, load: { tasks: 0, used: 0 } });

      // An answer that comes too late takes nobody into a call that is over, or holds the agent.
      calls.ring.answer();
      await center.settle();
      await calls.phone();
      await center.settle();
      expect(ann.of('offer')).toHaveLength(2);
    },
  );

  it('ends the wait and the work also when the store fails', async () => {
    let broken = false;
    const memory = memoryStore();
    const append: typeof memory.append = (id, entries) =>
      broken ? Promise.reject(new Error('disk')) : memory.append(id, entries);
    const { calls, center } = callCenter({}, { store: { ...memory, append } });
    const ann = await deskWithPhone(center, 'ann');
    const { channelId, taskId } = await inCall(center, calls, ann);
    const waiting = (await calls.phone()) ?? '';
    await center.settle();
    broken = true;
    for (const id of [channelId, waiting]) calls.events.customerLeft(id, 'hung up');
    await center.settle();
    broken = false;
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(ann.record.load).toMatchObject({ tasks: 0, used: 0 });
    expect(ann.of('offer')).toHaveLength(1);
  });

  it('while connected closes the channel, and wrap-up begins; told twice, once', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const { channelId, conversationId, call, taskId } = await inCall(center, calls, ann);
    calls.events.customerLeft(channelId, 'hung up');
    calls.events.customerLeft(channelId, 'hung up');
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'call over');
    await center.settle();
    expect(closedReason(ann.entries(conversationId))).toEqual(['customer-left']);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(calls.asked).toEqual(['join']);
    expect(await ann.refusal('call/hold', call)).toMatchObject({ code: 'channel/closed' });
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(ann.statuses(conversationId).at(-1)).toBe('closed');
    expect(calls.asked).toEqual(['join']);
  });
});

describe('a ring', () => {
  const ringing = async (more = {}, options = {}) => {
    const { calls, center } = callCenter(more, options);
    const ann = await deskWithPhone(center, 'ann');
    const channelId = (await calls.phone()) ?? '';
    await center.settle();
    const { offer } = ann;
    const accept = begin(ann, 'offer/accept', { offerId: offer.id });
    await center.settle();
    return { calls, center, ann, offer, accept, channelId };
  };

  it('that nobody answers makes the agent unavailable, and the task goes to the next with its age', async () => {
    const { calls, center, ann, offer, accept } = await ringing({}, { hookTimeoutMs: 1_000 });
    await center.clock.advance(20_000);
    expect(accept.answer).toBeUndefined();
    calls.ring.fail('call/no-answer');
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: false, error: { code: 'call/no-answer' } });
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'revoked', reason: 'ring-no-answer' }]);
    expect(ann.of('call-forgotten')).toMatchObject([{ correlationId: offer.id }]);
    expect(ann.record.availability).toEqual({ kind: 'unavailable', reason: 'ring-no-answer' });
    const ben = await deskWithPhone(center, 'ben');
    expect(ben.offer.task).toMatchObject({ id: offer.task.id, queuedAt: offer.task.queuedAt });
    expect(ben.offer.why?.waitedMs).toBe(20_000);
  });

  it('that is turned away goes to somebody else; the agent stays available', async () => {
    const { calls, center, ann, accept } = await ringing();
    calls.ring.fail('call/declined');
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: false, error: { code: 'call/declined' } });
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'declined', reason: 'call-declined' }]);
    expect(ann.record.availability).toEqual({ kind: 'available' });
    expect(ann.of('offer')).toHaveLength(1);
    const ben = await deskWithPhone(center, 'ben');
    expect(ben.of('offer')).toHaveLength(1);
  });

  it('that is turned away where nobody else is comes back to the same agent after 5 seconds', async () => {
    const { calls, center, ann } = await ringing();
    calls.ring.fail('call/declined');
    await center.clock.advance(4_999);
    expect(ann.of('offer')).toHaveLength(1);
    await center.clock.advance(1);
    expect(ann.of('offer')).toHaveLength(2);
  });

  it('that finds the caller gone has the host end the call all the same', async () => {
    const { calls, center } = await ringing();
    calls.ring.fail('call/gone');
    await center.settle();
    expect(calls.asked).toEqual(['join', 'close']);
  });

  it('that does not get through takes the phone for not ready until it reports again', async () => {
    const { calls, center, ann, accept } = await ringing();
    calls.ring.fail('call/unreachable');
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: false, error: { code: 'call/unreachable' } });
    expect(ann.record).toMatchObject({
      availability: { kind: 'available' },
      phone: { ready: false, reasons: ['unreachable'] },
    });
    expect(ann.of('offer')).toHaveLength(1);
    await ann.do('phone/report', { ready: true, reasons: [] });
    expect(ann.of('offer')).toHaveLength(2);
  });

  it('of a host that never answers ends before the desk gives up, and whoever comes too late is taken out', async () => {
    const { calls, center, ann, accept } = await ringing();
    await center.clock.advance(23_999);
    expect(accept.answer).toBeUndefined();
    await center.clock.advance(1);
    expect(accept.answer).toMatchObject({ ok: false, error: { code: 'channel/unavailable', retryable: true } });
    expect(calls.ring.signal.aborted).toBe(true);
    expect(ann.record.availability).toEqual({ kind: 'available' });
    // The agent may be in without the host having said so: out before anybody else is asked.
    expect(calls.asked).toEqual(['join', 'leave']);
    calls.ring.answer();
    await center.settle();
    expect(calls.asked).toEqual(['join', 'leave', 'leave']);
    await center.clock.advance(1_000);
    expect(ann.of('offer')).toHaveLength(2);
  });

  it('of a host that fails is offered to nobody for a moment', async () => {
    const { calls, center, ann, accept } = await ringing();
    calls.ring.fail('vendor/broken');
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: false, error: { code: 'channel/unavailable' } });
    expect(ann.of('offer')).toHaveLength(1);
    await center.clock.advance(1_000);
    expect(ann.of('offer')).toHaveLength(2);
  });

  it('is one ring, however often and from wherever the offer is accepted', async () => {
    const { calls, center, ann, offer } = await ringing();
    const other = await center.desk('ann', false);
    expect(other.of('snapshot')[0]).toMatchObject({ expected: [{ correlationId: offer.id }] });
    const again = begin(other, 'offer/accept', { offerId: offer.id });
    await center.settle();
    expect(calls.rings).toHaveLength(1);
    calls.ring.answer();
    await center.settle();
    expect(again.answer).toMatchObject({ ok: true });
    expect(ann.of('conversation')).toHaveLength(1);
    const later = await center.desk('ann', false);
    expect(later.of('snapshot')[0]).not.toHaveProperty('expected');
  });

  it('stops when the agent signs out, and the caller goes to the next', async () => {
    const { calls, center, ann, accept } = await ringing();
    const out = begin(ann, 'session/sign-out', {});
    await center.settle();
    expect(out.answer).toMatchObject({ ok: true });
    expect(accept.answer).toMatchObject({ ok: false });
    expect(calls.ring.signal.aborted).toBe(true);
    const ben = await deskWithPhone(center, 'ben');
    expect(ben.of('offer')).toHaveLength(1);
  });

  it('goes on when a link breaks and comes back', async () => {
    const { calls, center, ann, accept } = await ringing();
    ann.drop();
    await center.clock.advance(3_000);
    await ann.connect(ann.session);
    calls.ring.answer();
    await center.settle();
    expect(accept.answer).toMatchObject({ ok: true });
    expect(ann.record.phone).toEqual({ ready: true, reasons: [] });
  });

  it('has the length that the queue says', async () => {
    const { calls } = await ringing({}, { queues: [{ id: 'support', ringTimeoutMs: 12_000 }, { id: 'sales' }] });
    expect(calls.ring.timeoutMs).toBe(12_000);
    expect(() => callCenter({}, { queues: [{ id: 'support', ringTimeoutMs: 25_001 }] })).toThrow('at most 25000');
  });
});

describe('a phone', () => {
  it('that is not ready, or of which nothing is known, keeps calls away and nothing else', async () => {
    const { calls, center } = callCenter();
    const ann = await center.desk('ann');
    expect(ann.record).not.toHaveProperty('phone');
    await calls.phone();
    await center.settle();
    expect(ann.of('offer')).toEqual([]);
    const { conversationId } = await center.start();
    await center.settle();
    expect(ann.offer.task).toMatchObject({ conversationId, channel: 'chat' });
  });

  it('that gets unready takes open offers of calls back, and gets them again when it is ready', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const other = await center.desk('ann', false);
    await calls.phone();
    await center.settle();
    await ann.do('phone/report', { ready: false, reasons: ['microphone-denied'] });
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'revoked', reason: 'phone-not-ready' }]);
    expect(other.record.phone).toEqual({ ready: false, reasons: ['microphone-denied'] });
    await ann.do('phone/report', { ready: true, reasons: [] });
    expect(ann.of('offer')).toHaveLength(2);
  });

  it('is ready where one of several browsers says so, whatever the others say and in whatever order', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const other = await center.desk('ann', false);
    await other.do('phone/report', { ready: false, reasons: ['microphone-denied'] });
    expect(ann.record.phone).toEqual({ ready: true, reasons: [] });
    await calls.phone();
    await center.settle();
    expect(ann.of('offer')).toHaveLength(1);
    ann.drop();
    await center.settle();
    expect(other.record.phone).toEqual({ ready: false, reasons: ['microphone-denied'] });
  });

  it.each([
    ['in the one', 0],
    ['in the other', 1],
  ])('of several browsers that is to answer is that of the browser where the offer was accepted, %s', async (_, at) => {
    const { calls, center } = callCenter();
    const leaders = [await deskWithPhone(center, 'ann'), await center.desk('ann', false)] as const;
    await leaders[1].do('phone/report', { ready: true, reasons: [] });
    const follower = await center.desk('ann', false);
    await calls.phone();
    await center.settle();
    const [here, elsewhere] = at === 0 ? leaders : [leaders[1], leaders[0]];
    const { offer } = leaders[0];
    begin(here, 'offer/accept', { offerId: offer.id });
    await center.settle();
    begin(elsewhere, 'offer/accept', { offerId: offer.id });
    calls.ring.ringing(['server-1']);
    await center.settle();
    const told = [here, elsewhere, follower].map((desk) => desk.of('call-expected').length);
    expect(told).toEqual([2, 0, 2]);
  });

  it('counts as long as the link of its page is up, and the newest report of pages that lead', async () => {
    const { center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const other = await center.desk('ann', false);
    ann.drop();
    await center.settle();
    expect(other.record.phone).toEqual({ ready: false, reasons: ['desk-gone'] });
    await other.do('phone/report', { ready: true, reasons: [] });
    expect(other.record.phone).toEqual({ ready: true, reasons: [] });
    await ann.connect(ann.session);
    await ann.do('phone/report', { ready: false, reasons: ['no-microphone'] });
    await other.do('phone/report', { ready: false, reasons: ['not-leading'] });
    expect(other.record.phone).toEqual({ ready: false, reasons: ['no-microphone'] });
    await ann.do('phone/report', { ready: false, reasons: ['not-leading'] });
    expect(other.record.phone).toEqual({ ready: false, reasons: ['desk-gone'] });
  });
});

describe('an agent who is out of the call', () => {
  it('keeps the task for 60 seconds, and then the caller goes on with the age that they have', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const { channelId, conversationId, offer } = await inCall(center, calls, ann);
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'page closed');
    calls.events.agentLeft(channelId, { acs: '8:acs:nobody' }, 'page closed');
    await ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
    await center.clock.advance(59_999);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    await center.clock.advance(1);
    expect(ann.of('conversation-left')).toMatchObject([{ reason: 'agent-lost-call' }]);
    const ben = await deskWithPhone(center, 'ben');
    expect(ben.offer.task).toMatchObject({ id: offer.task.id, queuedAt: offer.task.queuedAt });
    expect(ben.offer.why?.waitedMs).toBe(60_000);
  });

  it('comes back by a ring under a new correlation id, once, however often asked', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const other = await center.desk('ann', false);
    const { channelId, conversationId, offer, call } = await inCall(center, calls, ann);
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'network');
    await center.clock.advance(50_000);
    const rejoins = [begin(ann, 'call/rejoin', call), begin(other, 'call/rejoin', call)];
    await center.clock.advance(15_000);
    expect(calls.rings).toHaveLength(2);
    expect(calls.ring.correlationId).not.toBe(offer.id);
    expect(other.of('call-expected').at(-1)?.call.correlationId).toBe(calls.ring.correlationId);
    calls.ring.answer({ acs: '8:acs:new' });
    await center.settle();
    for (const { answer } of rejoins) expect(answer).toMatchObject({ ok: true });
    expect(ann.entries(conversationId).at(-1)).toMatchObject({ participant: { providerRefs: { acs: '8:acs:new' } } });
    await center.clock.advance(120_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('who does not come back in time loses the task; a ring under way is waited for', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const { channelId, conversationId, call } = await inCall(center, calls, ann);
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'network');
    await center.settle();
    await center.clock.advance(50_000);
    const rejoin = begin(ann, 'call/rejoin', call);
    await center.clock.advance(20_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    calls.ring.fail('call/no-answer');
    await center.settle();
    expect(rejoin.answer).toMatchObject({ ok: false, error: { code: 'call/no-answer' } });
    expect(ann.of('call-forgotten')).toHaveLength(1);
    expect(ann.of('conversation-left')).toMatchObject([{ reason: 'agent-lost-call' }]);
  });

  it('finds the call over when the caller hangs up or the agent ends it while it rings again', async () => {
    for (const how of ['hang-up', 'end']) {
      const { calls, center } = callCenter();
      const ann = await deskWithPhone(center, 'ann');
      const { channelId, conversationId, call, taskId } = await inCall(center, calls, ann);
      const rejoin = begin(ann, 'call/rejoin', call);
      await center.settle();
      if (how === 'hang-up') calls.events.customerLeft(channelId, 'hung up');
      else await ann.do('task/end', { taskId });
      await center.settle();
      const code = how === 'hang-up' ? 'call/gone' : 'command/aborted';
      expect(rejoin.answer).toMatchObject({ ok: false, error: { code } });
      expect(calls.ring.signal.aborted).toBe(true);
      expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
      await center.clock.advance(60_000);
      expect(ann.of('conversation-left')).toEqual([]);
    }
  });

  it('who vanishes for good gives the call to the next; the host is told to take the agent out', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const ben = await deskWithPhone(center, 'ben');
    await inCall(center, calls, ann);
    ann.drop();
    await center.clock.advance(60_000);
    expect(calls.asked).toEqual(['join', 'leave']);
    expect(ben.of('offer')).toHaveLength(1);
  });
});
