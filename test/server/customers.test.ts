import { describe, expect, it } from 'vitest';
import { agent, contactCenter, inHand } from './contact-center';

describe('a waiting customer', () => {
  it('is told of every change of the place in the queue', async () => {
    const center = contactCenter();
    const cleo = await center.customer(await center.start('Cleo'));
    const dora = await center.customer(await center.start('Dora'));
    expect(dora.status).toMatchObject({ phase: 'queued', position: 2, queueLength: 2 });
    await center.clock.advance(500);
    expect(cleo.status).toMatchObject({ phase: 'queued', position: 1, queueLength: 2 });
    const ann = await center.desk('ann');
    await ann.do('offer/accept', { offerId: ann.offer.id });
    await center.clock.advance(500);
    expect(cleo.status).toEqual({ phase: 'active', agents: ['ann A.'] });
    expect(dora.status).toMatchObject({ position: 1, queueLength: 1 });
    const count = dora.of('customer-status').length;
    await center.clock.advance(60_000);
    expect(dora.of('customer-status')).toHaveLength(count);
  });

  it('is told how long the wait is as agents come and go, and that nobody knows while none is there', async () => {
    const center = contactCenter({}, [agent('ann')]);
    const cleo = await center.customer(await center.start('Cleo'));
    expect(cleo.status).toEqual({ phase: 'queued', position: 1, queueLength: 1 });
    const ann = await center.desk('ann');
    await center.clock.advance(500);
    expect(cleo.status).toEqual({ phase: 'queued', position: 1, queueLength: 1, estimatedWaitMs: 0 });
    const dora = await center.customer(await center.start('Dora'));
    expect(dora.status).toMatchObject({ position: 2, estimatedWaitMs: 600_000 });
    await ann.do('offer/accept', { offerId: ann.offer.id });
    await center.clock.advance(500);
    expect(dora.status).toMatchObject({ position: 1, estimatedWaitMs: 300_000 });
    const setAvailable = (kind: 'available' | 'unavailable') =>
      ann.do('availability/set', { availability: { kind }, whenBusy: 'now' });
    await setAvailable('unavailable');
    await center.clock.advance(500);
    expect(dora.status).toEqual({ phase: 'queued', position: 1, queueLength: 1 });
    await setAvailable('available');
    await center.clock.advance(500);
    expect(dora.status).toMatchObject({ position: 1, estimatedWaitMs: 300_000 });
  });

  it('is told when the last agent who was available signs out', async () => {
    const center = contactCenter({}, [agent('ann'), agent('ben')]);
    const ann = await center.desk('ann');
    await inHand(center, ann);
    const ben = await center.desk('ben');
    const cleo = await center.customer(await center.start('Cleo'));
    await ben.do('offer/decline', { offerId: ben.offer.id });
    await ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
    await center.clock.advance(500);
    expect(cleo.status).toMatchObject({ estimatedWaitMs: 300_000 });
    await ben.do('session/sign-out', {});
    await center.clock.advance(500);
    expect(cleo.status).toEqual({ phase: 'queued', position: 1, queueLength: 1 });
  });

  it('is told when the queue closes', async () => {
    const shut = { at: Infinity };
    const hours = {
      isOpen: (at: number) => at < shut.at,
      nextChange: (at: number) => (at < shut.at ? shut.at : undefined),
    };
    const center = contactCenter({ queues: [{ id: 'support', hours }] }, [agent('ann')]);
    shut.at = center.clock.now() + 60_000;
    await inHand(center, await center.desk('ann'));
    const cleo = await center.customer(await center.start('Cleo'));
    expect(cleo.status).toMatchObject({ estimatedWaitMs: 300_000 });
    await center.clock.advance(60_500);
    expect(cleo.status).toEqual({ phase: 'queued', position: 1, queueLength: 1 });
  });

  it('who leaves is no longer waited for', async () => {
    const center = contactCenter();
    const page = await center.customer(await center.start());
    await page.do('chat/end', {});
    expect(page.status).toEqual({ phase: 'ended', reason: 'customer-left' });
    const ann = await center.desk('ann');
    expect(ann.of('offer')).toEqual([]);
  });

  it('who leaves takes back the offer', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const page = await center.customer(await center.start());
    await center.settle();
    await page.do('chat/end', {});
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'revoked', reason: 'task-cancelled' }]);
    expect(ann.record.load.used).toBe(0);
  });

  it('is waited for as long as one of the pages is there', async () => {
    const center = contactCenter();
    const started = await center.start();
    const one = await center.customer(started);
    const two = await center.customer(started);
    one.drop();
    await center.clock.advance(3_600_000);
    expect(two.status.phase).toBe('queued');
    two.drop();
    await center.clock.advance(600_000);
    expect((await center.customer(started)).status).toEqual({ phase: 'ended', reason: 'abandoned' });
  });

  it('who returns in time keeps the place', async () => {
    const center = contactCenter({ abandonAfterMs: 60_000 });
    const started = await center.start();
    const page = await center.customer(started);
    page.drop();
    await center.clock.advance(59_999);
    await page.connect(page.session);
    await center.clock.advance(600_000);
    expect(page.status.phase).toBe('queued');

    page.drop();
    await center.clock.advance(60_000);
    await page.connect();
    expect(page.status).toEqual({ phase: 'ended', reason: 'abandoned' });
  });

  it('who never had a page of ours is waited for', async () => {
    const center = contactCenter();
    const started = await center.start();
    await center.clock.advance(3_600_000);
    expect((await center.customer(started)).status.phase).toBe('queued');
  });

  it('whose agent has the chat in hand may be gone for as long as the agent likes', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { page, conversationId } = await inHand(center, ann);
    page.drop();
    await center.clock.advance(3_600_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });
});

