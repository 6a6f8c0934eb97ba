import type { Observable } from 'rxjs';
import type { Live } from '../live';
import type { CallTarget } from '../protocol/agent-frames';
import type { AudioLevels, CallCapabilities, CallEnd, CallParticipant, CallQuality } from './call';
import type { CommandOptions } from './control-plane';
import type { People } from './people';

/** A call of a conversation. Each action goes to this desk's phone or to the control plane, as the capabilities say. */
export interface VoiceChannel {
  readonly id: string;
  readonly type: 'voice';
  readonly state$: Live<VoiceState>;
  /** Everybody else; a new array each time that anybody begins or stops speaking, which costs in a large call. */
  readonly participants$: Live<readonly CallParticipant[]>;
  /** The same, for whoever looks at some of many. */
  readonly people$: Live<People<CallParticipant>>;
  /** Who can do what now; `task.controls$` takes it into account. */
  readonly capabilities$: Live<CallCapabilities>;
  readonly quality$: Live<CallQuality>;
  /** Sampled about five times a second, only while subscribed. Silent in tabs that do not own the media. */
  readonly levels$: Observable<AudioLevels>;
  /** @throws ContactCenterError `command/not-allowed` with the reason where `task.can('mute')` says so, `call/…` */
  mute(options?: CommandOptions): Promise<void>;
  unmute(options?: CommandOptions): Promise<void>;
  /** Puts the customer on hold. */
  hold(options?: CommandOptions): Promise<void>;
  resume(options?: CommandOptions): Promise<void>;
  /** Dials tones: `0`-`9`, `*`, `#`, `A`-`D`. */
  sendDtmf(tones: string, options?: CommandOptions): Promise<void>;
  addParticipant(who: CallTarget, options?: CommandOptions): Promise<void>;
  removeParticipant(participantId: string, options?: CommandOptions): Promise<void>;
  /** Mutes somebody else, who can unmute. */
  muteParticipant(participantId: string, options?: CommandOptions): Promise<void>;
  /**
   * Gives the other side of a call of two to somebody else, by this desk's phone; resolves once it is accepted there.
   * Whatever the control plane transfers, `task.transfer` does.
   * @throws ContactCenterError `command/not-allowed` with the reason, `call/…` when it comes to nothing: the other side stays
   */
  transfer(to: CallTarget | { readonly voicemail: string }, options?: CommandOptions): Promise<void>;
  /** Recording by the control plane. Everybody in the call is told of it; that cannot be switched off. */
  readonly recording: Recording;
  /** Gets back into the call, after a reload for instance. */
  rejoin(options?: CommandOptions): Promise<void>;
  /** Ends the call for everyone. */
  hangUp(options?: CommandOptions): Promise<void>;
  /** Unstable: the provider's own call, in the tab that owns the media. */
  native(): unknown;
}

/** @throws each ContactCenterError `command/not-allowed` with the reason where `task.can('record')` says so */
export interface Recording {
  /** `paused`: begun, and not going on now, as for a card number. */
  readonly state$: Live<'off' | 'on' | 'paused'>;
  start(options?: CommandOptions): Promise<void>;
  pause(options?: CommandOptions): Promise<void>;
  resume(options?: CommandOptions): Promise<void>;
  stop(options?: CommandOptions): Promise<void>;
}

/**
 * How a call stands for the one who looks at it. `connecting`: this side is being brought in; `ringing`: for the other
 * side, also while a customer who was invited into it has not answered; `lost`: the call goes on without this side,
 * `rejoin` brings it back.
 */
export interface VoiceState {
  readonly status: 'connecting' | 'ringing' | 'connected' | 'held' | 'lost' | 'closed';
  /** When this side was first connected. */
  readonly connectedAt?: Date;
  readonly muted: boolean;
  readonly mutedByOthers: boolean;
  /** Somebody records or transcribes: show it; it cannot be switched off. */
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly emergency: boolean;
  /** Where this side's media is. */
  readonly media: 'here' | 'other-tab' | 'nowhere';
  /** Why this side's part ended, once it has. */
  readonly end?: CallEnd;
}
