import { describe, expect, it } from 'vitest';
import { agent, contactCenter, inHand } from './contact-center';

async function talking() {
  const center = contactCenter({}, [agent('ann'), agent('ben')]);
  const ann = await center.desk('ann');
  const hand = await inHand(center, ann);
  const { conversationId, channelId } = hand;
  const say = (text: string, clientId: string) => ann.do('message/send', { conversationId, channelId, clientId, text });
  return { center, ann, say, ...hand };
}

describe('messages', () => {
  it('sent twice under one id of the sender are there once', async () => {
    const { ann, page, say, conversationId } = await talking();
    const first = await say('hi', 'a1');
    expect(await say('hi', 'a1')).toEqual(first);
    await page.say('me too', 'a1');
    expect(ann.entries(conversationId).filter(({ type }) => type === 'message')).toHaveLength(2);
  });

  it('can be changed and deleted by their author alone', async () => {
    const { ann, page, say, conversationId, channelId } = await talking();
    const { messageId } = await say('helo', 'a1');
    const edit = { conversationId, channelId, messageId, text: 'hello' };
    expect(await page.refusal('message/edit', edit)).toMatchObject({ code: 'channel/not-permitted' });
    expect(await page.refusal('message/delete', edit)).toMatchObject({ code: 'channel/not-permitted' });
    await ann.do('message/edit', edit);
    await ann.do('message/delete', { conversationId, channelId, messageId });
    await ann.do('message/delete', { conversationId, channelId, messageId });
    expect(page.entries(conversationId).slice(-2)).toMatchObject([
      { type: 'message-edited', messageId, text: 'hello' },
      { type: 'message-deleted', messageId },
    ]);
    expect(await ann.refusal('message/edit', edit)).toMatchObject({ code: 'message/not-found' });
  });

  it('are marked as read once, up to the newest', async () => {
    const { ann, page, conversationId, channelId } = await talking();
    const one = await page.say('one');
    const two = await page.say('two');
    for (const { messageId } of [two, one, two]) await ann.do('message/read', { conversationId, channelId, messageId });
    expect(page.entries(conversationId).filter(({ type }) => type === 'message-read')).toMatchObject([
      { messageId: two.messageId },
    ]);
    expect(await ann.refusal('message/read', { conversationId, channelId, messageId: 'none' })).toMatchObject({
      code: 'message/not-found',
    });
  });

  it('of up to 28 KB are taken, larger ones are not', async () => {
    const { page, ann, conversationId, channelId } = await talking();
    await page.say('é'.repeat(14 * 1_024));
    const args = { conversationId, channelId, clientId: 'big', text: 'é'.repeat(14 * 1_024) + '!' };
    expect(await page.refusal('message/send', args)).toMatchObject({ code: 'message/too-large', field: 'text' });
    expect(await ann.refusal('message/send', { ...args, text: 'x', html: args.text })).toMatchObject({
      code: 'message/too-large',
      field: 'html',
    });
    expect(await ann.refusal('message/send', { ...args, text: '' })).toMatchObject({ field: 'text' });
  });

  it('go to nobody who has no part in the conversation', async () => {
    const { center, conversationId, channelId } = await talking();
    const ben = await center.desk('ben');
    const other = await center.start('Dora');
    const dora = await center.customer(other);
    const args = { conversationId, channelId, clientId: 'x', text: 'hi' };
    for (const intruder of [ben, dora]) {
      expect(await intruder.refusal('message/send', args)).toMatchObject({ code: 'conversation/not-found' });
      const before = { conversationId, seq: 100, pageSize: 10 };
      expect(await intruder.refusal('log/before', before)).toMatchObject({ code: 'conversation/not-found' });
    }
    expect(await ben.refusal('context/set', { conversationId, patch: { a: 1 } })).toMatchObject({
      code: 'conversation/not-found',
    });
    expect(await ben.refusal('note/add', { conversationId, text: 'hm' })).toMatchObject({
      code: 'conversation/not-found',
    });
    // The offer gives a preview and nothing else.
    expect(ben.offer.preview).toEqual({ id: other.conversationId, customer: 'Dora', context: {} });
    expect(ben.entries(other.conversationId)).toEqual([]);
  });
});

