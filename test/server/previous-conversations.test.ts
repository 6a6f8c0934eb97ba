import { memoryStore } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import type { PreviousConversation } from '../../src/protocol/agent-frames';
import type { LogEntry } from '../../src/protocol/log-entry';
import { agent, contactCenter, type ContactCenter, type Desk } from './contact-center';

const cleo = { customer: { displayName: 'Cleo', id: 'c-1' } };

/** A conversation that `desk` has: of Cleo, unless told otherwise. */
async function talk(center: ContactCenter, desk: Desk, more: Record<string, unknown> = cleo) {
  const started = await center.start('Cleo', more);
  const page = await center.customer(started);
  await center.settle();
  const { taskId } = await desk.do('offer/accept', { offerId: desk.offer.id });
  return { ...started, taskId, page };
}

/** A conversation in which one thing was said, and which has ended; a minute passes. */
async function past(center: ContactCenter, desk: Desk, text: string, more: Record<string, unknown> = cleo) {
  const { page, taskId, conversationId } = await talk(center, desk, more);
  await page.say(text);
  await desk.do('task/end', { taskId });
  await desk.do('wrap-up/complete', { taskId, disposition: 'solved' });
  await center.clock.advance(60_000);
  return conversationId;
}

function said(conversations: readonly PreviousConversation[]): readonly (readonly string[])[] {
  return conversations.map(({ entries }) => entries.flatMap((one) => (one.type === 'message' ? one.message.text : [])));
}

async function answering(...desks: readonly string[]) {
  const agents = desks.map((id) => agent(id, { capacity: 5 }));
  const center = contactCenter({}, agents);
  return { center, ann: await center.desk('ann') };
}

