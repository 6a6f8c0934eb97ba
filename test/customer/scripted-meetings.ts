import {
  createLive,
  type Capability,
  type ChatChannel,
  type Live,
  type MeetingCapabilities,
  type MeetingEnd,
  type MeetingProvider,
  type MeetingsContext,
  type MeetingState,
} from 'onescreen';
import { ChunkedPeople } from 'onescreen/voice';
import { NEVER } from 'rxjs';

const yes: Capability = { supported: true, executor: 'client' };
const capabilities = Object.fromEntries(
  ['join', 'leave', 'mute', 'unmute', 'hold', 'resume', 'video', 'shareScreen', 'raiseHand', 'grantConsent'].map(
    (action) => [action, yes],
  ),
) as MeetingCapabilities;

const quiet: MeetingState = {
  ...({ status: 'open', role: 'attendee', muted: false, mutedByOthers: false, video: false, sharing: false } as const),
  ...({ handRaised: false, consent: 'not-needed', recording: false, transcription: false, captions: false } as const),
};

const left: MeetingEnd = { outcome: 'left', code: 'call/completed', retryable: true, message: 'You have left.' };

const ended: MeetingEnd = {
  outcome: 'meeting-ended',
  code: 'meeting/ended',
  retryable: false,
  message: 'It has ended.',
};

/** Meetings without media for one page: they do as the page and the test say, and remember what was asked. */
export function scriptedMeetings() {
  const asked: string[] = [];
  let context: MeetingsContext | undefined;
  let closed = 0;
  let failing: Error | undefined;
  let lobby = false;
  let state = createLive<MeetingState>(quiet);
  const fixed = <T>(value: T): Live<T> => createLive(value).live;

  const provider: MeetingProvider = {
    channel: 'meeting',
    name: 'scripted',
    meetings(given) {
      context = given;
      return {
        channel(host) {
          const { channelId, info$ } = host;
          state = createLive<MeetingState>(quiet);
          const own = state;
          const change = (patch: Partial<MeetingState>) => own.set({ ...own.value, ...patch });
          const ask = async (what: string, patch: Partial<MeetingState> = {}) => {
            asked.push(what);
            change(patch);
          };
          const watching = info$.subscribe(({ open }) => {
            if (!open && own.value.status !== 'ended') change({ status: 'ended', end: ended });
          });
          return {
            ...{ id: channelId, type: 'meeting', state$: own.live, capabilities$: fixed(capabilities) },
            ...{
              participants$: fixed([]),
              people$: fixed(ChunkedPeople.of<never>([])),
              lobby$: fixed([]),
              pictures$: fixed([]),
              captions$: fixed([]),
            },
            ...{ quality$: fixed({ rating: 'unknown', problems: [] }), levels$: NEVER },
            chat$: fixed<ChatChannel | undefined>(undefined),
            async join({ muted = false, video = false } = {}) {
              await given.holdCalls();
              await given.tokens.get('meeting');
              asked.push(`join ${info$.value.providerRefs['joinLink'] ?? ''}`);
              if (failing !== undefined) throw failing;
              change({ status: lobby ? 'lobby' : 'connected', muted, video });
              await host.report({ type: 'self', change: lobby ? 'waiting' : 'joined' });
            },
            leave: () => ask('leave', { status: 'ended', end: left }),
            end: (options) => host.end(options),
            mute: () => ask('mute', { muted: true }),
            unmute: () => ask('unmute', { muted: false }),
            hold: () => ask('hold', { status: 'held' }),
            async resume() {
              await given.holdCalls();
              await ask('resume', { status: 'connected' });
            },
            startVideo: () => ask('startVideo', { video: true }),
            stopVideo: () => ask('stopVideo', { video: false }),
            shareScreen: () => ask('shareScreen', { sharing: true }),
            stopSharing: () => ask('stopSharing', { sharing: false }),
            raiseHand: () => ask('raiseHand', { handRaised: true }),
            lowerHand: () => ask('lowerHand', { handRaised: false }),
            spotlight: () => ask('spotlight'),
            admit: () => ask('admit'),
            admitAll: () => ask('admitAll'),
            deny: () => ask('deny'),
            muteParticipant: () => ask('muteParticipant'),
            removeParticipant: () => ask('removeParticipant'),
            addParticipant: () => ask('addParticipant'),
            startCaptions: () => ask('startCaptions', { captions: true }),
            stopCaptions: () => ask('stopCaptions', { captions: false }),
            grantConsent: () => ask('grantConsent', { consent: 'granted' }),
            shareContext: async () => ({}),
            show: () => Promise.reject(new Error('there are no pictures here')),
            native: () => undefined,
            async close() {
              watching.unsubscribe();
              own.complete();
            },
          };
        },
        holdActive: async () => {},
        async close() {
          closed += 1;
        },
      };
    },
  };
  return {
    provider,
    asked,
    get context() {
      return context;
    },
    get closed() {
      return closed;
    },
    /** Whoever joins waits to be let in. */
    useLobby: () => void (lobby = true),
    fail: (error: Error | undefined) => void (failing = error),
    /** What happens in the meeting of this page. */
    change: (patch: Partial<MeetingState>) => state.set({ ...state.value, ...patch }),
  };
}
