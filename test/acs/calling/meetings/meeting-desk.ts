import {
  createEnvironment,
  createLive,
  type ChannelInfo,
  type ChatProvider,
  type Environment,
  type Labels,
  type MeetingChannelHost,
  type MeetingReport,
  type Meetings,
  type OpenMeetingChannel,
  type Participant,
} from 'onescreen';
import { createBroadcast, seededRandom, virtualClock, type VirtualClock } from 'onescreen/testing';
import { teamsMeetings, type DeviceStorage, type MeetingPersona, type MeetingsSdk } from '../../../../src/acs/calling';
import { FakeCalling } from '../fake-calling';
import { FakeTokens } from '../desk';
import { FakeMeetingCall } from './fake-meeting-call';

/** A feature's token that says which part of the fake call it is. */
function part(name: string): never {
  // only its identity counts
  return { callApiCtor: Object.assign(() => {}, { part: name }) } as never;
}

export class FakePicture {
  static open = 0;
  readonly mediaStreamType = 'Video';
  isDisposed = false;
  constructor(readonly source: { readonly id: string }) {
    FakePicture.open += 1;
  }
  dispose(): void {
    if (!this.isDisposed) FakePicture.open -= 1;
    this.isDisposed = true;
  }
}

export interface FakeViews {
  open: number;
  readonly shown: { readonly stream: unknown; readonly options: unknown }[];
}

/** The package with a browser of its own. */
export function fakeSdk(calling: FakeCalling, views: FakeViews): MeetingsSdk {
  const { sdk } = calling;
  return {
    ...sdk,
    Features: {
      ...sdk.Features,
      Recording: part('recording'),
      Transcription: part('transcription'),
      UserFacingDiagnostics: part('diagnostics'),
      MediaStats: part('stats'),
      Capabilities: part('capabilities'),
      Captions: part('captions'),
      DominantSpeakers: part('speakers'),
      RaiseHand: part('hands'),
      Spotlight: part('spotlight'),
    },
    // as much of it as is used
    LocalVideoStream: FakePicture as never,
    VideoStreamRenderer: class {
      constructor(readonly stream: unknown) {}
      async createView(options?: unknown) {
        views.open += 1;
        views.shown.push({ stream: this.stream, options });
        const dispose = () => void (views.open -= 1);
        return { target: { views } as never, dispose } as never;
      }
      dispose(): void {}
    },
  };
}

export const identity = '8:acs:r_me';

export interface MeetingDesk {
  readonly clock: VirtualClock;
  readonly calling: FakeCalling;
  readonly tokens: FakeTokens;
  readonly stored: Map<string, string>;
  readonly storage: DeviceStorage;
  readonly views: FakeViews;
  readonly loads: { count: number };
  readonly held: { count: number; fails?: Error };
  readonly calls: FakeMeetingCall[];
  readonly joined: { readonly locator: unknown; readonly options: unknown }[];
  readonly environment: Environment;
  /** The call of the newest join. */
  readonly call: FakeMeetingCall;
  meetings(): Meetings;
  open(meetings: Meetings, refs?: Readonly<Record<string, string>>, channelId?: string): OpenedChannel;
  /** A channel whose meeting is connected. */
  connected(): Promise<OpenedChannel>;
}

export interface OpenedChannel {
  readonly channel: OpenMeetingChannel;
  readonly info: ReturnType<typeof createLive<ChannelInfo>>;
  readonly context: ReturnType<typeof createLive<Labels>>;
  readonly reports: MeetingReport[];
  readonly chats: { readonly where: unknown; closed: boolean; readonly sent: unknown[] }[];
  readonly meetings: Meetings;
}

export interface MeetingDeskOptions {
  readonly persona?: MeetingPersona;
  readonly lobbyTimeoutMs?: number;
  readonly chat?: ChatProvider;
}

export function setMeetingDesk({ persona, lobbyTimeoutMs, chat }: MeetingDeskOptions = {}): MeetingDesk {
  const clock = virtualClock();
  const calling = new FakeCalling(clock);
  const tokens = new FakeTokens();
  const stored = new Map<string, string>();
  const views: FakeViews = { open: 0, shown: [] };
  const loads = { count: 0 };
  const held: { count: number; fails?: Error } = { count: 0 };
  const calls: FakeMeetingCall[] = [];
  const joined: { locator: unknown; options: unknown }[] = [];
  const sdk = fakeSdk(calling, views);
  calling.joining = (locator, options) => {
    const call = new FakeMeetingCall();
    if (persona === 'teamsUser') call.kind = 'TeamsCall';
    calls.push(call);
    joined.push({ locator, options });
    return call;
  };
  const environment = createEnvironment({ clock, random: seededRandom('meetings'), broadcast: createBroadcast() });
  const storage: DeviceStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
  };
  const provider = teamsMeetings({
    sdk: async () => {
      loads.count += 1;
      return sdk;
    },
    storage,
    ...(persona !== undefined && { persona }),
    ...(lobbyTimeoutMs !== undefined && { lobbyTimeoutMs }),
    ...(chat !== undefined && { chat }),
  });
  const refs = { meeting: persona === 'teamsUser' ? '8:orgid:me' : identity, teams: 'me' };
  const desk: MeetingDesk = {
    ...{ clock, calling, tokens, stored, storage, views, loads, held, calls, joined, environment },
    get call() {
      const call = calls.at(-1);
      if (call === undefined) throw new Error('nothing has been joined yet');
      return call;
    },
    meetings: () =>
      provider.meetings({
        self: { id: 'ada', displayName: 'Ada', providerRefs: refs },
        ...{ tokens, environment, tabs: 'ada' },
        holdCalls: async () => {
          held.count += 1;
          if (held.fails !== undefined) throw held.fails;
        },
      }),
    open(meetings, where = { joinLink: 'https://teams.example/meet' }, channelId = 'm-1') {
      const info = createLive<ChannelInfo>({
        ...{ id: channelId, type: 'meeting', provider: 'teams', open: true, providerRefs: where },
        ...{ actions: [], held: false, recording: 'off' },
      });
      const self = createLive<Participant | undefined>(undefined);
      const context = createLive<Labels>({ product: 'Boat', 'a\nb': 'one\ntwo', secret: 1 });
      const reports: MeetingReport[] = [];
      const chats: OpenedChannel['chats'] = [];
      const host: MeetingChannelHost = {
        ...{ conversationId: 'c-1', channelId, info$: info.live, self$: self.live, context$: context.live },
        report: async (report) => void reports.push(report),
        joinChat(_provider, place) {
          const chatChannel = { where: place, closed: false, sent: [] as unknown[] };
          chats.push(chatChannel);
          // as much of a chat as is used
          return {
            send: async (message: unknown) => void chatChannel.sent.push(message),
            close: async () => void (chatChannel.closed = true),
          } as never;
        },
        end: async () => {},
      };
      return { channel: meetings.channel(host), info, context, reports, chats, meetings };
    },
    async connected() {
      const opened = desk.open(desk.meetings());
      const joining = opened.channel.join();
      await clock.runUntil(() => calls.length > 0);
      desk.call.to('Connected');
      await joining;
      await clock.advance(0);
      return opened;
    },
  };
  return desk;
}
