import {
  createEnvironment,
  createLive,
  type ChannelInfo,
  type MeetingChannelHost,
  type MeetingReport,
  type OpenMeetingChannel,
  type Participant,
} from 'onescreen';
import type { MeetingOptions } from 'onescreen/emulator';
import { createBroadcast, seededRandom } from 'onescreen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { teamsMeetings, type MeetingPersona } from '../../../../src/acs/calling';
import { EmulatorBench } from '../../../emulator/calling/emulator-bench';

const organizer = '8:orgid:0a0a0a0a-0000-4000-8000-000000000001';
const noStorage = { getItem: () => null, setItem: () => {} };

describe('Teams meetings over the emulator', () => {
  let bench: EmulatorBench;
  let broadcast: ReturnType<typeof createBroadcast>;

  beforeEach(() => {
    bench = new EmulatorBench();
    broadcast = createBroadcast();
  });

  afterEach(() => {
    expect(bench.media.misuse).toEqual([]);
  });

  /** A page of `user`, whose channel says so where to join. */
  async function page(user: string, providerRefs: Readonly<Record<string, string>>, persona: MeetingPersona = 'guest') {
    const { page: browser } = await bench.agent();
    const kind = persona === 'guest' ? 'acsUser' : 'teamsUser';
    const { token } = bench.core.issueToken(user, { scopes: ['voip'], kind });
    const meetings = teamsMeetings({ persona, sdk: browser.sdk, storage: noStorage }).meetings({
      self: { id: user, displayName: 'Gus', providerRefs: { meeting: user } },
      tokens: { get: async () => ({ token, expiresAt: Number.MAX_SAFE_INTEGER, kind }) },
      environment: createEnvironment({ clock: bench.clock, random: seededRandom(user), broadcast }),
      tabs: user,
      holdCalls: async () => {},
    });
    const info = createLive<ChannelInfo>({
      ...{ id: 'm-1', type: 'meeting', provider: 'teams', open: true, actions: [], held: false, recording: 'off' },
      providerRefs,
    });
    const reports: MeetingReport[] = [];
    const host: MeetingChannelHost = {
      ...{ conversationId: 'c-1', channelId: 'm-1', info$: info.live },
      self$: createLive<Participant | undefined>(undefined).live,
      context$: createLive({}).live,
      report: async (report) => void reports.push(report),
      joinChat: () => {
        throw new Error('it has no chat');
      },
      end: async () => {},
    };
    return { browser, meetings, reports, channel: meetings.channel(host) };
  }

  const status = (channel: OpenMeetingChannel) => channel.state$.value.status;

  /** The organiser at our page as a Teams user, and a guest of ours who knocks. */
  async function doorstep(options: Partial<MeetingOptions> = {}) {
    const meeting = bench.core.meetings.create({ organizer, subject: 'Roof', ...options });
    const olivia = await page(organizer, { joinLink: meeting.joinLink }, 'teamsUser');
    const user = bench.core.createUser();
    const gus = await page(user, { meetingId: meeting.meetingId, passcode: meeting.passcode ?? '' });
    await gus.browser.soon(olivia.channel.join(), 500);
    await gus.browser.soon(gus.channel.join(), 500);
    return { meeting, olivia, gus, user };
  }

  it('a guest waits, is let in, is seen and shows, and leaves nothing behind', async () => {
    const { olivia, gus, user } = await doorstep();
    expect([status(olivia.channel), status(gus.channel)]).toEqual(['connected', 'lobby']);
    expect(olivia.channel.lobby$.value).toEqual([{ id: user, displayName: 'Gus' }]);
    expect(gus.channel.lobby$.value).toEqual([]);
    await gus.browser.soon(olivia.channel.admit(user), 200);
    expect([status(gus.channel), gus.channel.state$.value.role]).toEqual(['connected', 'presenter']);
    expect(olivia.channel.state$.value.role).toBe('organizer');
    expect(gus.channel.participants$.value).toMatchObject([{ id: organizer, role: 'organizer' }]);
    await gus.browser.soon(gus.channel.startVideo(), 200);
    await gus.browser.soon(gus.channel.shareScreen(), 200);
    expect(olivia.channel.pictures$.value.map(({ id }) => id).sort()).toEqual([`${user}/camera`, `${user}/screen`]);
    expect(gus.channel.pictures$.value.map(({ id }) => id).sort()).toEqual(['self/camera', 'self/screen']);
    await gus.browser.soon(gus.channel.hold(), 200);
    expect([status(gus.channel), gus.channel.state$.value.sharing]).toEqual(['held', false]);
    expect(olivia.channel.participants$.value).toMatchObject([{ id: user, status: 'held' }]);
    await gus.browser.soon(gus.channel.resume(), 200);
    await bench.clock.advance(1_000);
    await gus.browser.soon(gus.meetings.close(), 1_000);
    expect(gus.browser.devices.openPictures).toEqual([]);
    expect([olivia.channel.participants$.value, gus.browser.peers.live]).toEqual([[], 0]);
    expect(gus.reports.map((report) => (report.type === 'self' ? report.change : report.type))).toEqual([
      ...['waiting', 'joined', 'others', 'sharing-started', 'sharing-stopped', 'left'],
    ]);
    await gus.browser.soon(olivia.meetings.close(), 1_000);
    expect(bench.media.size).toBe(0);
  });

  it('being turned away, waiting too long and the end of the meeting are different outcomes', async () => {
    const { meeting, olivia, gus, user } = await doorstep({ lobbyTimeoutMs: 10_000 });
    const outcome = () => gus.channel.state$.value.end?.outcome;
    await gus.browser.soon(olivia.channel.deny(user), 200);
    expect([status(gus.channel), outcome()]).toEqual(['ended', 'denied']);
    await gus.browser.soon(gus.channel.join(), 2_000);
    await bench.clock.advance(11_000);
    expect([status(gus.channel), outcome()]).toEqual(['ended', 'lobby-timeout']);
    await gus.browser.soon(gus.channel.join(), 2_000);
    await gus.browser.soon(olivia.channel.admitAll(), 200);
    await gus.browser.soon(olivia.channel.removeParticipant(user), 200);
    expect([status(gus.channel), outcome()]).toEqual(['ended', 'removed']);
    await gus.browser.soon(gus.channel.join(), 2_000);
    await gus.browser.soon(olivia.channel.admitAll(), 200);
    bench.core.meetings.end(meeting.id);
    await bench.clock.advance(1_000);
    expect([status(gus.channel), outcome()]).toEqual(['ended', 'meeting-ended']);
    expect(gus.reports.at(-1)).toEqual({ type: 'over' });
  });

  it('a wrong passcode and a meeting that is none refuse the join', async () => {
    const meeting = bench.core.meetings.create({ organizer, subject: 'Roof' });
    const wrong = await page(bench.core.createUser(), { meetingId: meeting.meetingId, passcode: 'wrong' });
    await expect(wrong.browser.soon(wrong.channel.join(), 2_000)).rejects.toMatchObject({
      code: 'meeting/wrong-passcode',
    });
    const none = await page(bench.core.createUser(), { joinLink: 'https://teams.microsoft.com/l/meetup-join/nowhere' });
    await expect(none.browser.soon(none.channel.join(), 2_000)).rejects.toMatchObject({ code: 'meeting/not-joinable' });
    expect(none.channel.state$.value).toMatchObject({ status: 'ended', end: { outcome: 'failed' } });
  });

  it.each(['webinar', 'town-hall', 'live-event', 'consumer', 'end-to-end-encrypted'] as const)(
    'a meeting of the kind %s cannot be joined',
    async (kind) => {
      const meeting = bench.core.meetings.create({ organizer, subject: 'Roof', kind });
      const { browser, channel } = await page(bench.core.createUser(), { joinLink: meeting.joinLink });
      await expect(browser.soon(channel.join(), 2_000)).rejects.toMatchObject({ code: 'meeting/not-joinable' });
    },
  );

  it('nothing is sent before consent, and all may be after', async () => {
    const { meeting, gus } = await doorstep({ lobby: 'everyone', consent: true });
    bench.core.meetings.record(meeting.id, { recording: true });
    await bench.clock.advance(200);
    const { channel } = gus;
    expect(channel.state$.value).toMatchObject({ consent: 'required', recording: true, muted: true });
    for (const command of [channel.unmute(), channel.startVideo(), channel.shareScreen()]) {
      await expect(command).rejects.toMatchObject({ code: 'command/not-allowed', reason: 'consent-required' });
    }
    await gus.browser.soon(channel.grantConsent(), 200);
    expect([channel.state$.value.consent, channel.capabilities$.value.unmute.supported]).toEqual(['granted', true]);
    await gus.browser.soon(channel.unmute(), 200);
    expect(channel.state$.value.muted).toBe(false);
  });

  it('a change of role moves the buttons, without joining again', async () => {
    const { meeting, gus, user } = await doorstep({ lobby: 'everyone' });
    const seen: boolean[] = [];
    gus.channel.capabilities$.subscribe(({ shareScreen }) => seen.push(shareScreen.supported));
    bench.core.meetings.setRole(meeting.id, user, 'Attendee');
    await bench.clock.advance(200);
    expect(gus.channel.capabilities$.value.shareScreen).toMatchObject({ supported: false, reason: 'no-permission' });
    expect(gus.channel.state$.value.role).toBe('attendee');
    bench.core.meetings.setRole(meeting.id, user, 'Presenter');
    await bench.clock.advance(200);
    expect(seen).toEqual([true, false, true]);
  });

  it('20 s without signalling are no end', async () => {
    const { gus, olivia } = await doorstep({ lobby: 'everyone' });
    const states: string[] = [];
    gus.channel.state$.subscribe((state) => states.push(state.status));
    bench.drop(gus.browser);
    await bench.clock.advance(20_000);
    await gus.browser.soon(gus.channel.mute(), 1_000);
    expect(olivia.channel.participants$.value).toMatchObject([{ muted: true }]);
    expect(new Set(states)).toEqual(new Set(['connected']));
  });

  it('another tab of the same person takes it over', async () => {
    const { meeting, gus, olivia, user } = await doorstep({ lobby: 'everyone' });
    const other = await page(user, { joinLink: meeting.joinLink });
    await bench.clock.advance(10);
    expect(status(other.channel)).toBe('elsewhere');
    await gus.browser.soon(other.channel.join(), 2_000);
    expect([status(gus.channel), status(other.channel)]).toEqual(['elsewhere', 'connected']);
    expect(olivia.channel.participants$.value).toHaveLength(1);
    expect(gus.reports).not.toContainEqual(expect.objectContaining({ change: 'left' }));
  });

  it('an expert is asked in, raises a hand and is heard as captions', async () => {
    const { gus } = await doorstep({ lobby: 'everyone' });
    const expert = bench.core.teamsUsers.add({ displayName: 'Edda', answers: 3_000 });
    const id = expert.rawId.replace('8:orgid:', '');
    await gus.browser.soon(gus.channel.addParticipant({ teamsUser: id }), 200);
    await bench.clock.advance(4_000);
    expect(gus.channel.participants$.value).toContainEqual(
      expect.objectContaining({ id: expert.rawId, displayName: 'Edda', status: 'connected' }),
    );
    expect(gus.reports.at(-1)).toEqual({
      type: 'others',
      people: expect.arrayContaining([{ ref: expert.rawId, displayName: 'Edda' }]),
    });
    await gus.browser.soon(gus.channel.raiseHand(), 200);
    expect(gus.channel.state$.value.handRaised).toBe(true);
    await gus.browser.soon(gus.channel.startCaptions(), 200);
    expect(gus.channel.state$.value.captions).toBe(true);
  });
});