describe('typing', () => {
  it('is told to the others, at most once a second, and leaves no trace', async () => {
    const { center, ann, page, conversationId, channelId, started } = await talking();
    const length = ann.entries(conversationId).length;
    await page.do('message/typing', { conversationId, channelId });
    await page.do('message/typing', { conversationId, channelId });
    expect(ann.of('typing')).toEqual([{ type: 'typing', conversationId, channelId, participantId: started.self }]);
    expect(page.of('typing')).toEqual([]);
    await center.clock.advance(1_000);
    await page.do('message/typing', { conversationId, channelId });
    expect(ann.of('typing')).toHaveLength(2);
    await ann.do('message/typing', { conversationId, channelId });
    expect(page.of('typing')).toHaveLength(1);
    expect(ann.entries(conversationId)).toHaveLength(length);
  });
});

describe('context and notes', () => {
  it('travel with the conversation and stay hidden from the customer', async () => {
    const { center, ann, page, conversationId, taskId } = await talking();
    await ann.do('context/set', { conversationId, patch: { order: 1, vip: true } });
    await ann.do('context/set', { conversationId, patch: { order: null } });
    await ann.do('note/add', { conversationId, text: 'careful' });
    await ann.do('task/requeue', { taskId });
    const ben = await center.desk('ben');
    expect(ben.offer.preview.context).toEqual({ vip: true });
    const { conversation } = await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(conversation.entries.find(({ type }) => type === 'note')).toMatchObject({ text: 'careful' });
    const seen = new Set(page.entries(conversationId).map(({ type }) => type));
    expect([...seen].sort()).toEqual(['channel-opened', 'participant-joined', 'participant-left']);
  });
});

describe('commands', () => {
  it('sent again under one id are carried out once and answered alike', async () => {
    const { ann, conversationId } = await talking();
    const args = { conversationId, text: 'once' };
    const first = await ann.answer('note/add', args, 'n1');
    expect(await ann.answer('note/add', args, 'n1')).toEqual(first);
    expect(ann.entries(conversationId).filter(({ type }) => type === 'note')).toHaveLength(1);
  });

  it('sent again over another link, while the first is under way, are carried out once', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await center.start();
    const frame = { type: 'command', id: 'x1', name: 'offer/accept', args: { offerId: ann.offer.id } };
    ann.frame(frame);
    ann.drop();
    await ann.connect(ann.session);
    ann.frame(frame);
    await center.settle();
    const answers = ann.received.filter((one) => one.type === 'answer' && one.id === 'x1');
    expect(answers).toHaveLength(2);
    expect(answers[0]).toMatchObject({ ok: true });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('with bad input are refused with the field named', async () => {
    const { ann, page } = await talking();
    const cases: readonly [string, unknown, string][] = [
      ['availability/set', { availability: { kind: 'asleep' }, whenBusy: 'now' }, 'availability.kind'],
      ['availability/set', { availability: { kind: 'available' } }, 'whenBusy'],
      ['offer/accept', {}, 'offerId'],
      ['offer/decline', { offerId: 'o', retryAt: 'soon' }, 'retryAt'],
      ['task/requeue', { taskId: 't', priority: null }, 'priority'],
      ['context/set', { conversationId: 'c', patch: { a: { b: 1 } } }, 'patch.a'],
      [
        'context/set',
        { conversationId: 'c', patch: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [i, 1])) },
        'patch',
      ],
      ['log/before', { conversationId: 'c', seq: 5, pageSize: 1_000 }, 'pageSize'],
      ['message/send', 'nonsense', 'args'],
      ['unheard/of', {}, 'name'],
      ['constructor', {}, 'name'],
    ];
    for (const [name, args, field] of cases) {
      expect(await ann.refusal(name, args), name).toMatchObject({ code: 'command/invalid', field });
    }
    expect(await page.refusal('offer/accept', { offerId: 'o' })).toMatchObject({
      code: 'command/invalid',
      field: 'name',
    });
  });

  it('that are too large, or no commands, are refused', async () => {
    const { ann, center } = await talking();
    expect(await ann.refusal('note/add', { conversationId: 'c', text: 'x'.repeat(200_000) })).toMatchObject({
      code: 'command/invalid',
      field: 'frame',
    });
    const before = ann.received.length;
    for (const frame of [undefined, null, 7, 'x', [], {}, { type: 'answer' }]) ann.frame(frame);
    ann.frame({ type: 'command', id: 'q' });
    await center.settle();
    expect(ann.received.slice(before)).toMatchObject([{ type: 'answer', id: 'q', ok: false }]);
  });
});
