import type { ErrorCode, ProviderFault } from '../errors';
import type { Capability } from './capability';

/**
 * How a call stands, from this side. `connecting`: being set up; `ringing`: the other side rings; `held`: by this
 * side; `remote-held`: by the other side.
 */
export type CallStatus = 'connecting' | 'ringing' | 'early-media' | 'connected' | 'held' | 'remote-held' | 'ended';

/** How a call ended, in the words of the field. */
export type CallOutcome =
  | 'completed'
  | 'removed'
  | 'abandoned'
  | 'cancelled'
  | 'accepted-elsewhere'
  | 'no-answer'
  | 'declined'
  | 'busy'
  | 'failed';

/** Why a call has ended. `code` is one of the `call/…`, `agent/…` or `device/…` codes; unknown stays `call/unknown`, with what the provider said. */
export interface CallEnd {
  readonly outcome: CallOutcome;
  readonly code: ErrorCode;
  /** True when the same call may come about later without any change. */
  readonly retryable: boolean;
  /** For people: what happened and what helps. */
  readonly message: string;
  readonly provider?: ProviderFault;
}

export type CallAction =
  | 'mute'
  | 'unmute'
  | 'hold'
  | 'resume'
  | 'dtmf'
  | 'addParticipant'
  | 'removeParticipant'
  | 'muteParticipant'
  | 'record'
  /** Gives the customer to somebody outside; the three kinds are supported apart. */
  | 'transferToPhone'
  | 'transferToTeamsUser'
  | 'transferToVoicemail'
  /** Adds a Teams user, beside agents and phones. */
  | 'addTeamsUser'
  | 'hangUp';

export type CallCapabilities = Readonly<Record<CallAction, Capability>>;

/** Somebody in a call beside oneself. Names are untrusted text. */
export interface CallParticipant {
  readonly id: string;
  readonly displayName?: string;
  readonly status: 'connecting' | 'connected' | 'held' | 'gone';
  readonly muted: boolean;
  readonly speaking: boolean;
  /** Names at the provider, for matching with the conversation's participants. */
  readonly providerRefs: Readonly<Record<string, string>>;
}

/** How good the line is. `poor`: round trip above 500 ms, jitter above 30 ms or loss above 0.1 % (Microsoft's optimize-latency guide). */
export interface CallQuality {
  readonly rating: 'unknown' | 'good' | 'poor' | 'bad';
  readonly roundTripMs?: number;
  readonly jitterMs?: number;
  /** Share of packets lost, 0 to 1. */
  readonly loss?: number;
  /** What is wrong now, such as `microphone-not-muted-but-silent`, `network-reconnecting`, `speaking-while-muted`. */
  readonly problems: readonly string[];
}

/** One call as every tab sees it: plain data. */
export interface CallSnapshot {
  /** Ours; stays the same when the provider's own id changes. */
  readonly id: string;
  /** The conversation's channel that it is the agent's part of. */
  readonly channelId: string;
  readonly direction: 'in' | 'out';
  readonly status: CallStatus;
  /** Epoch milliseconds of the first moment it was connected. */
  readonly connectedAt?: number;
  readonly muted: boolean;
  /** True when somebody else muted this side. */
  readonly mutedByOthers: boolean;
  /** Somebody records, as the provider indicates; cannot be switched off. */
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly emergency: boolean;
  /** Somebody else is in it, connected or held. */
  readonly answered: boolean;
  readonly capabilities: CallCapabilities;
  readonly quality: CallQuality;
  readonly end?: CallEnd;
}

/** Loudness now, 0 (silence) to 1, by participant id; `self` is this side's microphone. */
export interface AudioLevels {
  readonly self: number;
  readonly participants: Readonly<Record<string, number>>;
}
