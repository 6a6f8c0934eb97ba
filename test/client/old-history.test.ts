import { ContactCenterClient, type MessageItem, type ProviderItem, type ProviderMessage } from 'onescreen';
import { createChat } from 'onescreen/chat';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryChat, stored } from './memory-chat';
import { ada, opening, scriptedControlPlane, start, task } from './scripted-control-plane';

/** A service with a history: it brings what comes, and reads what is older than what the desk has. */
function archive() {
  const kept = new Map<string, ProviderMessage>();
  const items = new Subject<readonly ProviderItem[]>();
  const marked: string[] = [];
  let forgottenBefore = -Infinity;
  let readTo = Infinity;
  return {
    items,
    marked,
    bring(message: ProviderMessage) {
      kept.set(message.providerId, message);
      readTo = Math.min(readTo, Math.max(message.at, forgottenBefore));
      items.next([message]);
    },
    forget(before: number) {
      forgottenBefore = before;
      readTo = before;
    },
    async loadMore({ pageSize }: { readonly pageSize: number }) {
      const older = [...kept.values()].filter(({ at }) => at < readTo).sort((a, b) => b.at - a.at);
      const page = older.slice(0, pageSize);
      readTo = page.at(-1)?.at ?? readTo;
      items.next(page);
      return { more: older.length > page.length };
    },
  };
}

async function desk(ids: readonly string[] = ['c-1', 'c-2']) {
  const plane = scriptedControlPlane();
  const clock = virtualClock(start);
  const archives = new Map<string, ReturnType<typeof archive>>();
  const { provider } = memoryChat();
  const chat = createChat({
    ...{ channel: 'chat', name: 'memory' },
    open(context) {
      const kept = archive();
      archives.set(context.conversationId, kept);
      return {
        ...provider.open(context),
        items$: kept.items,
        forget: (before) => kept.forget(before),
        markRead: async (providerId) => void kept.marked.push(providerId),
        loadMore: (options) => kept.loadMore(options),
      };
    },
  });
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000 }),
    providers: [chat],
    environment: { clock, random: seededRandom('old history') },
  });
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const records = ids.map((id) => ({
    ...{ id, self: 'p-ada', more: false },
    entries: opening().map((entry) =>
      entry.type === 'task' ? { ...entry, task: { ...task, id: `t-${id}`, conversationId: id } } : entry,
    ),
  }));
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: records });
  await signedIn;
  const bring = (id: string, message: ProviderMessage) => archives.get(id)?.bring(message);
  const messages = (id: string): readonly MessageItem[] =>
    [...(client.conversation(id)?.timeline$.value ?? [])].filter((item) => item.kind === 'message');
  const texts = (id: string) => messages(id).map(({ text }) => text);
  const marked = () => archives.get('c-1')?.marked;
  return { client, bring, texts, marked, seen: (upTo: number) => archives.get('c-1')?.items.next([receiptOf(upTo)]) };
}

const receiptOf = (upTo: number): ProviderItem => ({ kind: 'receipt', reader: 'p-ada', upTo });

const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `m${from + index}`);

describe('a long conversation', () => {
  it('keeps all of its history while it is looked at', async () => {
    const { client, bring, texts } = await desk();
    client.setFocus('c-1');
    for (let id = 1; id <= 1_200; id++) bring('c-1', stored(id, 'p-ada', `m${id}`));
    expect(texts('c-1')).toEqual(numbered(1, 1_200));
    await client.close();
  });

  it('keeps its newest 500 messages once another one is looked at, and reads the others again', async () => {
    const { client, bring, texts } = await desk();
    client.setFocus('c-1');
    for (let id = 1; id <= 900; id++) bring('c-1', stored(id, 'p-ada', `m${id}`));
    const before = client.conversation('c-1')?.timeline$.value;
    client.setFocus('c-2');
    expect(texts('c-1')).toEqual(numbered(401, 900));
    // What was shown before is as it was.
    expect(before?.length).toBe(4 + 900);
    // Word of what has left memory waits until that is read again.
    bring('c-1', stored(7, 'p-ada', 'm7, edited', { version: 5_000, editedAt: start + 5_000 }));
    expect(texts('c-1')).toEqual(numbered(401, 900));

    const conversation = client.conversation('c-1');
    expect(await conversation?.loadMore({ pageSize: 200 })).toEqual({ more: true });
    expect(texts('c-1')).toEqual(numbered(201, 900));
    expect(await conversation?.loadMore({ pageSize: 200 })).toEqual({ more: false });
    expect(texts('c-1')).toEqual(numbered(1, 900).map((text) => (text === 'm7' ? 'm7, edited' : text)));
    await client.close();
  });

  it('does not grow beyond a bound while nobody looks at it', async () => {
    const { client, bring, texts } = await desk();
    client.setFocus('c-2');
    let most = 0;
    for (let id = 1; id <= 5_000; id++) {
      bring('c-1', stored(id, 'p-ada', `m${id}`));
      most = Math.max(most, texts('c-1').length);
    }
    expect(most).toBeLessThanOrEqual(1_100);
    expect(texts('c-1').at(-1)).toBe('m5000');
    await client.close();
  });

  it('counts what has left memory unread, once, until it is seen', async () => {
    const { client, bring, texts, seen } = await desk();
    const unread = () => client.conversation('c-1')?.state$.value.unread;
    client.setFocus('c-1');
    for (let id = 1; id <= 1_500; id++) bring('c-1', stored(id, 'p-cleo', `m${id}`));
    client.setFocus('c-2');
    expect(texts('c-1')).toEqual(numbered(1_001, 1_500));
    expect(unread()).toBe(1_500);

    client.setFocus('c-1');
    await client.conversation('c-1')?.loadMore({ pageSize: 200 });
    expect(texts('c-1')).toEqual(numbered(801, 1_500));
    expect(unread()).toBe(1_500);
    bring('c-1', stored(900, 'p-cleo', '', { version: 5_000, deletedAt: start + 5_000 }));
    expect(unread()).toBe(1_499);
    seen(stored(300, '', '').at);
    expect(unread()).toBe(1_199);
    seen(stored(1_490, '', '').at);
    expect(unread()).toBe(10);
    await client.conversation('c-1')?.loadMore({ pageSize: 200 });
    expect(unread()).toBe(10);
    await client.close();
  });

  it('keeps the message by which all that is unread is marked as read', async () => {
    const { client, bring, texts, marked } = await desk();
    const conversation = client.conversation('c-1');
    client.setFocus('c-1');
    for (const id of [2, 3, 1]) bring('c-1', stored(id, 'p-cleo', `m${id}`));
    for (let id = 4; id <= 600; id++) bring('c-1', stored(id, 'p-ada', `m${id}`));
    client.setFocus('c-2');
    expect(texts('c-1')).toEqual(numbered(3, 600));
    expect(conversation?.state$.value.unread).toBe(3);
    await conversation?.channel('chat')?.markRead();
    expect(marked()).toEqual([stored(3, '', '').providerId]);
    await client.close();
  });
});

