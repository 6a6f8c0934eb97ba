import type { ErrorCode, ProviderFault } from '../errors';
import type { Capability } from './capability';

/**
 * How a meeting stands for the one who looks at it. `open`: it exists, and this side has not joined; `lobby`: waits to be
 * let in; `held`: by this side; `elsewhere`: joined in another tab of this browser; `ended`: this side is out, `end` says
 * why, and `join` may bring it back; `closed`: the channel is over.
 */
export type MeetingStatus = 'open' | 'joining' | 'lobby' | 'connected' | 'held' | 'elsewhere' | 'ended' | 'closed';

/** How this side's part of a meeting ended. */
export type MeetingOutcome =
  /** By its own hand. */
  | 'left'
  /** Turned away from the lobby. */
  | 'denied'
  /** Nobody let it in in time. */
  | 'lobby-timeout'
  | 'meeting-ended'
  | 'removed'
  | 'failed';

/** Why this side is not in the meeting any more. `code` is one of the `meeting/…`, `call/…`, `agent/…` or `device/…` codes. */
export interface MeetingEnd {
  readonly outcome: MeetingOutcome;
  /** Such as `meeting/denied`. */
  readonly code: ErrorCode;
  /** True when joining again may work without any change. */
  readonly retryable: boolean;
  /** For people: what happened and what helps. */
  readonly message: string;
  readonly provider?: ProviderFault;
}

/** What somebody is in a meeting, which decides on what they may do; it may change at any time. */
export type MeetingRole = 'organizer' | 'co-organizer' | 'presenter' | 'attendee' | 'unknown';

/** What somebody may want to do in a meeting; each is a control of the task as well, as `meeting.<action>`. */
export type MeetingAction =
  | 'join'
  | 'leave'
  | 'mute'
  | 'unmute'
  | 'hold'
  | 'resume'
  | 'video'
  | 'shareScreen'
  | 'raiseHand'
  | 'spotlight'
  | 'admit'
  | 'muteParticipant'
  | 'removeParticipant'
  | 'addTeamsUser'
  | 'addPhone'
  | 'captions'
  | 'grantConsent'
  | 'chat';

/** For every action whether it is possible now, and if not, why. */
export type MeetingCapabilities = Readonly<Record<MeetingAction, Capability>>;

/** Somebody in a meeting beside oneself. Names are untrusted text. */
export interface MeetingParticipant {
  /** What commands about them take. */
  readonly id: string;
  readonly displayName?: string;
  readonly status: 'connecting' | 'connected' | 'held';
  readonly role: MeetingRole;
  readonly muted: boolean;
  readonly speaking: boolean;
  /** Place in the line of raised hands, from 1. Left out: not raised. */
  readonly handRaised?: number;
  readonly spotlighted: boolean;
  /** The one who speaks most now. */
  readonly dominant: boolean;
  /** Names at the provider, for matching with the conversation's participants. */
  readonly providerRefs: Readonly<Record<string, string>>;
}

/** Somebody who waits in the lobby. Names are untrusted text. */
export interface LobbyGuest {
  /** What `admit` and `deny` take. */
  readonly id: string;
  readonly displayName?: string;
}

/** A camera's or a screen's picture in a meeting; `channel.show(picture.id)` mounts it. */
export interface MeetingPicture {
  readonly id: string;
  /** Left out: one's own. */
  readonly participantId?: string;
  readonly kind: 'camera' | 'screen';
  /** False while nothing comes: the network is bad, or it has not begun. */
  readonly available: boolean;
}

/** A picture as an element of the page. */
export interface PictureView {
  /** Ours to fill; put it where it is to be seen. */
  readonly element: HTMLElement;
  /** Ends it; the element is empty then. Idempotent. */
  close(): void;
}

/** What somebody said, as text. Untrusted. */
export interface Caption {
  /** Stays while the text changes. */
  readonly id: string;
  readonly speaker: string;
  readonly participantId?: string;
  /** As far as it was understood. */
  readonly text: string;
  /** False while it may still change. */
  readonly final: boolean;
  readonly at: Date;
}
