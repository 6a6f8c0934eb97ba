import { createLive, type CallCapabilities, type ChannelInfo, type CommandOptions, type Participant } from 'onescreen';
import { describe, expect, it } from 'vitest';
import { PhoneVoiceChannel } from '../../src/voice/voice-channel';
import { tabSet, type Tab } from './tab-set';

const bea = { id: '8:acs:bea', displayName: 'Bea', status: 'connected', muted: false, speaking: false } as const;
const server = { supported: true, executor: 'controlPlane' } as const;

/** A connected call in the leading tab, and its channel in `tabs` tabs. */
async function connected(
  actions: readonly string[] = [],
  capabilities: Partial<CallCapabilities> = {},
  status: 'connected' | 'connecting' = 'connected',
) {
  const set = tabSet();
  const tabs = [set.open(true), set.open()] as const;
  await set.rest();
  tabs[0].phone.expect(set.expected('a'));
  const ring = set.voice.ring({ correlationId: 'offer-a' });
  await set.rest();
  const { call } = ring;
  if (call === undefined) throw new Error('it was not answered');
  call.setParticipants([{ ...bea, providerRefs: {}, status }]);
  call.setCapabilities(capabilities);
  await set.rest();
  const info = createLive<ChannelInfo>({
    ...{ id: 'channel-a', type: 'voice', provider: 'scripted', open: true, providerRefs: {}, actions },
    ...{ held: false, recording: 'off' },
  });
  const self = createLive<Participant | undefined>(undefined);
  const commands: unknown[] = [];
  const channelOf = ({ phone }: Tab) =>
    new PhoneVoiceChannel(
      {
        channelId: 'channel-a',
        info$: info.live,
        self$: self.live,
        command: async (name: string, args: unknown, options?: CommandOptions) => {
          commands.push([name, args, ...(options === undefined ? [] : [options])]);
        },
        end: () => Promise.resolve(),
      },
      {
        clock: set.clock,
        phone,
        awaited$: createLive(false).live,
        holdOthers: () => Promise.resolve(),
        closed: () => {},
      },
    );
  return { ...set, info, self, call, commands, leading: channelOf(tabs[0]), following: channelOf(tabs[1]) };
}

