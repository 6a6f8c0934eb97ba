import { describe, expect, it } from 'vitest';
import { hostedChat, memoryStore, type ChatHost, type HookContext, type ServerOptions } from 'onescreen/server';
import { agent, contactCenter, inHand } from './contact-center';

/** What the server told its log and `onError`. */
function observed(options: Partial<ServerOptions> = {}) {
  const lines: { readonly level: string; readonly event: string; readonly fields: Record<string, unknown> }[] = [];
  const errors: { readonly error: unknown; readonly context: HookContext }[] = [];
  const level = (name: string) => (event: string, fields: Record<string, unknown>) =>
    void lines.push({ level: name, event, fields });
  const center = contactCenter({
    logger: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') },
    onError: (error, context) => void errors.push({ error, context }),
    ...options,
  });
  return { center, errors, line: (event: string) => lines.find((one) => one.event === event) };
}

const never = () => new Promise<never>(() => {});
const customer = { displayName: 'Cleo' };

function host(change: Partial<ChatHost>): ChatHost {
  return { ...hostedChat(), ...change };
}

describe('a call of the vendor’s that does not answer', () => {
  it('while a chat is opened fails the start after 10 seconds, and closes the chat that opens too late', async () => {
    let open: (() => void) | undefined;
    const closed: string[] = [];
    const slow = host({
      open: () => new Promise((resolve) => (open = () => resolve({ providerRefs: { a: '1' }, customerRefs: {} }))),
      close: async ({ providerRefs }) => void closed.push(JSON.stringify(providerRefs)),
    });
    const { center, line, errors } = observed({ chats: [slow] });
    const answer = center.post('/conversations', { customer });
    await center.clock.advance(9_999);
    expect(line('hook-timed-out')).toBeUndefined();
    await center.clock.advance(1);
    expect(await answer).toMatchObject({
      status: 503,
      body: { error: { code: 'channel/unavailable', retryable: true } },
    });
    const fields = { hook: 'host.open', host: 'server', timeoutMs: 10_000 };
    expect(line('hook-timed-out')).toMatchObject({ level: 'warn', fields });
    expect(line('hook-timed-out')?.fields['conversationId']).toEqual(expect.any(String));
    expect(errors).toMatchObject([{ error: { code: 'command/timed-out' }, context: { hook: 'host.open' } }]);
    open?.();
    await center.settle();
    expect(closed).toEqual(['{"a":"1"}']);
  });

  it('while an agent joins fails the accept, offers the task again, and lets out who comes in too late', async () => {
    const joins: (() => void)[] = [];
    const left: string[] = [];
    const slow = host({
      join: () => new Promise((resolve) => joins.push(() => resolve({}))),
      leave: async (_, { displayName }) => void left.push(displayName),
    });
    const { center, line } = observed({ chats: [slow], hookTimeoutMs: 500 });
    const ann = await center.desk('ann');
    const { conversationId } = await center.start();
    ann.frame({ type: 'command', id: 'slow', name: 'offer/accept', args: { offerId: ann.offer.id } });
    await center.clock.advance(500);
    const error = { code: 'channel/unavailable', retryable: true };
    expect(ann.received).toContainEqual(
      expect.objectContaining({ id: 'slow', ok: false, error: expect.objectContaining(error) as unknown }),
    );
    expect(line('hook-timed-out')?.fields).toMatchObject({ hook: 'host.join', conversationId, agentId: 'ann' });
    joins[0]?.();
    await center.settle();
    expect(left).toEqual(['ann A.']);

    await center.clock.advance(1_000);
    ann.frame({ type: 'command', id: 'again', name: 'offer/accept', args: { offerId: ann.offer.id } });
    await center.settle();
    joins[1]?.();
    await center.settle();
    expect(ann.received).toContainEqual(expect.objectContaining({ id: 'again', ok: true }));
    expect(left).toHaveLength(1);
  });

  it('while an agent leaves, or the chat is closed, keeps nobody from going on', async () => {
    const { center, line } = observed({ chats: [host({ leave: never, close: never })] });
    const ann = await center.desk('ann');
    const { taskId, page } = await inHand(center, ann);
    const ben = await center.desk('ben');
    ann.frame({ type: 'command', id: 'give', name: 'task/requeue', args: { taskId } });
    await center.clock.advance(10_000);
    expect(ann.received).toContainEqual(expect.objectContaining({ id: 'give', ok: true }));
    expect(line('channel-leave-failed')).toBeDefined();
    await ben.do('offer/accept', { offerId: ben.offer.id });
    page.frame({ type: 'command', id: 'end', name: 'chat/end', args: {} });
    await center.clock.advance(10_000);
    expect(page.status).toMatchObject({ phase: 'ended' });
  });

  it('of the store fails the message, and the messages after it go on', async () => {
    const memory = memoryStore();
    let hang = false;
    let letGo: (() => void) | undefined;
    const { center, line } = observed({
      store: {
        append: async (id, entries) => {
          if (!hang) return memory.append(id, entries);
          const added = await memory.append(id, entries);
          return new Promise((resolve) => (letGo = () => resolve(added)));
        },
        read: never,
      },
    });
    const ann = await center.desk('ann');
    const { page, conversationId, channelId } = await inHand(center, ann);
    hang = true;
    const args = { conversationId, channelId, clientId: 'm-slow', text: 'slow' };
    page.frame({ type: 'command', id: 'slow', name: 'message/send', args });
    await center.settle();
    hang = false;
    page.frame({
      type: 'command',
      id: 'next',
      name: 'message/send',
      args: { ...args, clientId: 'm-next', text: 'next' },
    });
    page.frame({ type: 'command', id: 'read', name: 'log/before', args: { conversationId, seq: 9, pageSize: 5 } });
    await center.clock.advance(10_000);
    expect(page.received).toContainEqual(
      expect.objectContaining({
        id: 'slow',
        ok: false,
        error: expect.objectContaining({ retryable: true }) as unknown,
      }),
    );
    expect(page.received).toContainEqual(expect.objectContaining({ id: 'next', ok: true }));
    expect(page.received).toContainEqual(
      expect.objectContaining({
        id: 'read',
        ok: false,
        error: expect.objectContaining({ code: 'command/timed-out', retryable: true }) as unknown,
      }),
    );
    expect(line('hook-timed-out')?.fields).toMatchObject({ conversationId });

    // What the store has after all is told of, and sending it again has no further effect.
    letGo?.();
    await center.settle();
    await page.do('message/send', args);
    const texts = ann.entries(conversationId).flatMap((entry) => (entry.type === 'message' ? entry.message.text : []));
    expect(texts).toEqual(['slow', 'next']);
    const seqs = ann.entries(conversationId).map(({ seq }) => seq);
    const stored = await memory.read(conversationId);
    expect(seqs).toEqual(stored.filter(({ type }) => type !== 'kept').map(({ seq }) => seq));
  });

  it('of the store while an agent joins takes the agent out again once it has answered', async () => {
    const memory = memoryStore();
    let hang = false;
    let letGo: (() => void) | undefined;
    const { center } = observed({
      hookTimeoutMs: 500,
      store: {
        ...memory,
        append: async (id, entries) => {
          const added = await memory.append(id, entries);
          return hang ? new Promise((resolve) => (letGo = () => resolve(added))) : added;
        },
      },
    });
    const ann = await center.desk('ann');
    const page = await center.customer(await center.start());
    await center.settle();
    hang = true;
    ann.frame({ type: 'command', id: 'slow', name: 'offer/accept', args: { offerId: ann.offer.id } });
    await center.settle();
    hang = false;
    await center.clock.advance(500);
    expect(ann.received).toContainEqual(expect.objectContaining({ id: 'slow', ok: false }));
    letGo?.();
    await center.settle();
    expect(page.status).toMatchObject({ phase: 'queued' });
  });

  it('turns away who signs in or starts, with an error that may pass', async () => {
    const { center, line } = observed({ authenticate: never, route: never, hookTimeoutMs: 300 });
    const desk = center.desk('ann', false);
    const refused = expect(desk).rejects.toMatchObject({ code: 'session/unavailable', retryable: true });
    const start = center.post('/conversations', { customer });
    await center.clock.advance(300);
    await refused;
    expect(await start).toMatchObject({ status: 503, body: { error: { code: 'command/timed-out', retryable: true } } });
    expect(line('authenticate-failed')).toBeDefined();
    expect(line('route-failed')).toBeDefined();
  });

  it('gives no token, and leaves the start as it is', async () => {
    const { center, line } = observed({ chats: [host({ token: never })], hookTimeoutMs: 300 });
    const start = center.post('/conversations', { customer });
    await center.clock.advance(300);
    expect((await start).status).toBe(201);
    expect(line('hook-timed-out')?.fields).toMatchObject({ hook: 'host.token', host: 'server' });
  });

  it('is not waited for when the server closes', async () => {
    const { center } = observed({ chats: [host({ open: never })] });
    const start = center.post('/conversations', { customer });
    await center.settle();
    await center.server.close();
    expect((await start).status).toBe(503);
    expect(center.clock.pending).toBe(0);
  });
});

