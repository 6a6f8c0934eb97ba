import { memoryStore, type ConversationStore } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import { agent } from '../contact-center';
import { begin, deskWithPhone } from '../scripted-calls';
import { accept, channelsOf, chatting, closedAt, everything, invitationsAt, of, phone } from './several-channels';

/** A store that takes its time when it is told to. */
function patientStore() {
  const memory = memoryStore();
  const waits: { until: Promise<unknown>; go: () => void }[] = [];
  let isSlow = false;
  const store: ConversationStore = {
    ...memory,
    async append(id, entries) {
      if (isSlow) {
        let go = () => {};
        const until = new Promise<void>((resolve) => (go = resolve));
        waits.push({ until, go });
        await until;
      }
      return memory.append(id, entries);
    },
  };
  return {
    store,
    slow() {
      isSlow = true;
    },
    go() {
      isSlow = false;
      for (const { go } of waits.splice(0)) go();
    },
  };
}

describe('an invitation that comes to nothing', () => {
  it.each(['declined', 'expired', 'withdrawn'])(
    'ends the handling, %s, when the customer is in nothing else',
    async (how) => {
      const { ann, page, center, taskId, conversationId, channelId } = await chatting();
      const { channelId: meetingId } = await ann.do('task/escalate', { taskId, to: 'meeting', invite: 'none' });
      const { invitationId } = await ann.do('channel/invite', { conversationId, channelId: meetingId });
      await page.do('channel/leave', { channelId });
      expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
      if (how === 'declined') await page.do('invitation/answer', { invitationId, accept: false });
      if (how === 'withdrawn') await ann.do('invitation/withdraw', { conversationId, invitationId });
      if (how === 'expired') await center.clock.advance(120_000);
      expect(closedAt(ann, conversationId)).toMatchObject([{ channelId }, { channelId: meetingId, reason: how }]);
      expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    },
  );
});

describe('a call that was added', () => {
  it('can be added again when the first one ended before it came', async () => {
    const { ann, page, center, taskId, conversationId, calls } = await chatting();
    const first = await ann.do('task/escalate', { taskId, to: 'voice' });
    await accept({ page, conversationId });
    calls.events.customerLeft(first.channelId, 'hung-up');
    await center.settle();
    expect(closedAt(ann, conversationId)).toMatchObject([{ channelId: first.channelId }]);
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice' });
    await accept({ page, conversationId });
    await calls.events.arrived({ channelId, providerRefs: { call: 'c2' }, customerRefs: { acs: 'c' }, context: {} });
    await center.settle();
    expect(calls.rings).toHaveLength(1);
    calls.ring.answer();
    await center.settle();
    await ann.do('call/hold', { conversationId, channelId });
  });

  it('is told of last when it was wanted while the one before rang', async () => {
    const { ann, center, taskId, conversationId, calls } = await chatting();
    await ann.do('context/set', { conversationId, patch: { phone } });
    const first = await ann.do('task/escalate', { taskId, to: 'voice', invite: 'call' });
    await center.settle();
    const again = begin(ann, 'task/escalate', { taskId, to: 'voice' }, 'again');
    await center.settle();
    calls.events.customerLeft(first.channelId, 'hung-up');
    await center.settle();
    expect(again.answer).toMatchObject({ ok: true });
    expect(channelsOf(ann, conversationId)).toEqual(['chat', 'voice']);
    expect(ann.record.load.used).toBe(2);
  });

  it('is not left to nobody when the agent gives the task back while it is stored', async () => {
    const patient = patientStore();
    const { ann, page, center, taskId, conversationId, calls } = await chatting(everything({ store: patient.store }));
    await ann.do('context/set', { conversationId, patch: { phone } });
    patient.slow();
    const escalated = begin(ann, 'task/escalate', { taskId, to: 'voice', invite: 'call' });
    await center.settle();
    const requeued = begin(ann, 'task/requeue', { taskId }, 'requeue');
    await center.settle();
    patient.go();
    await center.settle();
    expect(requeued.answer).toMatchObject({ ok: true });
    expect(escalated.answer).toBeDefined();
    expect(invitationsAt(page, conversationId).at(-1)?.status).toBe('withdrawn');
    const ben = await deskWithPhone(center, 'ben');
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(calls.rings).toEqual([]);
    expect(channelsOf(ben, conversationId)).toEqual(['chat']);
    expect(ben.record.load.used).toBe(1);
  });

  it('is held for whoever gets the task when the agent gives it to a queue while it is stored', async () => {
    const patient = patientStore();
    const who = [agent('ann', { capacity: 3 }), agent('ben', { capacity: 3, queues: ['sales'] })];
    const { ann, center, taskId, conversationId } = await chatting(everything({ store: patient.store }, {}, who));
    patient.slow();
    begin(ann, 'task/escalate', { taskId, to: 'voice' });
    await center.settle();
    const transferred = begin(ann, 'task/transfer', { taskId, to: { queue: 'sales' } }, 'transfer');
    await center.settle();
    patient.go();
    await center.settle();
    expect(transferred.answer).toMatchObject({ ok: true });
    const ben = await deskWithPhone(center, 'ben');
    expect(ben.offer.task.channels).toEqual(['chat', 'voice']);
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(ben.record.load.used).toBe(2);
    const [invitation] = invitationsAt(ben, conversationId);
    await ben.do('invitation/withdraw', { conversationId, invitationId: invitation?.id ?? '' });
    expect(ben.record.load.used).toBe(1);
  });

  it('is told to a customer whose yes the store takes too late', async () => {
    const patient = patientStore();
    const { ann, center, page, taskId, conversationId, calls } = await chatting(everything({ store: patient.store }));
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice' });
    await center.settle();
    const invitationId = invitationsAt(page, conversationId)[0]?.id ?? '';
    patient.slow();
    page.frame({ type: 'command', id: 'yes', name: 'invitation/answer', args: { invitationId, accept: true } });
    await center.settle();
    await center.clock.advance(10_000);
    patient.go();
    await center.settle();
    expect(invitationsAt(page, conversationId).at(-1)?.status).toBe('accepted');
    expect(of(page, conversationId, 'channel-opened').map((one) => one.channelId)).toContain(channelId);
    const { channel } = await page.do('invitation/answer', { invitationId, accept: true });
    expect(channel).toMatchObject({ channelId, providerRefs: { dial: 'here' } });
    const call = { channelId, providerRefs: { call: 'c1' }, customerRefs: { acs: 'c' }, context: {} };
    expect(await calls.events.arrived(call)).toBe(channelId);
    await center.settle();
    expect(calls.rings).toHaveLength(1);
  });

  it('lets in only one of two pages that say yes at once', async () => {
    const { ann, center, started, page, taskId, conversationId, calls } = await chatting();
    const other = await center.customer(started);
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice' });
    await center.settle();
    const invitationId = invitationsAt(page, conversationId)[0]?.id ?? '';
    await Promise.all([page, other].map((one) => one.answer('invitation/answer', { invitationId, accept: true })));
    expect(invitationsAt(ann, conversationId).map(({ status }) => status)).toEqual(['open', 'accepted']);
    const call = (name: string) => ({
      channelId,
      providerRefs: { call: name },
      customerRefs: { acs: name },
      context: {},
    });
    expect(await calls.events.arrived(call('c1'))).toBe(channelId);
    expect(await calls.events.arrived(call('c2'))).toBeUndefined();
    await center.settle();
    expect(calls.rings).toHaveLength(1);
  });
});

