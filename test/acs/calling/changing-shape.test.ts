import { createEnvironment, createLive, type ChannelInfo, type CallAction } from 'onescreen';
import { acsVoice } from 'onescreen/acs/calling';
import { seededRandom } from 'onescreen/testing';
import { describe, expect, test } from 'vitest';
import { CallingPage, jwt, kim } from '../../emulator/calling/calling-page';

const bea = { rawId: '8:acs:resource_bea', status: 'connected', muted: false } as const;

/** A desk of the extension over the emulated calling package, in a call with Kim. */
async function desk() {
  const page = new CallingPage();
  const { clock } = page;
  const token = jwt('acs:resource_tenant_anna');
  const voice = acsVoice({ persona: 'tpeAgent', sdk: page.sdk }).open({
    self: { id: 'anna', displayName: 'Anna', providerRefs: { acs: '8:acs:resource_tenant_anna' } },
    tokens: { get: async () => ({ token, expiresAt: Number.MAX_SAFE_INTEGER, kind: 'tpeAgent' }) },
    environment: createEnvironment({ clock, random: seededRandom('shape') }),
    tokenStatus$: createLive(undefined).live,
    online$: createLive(true).live,
  });
  const info = createLive<ChannelInfo>({
    ...{ id: 'channel-1', type: 'voice', provider: 'acs', open: true, providerRefs: {} },
    ...{ actions: ['hold', 'transferToPhone', 'record'], held: false, recording: 'off' },
  });
  const channel = voice.channel({
    ...{ channelId: 'channel-1', info$: info.live, self$: createLive(undefined).live },
    command: async () => undefined,
    end: async () => {},
  });
  await clock.advance(1_000);
  await voice.dial({
    ...{ channelId: 'channel-1', conversationId: 'conversation-1', correlationId: 'task-1' },
    to: { agent: '8:acs:resource_kim' },
  });
  await clock.advance(100);
  const callId = page.of('start')[0]?.callId ?? '';
  const can = (...actions: readonly CallAction[]) =>
    actions.map((action) => {
      const capability = channel.capabilities$.value[action];
      return capability.supported ? capability.executor : capability.reason;
    });
  return { page, voice, channel, info, callId, can };
}

describe('what can be done follows the call, on the calling package itself', () => {
  test('from two parties to three, under another id, to an emergency, to the end', async () => {
    const { page, voice, channel, callId, can } = await desk();
    const seen: string[] = [];
    channel.capabilities$.subscribe(({ hold }) => seen.push(hold.supported ? hold.executor : hold.reason));
    expect(can('hold', 'hangUp')).toEqual(['not-connected', 'client']);
    await page.call(callId);
    const watched = ['hold', 'transferToPhone', 'dtmf', 'muteParticipant', 'record', 'addTeamsUser'] as const;
    expect(can(...watched)).toEqual(['client', 'client', 'client', 'not-supported', 'controlPlane', 'not-supported']);
    const group = ['controlPlane', 'controlPlane', 'needs-control-plane', 'client', 'controlPlane', 'not-supported'];
    await page.call(callId, { roster: [kim, bea] });
    expect(can(...watched)).toEqual(group);
    // Moved by the server; and with one party less it stays what it has become.
    await page.push({ type: 'id-changed', from: callId, to: 'moved' });
    await page.call('moved', { serverCallId: 'server-2', roster: [kim] });
    expect(can(...watched)).toEqual(group);
    await page.call('moved', { roster: [kim, bea], emergency: true });
    expect(can(...watched)).toEqual(watched.map((action) => (action === 'dtmf' ? group[2] : 'emergency-call')));
    expect(can('mute', 'unmute', 'hangUp')).toEqual(['emergency-call', 'client', 'client']);
    await page.call('moved', { roster: [kim] });
    expect(can(...watched)).toEqual(group);
    await page.call('moved', { status: 'disconnected', end: { code: 0, subCode: 7000 } });
    expect(can(...watched)).toEqual(watched.map(() => 'not-connected'));
    expect(seen).toEqual([
      'not-connected',
      'client',
      'controlPlane',
      'emergency-call',
      'controlPlane',
      'not-connected',
    ]);
    await page.soon(voice.close(), 1_000);
  });

  test('with what the control plane does for this channel, and its hold', async () => {
    const { page, voice, info, callId, can } = await desk();
    await page.call(callId, { roster: [kim, bea] });
    expect(can('hold', 'resume')).toEqual(['controlPlane', 'wrong-state']);
    info.set({ ...info.value, held: true });
    expect(can('hold', 'resume')).toEqual(['wrong-state', 'controlPlane']);
    info.set({ ...info.value, actions: ['dtmf'] });
    expect(can('hold', 'resume', 'dtmf', 'record', 'transferToPhone')).toEqual([
      ...['wrong-state', 'needs-control-plane', 'controlPlane', 'needs-control-plane', 'needs-control-plane'],
    ]);
    info.set({ ...info.value, open: false });
    expect(can('hold', 'dtmf', 'hangUp')).toEqual(['closed', 'closed', 'closed']);
    await page.soon(voice.close(), 1_000);
  });

  test('mutes another agent and transfers by it, while that is possible', async () => {
    const { page, voice, channel, callId } = await desk();
    await page.call(callId, { roster: [kim, bea] });
    await channel.muteParticipant('8:acs:resource_bea');
    expect(page.of('mute-participant')).toMatchObject([{ callId, target: '8:acs:resource_bea' }]);
    await expect(channel.muteParticipant('4:+491701')).rejects.toMatchObject({ code: 'command/not-allowed' });
    await expect(channel.transfer({ phone: '+491702000' })).rejects.toMatchObject({ code: 'command/not-allowed' });
    expect(page.of('transfer')).toEqual([]);
    await page.soon(voice.close(), 1_000);
  });

  test('transfers a call of two by it; a refusal leaves the call as it is', async () => {
    const { page, voice, channel, callId } = await desk();
    await page.call(callId);
    page.answers.set('transfer', { error: { code: 603, subCode: 0 } });
    await expect(page.soon(channel.transfer({ phone: '+491702000' }), 10)).rejects.toMatchObject({
      code: 'call/declined',
    });
    expect(channel.state$.value.status).toBe('connected');
    page.answers.delete('transfer');
    await page.soon(channel.transfer({ phone: '+491702000' }), 10);
    expect(page.of('transfer')).toMatchObject([{ callId, target: '4:+491702000' }, { target: '4:+491702000' }]);
    await page.soon(voice.close(), 1_000);
  });
});
