import {
  ContactCenterClient,
  ContactCenterError,
  isContactCenterError,
  type MessageItem,
  type Task,
  type Timeline,
} from 'onescreen';
import type { Observable } from 'rxjs';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { memoryChat, stored } from './memory-chat';
import { ada, entry, offer, opening, scriptedControlPlane, start, task } from './scripted-control-plane';

type Answers = Parameters<typeof scriptedControlPlane>[0];

function desk(answers: Answers = {}) {
  const plane = scriptedControlPlane(answers);
  const chat = memoryChat();
  const clock = virtualClock(start);
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000 }),
    providers: [chat.provider],
    environment: { clock, random: seededRandom('desk') },
  });
  return { plane, chat, clock, client };
}

const accepting: Answers = {
  'offer/accept': async () => ({
    taskId: 't-1',
    conversation: { id: 'c-1', self: 'p-ada', entries: opening(), more: false },
  }),
};

async function signedIn(answers: Answers = {}) {
  const world = desk(answers);
  const agent = world.client.signIn();
  world.plane.link({ status: 'online' });
  world.plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
  return { ...world, agent: await agent };
}

async function withTask(answers: Answers = {}) {
  const world = await signedIn({ ...accepting, ...answers });
  world.plane.push({ type: 'offer', offer: offer('o-1') });
  const [first] = world.client.offers$.value;
  if (first === undefined) throw new Error('no offer');
  return { ...world, task: await first.accept() };
}

function messagesOf(timeline: Timeline): readonly MessageItem[] {
  return [...timeline].filter((item) => item.kind === 'message');
}

describe('signing in', () => {
  it('resolves with the first snapshot, tasks from before the reload included', async () => {
    const { client, plane } = desk();
    const agent = client.signIn();
    expect(client.session$.value.status).toBe('connecting');
    plane.link({ status: 'online' });
    const record = { id: 'c-1', self: 'p-ada', entries: opening(), more: false };
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [record] });
    expect((await agent).displayName).toBe('Ada');
    expect(client.session$.value.status).toBe('online');
    expect(client.tasks$.value.map((one) => one.id)).toEqual(['t-1']);
    await client.close();
  });

  it('rejects with the reason when it is refused, and can be tried again', async () => {
    const { client, plane } = desk();
    const error = new ContactCenterError('session/unauthorized', 'unable to sign in; the token is not known');
    const first = client.signIn();
    plane.link({ status: 'refused', error });
    await expect(first).rejects.toBe(error);
    expect(client.session$.value).toMatchObject({ status: 'signed-out', error });
    expect(plane.links).toBe(0);
    plane.link({ status: 'online' });
    const second = client.signIn();
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
    expect((await second).id).toBe('ada');
    await client.close();
  });

  it('gives up after its time and leaves nothing behind', async () => {
    const { client, plane, clock } = desk();
    const waiting = expect(client.signIn({ timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'command/timed-out',
      retryable: true,
    });
    await clock.advance(5_000);
    await waiting;
    expect(plane.links).toBe(0);
    expect(clock.pending).toBe(0);
    await client.close();
  });

  it('says what stood in the way when its time is up, and does not wait for what waiting cannot mend', async () => {
    const { client, plane, clock } = desk();
    const cause = new ContactCenterError('session/unavailable', 'unable to connect; the server is away');
    const waiting = expect(client.signIn({ timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'command/timed-out',
      cause,
    });
    plane.link({ status: 'offline', error: cause });
    await clock.advance(5_000);
    await waiting;
    const down = new ContactCenterError('token/unavailable', 'unable to get a token for controlPlane; see cause');
    const second = expect(client.signIn({ timeoutMs: 5_000 })).rejects.toBe(down);
    plane.link({ status: 'offline', error: down });
    await clock.advance(5_000);
    await second;
    const malformed = new ContactCenterError('token/unavailable', 'unable to use the token', {
      field: 'tokens().expiresOn',
    });
    const third = expect(client.signIn()).rejects.toBe(malformed);
    plane.link({ status: 'offline', error: malformed });
    await third;
    await client.close();
  });

  it('throws session/signed-out for the agent until it has resolved', () => {
    expect(() => desk().client.agent).toThrow(expect.objectContaining({ code: 'session/signed-out' }));
  });

  it('refuses options that cannot work and names the field', () => {
    const { provider } = memoryChat();
    const { controlPlane } = scriptedControlPlane();
    const tokens = async () => ({ token: 't', expiresOn: 1 });
    expect(() => new ContactCenterClient({ controlPlane, tokens, providers: [provider, provider] })).toThrow(
      expect.objectContaining({ code: 'command/invalid', field: 'options.providers' }),
    );
  });
});

