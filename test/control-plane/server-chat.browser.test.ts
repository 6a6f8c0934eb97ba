import { createLive, type ConversationPush, type ProviderItem } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { ReplaySubject, Subject, type Observable } from 'rxjs';
import { expect, it, vi } from 'vitest';

function openChat(pushes: Observable<ConversationPush>) {
  const session = serverChat().open({
    conversationId: 'c1',
    channelId: 'chat',
    providerRefs: {},
    self: { participantId: 'ada', displayName: 'Ada', providerRefs: {} },
    open$: createLive(true).live,
    tokens: { get: () => Promise.reject(new Error('hosted chat needs no token')) },
    controlPlane: {
      pushes$: pushes,
      online$: createLive(true).live,
      command: async () => ({ messageId: 'm2', seq: 2, at: 2_000 }) as never,
    },
    clock: { now: () => 0, schedule: () => () => {} },
    random: { next: () => 0, id: () => 'id' },
  });
  const items: ProviderItem[] = [];
  session.items$.subscribe((batch) => items.push(...batch));
  return { session, items };
}

const by = { kind: 'customer', id: 'grace' } as const;

it('hands on HTML only after it was sanitised', async () => {
  const pushes = new ReplaySubject<ConversationPush>();
  const html =
    '<b>bold</b><a href="https://x.example/">x</a><img src="x" onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>';
  const message = { id: 'm1', from: 'grace', text: 'bold', html };
  pushes.next({
    type: 'log',
    conversationId: 'c1',
    entries: [{ seq: 1, at: 1_000, by, type: 'message', channelId: 'chat', message }],
  });
  const { session, items } = openChat(pushes);
  await vi.waitFor(() => expect(items).toHaveLength(1));
  expect(items).toMatchObject([
    { text: 'bold', html: '<b>bold</b><a href="https://x.example/" target="_blank" rel="noopener noreferrer">x</a>' },
  ]);
  const sent = await session.send({ clientId: 'mine', text: 'hi', html: '<i onclick="x()">hi</i>' }, () => {});
  expect(sent.html).toBe('<i>hi</i>');
  await session.close();
});

it('keeps what is pushed before it can sanitise, in its order', async () => {
  const pushes = new Subject<ConversationPush>();
  const { session, items } = openChat(pushes);
  for (const seq of [1, 2]) {
    const message = { id: `m${seq}`, from: 'grace', text: `text ${seq}` };
    const entries = [{ seq, at: seq * 1_000, by, type: 'message', channelId: 'chat', message }] as const;
    pushes.next({ type: 'log', conversationId: 'c1', entries });
  }
  expect(items).toEqual([]);
  await vi.waitFor(() => expect(items).toMatchObject([{ text: 'text 1' }, { text: 'text 2' }]));
  await session.close();
});
