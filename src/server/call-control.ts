import type { Observable } from 'rxjs';

/**
 * What a CallHost of this server carries out its work with: Call Automation, or the emulator in the same
 * process. Everybody goes by a raw id: `8:acs:…`, `8:orgid:…`, `4:+4915…`, `28:orgid:…`. Every command rejects with a
 * ContactCenterError that names the service's code and subCode in `provider`; `call/gone` after the end.
 */
export interface CallControl {
  /** From now on calls that come in for the resource account are told here; returns what stops that. */
  start(onIncoming: (call: IncomingCall) => void): () => void;
  /** Calls somebody in the resource account's name; resolves once the service has taken it, long before it is answered. */
  create(request: InviteRequest): Promise<CreatedCall>;
}

export interface IncomingCall {
  /** Raw id and display name (untrusted) of who calls. */
  readonly from: { readonly rawId: string; readonly displayName?: string };
  /** Raw id of who was called: the resource account, or the callee of a call on its behalf. */
  readonly to: string;
  /** True when an agent calls `to` on behalf of the resource account: to be answered and dialled by us. */
  readonly onBehalfOf: boolean;
  readonly serverCallId: string;
  /** VoIP and SIP headers of the custom context. Untrusted. */
  readonly context: Readonly<Record<string, string>>;
  /** At once: it rings for 30 s only. Rejects with `call/gone` when it rings no more. */
  answer(): Promise<ControlledCall>;
  reject(): Promise<void>;
}

export interface InviteRequest {
  /** Raw id. */
  readonly target: string;
  /** VoIP headers of the custom context. */
  readonly context?: Readonly<Record<string, string>>;
  /** Milliseconds until nobody has answered. Left out: the longest that the service rings. */
  readonly timeoutMs?: number;
  /** Only a Teams Phone extensibility endpoint of this user can take it. */
  readonly persona?: 'tpeAgent';
}

export interface CreatedCall {
  readonly call: ControlledCall;
  /** Rejects with a `call/…` error when the callee does not answer. */
  readonly answered: Promise<void>;
}

/** Somebody in a call, as the service states it. */
export interface ControlledParticipant {
  readonly rawId: string;
  readonly displayName?: string;
  readonly muted: boolean;
  readonly onHold: boolean;
}

/** One call with us in it, without media of our own. */
export interface ControlledCall {
  /** Our connection with the call. */
  readonly id: string;
  readonly serverCallId: string;
  /** Everything that happens, in an order that makes sense, each once; completes after `disconnected`. */
  readonly events$: Observable<ControlledCallEvent>;
  /** Why it has ended; undefined as long as it has not. */
  readonly end: CallEndCode | undefined;
  /** Everybody who is in the call, as far as is known. */
  participants(): readonly ControlledParticipant[];
  /**
   * Whether somebody is in the call whose page has lost its connection: adding them again takes their place. Undefined
   * where the service does not tell: they are to be taken out first.
   */
  lost(rawId: string): boolean | undefined;
  /** Rings somebody. Resolves once the service has taken it. */
  add(request: InviteRequest): Promise<Invitation>;
  remove(rawId: string): Promise<void>;
  /** Puts one participant on hold, with music; resolves when it is so. */
  hold(rawId: string): Promise<void>;
  unhold(rawId: string): Promise<void>;
  /**
   * Plays to everybody or to one; resolves when it has been played, or is cancelled by `stop`. `loop`: until then.
   * @throws ContactCenterError `call/play-failed`
   */
  play(what: Prompt, options?: { readonly to?: string; readonly loop?: boolean }): Playing;
  /**
   * Plays, and takes down which keys one participant presses; fewer than `most` when `forMs` have passed since the last.
   * Nothing is played or waited for any more once `signal` is aborted; what it resolves with then is nobody's.
   */
  collect(from: string, request: CollectRequest, signal?: AbortSignal): Promise<string>;
  sendTones(rawId: string, tones: string): Promise<void>;
  /** Mutes a participant, who can unmute; phones cannot be muted. */
  mute(rawId: string): Promise<void>;
  /** Gives a participant to somebody else: resolves once those two are connected and out of this call. */
  transfer(transferee: string, target: string): Promise<void>;
  /** Takes participants over from another call of ours. */
  moveHere(rawIds: readonly string[], from: ControlledCall): Promise<void>;
  record(step: 'start' | 'pause' | 'resume' | 'stop'): Promise<void>;
  /** Leaves the call, or ends it for everyone. Again: no effect. */
  hangUp(options: { readonly forEveryone: boolean }): Promise<void>;
}

/** A sound: one of ours, a file's address, or words that are spoken. */
export type Prompt =
  | { readonly sound: 'music' | 'ringback' }
  | { readonly file: string }
  | { readonly text: string; readonly locale?: string; readonly voice?: string };

export interface Playing {
  readonly done: Promise<void>;
  /** Ends it. Again, or afterwards: no effect. Never rejects. */
  stop(): Promise<void>;
}

export interface CollectRequest {
  readonly prompt?: Prompt;
  readonly most: number;
  /** Milliseconds of waiting for a key. */
  readonly forMs: number;
}

export interface Invitation {
  /** Under which ids the callee's pages may see the call; empty where that is not known. */
  readonly callIds: readonly string[];
  /** Rejects with a `call/…` error when it comes to nothing. */
  readonly answered: Promise<ControlledParticipant>;
  /** Withdraws it; false when it has been answered or has failed already. */
  cancel(): Promise<boolean>;
}

export interface CallEndCode {
  readonly code: number;
  readonly subCode: number;
  readonly message?: string;
}

export type ControlledCallEvent =
  | { readonly kind: 'participants'; readonly participants: readonly ControlledParticipant[] }
  /** Somebody who was in the call has left, for whatever reason. */
  | { readonly kind: 'left'; readonly rawId: string; readonly end: CallEndCode }
  | { readonly kind: 'tone'; readonly from: string; readonly tone: string }
  | { readonly kind: 'recording'; readonly state: 'on' | 'paused' | 'off' }
  /** Our own part has ended; nothing comes after. */
  | { readonly kind: 'disconnected'; readonly end: CallEndCode };
