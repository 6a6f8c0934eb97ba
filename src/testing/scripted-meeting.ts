import {
  createLive,
  type Capability,
  type ChatProvider,
  type LiveSource,
  type MeetingCapabilities,
  type MeetingChannelHost,
  type MeetingProvider,
  type MeetingsContext,
  type MeetingState,
  type OpenChatChannel,
  type OpenMeetingChannel,
} from 'onescreen';
import { ChunkedPeople } from 'onescreen/voice';
import { NEVER } from 'rxjs';

/** A meeting's channel whose every move is the test's. */
export interface ScriptedMeeting {
  readonly host: MeetingChannelHost;
  readonly channel: OpenMeetingChannel;
  /** What was asked of it, such as `join` or `admit guest-1`, in order. */
  readonly asked: readonly string[];
  /** Changes what the meeting's state says. */
  change(patch: Partial<MeetingState>): void;
  /** Changes what this side may do. Before: `join` alone. */
  setCapabilities(patch: Partial<MeetingCapabilities>): void;
  /** Joins a chat beside it, as its own names; `leave` takes this side out again. */
  joinChat(provider: ChatProvider, names: Readonly<Record<string, string>>): { readonly leave: () => void };
}

/** Meetings without a service. */
export interface ScriptedMeetings {
  readonly provider: MeetingProvider;
  /** What each client has given it. */
  readonly contexts: readonly MeetingsContext[];
  /** Every channel so far, the oldest first. */
  readonly channels: readonly ScriptedMeeting[];
  /** How often the active meeting was to be put on hold. */
  readonly holds: number;
  /** The next time, the hold is refused. */
  failHold(error: Error): void;
}

const byClient: Capability = { supported: true, executor: 'client' };
const notYet: Capability = { supported: false, reason: 'not-connected' };

/** A meeting provider for tests; joining holds the active call first, as a real one does. */
export function scriptedMeetings(name = 'scripted'): ScriptedMeetings {
  const contexts: MeetingsContext[] = [];
  const channels: ScriptedMeeting[] = [];
  const refusals: Error[] = [];
  let holds = 0;

  function open(context: MeetingsContext, host: MeetingChannelHost): ScriptedMeeting {
    const asked: string[] = [];
    const state = createLive<MeetingState>({
      ...{ status: 'open', role: 'unknown', muted: false, mutedByOthers: false, video: false, sharing: false },
      ...{ handRaised: false, consent: 'not-needed', recording: false, transcription: false, captions: false },
    });
    const capabilities = createLive<MeetingCapabilities>({
      ...{ join: byClient, leave: notYet, mute: notYet, unmute: notYet, hold: notYet, resume: notYet, video: notYet },
      ...{ shareScreen: notYet, raiseHand: notYet, spotlight: notYet, admit: notYet, muteParticipant: notYet },
      ...{ removeParticipant: notYet, addTeamsUser: notYet, addPhone: notYet, captions: notYet },
      ...{ grantConsent: notYet, chat: notYet },
    });
    const chat = createLive<OpenChatChannel | undefined>(undefined);
    const lives: readonly LiveSource<unknown>[] = [state, capabilities, chat];
    const empty = createLive<readonly never[]>([]).live;
    const change = (patch: Partial<MeetingState>) => state.set({ ...state.value, ...patch });
    const ask = (what: string, patch: Partial<MeetingState> = {}) => {
      asked.push(what);
      change(patch);
      return Promise.resolve();
    };
    const channel: OpenMeetingChannel = {
      id: host.channelId,
      type: 'meeting',
      state$: state.live,
      capabilities$: capabilities.live,
      participants$: empty,
      people$: createLive(ChunkedPeople.of<never>([])).live,
      lobby$: empty,
      pictures$: empty,
      captions$: empty,
      quality$: createLive({ rating: 'unknown', problems: [] } as const).live,
      levels$: NEVER,
      chat$: chat.live,
      async join() {
        await context.holdCalls();
        await ask('join', { status: 'connected' });
      },
      leave: () => ask('leave', { status: 'ended' }),
      end: (options) => host.end(options),
      mute: () => ask('mute', { muted: true }),
      unmute: () => ask('unmute', { muted: false }),
      hold: () => ask('hold', { status: 'held' }),
      resume: () => ask('resume', { status: 'connected' }),
      startVideo: () => ask('startVideo', { video: true }),
      stopVideo: () => ask('stopVideo', { video: false }),
      shareScreen: () => ask('shareScreen', { sharing: true }),
      stopSharing: () => ask('stopSharing', { sharing: false }),
      raiseHand: () => ask('raiseHand', { handRaised: true }),
      lowerHand: () => ask('lowerHand', { handRaised: false }),
      spotlight: (id) => ask(`spotlight ${id}`),
      admit: (id) => ask(`admit ${id}`),
      admitAll: () => ask('admitAll'),
      deny: (id) => ask(`deny ${id}`),
      muteParticipant: (id) => ask(`muteParticipant ${id}`),
      removeParticipant: (id) => ask(`removeParticipant ${id}`),
      addParticipant: (who) => ask(`addParticipant ${Object.values(who).join('')}`),
      startCaptions: () => ask('startCaptions', { captions: true }),
      stopCaptions: () => ask('stopCaptions', { captions: false }),
      grantConsent: () => ask('grantConsent', { consent: 'granted' }),
      shareContext: async () => ({}),
      show: () => Promise.reject(new Error('unable to show picture; a scripted meeting has none')),
      native: () => ({ scripted: true }),
      async close() {
        asked.push('close');
        await chat.value?.close();
        for (const live of lives) live.complete();
      },
    };
    return {
      host,
      channel,
      asked,
      change,
      setCapabilities: (patch) => capabilities.set({ ...capabilities.value, ...patch }),
      joinChat(provider, names) {
        const open = createLive(true);
        const place = { providerRefs: {}, names, tokens: context.tokens, open$: open.live };
        const joined = host.joinChat(provider, place);
        chat.set(joined);
        return {
          leave() {
            open.set(false);
            chat.set(undefined);
            void joined.close();
          },
        };
      },
    };
  }

  return {
    contexts,
    channels,
    get holds() {
      return holds;
    },
    failHold: (error) => void refusals.push(error),
    provider: {
      channel: 'meeting',
      name,
      meetings(context) {
        contexts.push(context);
        return {
          channel(host) {
            const meeting = open(context, host);
            channels.push(meeting);
            return meeting.channel;
          },
          async holdActive() {
            holds++;
            const error = refusals.shift();
            if (error !== undefined) throw error;
            for (const { channel } of channels) if (channel.state$.value.status === 'connected') await channel.hold();
          },
          close: () => Promise.resolve(),
        };
      },
    },
  };
}