describe('offers', () => {
  it('come once to each subscriber, those already open first', async () => {
    const { client, plane } = await signedIn();
    const early: string[] = [];
    client.offered$.subscribe((one) => early.push(one.id));
    plane.push({ type: 'offer', offer: offer('o-1') });
    plane.push({ type: 'offer', offer: offer('o-1') });
    const late: string[] = [];
    client.offered$.subscribe((one) => late.push(one.id));
    plane.push({ type: 'offer', offer: offer('o-2') });
    expect(early).toEqual(['o-1', 'o-2']);
    expect(late).toEqual(['o-1', 'o-2']);
    await client.close();
  });

  it('become a task in hand when accepted; two clicks are one command', async () => {
    const { client, plane } = await signedIn(accepting);
    plane.push({ type: 'offer', offer: offer('o-1') });
    const [first] = client.offers$.value;
    const [one, two] = await Promise.all([first?.accept(), first?.accept()]);
    expect(one).toBe(two);
    expect(one?.status$.value).toBe('assigned');
    expect(plane.commands).toHaveLength(1);
    expect(client.offers$.value).toEqual([]);
    expect(await first?.outcome).toBe('accepted');
    expect(client.tasks$.value).toEqual([one]);
    await client.close();
  });

  it('that somebody else took reject with offer/gone and say so in their outcome', async () => {
    const { client, plane } = await signedIn({
      'offer/accept': async () => {
        plane.push({ type: 'offer-ended', offerId: 'o-1', outcome: 'accepted-elsewhere' });
        throw new ContactCenterError('offer/gone', 'unable to accept offer; it is gone');
      },
    });
    plane.push({ type: 'offer', offer: offer('o-1') });
    const [first] = client.offers$.value;
    const error: unknown = await first?.accept().catch((reason: unknown) => reason);
    expect(isContactCenterError(error, 'offer/gone') && error.message).toBe(
      'unable to accept offer; it is accepted-elsewhere',
    );
    expect(await first?.outcome).toBe('accepted-elsewhere');
    await expect(first?.accept()).rejects.toMatchObject({ code: 'offer/gone' });
    await first?.decline();
    await client.close();
  });

  it('end by themselves when the control plane falls silent, and are revoked on close', async () => {
    const { client, plane, clock } = await signedIn();
    plane.push({ type: 'offer', offer: offer('o-1') });
    plane.push({ type: 'offer', offer: offer('o-2', { expiresAt: start + 600_000 }) });
    const [first, second] = client.offers$.value;
    plane.link({ status: 'offline' });
    await clock.advance(33_000);
    expect(await first?.outcome).toBe('expired');
    await client.close();
    expect(await second?.outcome).toBe('revoked');
  });

  it('that a new snapshot lacks have ended', async () => {
    const { client, plane } = await signedIn();
    plane.push({ type: 'offer', offer: offer('o-1') });
    plane.push({ type: 'offer', offer: offer('o-2') });
    const [first] = client.offers$.value;
    plane.push({ type: 'snapshot', agent: ada, offers: [offer('o-2')], conversations: [] });
    expect(await first?.outcome).toBe('revoked');
    expect(client.offers$.value.map((one) => one.id)).toEqual(['o-2']);
    await client.close();
  });
});

