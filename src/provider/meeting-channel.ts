import type { Observable } from 'rxjs';
import type { Labels } from '../conversation/labels';
import type { Live } from '../live';
import type { AudioLevels, CallQuality } from './call';
import type { ChatChannel } from './chat-channel';
import type { CommandOptions } from './control-plane';
import type {
  Caption,
  LobbyGuest,
  MeetingCapabilities,
  MeetingEnd,
  MeetingParticipant,
  MeetingPicture,
  MeetingRole,
  MeetingStatus,
  PictureView,
} from './meeting';

/** A Teams meeting of a conversation. Commands reject with `command/not-allowed` and the reason where the capabilities say so. */
export interface MeetingChannel {
  readonly id: string;
  readonly type: 'meeting';
  readonly state$: Live<MeetingState>;
  readonly capabilities$: Live<MeetingCapabilities>;
  /** Everybody else who is in. */
  readonly participants$: Live<readonly MeetingParticipant[]>;
  /** Who waits to be let in; empty for whoever may not admit. */
  readonly lobby$: Live<readonly LobbyGuest[]>;
  /** All pictures that there are now, one's own included. */
  readonly pictures$: Live<readonly MeetingPicture[]>;
  /** The newest captions, oldest first, at most 50; empty until `startCaptions`. */
  readonly captions$: Live<readonly Caption[]>;
  readonly quality$: Live<CallQuality>;
  /** Sampled about five times a second, only while subscribed. */
  readonly levels$: Observable<AudioLevels>;
  /** The meeting's own chat; undefined while this side is not in, or where there is none. Its messages stand in the conversation's timeline. */
  readonly chat$: Live<ChatChannel | undefined>;
  /**
   * Joins, in this tab; another tab of this browser that is in leaves. The active call is put on hold first.
   * Resolves once this side is in, or waits in the lobby.
   * @throws ContactCenterError `meeting/not-joinable`, `meeting/wrong-passcode`, `meeting/ended`, `device/…`, `call/…`
   */
  join(options?: { readonly muted?: boolean; readonly video?: boolean } & CommandOptions): Promise<void>;
  /** Leaves; the meeting goes on for the others. */
  leave(options?: CommandOptions): Promise<void>;
  /** Ends the meeting for the customer, and with it this channel. */
  end(options?: CommandOptions): Promise<void>;
  mute(options?: CommandOptions): Promise<void>;
  unmute(options?: CommandOptions): Promise<void>;
  /** Local: the others go on talking. */
  hold(options?: CommandOptions): Promise<void>;
  resume(options?: CommandOptions): Promise<void>;
  startVideo(options?: CommandOptions): Promise<void>;
  stopVideo(options?: CommandOptions): Promise<void>;
  /** The browser asks which screen, window or tab. */
  shareScreen(options?: CommandOptions): Promise<void>;
  stopSharing(options?: CommandOptions): Promise<void>;
  raiseHand(options?: CommandOptions): Promise<void>;
  lowerHand(options?: CommandOptions): Promise<void>;
  /** Shows somebody large to everybody; `on: false` ends it. */
  spotlight(participantId: string, options?: { readonly on?: boolean } & CommandOptions): Promise<void>;
  admit(guestId: string, options?: CommandOptions): Promise<void>;
  admitAll(options?: CommandOptions): Promise<void>;
  deny(guestId: string, options?: CommandOptions): Promise<void>;
  muteParticipant(participantId: string, options?: CommandOptions): Promise<void>;
  removeParticipant(participantId: string, options?: CommandOptions): Promise<void>;
  /** Asks an expert in: a Teams user (object id) or a phone (E.164). */
  addParticipant(
    who: { readonly teamsUser: string } | { readonly phone: string },
    options?: CommandOptions,
  ): Promise<void>;
  startCaptions(options?: { readonly language?: string } & CommandOptions): Promise<void>;
  stopCaptions(options?: CommandOptions): Promise<void>;
  /** Consents to being recorded or transcribed, in this person's name: never called by the SDK itself. */
  grantConsent(options?: CommandOptions): Promise<void>;
  /** Shows these labels of the context to everybody in the meeting, as a message of its chat. @returns what was shown */
  shareContext(keys: readonly string[], options?: CommandOptions): Promise<Labels>;
  /** Opens a view of a picture; each is its own and ends by `close`, or with the picture. */
  show(pictureId: string, options?: { readonly fit?: 'crop' | 'contain' }): Promise<PictureView>;
  /** Unstable: the provider's own call. */
  native(): unknown;
}

export interface MeetingState {
  readonly status: MeetingStatus;
  readonly role: MeetingRole;
  readonly muted: boolean;
  readonly mutedByOthers: boolean;
  readonly video: boolean;
  readonly sharing: boolean;
  readonly handRaised: boolean;
  /** `required`: microphone, camera and screen are blocked until `grantConsent`. */
  readonly consent: 'not-needed' | 'required' | 'granted';
  /** Somebody records or transcribes: show it; it cannot be switched off. */
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly captions: boolean;
  /** When this side was first let in. */
  readonly connectedAt?: Date;
  /** Why this side is out, once it is. */
  readonly end?: MeetingEnd;
  /** For people who have no page of ours: where to join. */
  readonly joinLink?: string;
}
