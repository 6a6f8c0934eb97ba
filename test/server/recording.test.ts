import { describe, expect, it } from 'vitest';
import { begin, callCenter, deskWithPhone, inCall } from './scripted-calls';
import type { Desk, Page } from './contact-center';

async function talking(more = {}) {
  const { calls, center } = callCenter(more, { queues: [{ id: 'support' }] });
  const ann = await deskWithPhone(center, 'ann');
  return { calls, center, ann, ...(await inCall(center, calls, ann)) };
}

const changes = (one: Desk | Page, conversationId: string) =>
  one.entries(conversationId).flatMap((entry) => (entry.type === 'channel-changed' ? [entry.change] : []));

describe('a recording', () => {
  it('is started, paused, resumed and stopped for the agent; the log says so, once each', async () => {
    const { calls, ann, call, conversationId } = await talking();
    for (const step of ['start', 'start', 'pause', 'pause', 'resume', 'stop', 'stop', 'start'] as const) {
      await ann.do('call/record', { ...call, step });
    }
    const steps = ['record start', 'record pause', 'record resume', 'record stop', 'record start'];
    expect(calls.asked).toEqual(['join', ...steps]);
    expect(changes(ann, conversationId)).toEqual([
      ...['recording-started', 'recording-paused', 'recording-resumed', 'recording-stopped', 'recording-started'],
    ]);
  });

  it('cannot be paused or resumed when there is none', async () => {
    const { calls, ann, call } = await talking();
    for (const step of ['pause', 'resume'] as const) {
      expect(await ann.refusal('call/record', { ...call, step })).toMatchObject({ code: 'command/not-allowed' });
    }
    expect(calls.asked).toEqual(['join']);
  });

  it('is said once when the host has said so first', async () => {
    const record = async () => {
      calls.events.changed(channelId, 'recording-started');
    };
    const { calls, center, ann, call, channelId, conversationId } = await talking({ record: () => record() });
    await ann.do('call/record', { ...call, step: 'start' });
    calls.events.changed(channelId, 'recording-started');
    await center.settle();
    expect(changes(ann, conversationId)).toEqual(['recording-started']);
  });

  it('ends with its call', async () => {
    const { ann, call, taskId, conversationId } = await talking();
    await ann.do('call/record', { ...call, step: 'start' });
    await ann.do('task/end', { taskId });
    const types = ann
      .entries(conversationId)
      .map((entry) => (entry.type === 'channel-changed' ? entry.change : entry.type));
    expect(types.slice(types.indexOf('recording-stopped')).slice(0, 2)).toEqual([
      'recording-stopped',
      'channel-closed',
    ]);
  });

  it('goes on when the call is handed on: the next agent sees it, and so does the customer’s page', async () => {
    const { calls, center } = callCenter({}, { queues: [{ id: 'support' }] });
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const { conversationId, channel } = started;
    const page = await center.customer(started);
    await calls.events.arrived({ channelId: channel.channelId, providerRefs: {}, customerRefs: {}, context: {} });
    await center.settle();
    begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    await ann.do('call/record', { conversationId, channelId: channel.channelId, step: 'start' });
    expect(changes(page, conversationId)).toEqual(['recording-started']);
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('task/park', { taskId: ann.offer.task.id });
    begin(ben, 'parked/take', { taskId: ann.offer.task.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect(changes(ben, conversationId)).toEqual(['recording-started']);
    await ben.do('call/record', { conversationId, channelId: channel.channelId, step: 'pause' });
    expect(changes(page, conversationId)).toEqual(['recording-started', 'recording-paused']);
  });

  it('that the host cannot make, or fails to make, is refused, and nothing is said', async () => {
    const failing = await talking({ record: () => Promise.reject(new Error('no')) });
    const start = { ...failing.call, step: 'start' } as const;
    expect(await failing.ann.refusal('call/record', start)).toMatchObject({ code: 'channel/unavailable' });
    expect(changes(failing.ann, failing.conversationId)).toEqual([]);
    const without = await talking({ actions: ['hold', 'resume'] });
    expect(await without.ann.refusal('call/record', { ...without.call, step: 'start' })).toMatchObject({
      code: 'command/not-allowed',
    });
  });
});

describe('muting somebody', () => {
  it('is done by the host, for the customer and for whoever was added, by either name', async () => {
    const { calls, ann, call, conversationId } = await talking();
    const customer = ann
      .entries(conversationId)
      .flatMap((entry) => (entry.type === 'participant-joined' ? [entry.participant] : []))
      .find(({ role }) => role === 'customer');
    await ann.do('call/mute', { ...call, participantId: customer?.id ?? '' });
    await ann.do('call/add', { ...call, to: { phone: '+4915112345678' } });
    await ann.do('call/mute', { ...call, participantId: '4:+4915112345678' });
    const asked = calls.asked.filter((what) => what.startsWith('mute'));
    expect(asked).toEqual(['mute 4:caller', 'mute +4915112345678']);
  });

  it('finds who is meant by the raw id that a host of ACS knows them by', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const { call } = await inCall(center, calls, ann, { customerRefs: { acs: '8:acs:customer' } });
    await ann.do('call/mute', { ...call, participantId: '8:acs:customer' });
    expect(calls.asked.filter((what) => what.startsWith('mute'))).toEqual(['mute 8:acs:customer']);
  });

  it('is refused for oneself, for strangers, and where the host cannot', async () => {
    const { calls, ann, call, conversationId } = await talking();
    const self = ann.of('conversation').find(({ conversation }) => conversation.id === conversationId)
      ?.conversation.self;
    for (const participantId of [self ?? '', 'stranger']) {
      expect(await ann.refusal('call/mute', { ...call, participantId })).toMatchObject({
        ...{ code: 'command/invalid', field: 'participantId' },
      });
    }
    expect(calls.asked).toEqual(['join']);
    const without = await talking({ actions: ['hold'] });
    expect(await without.ann.refusal('call/mute', { ...without.call, participantId: 'x' })).toMatchObject({
      code: 'command/not-allowed',
    });
  });
});
