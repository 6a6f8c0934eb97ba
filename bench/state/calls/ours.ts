import type { Call } from '@azure/communication-calling';
import {
  ContactCenterError,
  createEnvironment,
  createLive,
  select,
  type CallCapabilities,
  type CallQuality,
  type ChannelInfo,
  type DevicesState,
  type Live,
  type VoiceChannel,
  type VoiceContext,
} from 'onescreen';
import {
  createVoice,
  noCallCapabilities,
  type VoiceCall,
  type VoiceCallState,
  type VoiceEndpoint,
} from 'onescreen/voice';
import { EventEmitter } from 'node:events';
import { EMPTY, NEVER } from 'rxjs';
import { inCall, Roster } from '../../../src/acs/calling/roster';
import { subscribers } from '../contenders/contender';
import type { CallContender } from './call-contender';
import { remotes } from './remote';

/** The whole way, from the calling package's event by roster and phone to ten who watch the call's people. */
export function ours(participants: number): Promise<CallContender> {
  return watched(participants, ({ people$ }) => people$);
}

/** The same where ten want an array of everybody each time. */
export function oursAsArrays(participants: number): Promise<CallContender> {
  return watched(participants, ({ participants$ }) => participants$);
}

type Somebody = Iterable<{ readonly speaking: boolean }>;

async function watched(participants: number, view: (channel: VoiceChannel) => Live<Somebody>): Promise<CallContender> {
  let calls = 0;
  const all = remotes(participants);
  const view$ = view(await channelWith(all));
  for (let each = 0; each < subscribers; each++) view$.subscribe(() => calls++);
  return {
    speak: (index, speaking) => all[index]?.speak(speaking),
    speaking: () => [...view$.value].map((one) => one.speaking),
    calls: () => calls,
  };
}

const info: ChannelInfo = {
  ...{ id: 'voice-1', type: 'voice', provider: 'bench', open: true, providerRefs: {}, actions: [], held: false },
  recording: 'off',
};

/** The channel of a call that this page has dialled and that is connected. */
async function channelWith(all: readonly EventEmitter[]): Promise<VoiceChannel> {
  // The roster looks at nothing else of a call.
  const call: unknown = Object.assign(new EventEmitter(), { remoteParticipants: all });
  if (!isCall(call)) throw new Error('not a call');
  const roster = new Roster(call, inCall);
  const nothing = async () => {};
  const context: VoiceContext = {
    self: { id: 'ada', displayName: 'Ada', providerRefs: {} },
    tokens: {
      get: () => Promise.reject(new ContactCenterError('token/unavailable', 'unable to get token; none is needed')),
    },
    environment: createEnvironment({}),
    tokenStatus$: createLive(undefined).live,
    online$: createLive(true).live,
  };
  const voice = createVoice(context, { tokenKinds: [], open: () => endpointWith(roster) });
  await voice.dial({ channelId: info.id, conversationId: 'c-1', correlationId: 'o-1', to: { agent: '8:acs:0' } });
  return voice.channel({
    channelId: info.id,
    info$: createLive(info).live,
    self$: createLive(undefined).live,
    command: nothing,
    end: nothing,
  });
}

function endpointWith(roster: Roster): VoiceEndpoint {
  const nothing = async () => {};
  const state: VoiceCallState = {
    ...{ status: 'connected', muted: false, mutedByOthers: false, recording: false, transcription: false },
    emergency: false,
  };
  const capabilities: CallCapabilities = noCallCapabilities('not-supported');
  const quality: CallQuality = { rating: 'good', problems: [] };
  const devices: DevicesState = {
    ...{ permission: 'granted', microphones: [], speakers: [], speakerSelection: { allowed: true }, audio: 'unlocked' },
  };
  const call: VoiceCall = {
    ...{ direction: 'out', people$: roster.live, participants$: select(roster.live, (people) => people.slice()) },
    ...{ state$: createLive(state).live, capabilities$: createLive(capabilities).live },
    ...{ quality$: createLive(quality).live, levels$: EMPTY, mute: nothing, unmute: nothing, hold: nothing },
    ...{ resume: nothing, sendDtmf: nothing, addParticipant: nothing, removeParticipant: nothing },
    ...{ muteParticipant: nothing, transfer: nothing, hangUp: nothing, native: () => undefined },
  };
  return {
    registration$: createLive({ status: 'registered' } as const).live,
    devices: {
      ...{
        state$: createLive(devices).live,
        askPermission: nothing,
        selectMicrophone: nothing,
        selectSpeaker: nothing,
      },
      ...{ unlockAudio: nothing, level$: NEVER },
    },
    ...{ incoming$: NEVER, dial: () => call, close: nothing },
    preflight: () => Promise.reject(new Error('nobody asks')),
  };
}

function isCall(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && 'remoteParticipants' in value;
}