describe('a mistake of the vendor’s', () => {
  it.each([
    ['a queue that does not exist', { queues: ['nowhere'] }, 'worker.queues'],
    ['a capacity below 0', { capacity: -1 }, 'worker.capacity'],
    ['an empty id', { id: '' }, 'id'],
  ])('in who signs in, %s, is logged and handed back; the page may try later', async (_, change, field) => {
    const { center, errors, line } = observed({ authenticate: () => agent('ann', change) });
    const message = 'unable to sign in; the sign-in does not work at the moment';
    await expect(center.desk('ann')).rejects.toMatchObject({ code: 'session/unavailable', retryable: true, message });
    expect(line('authenticate-invalid')).toMatchObject({ level: 'error', fields: { field } });
    expect(errors).toMatchObject([{ error: { field }, context: { hook: 'authenticate' } }]);
  });

  it.each<[string, unknown, string]>([
    ['a queue that does not exist', { queueId: 'secret-queue' }, 'queueId'],
    ['a priority above 100', { priority: 101 }, 'priority'],
    ['a priority that is no number', { priority: NaN }, 'priority'],
    ['a selector without a key', { selectors: [{ key: '', operator: 'equal', value: 1 }] }, 'task.selectors[0].key'],
    ['nothing', undefined, 'route'],
  ])('in a route, %s, is logged and handed back; the page hears neutral words', async (_, decision, field) => {
    const route = () => decision as object;
    const { center, errors, line } = observed({ route });
    const message = 'unable to start conversation; it cannot be routed';
    const answer = await center.post('/conversations', { customer });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'routing/invalid', field, message } } });
    expect(line('route-invalid')).toMatchObject({ level: 'error', fields: { field } });
    expect(errors).toMatchObject([{ error: { field }, context: { hook: 'route' } }]);
  });

  it('in a route that throws is handed back as it is, and told to nobody else', async () => {
    const failure = new Error('password of the directory');
    const { center, errors, line } = observed({ route: () => Promise.reject(failure) });
    const answer = await center.post('/conversations', { customer });
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'command/failed' } } });
    expect(JSON.stringify([answer.body, line('route-failed')])).not.toContain('password');
    expect(errors).toEqual([{ error: failure, context: { hook: 'route' } }]);
  });

  it.each<[string, () => never | Promise<never>, string]>([
    [
      'throws',
      () => {
        throw new Error('secret rule');
      },
      'own threw an error',
    ],
    ['rejects', () => Promise.reject(new Error('secret rule')), 'own threw an error'],
    ['does not answer', never, 'own did not answer within 250 ms'],
  ])('in a strategy that %s is logged and handed back; the agent reads neutral words', async (_, rank, words) => {
    const strategy = { name: 'own', rank };
    const { center, errors, line } = observed({ queues: [{ id: 'support', strategy, strategyTimeoutMs: 250 }] });
    const ann = await center.desk('ann');
    await center.start();
    await center.clock.advance(250);
    expect(ann.offer.why?.fallback).toBe(words);
    expect(JSON.stringify(ann.received)).not.toContain('secret');
    const ids = { strategy: 'own', taskId: ann.offer.task.id, queueId: 'support' };
    expect(line('strategy-failed')).toMatchObject({ level: 'error', fields: ids });
    expect(errors).toMatchObject([{ context: { hook: 'strategy', ...ids } }]);
  });

  it('in the order of a strategy is logged', async () => {
    const compare = () => {
      throw new Error('secret order');
    };
    const { center, line } = observed({ queues: [{ id: 'support', strategy: { name: 'own', compare } }] });
    await center.desk('ben');
    const ann = await center.desk('ann');
    await center.start();
    await center.start();
    expect(line('strategy-failed')).toMatchObject({ level: 'error', fields: { reason: 'own-threw-an-error' } });
    expect(JSON.stringify(ann.received)).not.toContain('secret');
  });

  it('in onError itself changes nothing', async () => {
    const { center, line } = observed({
      route: () => Promise.reject(new Error('no')),
      onError: () => {
        throw new Error('no reporter');
      },
    });
    expect((await center.post('/conversations', { customer })).status).toBe(500);
    expect(line('on-error-failed')).toMatchObject({ level: 'error', fields: { hook: 'route' } });
  });
});