describe('a customer’s page', () => {
  it('is let in by the resume token and by nothing else', async () => {
    const center = contactCenter();
    const started = await center.start();
    const { conversationId, resumeToken } = started;
    const other = await center.start();
    const [, secret = ''] = other.resumeToken.split('.');
    for (const token of [
      '',
      conversationId,
      `${conversationId}.`,
      `${conversationId}.${secret}`,
      `${resumeToken}x`,
      'x'.repeat(9_999),
    ]) {
      await expect(center.customer({ ...started, resumeToken: token }), token).rejects.toMatchObject({
        code: 'session/unauthorized',
      });
    }
    expect(resumeToken).not.toBe(other.resumeToken);
    expect((await center.customer(started)).of('customer-snapshot')).toMatchObject([
      { conversation: { id: conversationId, self: started.self }, customer: { displayName: 'Cleo', role: 'customer' } },
    ]);
  });

  it('sees messages, participants and channels, and nothing else', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { page, started, conversationId, taskId, channelId } = await inHand(center, ann);
    await ann.do('note/add', { conversationId, text: 'secret' });
    await ann.do('context/set', { conversationId, patch: { secret: true } });
    const { messageId } = await page.say('hello');
    await ann.do('message/read', { conversationId, channelId, messageId });
    await ann.do('task/end', { taskId });
    const expected = [
      'channel-opened',
      'participant-joined',
      'participant-joined',
      'message',
      'message-read',
      'channel-closed',
      'participant-left',
    ];
    expect(page.entries(conversationId).map(({ type }) => type)).toEqual(expected);
    const fresh = await center.customer(started);
    expect(fresh.entries(conversationId).map(({ type }) => type)).toEqual(expected);
    expect(JSON.stringify(fresh.received)).not.toMatch(/secret|"ann"/);
  });

  it('that comes back gets what it missed, or a snapshot', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { page, conversationId, channelId } = await inHand(center, ann);
    page.drop();
    await ann.do('message/send', { conversationId, channelId, clientId: '1', text: 'hi' });
    expect((await page.connect(page.session)).recovered).toBe(true);
    expect(page.of('customer-snapshot')).toHaveLength(1);
    page.drop();
    await center.clock.advance(120_000);
    expect((await page.connect(page.session)).recovered).toBe(false);
    expect(page.of('customer-snapshot')).toHaveLength(2);
  });

  it('gets no token where the channel needs none', async () => {
    const center = contactCenter();
    const page = await center.customer(await center.start());
    expect(await page.refusal('token/get', { audience: 'chat' })).toMatchObject({ code: 'token/unavailable' });
  });
});

