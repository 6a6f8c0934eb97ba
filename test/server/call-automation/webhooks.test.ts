import { describe, expect, it } from 'vitest';
import { account, answerOf, connected, customer, gridRequest, key, listed, scripted, standing } from './scripted-api';

const validation = {
  id: 'validation-1',
  eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
  data: { validationCode: 'the-code' },
};

describe('the webhook of Event Grid', () => {
  it('answers the validation of a subscription', async () => {
    const { automation } = scripted();
    const response = await automation.handle(gridRequest([validation]));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ validationResponse: 'the-code' });
  });

  it('answers the handshake of CloudEvents', async () => {
    const { automation } = scripted();
    const request = new Request(`https://cc.contoso.example/acs/events?key=${key}`, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });
    const response = await automation.handle(request);
    expect(response.status).toBe(200);
    expect(response.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
  });

  it.each(['', '?key=', '?key=wrong', `?key=${key}x`])('turns away whoever has not the key: %s', async (search) => {
    const { automation, incoming } = scripted();
    const response = await automation.handle(gridRequest([validation], search));
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
    expect(incoming).toEqual([]);
  });

  it('asks the vendor instead, where the vendor wants to be asked', async () => {
    const authorize = (request: Request) => request.headers.get('authorization') === 'Bearer good';
    const { automation } = scripted({ authorize });
    expect((await automation.handle(gridRequest([validation]))).status).toBe(401);
    const request = gridRequest([validation], '');
    request.headers.set('authorization', 'Bearer good');
    expect((await automation.handle(request)).status).toBe(200);
  });

  it('tells of a call that comes in once, however often it is delivered', async () => {
    const { ring, incoming } = scripted();
    expect((await ring()).status).toBe(200);
    expect((await ring()).status).toBe(200);
    expect(incoming).toHaveLength(1);
    expect(incoming[0]).toMatchObject({
      from: { rawId: customer, displayName: 'Cleo' },
      to: `28:orgid:${account}`,
      onBehalfOf: false,
      context: { 'onescreen-correlation': 'channel-1' },
    });
  });

  it('takes a call as CloudEvent alone, and one on behalf of the resource account', async () => {
    const { automation, incoming } = scripted();
    const data = {
      to: { rawId: '4:+4930123' },
      from: { rawId: '8:acs:r1_agent' },
      onBehalfOfCallee: { rawId: `28:orgid:${account}` },
      incomingCallContext: 'context',
      serverCallId: 's',
    };
    const event = { id: 'cloud-1', type: 'Microsoft.Communication.IncomingCall', specversion: '1.0', data };
    expect((await automation.handle(gridRequest(event))).status).toBe(200);
    expect(incoming[0]).toMatchObject({ to: '4:+4930123', onBehalfOf: true, from: { rawId: '8:acs:r1_agent' } });
  });

  it('leaves calls to others alone and says so without their numbers', async () => {
    const { ring, incoming, logged } = scripted();
    expect((await ring({ to: { rawId: '28:orgid:another' } })).status).toBe(200);
    expect(incoming).toEqual([]);
    expect(logged.join()).toContain('call-ignored');
    expect(logged.join()).not.toContain('4915112345678');
  });

  it.each(['nonsense', [1, 2], 42, null])('refuses what is no event: %s', async (body) => {
    const { automation } = scripted();
    expect((await automation.handle(gridRequest(body))).status).toBe(400);
  });

  it('refuses more than 1 MB', async () => {
    const { automation } = scripted();
    expect((await automation.handle(gridRequest([{ id: 'x'.repeat(1_100_000) }]))).status).toBe(400);
  });
});

