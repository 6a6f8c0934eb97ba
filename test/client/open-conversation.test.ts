import { ContactCenterClient, select, type ChatContext, type ChatSession, type Live } from 'onescreen';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { config } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { memoryChat, stored } from './memory-chat';
import { ada, entry, opening, scriptedControlPlane, start } from './scripted-control-plane';

/** A desk with one conversation over a chat. */
async function desk(session: Partial<ChatSession> = {}) {
  const plane = scriptedControlPlane();
  const clock = virtualClock(start);
  const chat = memoryChat();
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000 }),
    providers: [{ ...chat.provider, open: (context: ChatContext) => ({ ...chat.provider.open(context), ...session }) }],
    environment: { clock, random: seededRandom('open conversation') },
  });
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const conversations = [{ id: 'c-1', self: 'p-ada', more: false, entries: opening() }];
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations });
  await signedIn;
  const conversation = client.conversation('c-1');
  const [task] = client.tasks$.value;
  if (conversation === undefined || task === undefined) throw new Error('the desk has no conversation');
  return { client, plane, clock, chat, conversation, task };
}

/** Somebody's view that cannot be computed any more, and what was reported of it. */
function reports(): unknown[] {
  const reported: unknown[] = [];
  config.onUnhandledError = (error) => reported.push(error);
  return reported;
}

describe('a conversation whose timeline somebody cannot look at', () => {
  it('sends all the same', async () => {
    const { client, chat, conversation } = await desk();
    const reported = reports();
    const { length } = conversation.timeline$.value;
    select(conversation.timeline$, (timeline) => {
      if (timeline.length > length) throw new Error('too long');
      return timeline.length;
    }).subscribe();
    const sent = await conversation.channel('chat')?.send('hi');
    expect(sent?.state).toBe('sent');
    expect(chat.sent).toHaveLength(1);
    await vi.waitFor(() => expect(reported).toContainEqual(new Error('too long')));
    await client.close();
  });

  it('joins what is opened in the same push', async () => {
    const { client, plane, conversation } = await desk();
    const reported = reports();
    select(conversation.participants$, (participants) => {
      if (participants.length > 2) throw new Error('too many');
      return participants.length;
    }).subscribe();
    const zoe = { id: 'p-zoe', role: 'agent' as const, displayName: 'Zoe', providerRefs: {} };
    const opened = { channelId: 'ch-9', channel: 'chat', provider: 'memory', providerRefs: {} };
    plane.push({
      ...{ type: 'log', conversationId: 'c-1' },
      entries: [
        entry(9, { type: 'channel-opened', ...opened }),
        entry(10, { type: 'participant-joined', participant: zoe }),
      ],
    });
    expect(conversation.channel('chat')?.id).toBe('ch-9');
    await vi.waitFor(() => expect(reported).toContainEqual(new Error('too many')));
    await client.close();
  });
});

describe('a task of a conversation that has left', () => {
  it('completes all of its state, and hears of the link no more', async () => {
    const { client, plane, task } = await desk();
    const heard: string[] = [];
    const listen = (name: string, live: Live<unknown>) =>
      live.subscribe({ next: () => heard.push(name), complete: () => heard.push(`${name} done`) });
    const { controls$, consults$, status$, sla$ } = task;
    for (const [name, live] of Object.entries({ controls$, consults$, status$, sla$ })) listen(name, live);
    plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'ended' });
    await vi.waitFor(() =>
      expect(heard.filter((word) => word.endsWith('done')).sort()).toEqual([
        'consults$ done',
        'controls$ done',
        'sla$ done',
        'status$ done',
      ]),
    );
    heard.length = 0;
    plane.link({ status: 'connecting' });
    expect(heard).toEqual([]);
    listen('controls$', controls$);
    expect(heard).toEqual(['controls$', 'controls$ done']);
    await client.close();
  });

  it('tells of the end of a task before it completes', async () => {
    const { client, plane, task } = await desk();
    const reasons: unknown[] = [];
    task.controls$.subscribe({
      next: ({ end }) => reasons.push(end?.allowed === false ? end.reason : 'allowed'),
      complete: () => reasons.push('done'),
    });
    const closed = opening().flatMap((one) =>
      one.type === 'task' ? [{ ...one.task, status: 'closed' as const }] : [],
    );
    plane.push({
      ...{ type: 'log', conversationId: 'c-1' },
      entries: closed.map((record) => entry(20, { type: 'task', task: record })),
    });
    expect(client.tasks$.value).toEqual([]);
    expect(reasons).toEqual(['allowed', 'closed']);
    await client.close();
    expect(reasons).toEqual(['allowed', 'closed', 'done']);
  });
});

describe('loadMore', () => {
  it('gives up after its time, or when its caller does', async () => {
    const { client, clock, conversation } = await desk({ loadMore: () => new Promise(() => {}) });
    const late = expect(conversation.loadMore({ timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'command/timed-out',
    });
    const unlimited = expect(conversation.loadMore()).rejects.toMatchObject({ code: 'command/timed-out' });
    const abort = new AbortController();
    const aborted = expect(conversation.loadMore({ signal: abort.signal })).rejects.toMatchObject({
      code: 'command/aborted',
    });
    abort.abort();
    await clock.advance(30_000);
    await Promise.all([late, unlimited, aborted]);
    await client.close();
  });
});

describe('events$', () => {
  /** A word for each event. */
  const watch = ({ client }: Awaited<ReturnType<typeof desk>>) => {
    const events: string[] = [];
    let next: number | undefined;
    client.events$.subscribe((event) => {
      if (event.seq !== (next ?? event.seq)) events.push(`${event.seq} is not ${next}`);
      next = event.seq + 1;
      if (event.type === 'conversation') events.push(event.event.type);
    });
    return { events };
  };

  it('has what a subscriber of state answers after what it was told', async () => {
    const made = await desk();
    const { events } = watch(made);
    const { conversation, chat } = made;
    let answered = false;
    conversation.timeline$.subscribe((timeline) => {
      const last = timeline.at(-1);
      if (answered || last?.kind !== 'message') return;
      answered = true;
      void conversation.channel('chat')?.send('hello yourself');
    });
    chat.items.next([stored(100, 'p-cleo', 'hello')]);
    await vi.waitFor(() => expect(events).toEqual(['item', 'sending', 'sending', 'item']));
    await made.client.close();
  });

  it('has what one of its subscribers answers after what it answers, for all of them', async () => {
    const made = await desk();
    let answered = false;
    made.client.events$.subscribe((event) => {
      if (answered || event.type !== 'conversation' || event.event.type !== 'item') return;
      answered = true;
      void made.conversation.channel('chat')?.send('hello yourself');
    });
    const { events } = watch(made);
    made.chat.items.next([stored(100, 'p-cleo', 'hello')]);
    await vi.waitFor(() => expect(events).toEqual(['item', 'sending', 'sending', 'item']));
    await made.client.close();
  });
});