describe('starting a conversation', () => {
  const customer = { displayName: 'Cleo' };

  it('twice under one key starts one, and hands out a token each time', async () => {
    const center = contactCenter();
    const headers = { 'idempotency-key': 'b3b5f2a0-7f0d-4f0e' };
    const [one, two] = await Promise.all([
      center.post('/conversations', { customer }, headers),
      center.post('/conversations', { customer }, headers),
    ]);
    expect(one).toMatchObject({ status: 201 });
    expect(two.body['conversationId']).toBe(one.body['conversationId']);
    for (const { body } of [one, two]) await center.customer(body as never);
    const other = await center.post('/conversations', { customer: { displayName: 'Dora' } }, headers);
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'command/conflict' } } });
    const short = await center.post('/conversations', { customer }, { 'idempotency-key': '1' });
    expect(short).toMatchObject({ status: 400, body: { error: { field: 'Idempotency-Key' } } });
  });

  it('with bad input is refused with the field named', async () => {
    const center = contactCenter();
    const cases: readonly [unknown, string][] = [
      ['{', 'body'],
      [[], 'customer'],
      [{ customer: {} }, 'customer.displayName'],
      [{ customer: { displayName: '  ' } }, 'customer.displayName'],
      [{ customer, queueId: 'nowhere' }, 'queueId'],
      [{ customer, provider: 'pigeons' }, 'provider'],
      [{ customer, channel: 'voice' }, 'channel'],
      [{ customer, context: { a: [] } }, 'context.a'],
    ];
    for (const [body, field] of cases) {
      const answer = await center.post('/conversations', body);
      expect(answer, field).toMatchObject({ status: 400, body: { error: { code: 'command/invalid', field } } });
    }
    const large = await center.post('/conversations', { customer, context: { a: 'x'.repeat(70_000) } });
    expect(large).toMatchObject({ status: 413, body: { error: { code: 'message/too-large' } } });
  });

  it('is routed as the vendor decides', async () => {
    const center = contactCenter(
      { route: ({ context }) => ({ queueId: 'sales', priority: Number(context['value']), selectors: [] }) },
      [agent('ann', { queues: ['sales'] })],
    );
    await center.start('Cleo', { context: { value: 7 } });
    const ann = await center.desk('ann');
    expect(ann.offer.task).toMatchObject({ queueId: 'sales', priority: 7, labels: { value: 7 } });
  });

  it('can be ended over HTTP too', async () => {
    const center = contactCenter();
    const started = await center.start();
    const page = await center.customer(started);
    const ended = await center.post(
      `/conversations/${started.conversationId}/end`,
      {},
      {
        authorization: `Bearer ${started.resumeToken}`,
      },
    );
    expect(ended.status).toBe(200);
    expect(page.status).toEqual({ phase: 'ended', reason: 'customer-left' });
  });
});

describe('the HTTP side', () => {
  it('answers pages of the origins it was given and no others', async () => {
    const center = contactCenter({ allowedOrigins: ['https://shop.example'] });
    const ask = (origin: string) =>
      center.server.handle(
        new Request('http://cc.example/conversations', {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'idempotency-key',
          },
        }),
      );
    const allowed = await ask('https://shop.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('says that it is well, and that it does not know a path', async () => {
    const center = contactCenter();
    const health = await center.server.handle(new Request('http://cc.example/health'));
    expect(await health.json()).toEqual({ status: 'ok' });
    expect(await center.post('/nowhere', {})).toMatchObject({
      status: 404,
      body: { error: { code: 'command/invalid' } },
    });
  });

  it('gives agents’ tokens to agents alone', async () => {
    const center = contactCenter();
    expect(await center.post('/tokens', { audience: 'chat' })).toMatchObject({ status: 401 });
    const refused = await center.post('/tokens', { audience: 'chat' }, { authorization: 'Bearer ann' });
    expect(refused).toMatchObject({ status: 404, body: { error: { code: 'token/unavailable' } } });
  });
});

describe('an agent', () => {
  it('whom the vendor does not know is turned away', async () => {
    const center = contactCenter();
    for (const token of ['eve', '', 'a\nb']) {
      await expect(center.desk(token)).rejects.toMatchObject({ code: 'session/unauthorized', retryable: false });
    }
  });

  it('is told to try again when the vendor’s sign-in fails', async () => {
    const center = contactCenter({
      authenticate: () => {
        throw new Error('directory is down');
      },
    });
    await expect(center.desk('ann')).rejects.toMatchObject({ code: 'session/unavailable', retryable: true });
  });
});