describe('a long conversation of an application that never says what its agent looks at', () => {
  it('keeps all of its history as long as somebody is subscribed to its timeline, and no longer', async () => {
    const { client, bring, texts } = await desk();
    const conversation = client.conversation('c-1');
    const reader = conversation?.timeline$.subscribe();
    for (let id = 1; id <= 1_200; id++) bring('c-1', stored(id, 'p-ada', `m${id}`));
    expect(texts('c-1')).toEqual(numbered(1, 1_200));
    reader?.unsubscribe();
    await Promise.resolve();
    expect(texts('c-1')).toEqual(numbered(701, 1_200));

    expect(await conversation?.loadMore({ pageSize: 200 })).toEqual({ more: true });
    expect(texts('c-1')).toEqual(numbered(501, 1_200));
    await client.close();
  });

  it('keeps it for a reader who subscribes anew at once, and for the last of several', async () => {
    const { client, bring, texts } = await desk();
    const timeline$ = client.conversation('c-1')?.timeline$;
    const another = timeline$?.subscribe();
    let reader = timeline$?.subscribe();
    for (let id = 1; id <= 1_200; id++) bring('c-1', stored(id, 'p-ada', `m${id}`));
    another?.unsubscribe();
    await Promise.resolve();
    reader?.unsubscribe();
    reader = timeline$?.subscribe();
    await Promise.resolve();
    bring('c-1', stored(1_201, 'p-ada', 'm1201'));
    expect(texts('c-1')).toEqual(numbered(1, 1_201));
    await client.close();
  });

  it('does not grow beyond a bound while nobody is subscribed, and keeps what was read back for a while', async () => {
    const { client, bring, texts } = await desk();
    let most = 0;
    const bringUpTo = (from: number, to: number) => {
      for (let id = from; id <= to; id++) {
        bring('c-1', stored(id, 'p-ada', `m${id}`));
        most = Math.max(most, texts('c-1').length);
      }
    };
    bringUpTo(1, 2_000);
    expect(most).toBeLessThanOrEqual(1_100);
    const oldest = Number(texts('c-1')[0]?.slice(1));
    for (let page = 1; page <= 3; page++) await client.conversation('c-1')?.loadMore({ pageSize: 200 });
    bringUpTo(2_001, 2_100);
    expect(texts('c-1')).toEqual(numbered(oldest - 600, 2_100));
    bringUpTo(2_101, 6_000);
    expect(most).toBeLessThanOrEqual(3_000);
    expect(texts('c-1').length).toBeLessThanOrEqual(1_100);
    await client.close();
  });

  it('leaves no more than its newest part behind when one of dozens has been read, however long they are', async () => {
    const ids = Array.from({ length: 36 }, (_, index) => `c-${index}`);
    const { client, bring, texts } = await desk(ids);
    for (const id of ids) {
      const reader = client.conversation(id)?.timeline$.subscribe();
      for (let message = 1; message <= 700; message++) bring(id, stored(message, 'p-ada', `m${message}`));
      reader?.unsubscribe();
    }
    await Promise.resolve();
    for (const id of ids) expect(texts(id)).toEqual(numbered(201, 700));

    const [first = ''] = ids;
    const reader = client.conversation(first)?.timeline$.subscribe();
    await client.conversation(first)?.loadMore({ pageSize: 200 });
    expect(texts(first)).toEqual(numbered(1, 700));
    reader?.unsubscribe();
    await Promise.resolve();
    expect(ids.reduce((count, id) => count + texts(id).length, 0)).toBe(36 * 500);
    await client.close();
  });
});