describe('earlier conversations', () => {
  it('are those of the same customer that have ended, the newest first, with all that happened in them', async () => {
    const { center, ann } = await answering('ann');
    const first = await past(center, ann, 'first');
    await past(center, ann, 'of somebody else', { customer: { displayName: 'Cleo', id: 'c-2' } });
    await past(center, ann, 'of nobody in particular', {});
    const second = await past(center, ann, 'second');
    const open = await talk(center, ann);
    const { conversationId } = await talk(center, ann);
    const { conversations, more } = await ann.do('conversation/previous', { conversationId, pageSize: 5 });
    expect(said(conversations)).toEqual([['second'], ['first']]);
    expect(conversations.map(({ id }) => id)).toEqual([second, first]);
    expect(conversations.map(({ id }) => id)).not.toContain(open.conversationId);
    expect(more).toBe(false);
    const entries = conversations[0]?.entries ?? [];
    expect(conversations[0]?.openedAt).toBe(entries[0]?.at);
    // What is for servers alone is left out.
    const seqs = entries.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
    expect(entries.some((entry) => entry.kept !== undefined || entry.type === 'kept')).toBe(false);
    const types = entries.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['conversation-opened', 'message', 'task', 'channel-closed']));
  });

  it('come page by page, each with those that began before', async () => {
    const { center, ann } = await answering('ann');
    for (const text of ['1', '2', '3', '4', '5']) await past(center, ann, text);
    const { conversationId } = await talk(center, ann);
    const pages: (readonly string[])[] = [];
    let before: number | undefined;
    for (let more = true; more;) {
      const page = { conversationId, pageSize: 2, ...(before !== undefined && { before }) };
      const answer = await ann.do('conversation/previous', page);
      pages.push(said(answer.conversations).flat());
      before = answer.conversations.at(-1)?.openedAt;
      more = answer.more;
    }
    expect(pages).toEqual([['5', '4'], ['3', '2'], ['1']]);
  });

  it('that began at the same moment come on one page, so that none is passed over; open ones take no place', async () => {
    const { center, ann } = await answering('ann');
    const together = [];
    for (const text of ['a', 'b', 'c']) together.push({ text, ...(await talk(center, ann)) });
    for (const { page, taskId, text } of together) {
      await page.say(text);
      await ann.do('task/end', { taskId });
      await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    }
    await center.clock.advance(60_000);
    const { conversationId } = await talk(center, ann);
    for (let count = 0; count < 3; count++) await talk(center, ann);
    const answer = await ann.do('conversation/previous', { conversationId, pageSize: 1 });
    expect(said(answer.conversations).flat().sort()).toEqual(['a', 'b', 'c']);
    expect(answer.more).toBe(false);
  });

  it('are shown only of a conversation that the agent sees', async () => {
    const { center, ann } = await answering('ann', 'ben');
    await past(center, ann, 'first');
    const { conversationId } = await talk(center, ann);
    const ben = await center.desk('ben');
    const refused = await ben.refusal('conversation/previous', { conversationId, pageSize: 5 });
    expect(refused.code).toBe('conversation/not-found');
  });

  it('are never shown to a customer', async () => {
    const { center, ann } = await answering('ann');
    await past(center, ann, 'first');
    const { conversationId, page } = await talk(center, ann);
    const refused = await page.refusal('conversation/previous', { conversationId, pageSize: 5 });
    expect(refused).toMatchObject({ code: 'command/invalid', field: 'name' });
  });

  it('are none of a customer who is nobody in particular, until an agent says who it is', async () => {
    const { center, ann } = await answering('ann');
    await past(center, ann, 'of Cleo');
    await past(center, ann, 'of nobody', {});
    const { conversationId } = await talk(center, ann, {});
    const ask = () => ann.do('conversation/previous', { conversationId, pageSize: 5 });
    expect(await ask()).toEqual({ conversations: [], more: false });
    await ann.do('context/set', { conversationId, patch: { customerId: 'c-1' } });
    expect(said((await ask()).conversations)).toEqual([['of Cleo']]);
  });

  it('of a customer whom an agent has recognised belong to that customer from then on', async () => {
    const { center, ann } = await answering('ann');
    const { conversationId: mistaken, page, taskId } = await talk(center, ann);
    await page.say('I am Dora');
    await ann.do('context/set', { conversationId: mistaken, patch: { customerId: 'c-9' } });
    await ann.do('task/end', { taskId });
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    await center.clock.advance(60_000);
    const ask = async (id: string) => {
      const { conversationId } = await talk(center, ann, { customer: { displayName: 'X', id } });
      return said((await ann.do('conversation/previous', { conversationId, pageSize: 5 })).conversations);
    };
    expect(await ask('c-1')).toEqual([]);
    expect(await ask('c-9')).toEqual([['I am Dora']]);
  });

  it('are not shown while the agent who had it wraps up', async () => {
    const { center, ann } = await answering('ann');
    const { page, taskId } = await talk(center, ann);
    await page.say('first');
    await ann.do('task/end', { taskId });
    await center.clock.advance(1_000);
    const { conversationId } = await talk(center, ann);
    const ask = () => ann.do('conversation/previous', { conversationId, pageSize: 5 });
    expect((await ask()).conversations).toEqual([]);
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(said((await ask()).conversations)).toEqual([['first']]);
  });

  it('of a store that outlives the server are shown as well, with the newest 200 of many messages', async () => {
    const store = memoryStore();
    const by = { kind: 'system' } as const;
    await store.append('older', [{ at: 1_000, by, type: 'conversation-opened', context: { customerId: 'c-1' } }]);
    for (let count = 1; count <= 250; count++) {
      const message = { id: `m${count}`, from: 'p', text: `${count}` };
      await store.append('older', [{ at: 1_000 + count, by, type: 'message', channelId: 'ch', message }]);
    }
    const center = contactCenter({ store });
    const ann = await center.desk('ann');
    const { conversationId } = await talk(center, ann);
    const { conversations } = await ann.do('conversation/previous', { conversationId, pageSize: 5 });
    expect(conversations).toMatchObject([{ id: 'older', openedAt: 1_000 }]);
    const [texts = []] = said(conversations);
    expect([texts.length, texts[0], texts.at(-1)]).toEqual([200, '51', '250']);
    expect(conversations[0]?.entries[0]?.type).toBe('conversation-opened');
  });

  it('are none with a store that cannot find them', async () => {
    const store = memoryStore();
    Reflect.deleteProperty(store, 'conversationsOf');
    const center = contactCenter({ store });
    const ann = await center.desk('ann');
    await past(center, ann, 'first');
    const { conversationId } = await talk(center, ann);
    expect(await ann.do('conversation/previous', { conversationId, pageSize: 5 })).toEqual({
      conversations: [],
      more: false,
    });
  });

  it('that a store cannot read now are refused, and the vendor is told why', async () => {
    const memory = memoryStore();
    const told: unknown[] = [];
    const conversationsOf = () => Promise.reject(new Error('the database is away'));
    const center = contactCenter({ store: { ...memory, conversationsOf }, onError: (...what) => told.push(what) });
    const ann = await center.desk('ann');
    const { conversationId } = await talk(center, ann);
    const refused = await ann.refusal('conversation/previous', { conversationId, pageSize: 5 });
    expect(refused.code).toBe('command/failed');
    expect(refused.message).not.toContain('database');
    expect(told).toMatchObject([[{ message: 'the database is away' }, { hook: 'store.read', conversationId }]]);
  });

  it.each([
    [{ pageSize: 0 }, 'pageSize'],
    [{ pageSize: 21 }, 'pageSize'],
    [{ pageSize: 5, before: -1 }, 'before'],
    [{ pageSize: 5, before: 'yesterday' }, 'before'],
  ])('are refused for %j, with the field named', async (args, field) => {
    const { center, ann } = await answering('ann');
    const { conversationId } = await talk(center, ann);
    const refused = await ann.refusal('conversation/previous', { conversationId, ...args });
    expect(refused).toMatchObject({ code: 'command/invalid', field });
  });
});

