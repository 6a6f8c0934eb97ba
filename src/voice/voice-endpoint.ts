import type {
  AudioLevels,
  CallCapabilities,
  CallEnd,
  CallParticipant,
  CallQuality,
  CallStatus,
  CallTarget,
  Clock,
  DevicesState,
  Live,
  Preflight,
  Random,
  Registration,
  Tokens,
} from 'onescreen';
import type { Observable } from 'rxjs';
import type { ChunkedPeople } from './chunked-people';

/** A voice service as one page uses it. It translates; who answers what is decided by the phone above it. */
export interface VoiceEndpoint {
  /** How the registration with the service stands; it is mended by itself where that is possible. */
  readonly registration$: Live<Registration>;
  readonly devices: VoiceDevices;
  /** Calls that ring here, each once. */
  readonly incoming$: Observable<IncomingInvite>;
  /** Returns at once; what becomes of it is in the call's `state$`. */
  dial(to: CallTarget, options: DialOptions): VoiceCall;
  preflight(): Promise<Preflight>;
  /** Ends calls and registration, in order. Again: no effect. */
  close(): Promise<void>;
}

export interface DialOptions {
  /** Travels in the call's custom context. */
  readonly correlationId: string;
  readonly onBehalfOf?: string;
  readonly muted: boolean;
}

/** Opens the endpoint of one page. Must return at once. */
export type OpenEndpoint = (context: EndpointContext) => VoiceEndpoint;

export interface EndpointContext {
  readonly displayName: string;
  readonly providerRefs: Readonly<Record<string, string>>;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly random: Random;
}

/** A call that rings. All that it says of its caller is untrusted. */
export interface IncomingInvite {
  /** Our id that travelled in the custom context, when it arrived. */
  readonly correlationId?: string;
  /** Under which ids the service knows the call. */
  readonly callIds: readonly string[];
  readonly callerName?: string;
  /** Resolves when it rings no more without having been answered here. */
  readonly ended: Promise<CallEnd>;
  /** @throws ContactCenterError `call/gone` when it has just ended: a race, not a fault */
  accept(options: { readonly muted: boolean }): Promise<VoiceCall>;
  /** Never rejects. */
  reject(): Promise<void>;
}

/** A call that this page takes part in, from dialling or accepting on until it has ended. */
export interface VoiceCall {
  readonly direction: 'in' | 'out';
  readonly state$: Live<VoiceCallState>;
  readonly participants$: Live<readonly CallParticipant[]>;
  /** The same, by `ChunkedPeople`, from a service whose calls may have hundreds: an array for each event costs then. */
  readonly people$?: Live<ChunkedPeople<CallParticipant>>;
  readonly capabilities$: Live<CallCapabilities>;
  readonly quality$: Live<CallQuality>;
  /** Sampled; nothing runs while nobody looks. */
  readonly levels$: Observable<AudioLevels>;
  mute(): Promise<void>;
  unmute(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  sendDtmf(tones: string): Promise<void>;
  addParticipant(who: CallTarget): Promise<void>;
  removeParticipant(participantId: string): Promise<void>;
  muteParticipant(participantId: string): Promise<void>;
  /** Gives the other side to somebody else; only in a call of two. Resolves once it is accepted there. */
  transfer(to: CallTarget | { readonly voicemail: string }): Promise<void>;
  /** Leaves the call. Resolves when it has ended here; never rejects for a call that has ended already. */
  hangUp(): Promise<void>;
  native(): unknown;
}

export interface VoiceCallState {
  readonly status: CallStatus;
  readonly muted: boolean;
  readonly mutedByOthers: boolean;
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly emergency: boolean;
  /** Once `ended`. */
  readonly end?: CallEnd;
}

export interface VoiceDevices {
  readonly state$: Live<DevicesState>;
  askPermission(): Promise<void>;
  selectMicrophone(id: string): Promise<void>;
  selectSpeaker(id: string): Promise<void>;
  unlockAudio(): Promise<void>;
  /** Loudness of the selected microphone, 0 to 1; nothing runs while nobody looks. */
  readonly level$: Observable<number>;
}
