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
import type { People } from './people';

/** A Teams meeting of a conversation. Commands reject with `command/not-allowed` and the reason where the capabilities say so. */
export interface MeetingChannel {
  readonly id: string;
  readonly type: 'meeting';
  readonly state$: Live<MeetingState>;
  /** What this side can do now; each is a control of the task as well, as `meeting.<action>`. */
  readonly capabilities$: Live<MeetingCapabilities>;
  /** Everybody else who is in; a new array each time that anybody begins or stops speaking, which costs in a large meeting. */
  readonly participants$: Live<readonly MeetingParticipant[]>;
  /** The same, for whoever looks at some of many. */
  readonly people$: Live<People<MeetingParticipant>>;
  /** Who waits to be let in; empty for whoever may not admit. */
  readonly lobby$: Live<readonly LobbyGuest[]>;
  /** All pictures that there are now, one's own included. */
  readonly pictures$: Live<readonly MeetingPicture[]>;
  /** The newest captions, oldest first, at most 50; empty until `startCaptions`. */
  readonly captions$: Live<readonly Caption[]>;
  /** How well it is heard and seen here. */
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
  /** The active call is put on hold first. */
  resume(options?: CommandOptions): Promise<void>;
  /**
   * Sends the chosen camera's picture; the browser may ask for it.
   * @throws ContactCenterError `device/permission-denied`, `device/not-found`, `device/camera`
   */
  startVideo(options?: CommandOptions): Promise<void>;
  /** What is on can be stopped, whatever has been forbidden since. */
  stopVideo(options?: CommandOptions): Promise<void>;
  /** The browser asks which screen, window or tab. */
  shareScreen(options?: CommandOptions): Promise<void>;
  stopSharing(options?: CommandOptions): Promise<void>;
  raiseHand(options?: CommandOptions): Promise<void>;
  /** One's own. */
  lowerHand(options?: CommandOptions): Promise<void>;
  /** Shows somebody large to everybody; `on: false` ends it. */
  spotlight(participantId: string, options?: { readonly on?: boolean } & CommandOptions): Promise<void>;
  /**
   * Lets somebody in who waits, by the id in `lobby$`.
   * @throws ContactCenterError `meeting/guest-gone` when nobody of this id waits any more
   */
  admit(guestId: string, options?: CommandOptions): Promise<void>;
  /** Nobody waits: no effect. */
  admitAll(options?: CommandOptions): Promise<void>;
  /**
   * Turns somebody away who waits.
   * @throws ContactCenterError `meeting/guest-gone` when nobody of this id waits any more
   */
  deny(guestId: string, options?: CommandOptions): Promise<void>;
  /**
   * Mutes somebody; they can unmute themselves.
   * @throws ContactCenterError `meeting/participant-gone` when they are not in it
   */
  muteParticipant(participantId: string, options?: CommandOptions): Promise<void>;
  /** Takes somebody out. Not in it: no effect. */
  removeParticipant(participantId: string, options?: CommandOptions): Promise<void>;
  /** Asks an expert in: a Teams user (object id) or a phone (E.164). Resolves once they are asked, not when they come. */
  addParticipant(
    who: { readonly teamsUser: string } | { readonly phone: string },
    options?: CommandOptions,
  ): Promise<void>;
  /** `language`: the one that is spoken, such as `en-us`. Default: as the meeting has it. */
  startCaptions(options?: { readonly language?: string } & CommandOptions): Promise<void>;
  stopCaptions(options?: CommandOptions): Promise<void>;
  /** Consents to being recorded or transcribed, in this person's name: never called by the SDK itself. */
  grantConsent(options?: CommandOptions): Promise<void>;
  /**
   * Shows these labels of the context to everybody in the meeting, as a message of its chat. @returns what was shown
   * @throws ContactCenterError `command/invalid` when the context has none of them
   */
  shareContext(keys: readonly string[], options?: CommandOptions): Promise<Labels>;
  /**
   * Opens a view of a picture; each is its own and ends by `close`, or with the picture. `fit` defaults to `contain`.
   * @throws ContactCenterError `meeting/picture-gone` when there is no picture of this id now
   */
  show(pictureId: string, options?: { readonly fit?: 'crop' | 'contain' }): Promise<PictureView>;
  /** Unstable: the provider's own call. */
  native(): unknown;
}

/** How a meeting stands for whoever looks at it, and what this side sends. */
export interface MeetingState {
  readonly status: MeetingStatus;
  /** One's own; `unknown` while not in. */
  readonly role: MeetingRole;
  /** By oneself. */
  readonly muted: boolean;
  /** By somebody else, until `unmute`. */
  readonly mutedByOthers: boolean;
  /** One's own camera is seen. */
  readonly video: boolean;
  /** One's own screen is seen. */
  readonly sharing: boolean;
  /** One's own hand. */
  readonly handRaised: boolean;
  /** `required`: microphone, camera and screen are blocked until `grantConsent`. */
  readonly consent: 'not-needed' | 'required' | 'granted';
  /** Somebody records or transcribes: show it; it cannot be switched off. */
  readonly recording: boolean;
  readonly transcription: boolean;
  /** They come in here, after `startCaptions`. */
  readonly captions: boolean;
  /** When this side was first let in. */
  readonly connectedAt?: Date;
  /** Why this side is out, once it is. */
  readonly end?: MeetingEnd;
  /** For people who have no page of ours: where to join. */
  readonly joinLink?: string;
}