describe('the webhook of a call', () => {
  it('has an address that nobody can make up', async () => {
    const { automation, service, post } = await connected();
    expect(service.callbackUrl).toMatch(/^https:\/\/cc\.contoso\.example\/acs\/calls\/[^/]+$/);
    const forged = service.callbackUrl.slice(0, -3) + 'abc';
    expect((await automation.handle(new Request(forged, { method: 'POST', body: '[]' }))).status).toBe(401);
    expect(await post(['CallDisconnected'])).toBe(200);
  });

  it('takes garbage without harm', async () => {
    const { automation, service, call } = await connected();
    for (const body of ['', '{', '{}', '7']) {
      const response = await automation.handle(new Request(service.callbackUrl, { method: 'POST', body }));
      expect(response.status).toBe(400);
    }
    const odd = JSON.stringify([
      null,
      { id: 1 },
      {
        id: 'x',
        type: 'Microsoft.Communication.ParticipantsUpdated',
        data: { participants: [7, {}], sequenceNumber: 'a' },
      },
      { id: 'y', type: 'Microsoft.Communication.PlayFailed', data: { resultInformation: 'no' } },
    ]);
    expect((await automation.handle(new Request(service.callbackUrl, { method: 'POST', body: odd }))).status).toBe(200);
    expect(call.end).toBeUndefined();
  });

  it('answers 200 for a call that is not here any more', async () => {
    const { post, clock } = await connected();
    await post(['CallDisconnected']);
    await clock.advance(120_000);
    expect(await post(['ParticipantsUpdated', { participants: listed(customer), sequenceNumber: 9 }])).toBe(200);
  });
});

describe('an incoming call', () => {
  it('is answered though its events come before the answer’s own response', async () => {
    const { ring, incoming, service, post } = scripted();
    service.before = async ({ what }) => {
      if (what !== 'answer') return;
      service.before = undefined;
      await post(['ParticipantsUpdated', { sequenceNumber: 1, participants: listed(customer) }], ['CallConnected']);
    };
    await ring();
    const call = await incoming[0]!.answer();
    expect(call.id).toBe('connection-1');
    expect(call.participants().map(({ rawId }) => rawId)).toEqual([customer]);
  });

  it('is answered though its events are lost: the connection is read', async () => {
    const { ring, incoming, clock } = scripted();
    await ring();
    const answering = incoming[0]!.answer();
    const state = standing(answering);
    await clock.advance(9_000);
    expect(state()).toBe('open');
    await clock.advance(2_000);
    expect(state()).toBe('done');
    expect((await answering).participants().map(({ rawId }) => rawId)).toEqual([customer]);
  });

  it('is gone when it rings no more', async () => {
    const { ring, incoming, service } = scripted();
    service.fail('answer', answerOf(404, 8522));
    await ring();
    await expect(incoming[0]!.answer()).rejects.toMatchObject({
      code: 'call/gone',
      provider: { name: 'acs', code: 404, subCode: 8522 },
    });
  });

  it('explains a refusal', async () => {
    const { ring, incoming, service } = scripted();
    service.fail('answer', answerOf(403, 7507));
    await ring();
    await expect(incoming[0]!.answer()).rejects.toMatchObject({
      code: 'call/forbidden',
      retryable: false,
      message: expect.stringContaining('another ACS resource'),
    });
  });

  it('that is connected after all, when nobody counts on it, is hung up', async () => {
    const { ring, incoming, service, post, clock } = scripted();
    service.fail('answer', new Error('socket hang up'));
    await ring();
    const refused = expect(incoming[0]!.answer()).rejects.toMatchObject({ code: 'call/service', retryable: true });
    await clock.advance(5_000);
    await refused;
    await post(['CallConnected']);
    await clock.advance(0);
    expect(service.last('hangUp').args).toEqual(['connection-1', true]);
  });

  it('whose answer the service has not answered is there when it says so soon', async () => {
    const { ring, incoming, service, post, clock } = scripted();
    service.fail('answer', new Error('socket hang up'));
    await ring();
    const answering = incoming[0]!.answer();
    await clock.advance(1_000);
    await post(['CallConnected']);
    expect((await answering).id).toBe('connection-1');
    await clock.advance(10_000);
    expect(service.commands).toEqual(['answer']);
  });
});

describe('options', () => {
  it.each([
    [{ webhookKey: 'short' }, 'webhookKey'],
    [{ callbackUrl: 'nowhere' }, 'callbackUrl'],
    [{ callbackUrl: 'https://cc.contoso.example/acs?x=1' }, 'callbackUrl'],
    [{ resourceAccount: '28:orgid:x' }, 'resourceAccount'],
  ])('that cannot be right are refused by name: %o', (settings, field) => {
    expect(() => scripted(settings)).toThrow(expect.objectContaining({ code: 'command/invalid', field }));
  });

  it('give the webhooks a path of their own', () => {
    expect(scripted().automation.path).toBe('/acs');
    expect(scripted({ callbackUrl: 'https://cc.contoso.example' }).automation.path).toBe('/call-automation');
  });
});
