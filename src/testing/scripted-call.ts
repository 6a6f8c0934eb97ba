import {
  createLive,
  type AudioLevels,
  type CallCapabilities,
  type CallEnd,
  type CallParticipant,
  type CallQuality,
  type CallTarget,
  type Capability,
} from 'onescreen';
import { noCallCapabilities } from 'onescreen/voice';
import type { DialOptions, VoiceCall, VoiceCallState } from 'onescreen/voice';
import { Observable, Subject } from 'rxjs';

/** A call without media: it does what it is told, by the phone as a service would, and by the test. */
export interface ScriptedCall extends VoiceCall {
  /** Set when it was dialled. */
  readonly to?: CallTarget;
  readonly options?: DialOptions;
  /** What was asked of it, such as `mute` or `tones 12#`, in order. */
  readonly asked: readonly string[];
  /** How many look at its levels now. */
  readonly listeners: number;
  change(patch: Partial<VoiceCallState>): void;
  setParticipants(participants: readonly CallParticipant[]): void;
  setCapabilities(patch: Partial<CallCapabilities>): void;
  setQuality(quality: CallQuality): void;
  setLevels(levels: AudioLevels): void;
  /** Ends it from the other side; default: completed. Again: no effect. */
  end(end?: CallEnd): void;
}

export interface ScriptedCallOptions {
  readonly direction: 'in' | 'out';
  readonly muted: boolean;
  readonly to?: CallTarget;
  readonly options?: DialOptions;
  /** Waits and fails as the script says for this step. */
  readonly step: (name: string) => Promise<void>;
}

export const completedCall: CallEnd = {
  outcome: 'completed',
  code: 'call/completed',
  retryable: false,
  message: 'the call has ended',
};

/** How a call ends for the one who has given the other side to somebody else. */
const transferredCall: CallEnd = {
  outcome: 'completed',
  code: 'call/ended',
  retryable: false,
  message: 'the other side was transferred',
};

const byClient: Capability = { supported: true, executor: 'client' };

export function scriptedCall({ direction, muted, to, options, step }: ScriptedCallOptions): ScriptedCall {
  const asked: string[] = [];
  let listeners = 0;
  const state = createLive<VoiceCallState>({
    status: direction === 'in' ? 'connected' : 'connecting',
    muted,
    mutedByOthers: false,
    recording: false,
    transcription: false,
    emergency: false,
  });
  const participants = createLive<readonly CallParticipant[]>([]);
  const quality = createLive<CallQuality>({ rating: 'unknown', problems: [] });
  const capabilities = createLive<CallCapabilities>({
    mute: byClient,
    unmute: byClient,
    hold: byClient,
    resume: byClient,
    dtmf: byClient,
    addParticipant: byClient,
    removeParticipant: byClient,
    muteParticipant: byClient,
    record: { supported: false, reason: 'needs-control-plane' },
    transferToPhone: byClient,
    transferToTeamsUser: byClient,
    transferToVoicemail: byClient,
    addTeamsUser: byClient,
    hangUp: byClient,
  });
  const levels = new Subject<AudioLevels>();
  const change = (patch: Partial<VoiceCallState>) => {
    if (state.value.status !== 'ended') state.set({ ...state.value, ...patch });
  };
  const end = (why: CallEnd = completedCall) => {
    if (state.value.status === 'ended') return;
    capabilities.set(noCallCapabilities('closed'));
    change({ status: 'ended', end: why });
    for (const live of [state, participants, capabilities, quality]) live.complete();
    levels.complete();
  };
  const ask = async (what: string, then: () => void = () => {}) => {
    asked.push(what);
    await step(what.split(' ', 1).join(''));
    then();
  };
  return {
    direction,
    ...(to !== undefined && { to }),
    ...(options !== undefined && { options }),
    asked,
    get listeners() {
      return listeners;
    },
    state$: state.live,
    participants$: participants.live,
    capabilities$: capabilities.live,
    quality$: quality.live,
    levels$: new Observable((subscriber) => {
      listeners++;
      subscriber.add(() => listeners--);
      subscriber.add(levels.subscribe(subscriber));
    }),
    mute: () => ask('mute', () => change({ muted: true })),
    unmute: () => ask('unmute', () => change({ muted: false, mutedByOthers: false })),
    hold: () => ask('hold', () => change({ status: 'held' })),
    resume: () => ask('resume', () => change({ status: 'connected' })),
    sendDtmf: (tones) => ask(`tones ${tones}`),
    addParticipant: () => ask('add'),
    removeParticipant: (id) => ask(`remove ${id}`),
    muteParticipant: (id) =>
      ask(`muteParticipant ${id}`, () =>
        participants.set(participants.value.map((one) => (one.id === id ? { ...one, muted: true } : one))),
      ),
    transfer: (to) => ask(`transfer ${Object.entries(to).flat().join(' ')}`, () => end(transferredCall)),
    hangUp: () => (state.value.status === 'ended' ? Promise.resolve() : ask('hangUp', () => end())),
    native: () => ({ scripted: true }),
    change,
    setParticipants: (value) => participants.set(value),
    setCapabilities: (patch) => capabilities.set({ ...capabilities.value, ...patch }),
    setQuality: (value) => quality.set(value),
    setLevels: (value) => levels.next(value),
    end,
  };
}
