import type { ControlledParticipant } from '../call-control';

/**
 * What this server asks of Call Automation, one method a request. Everybody goes by a raw id; `context` is the
 * operation's own name, which its event carries. Rejections are the official client's.
 */
export interface AutomationApi {
  answer(incomingCallContext: string, callbackUrl: string): Promise<Connection>;
  reject(incomingCallContext: string): Promise<void>;
  create(request: {
    readonly target: string;
    readonly callbackUrl: string;
    readonly context: string;
  }): Promise<Connection>;
  /** The connection's state, such as `connecting`, `connected`, `disconnected`. */
  read(id: string): Promise<string | undefined>;
  participants(id: string): Promise<readonly ControlledParticipant[]>;
  add(
    id: string,
    request: {
      readonly target: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly timeoutSeconds: number;
      readonly context: string;
    },
  ): Promise<{ readonly invitationId?: string }>;
  cancelAdd(id: string, invitationId: string, context: string): Promise<void>;
  remove(id: string, rawId: string, context: string): Promise<void>;
  hold(id: string, rawId: string, sound: SoundSource | undefined, context: string): Promise<void>;
  unhold(id: string, rawId: string, context: string): Promise<void>;
  play(id: string, request: PlayRequest): Promise<void>;
  recognise(id: string, request: RecogniseRequest): Promise<void>;
  stopMedia(id: string): Promise<void>;
  hearTones(id: string, rawId: string, context: string): Promise<void>;
  sendTones(id: string, rawId: string, tones: readonly string[], context: string): Promise<void>;
  mute(id: string, rawId: string, context: string): Promise<void>;
  transfer(id: string, transferee: string, target: string, context: string): Promise<void>;
  move(id: string, rawIds: readonly string[], from: string, context: string): Promise<void>;
  hangUp(id: string, forEveryone: boolean): Promise<void>;
  startRecording(id: string, callbackUrl: string): Promise<Recording>;
  recording(recordingId: string, step: 'pause' | 'resume' | 'stop'): Promise<void>;
  /** `active` or `inactive`. */
  readRecording(recordingId: string): Promise<string>;
}

export interface Connection {
  readonly id: string;
  readonly serverCallId: string;
}

export interface Recording {
  readonly recordingId: string;
  readonly state: string;
}

/** What can be played: a file's address, or words. */
export type SoundSource =
  { readonly file: string } | { readonly text: string; readonly locale?: string; readonly voice?: string };

export interface PlayRequest {
  readonly source: SoundSource;
  /** Raw id; left out: everybody. */
  readonly to?: string;
  readonly loop: boolean;
  readonly context: string;
}

export interface RecogniseRequest {
  readonly from: string;
  readonly prompt?: SoundSource;
  readonly most: number;
  readonly silenceSeconds: number;
  readonly context: string;
}