describe('the store in memory', () => {
  const by = { kind: 'system' } as const;
  const opened = (
    at: number,
    customerId: string | number,
  ): Pick<LogEntry, 'at' | 'by'> & {
    readonly type: 'conversation-opened';
    readonly context: { readonly customerId: string | number };
  } => ({ at, by, type: 'conversation-opened', context: { customerId } });

  it('finds the conversations of a customer, the one opened last first', async () => {
    const store = memoryStore();
    await store.append('a', [opened(10, 'c')]);
    await store.append('b', [opened(30, 'c')]);
    await store.append('x', [opened(35, 'other')]);
    await store.append('c', [opened(20, 'c')]);
    const ids = async (query: { before?: number; limit: number }) =>
      (await store.conversationsOf?.('c', query))?.map(({ id }) => id);
    expect(await ids({ limit: 9 })).toEqual(['b', 'c', 'a']);
    expect(await ids({ limit: 1 })).toEqual(['b']);
    expect(await ids({ limit: 9, before: 30 })).toEqual(['c', 'a']);
    expect(await store.conversationsOf?.('nobody', { limit: 9 })).toEqual([]);
  });

  it('takes a number for the name that it is written as, and forgets whom the context no longer names', async () => {
    const store = memoryStore();
    await store.append('a', [opened(10, 42)]);
    expect(await store.conversationsOf?.('42', { limit: 9 })).toEqual([{ id: 'a', openedAt: 10 }]);
    await store.append('a', [{ at: 20, by, type: 'context-changed', patch: { tier: 'gold' } }]);
    expect(await store.conversationsOf?.('42', { limit: 9 })).toHaveLength(1);
    await store.append('a', [{ at: 20, by, type: 'context-changed', patch: { customerId: null } }]);
    expect(await store.conversationsOf?.('42', { limit: 9 })).toEqual([]);
  });
});
