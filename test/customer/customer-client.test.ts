import {
  ContactCenterError,
  isContactCenterError,
  type CommandOptions,
  type MessageItem,
  type Timeline,
} from 'onescreen';
import { acsChat } from 'onescreen/acs/chat';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { inProcessFetch } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { customerWorld, pageStorage } from './customer-world';

const messages = (timeline: Timeline) => [...timeline].filter((item): item is MessageItem => item.kind === 'message');
const texts = (timeline: Timeline) => messages(timeline).map(({ text }) => text);

/** Asks, without waiting, for the code that a command was rejected with. */
function codeIn(command: Promise<unknown>): () => string | undefined {
  let code: string | undefined;
  command.catch((error: unknown) => (code = isContactCenterError(error) ? error.code : 'unknown'));
  return () => code;
}

describe('CustomerClient', () => {
  it('shows the place in the queue, then the agent, then the end', async () => {
    const { clock, page, desk } = customerWorld();
    const chat = await page().client.start({ displayName: 'Grace' });
    expect(chat.state$.value).toEqual({ phase: 'queued', link: 'connecting' });
    const second = await page().client.start({ displayName: 'Edsger' });
    await clock.advance(1_000);
    expect(chat.state$.value).toMatchObject({ phase: 'queued', link: 'online', position: 1 });
    expect(second.state$.value).toMatchObject({ phase: 'queued', link: 'online', position: 2 });
    const task = await (await desk()).accept();
    await clock.advance(0);
    expect(chat.state$.value).toEqual({ phase: 'active', agents: ['Ada'], link: 'online' });
    expect(chat.participants$.value.map(({ displayName }) => displayName).sort()).toEqual(['Ada', 'Grace']);
    await task.end();
    await clock.advance(0);
    expect(chat.state$.value).toMatchObject({ phase: 'ended', link: 'online' });
  });

  it('holds a conversation both ways, with typing, receipts, edits and deletions', async () => {
    const { clock, page, desk } = customerWorld();
    const chat = await page().client.start({ displayName: 'Grace', text: 'hello', context: { topic: 'billing' } });
    const task = await (await desk()).accept();
    await clock.advance(0);
    const { conversation } = task;
    expect(conversation.context$.value).toMatchObject({ topic: 'billing' });
    expect(texts(conversation.timeline$.value)).toEqual(['hello']);

    await conversation.channel('chat')!.typing();
    await clock.advance(0);
    expect(chat.typing$.value).toHaveLength(1);
    const answer = await conversation.channel('chat')!.send('how can I help?');
    await clock.advance(0);
    expect(chat.typing$.value).toEqual([]);
    await chat.markRead();
    const sent = await chat.send('tpyo');
    await chat.edit(sent.id, 'typo');
    const wrong = await chat.send('wrong chat');
    await chat.delete(wrong.id);
    await clock.advance(0);
    expect(texts(chat.timeline$.value)).toEqual(['hello', 'how can I help?', 'typo', '']);
    expect(texts(conversation.timeline$.value)).toEqual(['hello', 'how can I help?', 'typo', '']);
    const seen = messages(conversation.timeline$.value).find(({ id }) => id === answer.id);
    expect(seen?.state).toBe('read');
  });

  it('starts one conversation however often the network fails in between', async () => {
    const { clock, page, server } = customerWorld();
    const real = inProcessFetch(server);
    const keys: (string | null)[] = [];
    const answered: string[] = [];
    const flaky: typeof fetch = async (input, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'));
      const response = await real(input, init);
      answered.push(((await response.clone().json()) as { conversationId: string }).conversationId);
      if (keys.length < 4) throw new TypeError('network lost after the request got through');
      return response;
    };
    const starting = page({ fetch: flaky }).client.start({ displayName: 'Grace' });
    await clock.advance(30_000);
    const chat = await starting;
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(new Set(answered)).toEqual(new Set([chat.conversationId]));
  });

  it('gives up after five tries, and passes on what the server refuses at once', async () => {
    const { clock, page } = customerWorld();
    let tries = 0;
    const dead: typeof fetch = () => {
      tries++;
      return Promise.reject(new TypeError('no network'));
    };
    const failed = page({ fetch: dead }).client.start({ displayName: 'Grace' });
    const outcome = expect(failed).rejects.toMatchObject({ code: 'session/offline', retryable: true });
    await clock.advance(60_000);
    await outcome;
    expect(tries).toBe(5);
    await expect(page().client.start({ displayName: 'Grace', queueId: 'nowhere' })).rejects.toMatchObject({
      code: 'command/invalid',
      field: 'queueId',
    });
  });

  it('returns to its chat after a reload, and forgets one that has ended', async () => {
    const { clock, page, desk } = customerWorld();
    const storage = pageStorage();
    const before = page({ storage });
    const chat = await before.client.start({ displayName: 'Grace', text: 'are you there?' });
    const task = await (await desk()).accept();
    await before.client.close();
    await task.conversation.channel('chat')!.send('yes, I am');

    const after = await page({ storage }).client.resume();
    expect(after).toMatchObject({ conversationId: chat.conversationId, resumeToken: chat.resumeToken });
    await clock.advance(0);
    expect(texts(after!.timeline$.value)).toEqual(['are you there?', 'yes, I am']);
    await after!.end();
    await clock.advance(0);
    expect(after!.state$.value).toMatchObject({ phase: 'ended', reason: 'customer-left' });
    expect(storage.items.size).toBe(0);
    expect(await page({ storage }).client.resume()).toBeUndefined();
  });

  it('has nothing to return to for a token that the server does not know', async () => {
    const { page } = customerWorld();
    const storage = pageStorage();
    storage.setItem('onescreen:https://cc.contoso.example', 'gone.00000000');
    const { client } = page({ storage });
    expect(client.resumable).toBe(true);
    expect(await client.resume()).toBeUndefined();
    expect(client.resumable).toBe(false);
    expect(storage.items.size).toBe(0);
    expect(await page().client.resume('other.00000000')).toBeUndefined();
    const { client: first } = page();
    expect(first.resumable).toBe(false);
    expect(await first.resume()).toBeUndefined();
  });

  it('works where the browser blocks storage', async () => {
    const { clock, page } = customerWorld();
    const blocked = () => {
      throw new DOMException('blocked', 'SecurityError');
    };
    const { client } = page({ storage: { getItem: blocked, setItem: blocked, removeItem: blocked } });
    const chat = await client.start({ displayName: 'Grace', text: 'hello' });
    await clock.advance(0);
    expect(texts(chat.timeline$.value)).toEqual(['hello']);
    await chat.close();
    expect((await client.resume())?.conversationId).toBe(chat.conversationId);
  });

  it('keeps what is written while the link is down, and sends it once when it is back', async () => {
    const { clock, page, desk } = customerWorld();
    const { client, socket } = page();
    const chat = await client.start({ displayName: 'Grace', text: 'before' });
    const task = await (await desk()).accept();
    await clock.advance(0);
    socket.drop({ recover: false, downMs: 10_000 });
    expect(chat.state$.value).toMatchObject({ phase: 'active', link: 'offline' });
    const sending = chat.send('meanwhile');
    await clock.advance(0);
    expect(messages(chat.timeline$.value).map(({ state }) => state)).toEqual(['sent', 'queued']);
    await clock.advance(11_000);
    expect((await sending).state).toBe('sent');
    expect(chat.state$.value).toMatchObject({ phase: 'active', link: 'online' });
    expect(texts(task.conversation.timeline$.value)).toEqual(['before', 'meanwhile']);
  });

  it('leaves nothing running when it is closed, a hundred times over', async () => {
    const { clock, page } = customerWorld();
    const { client } = page();
    const first = await client.start({ displayName: 'Grace', text: 'hello' });
    await clock.advance(1_000);
    await first.close();
    await clock.advance(1_000);
    const idle = clock.pending;
    for (let round = 0; round < 100; round++) {
      const chat = await client.resume(first.resumeToken);
      await clock.advance(0);
      let completed = false;
      chat!.state$.subscribe({ complete: () => (completed = true) });
      await Promise.all([chat!.close(), chat!.close()]);
      expect(completed).toBe(true);
      // What the server still keeps of the page is given up after its recovery time.
    }
    await clock.advance(180_000);
    expect(clock.pending).toBeLessThanOrEqual(idle);
  });

  it('rejects what waits for the link, and everything later, once it is closed', async () => {
    for (const connects of [true, false]) {
      const { clock, page } = customerWorld();
      const { client, socket } = page();
      if (!connects) socket.drop({ downMs: Number.POSITIVE_INFINITY });
      const chat = await client.start({ displayName: 'Grace' });
      await clock.advance(1_000);
      socket.drop({ recover: false, downMs: Number.POSITIVE_INFINITY });
      const idle = clock.pending;
      const waiting = [chat.send('waiting'), chat.end()].map(codeIn);
      await clock.advance(1_000);
      await client.close();
      const late = [chat.send('late'), chat.end()].map(codeIn);
      await clock.advance(0);
      expect([...waiting, ...late].map((code) => code())).toEqual([
        'channel/closed',
        'session/closed',
        'channel/closed',
        'session/closed',
      ]);
      expect(clock.pending).toBe(idle);
    }
  });

  it('starts and resumes nothing once it is closed, and gives up what it was about to start', async () => {
    const { clock, page } = customerWorld();
    const { resumeToken } = await page().client.start({ displayName: 'Grace' });
    await clock.advance(1_000);
    let requests = 0;
    const dead: typeof fetch = () => {
      requests++;
      return Promise.reject(new TypeError('no network'));
    };
    const { client, socket } = page({ fetch: dead });
    socket.drop({ downMs: Number.POSITIVE_INFINITY });
    const idle = clock.pending;
    const waiting = [client.start({ displayName: 'Edsger' }), client.resume(resumeToken)].map(codeIn);
    await clock.advance(100);
    expect(requests).toBe(1);
    await client.close();
    const late = [client.start({ displayName: 'Edsger' }), client.resume(resumeToken)].map(codeIn);
    await clock.advance(0);
    expect([...waiting, ...late].map((code) => code())).toEqual(Array(4).fill('session/closed'));
    expect(clock.pending).toBe(idle);
    expect(requests).toBe(1);
  });

  it('refuses to work without a provider', () => {
    const { page } = customerWorld();
    expect(() => page({ providers: [] })).toThrow(
      expect.objectContaining({ code: 'command/invalid', field: 'options.providers' }),
    );
  });

  it('ends a chat that the server has given to a provider it lacks, and says which one to add', async () => {
    const { clock, page, desk } = customerWorld();
    const other = { ...serverChat(), name: 'sms' };
    const storage = pageStorage();
    const { client } = page({ providers: [other], storage });
    await expect(client.start({ displayName: 'Grace', text: 'hello' })).rejects.toMatchObject({
      code: 'provider/missing',
      field: 'options.providers',
      message: expect.stringContaining('serverChat() of onescreen/control-plane') as unknown,
    });
    expect(storage.items.size).toBe(0);
    const agent = await desk();
    await clock.advance(60_000);
    expect(agent.client.offers$.value).toEqual([]);
  });

  it('creates nothing when the first message is too large, or the wanted provider is lacking', async () => {
    const { page, server } = customerWorld();
    let requests = 0;
    const counting: typeof fetch = (input, init) => {
      requests++;
      return inProcessFetch(server)(input, init);
    };
    const { client } = page({ fetch: counting, providers: [serverChat(), acsChat()] });
    const start = (text: string, provider?: string) =>
      client.start({ displayName: 'Grace', text, ...(provider !== undefined && { provider }) });
    const tooLarge = { code: 'message/too-large' };
    await expect(start('ü'.repeat(14 * 1024 + 1), 'server')).rejects.toMatchObject(tooLarge);
    // Who serves the chat is the server's choice: the text has to suit everybody who might.
    await expect(start('ü'.repeat(14 * 1024))).rejects.toMatchObject(tooLarge);
    await expect(start('hello', 'sms')).rejects.toMatchObject({ code: 'provider/missing' });
    expect(requests).toBe(0);
    await start('ü'.repeat(14 * 1024), 'server');
    expect(requests).toBe(1);
  });

  it('ends only after what was written before has been stored', async () => {
    const { clock, page, desk } = customerWorld();
    const { client, socket } = page();
    const chat = await client.start({ displayName: 'Grace', text: 'hello' });
    const task = await (await desk()).accept();
    await clock.advance(0);
    socket.drop({ recover: false, downMs: 10_000 });
    const waiting = ['one', 'two'].map((text) => chat.send(text));
    const ending = chat.end();
    await clock.advance(11_000);
    await ending;
    expect((await Promise.all(waiting)).map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect(texts(task.conversation.timeline$.value)).toEqual(['hello', 'one', 'two']);
    expect(chat.state$.value).toMatchObject({ phase: 'ended', reason: 'customer-left' });
  });

  it('ends only after the first message has been stored, however early it is told to', async () => {
    const { clock, page, server } = customerWorld();
    const { client } = page();
    const chat = await client.start({ displayName: 'Grace', text: 'never mind' });
    await Promise.all([chat.end(), clock.advance(1_000)]);
    expect(chat.state$.value).toMatchObject({ phase: 'ended' });
    expect(messages(chat.timeline$.value)).toMatchObject([{ text: 'never mind', state: 'sent' }]);
    await server.close();
  });

  it('waits no longer with the end than the command may take, nor for messages that have failed', async () => {
    const { clock, page } = customerWorld();
    const { client, socket } = page();
    const chat = await client.start({ displayName: 'Grace' });
    await clock.advance(1_000);
    await expect(chat.send('x'.repeat(30_000))).rejects.toMatchObject({ code: 'message/too-large' });
    socket.drop({ downMs: 60_000 });
    const idle = clock.pending;
    const waiting = chat.send('waiting');
    const code = codeIn(chat.end({ timeoutMs: 5_000 }));
    const aborting = new AbortController();
    const aborted = codeIn(chat.end({ signal: aborting.signal }));
    await clock.advance(4_999);
    expect(code()).toBeUndefined();
    aborting.abort();
    await clock.advance(1);
    expect([code(), aborted()]).toEqual(['command/timed-out', 'command/aborted']);
    expect(clock.pending).toBe(idle);
    await clock.advance(60_000);
    expect((await waiting).state).toBe('sent');
    expect(chat.state$.value).toMatchObject({ phase: 'queued', link: 'online' });
    await chat.end();
    await clock.advance(0);
    expect(chat.state$.value).toMatchObject({ phase: 'ended' });
  });

  it('starts and resumes within the time given, 30 s by default, or until its caller aborts', async () => {
    const { clock, page } = customerWorld();
    const { resumeToken } = await page().client.start({ displayName: 'Grace' });
    await clock.advance(1_000);
    const signals: (AbortSignal | null | undefined)[] = [];
    const silent: typeof fetch = (_, init) => {
      signals.push(init?.signal);
      return new Promise(() => {});
    };
    const { client, socket } = page({ fetch: silent });
    socket.drop({ downMs: Number.POSITIVE_INFINITY });
    const idle = clock.pending;
    const commands = (options?: CommandOptions) =>
      [client.start({ displayName: 'Edsger' }, options), client.resume(resumeToken, options)].map(codeIn);
    const byDefault = commands();
    const short = commands({ timeoutMs: 500 });
    const aborting = new AbortController();
    const aborted = commands({ signal: aborting.signal });
    const early = commands({ signal: AbortSignal.abort() });
    const codes = () => [early, aborted, short, byDefault].map((pair) => pair.map((code) => code()));
    const [gone, late] = ['command/aborted', 'command/timed-out'].map((code) => [code, code]);
    await clock.advance(499);
    expect(codes()).toEqual([gone, [undefined, undefined], [undefined, undefined], [undefined, undefined]]);
    aborting.abort();
    await clock.advance(1);
    expect(codes().slice(0, 3)).toEqual([gone, gone, late]);
    await clock.advance(29_499);
    expect(codes()[3]).toEqual([undefined, undefined]);
    await clock.advance(1);
    expect(codes()[3]).toEqual(late);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true, true]);
    expect(clock.pending).toBe(idle);
  });

  it('refuses an address that is no http or https URL', () => {
    expect(() => new CustomerClient({ server: 'cc.contoso.example', providers: [serverChat()] })).toThrow(
      ContactCenterError,
    );
  });
});
