import { ContactCenterClient, type Live } from 'onescreen';
import { createChat } from 'onescreen/chat';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import type { ProviderItem } from 'onescreen';
import { memoryChat, stored } from './memory-chat';
import { ada, opening, scriptedControlPlane, start, task } from './scripted-control-plane';

/** A desk with so many conversations, and what brings items to each. */
async function desk(conversations: number) {
  const plane = scriptedControlPlane();
  const clock = virtualClock(start);
  const items = new Map<string, Subject<readonly ProviderItem[]>>();
  const { provider } = memoryChat();
  const chat = createChat({
    ...{ channel: 'chat', name: 'memory' },
    open(context) {
      const brought = new Subject<readonly ProviderItem[]>();
      items.set(context.conversationId, brought);
      return { ...provider.open(context), items$: brought };
    },
  });
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000 }),
    providers: [chat],
    environment: { clock, random: seededRandom('wake-ups') },
  });
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const records = Array.from({ length: conversations }, (_, index) => ({
    ...{ id: `c-${index}`, self: 'p-ada', more: false },
    entries: opening().map((entry) =>
      entry.type === 'task' ? { ...entry, task: { ...task, id: `t-${index}`, conversationId: `c-${index}` } } : entry,
    ),
  }));
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: records });
  await signedIn;
  return {
    ...{ client, push: plane.push },
    bring: (id: string, item: ProviderItem) => items.get(id)?.next([item]),
  };
}

it('wakes exactly those who watch what an event touched', async () => {
  const { client, bring } = await desk(20);
  const woken = new Map<string, number>();
  const watch = (all: readonly Live<unknown>[], what: string) => {
    for (const live$ of all) live$.subscribe(count(what));
  };
  const count = (what: string) => () => void woken.set(what, (woken.get(what) ?? 0) + 1);
  for (const conversation of client.conversations$.value) {
    const { id, timeline$, state$, participants$, context$, channels$, invitations$ } = conversation;
    for (let each = 0; each < 10; each++) timeline$.subscribe(count(`${id} timeline`));
    state$.subscribe(count(`${id} state`));
    watch([participants$, context$, channels$, invitations$], `${id} quiet`);
  }
  watch([client.conversations$, client.tasks$, client.offers$, client.session$, client.agent$], 'desk');
  for (const { controls$, status$, sla$, wrapUp } of client.tasks$.value)
    watch([controls$, status$, sla$, wrapUp.state$, wrapUp.draft$], 'task');
  const after = (event: () => void) => {
    woken.clear();
    event();
    return Object.fromEntries(woken);
  };

  expect(after(() => bring('c-7', stored(1, 'p-cleo', 'hello')))).toEqual({ 'c-7 timeline': 10, 'c-7 state': 1 });
  // One's own message is not unread: only the timeline has changed.
  expect(after(() => bring('c-7', stored(2, 'p-ada', 'good morning')))).toEqual({ 'c-7 timeline': 10 });
  const edit = stored(1, 'p-cleo', 'hello!', { version: 9, editedAt: start + 90_000 });
  expect(after(() => bring('c-7', edit))).toEqual({ 'c-7 timeline': 10 });
  expect(after(() => bring('c-7', edit))).toEqual({});
  expect(after(() => bring('c-7', { kind: 'receipt', reader: 'p-cleo', upTo: start }))).toEqual({});
  await client.close();
});

it('shows whoever is told of a part all other parts as they are then', async () => {
  const { client, bring, push } = await desk(1);
  const conversation = client.conversations$.value[0];
  if (conversation === undefined) throw new Error('there is no conversation');
  const { timeline$, state$, context$ } = conversation;
  const seen = new Set<string>();
  const look = () => {
    const notes = [...timeline$.value].filter(({ kind }) => kind === 'note').length;
    const messages = [...timeline$.value].filter(({ kind }) => kind === 'message').length;
    seen.add(`${messages} messages, ${state$.value.unread} unread, ${notes} notes, ${String(context$.value['vip'])}`);
  };
  const all: readonly Live<unknown>[] = [timeline$, state$, context$];
  for (const live$ of all) live$.subscribe(look);
  bring('c-0', stored(1, 'p-cleo', 'hello'));
  const by = { kind: 'system' } as const;
  push({
    ...{ type: 'log', conversationId: 'c-0' },
    entries: [
      { ...{ seq: 101, at: start + 100_000, by }, type: 'note', text: 'a note' },
      { ...{ seq: 102, at: start + 100_001, by }, type: 'context-changed', patch: { vip: true } },
    ],
  });
  expect([...seen]).toEqual([
    '0 messages, 0 unread, 0 notes, undefined',
    '1 messages, 1 unread, 0 notes, undefined',
    '1 messages, 1 unread, 1 notes, true',
  ]);
  await client.close();
});