describe('a task', () => {
  it('leaves the desk with its conversation, whose channel is closed', async () => {
    const { client, plane, chat } = await withTask();
    expect(chat.open).toBe(1);
    plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'closed' });
    expect(client.tasks$.value).toEqual([]);
    expect(client.conversation('c-1')).toBeUndefined();
    await client.close();
    expect(chat.open).toBe(0);
  });

  it('is no longer in hand when the log says that it went back to the queue', async () => {
    const { client, plane } = await withTask();
    const back = entry(6, { type: 'task', task: { ...task, status: 'queued', agentId: 'ada', reason: 'requeued' } });
    plane.push({ type: 'log', conversationId: 'c-1', entries: [back] });
    expect(client.tasks$.value).toEqual([]);
    await client.close();
  });

  it('has controls that follow its status, the link and the channel', async () => {
    const { client, plane, chat, task: mine } = await withTask();
    const of = (action: string) => mine.can(action);
    expect(of('send')).toEqual({ allowed: true });
    expect(of('end')).toEqual({ allowed: true });
    expect(of('wrapUp')).toEqual({ allowed: false, reason: 'wrong-state' });
    expect(of('hold')).toEqual({ allowed: false, reason: 'not-supported' });
    plane.link({ status: 'offline' });
    expect(of('end')).toEqual({ allowed: false, reason: 'not-connected' });
    plane.link({ status: 'online' });
    const { actions, maxMessageBytes } = chat.capabilities.value;
    chat.capabilities.set({
      actions: { ...actions, edit: { supported: false, reason: 'no-permission' } },
      maxMessageBytes,
    });
    expect(of('edit')).toEqual({ allowed: false, reason: 'no-permission' });
    plane.push({
      type: 'log',
      conversationId: 'c-1',
      entries: [entry(6, { type: 'channel-closed', channelId: 'ch-1', reason: 'ended' })],
    });
    expect(of('send')).toEqual({ allowed: false, reason: 'closed' });
    plane.push({
      type: 'log',
      conversationId: 'c-1',
      entries: [entry(7, { type: 'task', task: { ...task, status: 'wrapping' } })],
    });
    expect(of('wrapUp')).toEqual({ allowed: false, reason: 'disposition-required' });
    mine.wrapUp.save({ disposition: 'sold' });
    expect(of('wrapUp')).toEqual({ allowed: true });
    await client.close();
  });

  it('asks for a disposition of its queue before anything is sent', async () => {
    const { client, plane, task: mine } = await withTask({ 'wrap-up/complete': async () => ({}) });
    plane.push({
      type: 'log',
      conversationId: 'c-1',
      entries: [entry(6, { type: 'task', task: { ...task, status: 'wrapping' } })],
    });
    await expect(mine.wrapUp.complete({ notes: 'x' })).rejects.toMatchObject({
      code: 'command/invalid',
      field: 'disposition',
    });
    await expect(mine.wrapUp.complete({ disposition: 'nonsense' })).rejects.toMatchObject({ code: 'command/invalid' });
    mine.wrapUp.save({ notes: 'likes blue' });
    await mine.wrapUp.complete({ disposition: 'sold' });
    expect(plane.commands.at(-1)).toEqual({
      name: 'wrap-up/complete',
      args: { taskId: 't-1', notes: 'likes blue', disposition: 'sold' },
    });
    await client.close();
  });
});

describe('a chat channel', () => {
  async function chatting() {
    const world = await withTask();
    const channel = world.task.conversation.channel('chat');
    if (channel === undefined) throw new Error('no chat channel');
    const { timeline$ } = world.task.conversation;
    return { ...world, channel, messages: () => messagesOf(timeline$.value) };
  }

  it('shows a message at once and settles it under the same id', async () => {
    const { client, channel, messages } = await chatting();
    const sending = channel.send({ text: 'hello' });
    const [pending] = messages();
    expect(pending).toMatchObject({ text: 'hello', state: 'queued', direction: 'out' });
    expect(await sending).toMatchObject({ id: pending?.id, state: 'sent', from: 'p-ada' });
    expect(messages()).toHaveLength(1);
    await client.close();
  });

  it('keeps a failed message with its error, and retries it under the same client id', async () => {
    const { client, channel, chat, messages } = await chatting();
    chat.fail(new ContactCenterError('channel/unavailable', 'unable to send message; no network', { retryable: true }));
    await expect(channel.send('hello')).rejects.toMatchObject({ code: 'channel/unavailable' });
    const [failed] = messages();
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'channel/unavailable' } });
    chat.fail(undefined);
    await channel.retry(failed?.id ?? '');
    expect(messages()).toMatchObject([{ id: failed?.id, state: 'sent' }]);
    expect(new Set(chat.sent.map((one) => one.clientId)).size).toBe(1);
    await expect(channel.retry(failed?.id ?? '')).rejects.toMatchObject({ code: 'command/invalid' });
    await client.close();
  });

  it('lets a caller give up waiting while the message waits on and settles', async () => {
    const { client, channel, chat, clock, messages } = await chatting();
    const release = chat.hold();
    const patient = channel.send('first');
    const impatient = expect(channel.send('second', { timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'command/timed-out',
    });
    await clock.advance(600_000);
    await impatient;
    expect(chat.sent).toHaveLength(2);
    expect(messages().map((item) => item.state)).toEqual(['queued', 'queued']);
    release();
    expect(await patient).toMatchObject({ text: 'first', state: 'sent' });
    await clock.advance(0);
    expect(messages().map((item) => item.state)).toEqual(['sent', 'sent']);
    await client.close();
  });

  it('fails what still waits when the conversation leaves the desk, in the timeline and in the events', async () => {
    const { client, channel, chat, plane, messages } = await chatting();
    const failures: string[] = [];
    client.events$.subscribe((event) => {
      if (event.type === 'conversation' && event.event.type === 'sending') failures.push(event.event.state);
    });
    chat.hold();
    channel.send('important answer').catch(() => {});
    plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'agent-disconnected' });
    expect(messages()).toMatchObject([{ state: 'failed', error: { code: 'channel/closed' } }]);
    expect(failures.at(-1)).toBe('failed');
    await client.close();
  });

  it('forgets who is typing after ten seconds, or when their message comes', async () => {
    const { client, channel, chat, clock } = await chatting();
    chat.typing.next({ sender: 'p-cleo' });
    expect(channel.typing$.value).toEqual(['p-cleo']);
    chat.items.next([stored(7, 'p-cleo', 'hi')]);
    expect(channel.typing$.value).toEqual([]);
    chat.typing.next({ sender: 'p-cleo' });
    await clock.advance(10_000);
    expect(channel.typing$.value).toEqual([]);
    await client.close();
  });

  it('makes the session degraded while it recovers', async () => {
    const { client, chat } = await chatting();
    chat.state.set({ status: 'recovering' });
    expect(client.session$.value).toMatchObject({ status: 'degraded', lost: ['chat'] });
    chat.state.set({ status: 'connected' });
    expect(client.session$.value).toMatchObject({ status: 'online', lost: [] });
    await client.close();
  });

  it('of a provider that the client was not given is closed and says what to add', async () => {
    const { client, plane } = await signedIn();
    const record = { id: 'c-1', self: 'p-ada', entries: opening('fax'), more: false };
    plane.push({ type: 'conversation', conversation: record });
    const channel = client.conversation('c-1')?.channel('chat');
    expect(channel?.state$.value).toMatchObject({
      status: 'closed',
      error: { code: 'provider/missing', field: 'options.providers' },
    });
    await client.close();
  });
});

