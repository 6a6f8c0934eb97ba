import { describe, expect, it } from 'vitest';
import { memoryStore } from 'onescreen/server';
import { contactCenter, inHand } from './contact-center';

describe('a chat hosted by the server', () => {
  it('goes from start over offer, accept, messages and end to wrap-up', async () => {
    const center = contactCenter();
    const started = await center.start('Cleo', { context: { order: 4711 } });
    const page = await center.customer(started);
    expect(page.status).toMatchObject({ phase: 'queued', position: 1, queueLength: 1 });

    const ann = await center.desk('ann');
    expect(ann.offer).toMatchObject({
      preview: { id: started.conversationId, customer: 'Cleo', context: { order: 4711 } },
      task: { status: 'offered', queueId: 'support', channel: 'chat', agentId: 'ann' },
      why: { strategy: 'leastFlexible', winner: { workerId: 'ann' } },
    });

    const { taskId, conversation } = await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(ann.of('conversation')[0]?.conversation).toEqual(conversation);
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'accepted' }]);
    expect(page.status).toEqual({ phase: 'active', agents: ['ann A.'] });

    const { conversationId, channel } = started;
    await page.say('hello');
    await ann.do('message/send', { conversationId, channelId: channel.channelId, clientId: 'a1', text: 'hi' });
    const texts = (entries: ReturnType<typeof page.entries>) =>
      entries.flatMap((entry) => (entry.type === 'message' ? [[entry.message.from, entry.message.text]] : []));
    const said = [
      [started.self, 'hello'],
      [conversation.self, 'hi'],
    ];
    expect(texts(page.entries(conversationId))).toEqual(said);
    expect(texts(ann.entries(conversationId))).toEqual(said);

    await ann.do('task/end', { taskId });
    expect(page.status).toEqual({ phase: 'ended', reason: 'agent-ended' });
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(
      await page.answer('message/send', { conversationId, channelId: channel.channelId, clientId: 'x', text: 'late' }),
    ).toMatchObject({
      ok: false,
      error: { code: 'channel/closed' },
    });

    await ann.do('wrap-up/complete', { taskId, disposition: 'solved', notes: 'all good' });
    expect(ann.statuses(conversationId)).toEqual(['queued', 'offered', 'assigned', 'wrapping', 'completed', 'closed']);
    expect(ann.of('conversation-left')).toMatchObject([{ conversationId }]);
    expect(ann.record.load).toEqual({ tasks: 0, used: 0, capacity: 1 });
  });

  it('keeps a gapless log whose time never goes back', async () => {
    const store = memoryStore();
    const center = contactCenter({ store });
    const ann = await center.desk('ann');
    const { page, conversationId, taskId } = await inHand(center, ann);
    await page.say('one');
    await center.clock.advance(1_500);
    await page.say('two');
    await ann.do('task/end', { taskId });
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });

    const stored = await store.read(conversationId);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    const entries = ann.entries(conversationId);
    const hidden = ['kept', 'conversation-ended'];
    expect(entries).toEqual(stored.filter(({ type }) => !hidden.includes(type)).map(({ kept: _, ...entry }) => entry));
    expect(entries.map(({ at }) => at)).toEqual([...entries.map(({ at }) => at)].sort((a, b) => a - b));
    expect(entries.at(-1)).toMatchObject({ type: 'participant-left' });
  });
});