describe('a call of a conversation', () => {
  it.each(['leading', 'following'] as const)('mutes somebody else by the phone, from the %s tab', async (tab) => {
    const desk = await connected();
    const muting = desk[tab].muteParticipant('8:acs:bea');
    await desk.rest();
    await muting;
    expect(desk.call.asked).toEqual(['muteParticipant 8:acs:bea']);
    expect(desk[tab].participants$.value).toMatchObject([{ id: '8:acs:bea', muted: true }]);
    expect(desk.commands).toEqual([]);
  });

  it('mutes somebody else by the control plane where only that can, and only where it does', async () => {
    const desk = await connected(['muteParticipant'], { muteParticipant: server });
    await desk.following.muteParticipant('8:acs:bea', { timeoutMs: 1_000 });
    expect(desk.commands).toEqual([['call/mute', { participantId: '8:acs:bea' }, { timeoutMs: 1_000 }]]);
    const without = await connected([], { muteParticipant: server });
    expect(without.leading.capabilities$.value.muteParticipant).toEqual({
      supported: false,
      reason: 'needs-control-plane',
    });
    await expect(without.leading.muteParticipant('8:acs:bea')).rejects.toMatchObject({
      code: 'command/not-allowed',
      field: 'muteParticipant',
    });
    expect([desk.call.asked, without.commands]).toEqual([[], []]);
  });

  it.each([
    ['leading', { phone: '+15550100' }, 'transfer phone +15550100'],
    ['following', { teamsUser: 'u-1' }, 'transfer teamsUser u-1'],
    ['following', { voicemail: 'u-1' }, 'transfer voicemail u-1'],
  ] as const)('transfers a call of two by the phone, from the %s tab', async (tab, to, asked) => {
    const desk = await connected();
    desk.voice.slow('transfer', 40_000);
    let done = false;
    const transfer = desk[tab].transfer(to).then(() => (done = true));
    await desk.clock.advance(39_000);
    expect(done).toBe(false);
    await desk.clock.advance(1_500);
    await transfer;
    expect(desk.call.asked).toEqual([asked]);
    expect(desk[tab].state$.value).toMatchObject({ status: 'lost', end: { outcome: 'completed' } });
  });

  it('keeps the other side when a transfer comes to nothing, and says why', async () => {
    const desk = await connected();
    desk.voice.fail('transfer', new Error('busy'));
    const transfer = desk.following.transfer({ phone: '+15550100' });
    transfer.catch(() => {});
    await desk.rest();
    await expect(transfer).rejects.toMatchObject({ code: 'command/failed' });
    expect(desk.following.state$.value.status).toBe('connected');
  });

  it('says that the control plane transfers where the phone cannot', async () => {
    const desk = await connected(['transferToPhone'], { transferToPhone: server, transferToVoicemail: server });
    await expect(desk.leading.transfer({ phone: '+15550100' })).rejects.toMatchObject({
      code: 'command/not-allowed',
      message: 'unable to transferToPhone; the control plane does it: use task.transfer',
    });
    await expect(desk.leading.transfer({ voicemail: 'u-1' })).rejects.toMatchObject({
      message: 'unable to transferToVoicemail; needs-control-plane',
    });
    expect([desk.call.asked, desk.commands]).toEqual([[], []]);
  });

  it.each([
    ['agent', 'transferred', 0],
    ['customer', 'transferred', 1],
    ['customer', 'ended', 0],
  ] as const)('of the %s whose channel has closed, %s, is left in time where it is over', async (role, reason, up) => {
    const desk = await connected();
    desk.self.set({ id: 'me', role, displayName: 'Me', present: true, providerRefs: {} });
    desk.info.set({ ...desk.info.value, open: false, closedBecause: reason });
    await desk.clock.advance(10_000);
    expect([desk.voice.callsUp, desk.leading.state$.value.status]).toEqual([up, up === 1 ? 'connected' : 'closed']);
  });

  it('goes on for a customer who was transferred, whose phone still mutes, until the call has ended', async () => {
    const desk = await connected(['hold', 'record'], { hold: server, record: server });
    desk.self.set({ id: 'me', role: 'customer', displayName: 'Me', present: true, providerRefs: {} });
    desk.info.set({ ...desk.info.value, recording: 'on', open: false, closedBecause: 'transferred' });
    expect(desk.leading.state$.value).toMatchObject({ status: 'connected', recording: false, media: 'here' });
    const { mute, hold, record } = desk.leading.capabilities$.value;
    expect([mute.supported, hold.supported, record.supported]).toEqual([true, false, false]);
    await desk.leading.mute();
    expect(desk.leading.state$.value.muted).toBe(true);
    desk.call.end();
    await desk.rest();
    expect(desk.leading.state$.value).toMatchObject({ status: 'closed', media: 'nowhere' });
  });

  it('has closed for an agent who has left it to others, and is lost to one who has not', async () => {
    const desk = await connected();
    const self = { id: 'me', role: 'agent', displayName: 'Me', present: true, providerRefs: {} } as const;
    desk.self.set(self);
    desk.call.end();
    await desk.rest();
    expect(desk.leading.state$.value.status).toBe('lost');
    desk.self.set({ ...self, present: false });
    expect(desk.leading.state$.value.status).toBe('closed');
    await desk.leading.rejoin();
    expect(desk.commands).toEqual([]);
  });

  it('adds a Teams user only where that is supported apart', async () => {
    const desk = await connected(['addParticipant'], { addParticipant: server, addTeamsUser: server });
    await desk.leading.addParticipant({ phone: '+15550100' });
    expect(desk.commands).toEqual([['call/add', { to: { phone: '+15550100' } }]]);
    await expect(desk.leading.addParticipant({ teamsUser: 'u-1' })).rejects.toMatchObject({ field: 'addTeamsUser' });
  });

  it('records by the control plane, and shows how far that is', async () => {
    const desk = await connected(['record'], { record: server });
    const { recording } = desk.following;
    for (const step of ['start', 'pause', 'resume', 'stop'] as const) await recording[step]();
    expect(desk.commands).toEqual(['start', 'pause', 'resume', 'stop'].map((step) => ['call/record', { step }]));
    const seen: string[] = [];
    recording.state$.subscribe((state) => seen.push(state));
    const shown = (['on', 'paused', 'off'] as const).map((state) => {
      desk.info.set({ ...desk.info.value, recording: state });
      return desk.following.state$.value.recording;
    });
    expect([seen, shown]).toEqual([
      ['off', 'on', 'paused', 'off'],
      [true, false, false],
    ]);
  });

  it('cannot record where no control plane does', async () => {
    const desk = await connected([], { record: server });
    await expect(desk.leading.recording.start()).rejects.toMatchObject({ code: 'command/not-allowed' });
    expect(desk.commands).toEqual([]);
  });

  it('lets nobody be held or sent tones who has not answered yet, where the control plane reaches them', async () => {
    const desk = await connected(['hold', 'dtmf'], { hold: server, dtmf: server }, 'connecting');
    const shown = () => {
      const { hold, dtmf, mute } = desk.following.capabilities$.value;
      return [hold.supported, dtmf.supported, mute.supported, desk.following.state$.value.status];
    };
    expect(shown()).toEqual([false, false, true, 'ringing']);
    await expect(desk.following.hold()).rejects.toMatchObject({
      code: 'command/not-allowed',
      message: 'unable to hold; the other side has not answered yet',
    });
    desk.call.setParticipants([{ ...bea, providerRefs: {} }]);
    await desk.rest();
    expect(shown()).toEqual([true, true, true, 'connected']);
  });
});