describe('a closed client', () => {
  it('completes every stream, gives back every timer and refuses to sign in', async () => {
    const { client, plane, chat, clock } = await withTask();
    plane.push({ type: 'offer', offer: offer('o-2') });
    let completed = 0;
    const streams: readonly Observable<unknown>[] = [
      client.session$,
      client.agent$,
      client.offers$,
      client.offered$,
      client.tasks$,
      client.conversations$,
      client.focus$,
      client.events$,
    ];
    for (const stream of streams) stream.subscribe({ complete: () => completed++ });
    await client.close();
    await client.close();
    expect(completed).toBe(streams.length);
    expect([plane.links, chat.open, clock.pending]).toEqual([0, 0, 0]);
    await expect(client.signIn()).rejects.toMatchObject({ code: 'session/closed' });
  });

  it('can be made and closed a hundred times', async () => {
    const kept: Task[] = [];
    for (let round = 0; round < 100; round++) {
      const { client, clock, task: mine } = await withTask();
      kept.push(mine);
      await client.close();
      expect(clock.pending).toBe(0);
    }
    expect(kept).toHaveLength(100);
  });
});

describe('events$', () => {
  it('numbers what was folded and says where it came from', async () => {
    const { client, plane, chat } = await signedIn(accepting);
    const seen: string[] = [];
    const numbers: number[] = [];
    client.events$.subscribe((event) => {
      numbers.push(event.seq);
      seen.push(`${event.origin} ${event.type === 'conversation' ? event.event.type : event.type}`);
    });
    plane.push({ type: 'offer', offer: offer('o-1') });
    await client.offers$.value[0]?.accept();
    chat.items.next([stored(7, 'p-cleo', 'hi')]);
    chat.items.next([stored(7, 'p-cleo', 'hi')]);
    expect(seen.filter((one) => one.startsWith('provider'))).toEqual(['provider item']);
    expect(seen[0]).toBe('control-plane offer-issued');
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    await client.close();
  });

  it('tells of a conversation that a snapshot does not have any more, while it can still be found', async () => {
    const { client, plane } = await withTask();
    const gone: unknown[] = [];
    client.events$.subscribe((event) => {
      if (event.type !== 'conversation-gone') return;
      const { origin, conversationId } = event;
      gone.push([origin, conversationId, client.conversation(conversationId)?.state$.value.customer?.displayName]);
    });
    const { id } = client.conversations$.value[0]!;
    const record = { id, self: 'p-ada', entries: opening(), more: false };
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [record] });
    expect(gone).toEqual([]);
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
    expect(gone).toEqual([['control-plane', 'c-1', 'p-cleo']]);
    expect(client.tasks$.value).toEqual([]);
    expect(client.conversations$.value).toEqual([]);
    await client.close();
  });

  it('tells nothing of a conversation that ends as conversations do', async () => {
    const { client, plane } = await withTask();
    const types: string[] = [];
    client.events$.subscribe(({ type }) => types.push(type));
    plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'task-closed' });
    expect(client.conversations$.value).toEqual([]);
    await client.close();
    expect(types).not.toContain('conversation-gone');
  });
});
