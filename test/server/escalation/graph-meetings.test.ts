import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulator } from 'onescreen/emulator';
import { graphMeetings, type GraphMeetingsOptions } from 'onescreen/server';
import { startEmulator } from '../../emulator/checked-emulator';
import { chatting, everything, of } from './several-channels';

const organizer = '00000000-0000-4000-8000-000000000001';

describe('meetings made by Graph', () => {
  let emulator: Emulator;
  const base = () => new URL(/endpoint=([^;]+)/.exec(emulator.connectionString)?.[1] ?? '').origin;
  const options = (more: Partial<GraphMeetingsOptions> = {}): GraphMeetingsOptions => ({
    ...{ organizer, token: async () => 'token', graph: `${base()}/graph`, lobby: 'everyone' },
    acs: { connectionString: emulator.connectionString },
    ...more,
  });
  const url = (id: string) =>
    `${base()}/graph/v1.0/users/${organizer}/onlineMeetings?$filter=${encodeURIComponent(`joinMeetingIdSettings/joinMeetingId eq '${id}'`)}`;
  const found = async (id: string): Promise<unknown> =>
    (await fetch(url(id), { headers: { authorization: 'Bearer token' } })).json();

  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.close());

  it('are there for as long as their channel is, and joined by users of their own', async () => {
    const world = everything({ meetings: [graphMeetings(options())] });
    const { ann, center, taskId, conversationId } = await chatting(world);
    expect(ann.record.providerRefs['meeting']).toMatch(/^8:acs:/);
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'meeting' });
    const opened = of(ann, conversationId, 'channel-opened').at(-1);
    const { joinLink = '', meetingId = '', passcode = '', endpoint = '' } = opened?.providerRefs ?? {};
    expect(joinLink).toMatch(/^https:/);
    expect(passcode).not.toBe('');
    expect(endpoint).toBe(base());
    expect(await found(meetingId)).toMatchObject({
      value: [{ joinWebUrl: joinLink, subject: 'Cleo', lobbyBypassSettings: { scope: 'everyone' } }],
    });
    const customers = of(ann, conversationId, 'participant-joined').filter(
      ({ participant }) => participant.role === 'customer',
    );
    expect(customers.at(-1)?.participant.providerRefs['meeting']).toMatch(/^8:acs:/);
    const token = await center.post('/tokens', { audience: 'meeting' }, { authorization: 'Bearer ann' });
    expect(token.status).toBe(200);
    await ann.do('channel/end', { conversationId, channelId });
    expect(await found(meetingId)).toEqual({ value: [] });
    await center.server.close();
  });

  it('tell in a typed error why there is none, of which pages learn nothing', async () => {
    const errors: unknown[] = [];
    const host = graphMeetings(options({ organizer: 'nobody' }));
    const world = everything({ meetings: [host], onError: (error) => void errors.push(error) });
    const { ann, taskId, center } = await chatting(world);
    const refusal = await ann.refusal('task/escalate', { taskId, to: 'meeting' });
    expect(refusal).toMatchObject({ code: 'channel/unavailable', retryable: true });
    expect(JSON.stringify(refusal)).not.toContain('nobody');
    expect(errors).toMatchObject([
      { code: 'channel/unavailable', provider: { name: 'graph', code: 'ResourceNotFound' } },
    ]);
    await center.server.close();
  });

  it('tell when Graph cannot be reached', async () => {
    const host = graphMeetings(options({ graph: 'http://127.0.0.1:9' }));
    const customer = { id: 'c', role: 'customer', displayName: 'Cleo', providerRefs: {} } as const;
    const opening = host.open({ conversationId: 'a', channelId: 'b', customer, subject: 's' });
    await expect(opening).rejects.toMatchObject({ code: 'channel/unavailable', provider: { name: 'graph' } });
    await host.close({ conversationId: 'a', channelId: 'b', providerRefs: {} }, customer);
  });

  it('are refused with options that make no sense', () => {
    const wrong: readonly [Partial<GraphMeetingsOptions>, string][] = [
      [{ graph: 'graph' }, 'graph'],
      [{ graph: 'ftp://graph' }, 'graph'],
      [{ graph: 'http://graph.example' }, 'graph'],
      [{ lastsMs: 0 }, 'lastsMs'],
      [{ organizer: '' }, 'organizer'],
    ];
    for (const [more, field] of wrong) {
      expect(() => graphMeetings(options(more))).toThrow(expect.objectContaining({ code: 'command/invalid', field }));
    }
  });
});