describe('what a page tells of a meeting that it is not in', () => {
  it('ends nothing: a customer’s page is not believed while an agent is in', async () => {
    const { ann, page, center, taskId, conversationId } = await chatting();
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'meeting' });
    await center.settle();
    await accept({ page, conversationId });
    await page.do('meeting/report', { channelId, report: { type: 'over' } });
    expect(closedAt(ann, conversationId)).toEqual([]);
    await ann.do('meeting/report', { conversationId, channelId, report: { type: 'self', change: 'joined' } });
    await page.do('meeting/report', { channelId, report: { type: 'self', change: 'joined' } });
    await page.do('meeting/report', { channelId, report: { type: 'over' } });
    expect(closedAt(ann, conversationId)).toEqual([]);
    await ann.do('meeting/report', { conversationId, channelId, report: { type: 'self', change: 'left' } });
    await page.do('meeting/report', { channelId, report: { type: 'over' } });
    expect(closedAt(ann, conversationId)).toEqual([]);
    await page.do('meeting/report', { channelId, report: { type: 'self', change: 'joined' } });
    await page.do('meeting/report', { channelId, report: { type: 'over' } });
    expect(closedAt(ann, conversationId)).toEqual([{ channelId, reason: 'meeting-ended' }]);
  });

  it('is not taken from an agent who is asked about the call alone', async () => {
    const { ann, page, center, taskId, conversationId, calls } = await chatting();
    const voice = await ann.do('task/escalate', { taskId, to: 'voice' });
    await center.settle();
    await accept({ page, conversationId });
    const call = { providerRefs: { call: 'c1' }, customerRefs: { acs: 'c' }, context: {} };
    await calls.events.arrived({ ...call, channelId: voice.channelId });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'meeting', invite: 'none' });
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('consult/start', { taskId, to: { agent: 'ben' } });
    await center.settle();
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    for (const report of [{ type: 'over' }, { type: 'self', change: 'joined' }] as const)
      expect((await ben.refusal('meeting/report', { conversationId, channelId, report })).code).toBe(
        'conversation/not-found',
      );
    expect(closedAt(ann, conversationId)).toEqual([]);
  });
});
