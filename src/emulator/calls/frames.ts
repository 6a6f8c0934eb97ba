/** What travels between an emulated `CallClient` and the emulator: one JSON value a websocket message. */

/** A custom context, as the official types have it. */
export interface ContextFrame {
  readonly voipHeaders?: readonly { readonly key: string; readonly value: string }[];
  readonly sipHeaders?: readonly { readonly key: string; readonly value: string }[];
}

export interface PartyFrame {
  /** Such as `8:acs:…`, `8:orgid:…`, `4:+4915…`, `28:orgid:…`. */
  readonly rawId: string;
  readonly displayName?: string;
}

export interface RosterFrame extends PartyFrame {
  readonly status: 'connecting' | 'ringing' | 'connected' | 'hold' | 'disconnected';
  readonly muted: boolean;
  /** In meetings. */
  readonly role?: MeetingRoleName;
  readonly camera?: boolean;
  readonly screen?: boolean;
  /** Place in the line of raised hands, from 1. */
  readonly hand?: number;
  readonly spotlighted?: boolean;
  /** Why it is disconnected; only for participants that this leg added. */
  readonly end?: EndFrame;
}

/** An end reason as the service states it. */
export interface EndFrame {
  readonly code: number;
  readonly subCode: number;
  readonly message?: string;
}

/** A client's call as the emulator sees it. */
export interface CallFrame {
  readonly callId: string;
  readonly status:
    'connecting' | 'ringing' | 'early-media' | 'in-lobby' | 'connected' | 'local-hold' | 'remote-hold' | 'disconnected';
  /** Two parties and no server in it: what only one-to-one calls can do is possible. */
  readonly oneToOne: boolean;
  readonly serverCallId: string;
  readonly participantId: string;
  readonly muted: boolean;
  readonly mutedByOthers: boolean;
  /** An emergency number was dialled. Left out: no. */
  readonly emergency?: boolean;
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly roster: readonly RosterFrame[];
  readonly end?: EndFrame;
  /** Present in meetings. */
  readonly meeting?: MeetingFrame;
}

/** As the official types name them. */
export type MeetingRoleName = 'Organizer' | 'CoOrganizer' | 'Presenter' | 'Attendee' | 'Unknown';

/** A meeting as one of its clients sees it. */
export interface MeetingFrame {
  readonly role: MeetingRoleName;
  /** Its chat; left out where it has none, or as long as the client is in the lobby. */
  readonly threadId?: string;
  /** By the official name of each capability, with the official reason. */
  readonly capabilities: Readonly<Record<string, { readonly isPresent: boolean; readonly reason: string }>>;
  /** Who waits; empty for whoever may not admit. */
  readonly lobby: readonly PartyFrame[];
  /** Consent is wanted of this client before it may send anything. */
  readonly consent: 'not-needed' | 'required' | 'granted';
  /** What the client's slots for pictures show now. */
  readonly pictures: readonly {
    readonly slot: number;
    readonly rawId: string;
    readonly kind: 'camera' | 'screen';
  }[];
  /** What this client itself sends. */
  readonly camera: boolean;
  readonly screen: boolean;
  readonly hand?: number;
  readonly spotlighted?: boolean;
  /** Raw ids, the loudest first. */
  readonly dominant: readonly string[];
  readonly captions: boolean;
}

/** Slots for pictures of a meeting's client: cameras first, the last one for the screen that is shared. */
export const cameraSlots = 4;
export const screenSlot = cameraSlots;

/** What a client asks; each is answered by a frame `answer` with its `id`. */
export type CallingRequest = { readonly id: number } & (
  | {
      readonly type: 'register';
      readonly token: string;
      readonly kind: 'CallAgent' | 'TeamsCallAgent';
      readonly displayName?: string;
      /** Names the page's agent; the same when it registers again after its socket broke, so that it keeps its calls. */
      readonly endpoint?: string;
    }
  /** Replaces the token before it expires. */
  | { readonly type: 'refresh'; readonly token: string }
  | {
      readonly type: 'start';
      /** The client's own id until the emulator's comes: the official client changes its id while connecting, too. */
      readonly callId: string;
      readonly targets: readonly string[];
      readonly muted: boolean;
      readonly onBehalfOf?: string;
      readonly context?: ContextFrame;
      readonly threadId?: string;
    }
  | { readonly type: 'accept'; readonly callId: string; readonly muted: boolean }
  | { readonly type: 'reject'; readonly callId: string }
  | { readonly type: 'hang-up'; readonly callId: string; readonly forEveryone: boolean }
  | { readonly type: 'mute'; readonly callId: string; readonly muted: boolean }
  | { readonly type: 'hold'; readonly callId: string; readonly held: boolean }
  | { readonly type: 'dtmf'; readonly callId: string; readonly tone: string }
  | { readonly type: 'add'; readonly callId: string; readonly target: string; readonly threadId?: string }
  | { readonly type: 'remove'; readonly callId: string; readonly target: string }
  | { readonly type: 'mute-participant'; readonly callId: string; readonly target: string }
  /** Gives the other side of a call of two to somebody else; answered when that is accepted or has come to nothing. */
  | { readonly type: 'transfer'; readonly callId: string; readonly target: string; readonly context?: ContextFrame }
  /** Joins a meeting by its link, or by id and passcode. */
  | {
      readonly type: 'join';
      readonly callId: string;
      readonly meeting: { readonly link: string } | { readonly meetingId: string; readonly passcode?: string };
      readonly muted: boolean;
    }
  /** Lets guests in; without `targets` all. */
  | { readonly type: 'admit'; readonly callId: string; readonly targets?: readonly string[] }
  | { readonly type: 'reject-guest'; readonly callId: string; readonly target: string }
  /** Sends a picture from now on, or no more. */
  | { readonly type: 'picture'; readonly callId: string; readonly kind: 'camera' | 'screen'; readonly on: boolean }
  | { readonly type: 'raise-hand'; readonly callId: string; readonly raised: boolean }
  | { readonly type: 'lower-hands'; readonly callId: string; readonly targets: readonly string[] }
  | { readonly type: 'spotlight'; readonly callId: string; readonly targets: readonly string[]; readonly on: boolean }
  | { readonly type: 'captions'; readonly callId: string; readonly on: boolean; readonly language?: string }
  | { readonly type: 'consent'; readonly callId: string }
  /** The page's media for a call: its complete offer, answered with `sdp`. */
  | { readonly type: 'media'; readonly callId: string; readonly sdp: string }
);

export type CallingPush =
  | { readonly type: 'answer'; readonly id: number; readonly error?: EndFrame; readonly sdp?: string }
  | {
      readonly type: 'incoming';
      readonly callId: string;
      readonly from: PartyFrame;
      readonly oneToOne: boolean;
      readonly context?: ContextFrame;
    }
  /** It rings no more: answered elsewhere, given up, timed out. */
  | { readonly type: 'incoming-ended'; readonly callId: string; readonly end: EndFrame }
  /** The call has another id from now on. */
  | { readonly type: 'id-changed'; readonly from: string; readonly to: string }
  | { readonly type: 'call'; readonly call: CallFrame }
  /** Who is heard, 0 to 1 by raw id, about five times a second; only what changed. */
  | { readonly type: 'levels'; readonly callId: string; readonly levels: Readonly<Record<string, number>> }
  | {
      readonly type: 'caption';
      readonly callId: string;
      readonly from: PartyFrame;
      readonly text: string;
      readonly final: boolean;
      /** Epoch milliseconds. */
      readonly at: number;
    }
  /** A tone that another party dialled. */
  | { readonly type: 'tone'; readonly callId: string; readonly from: string; readonly tone: string }
  /** After a repeated registration, when all that was missed has been sent. Without it the endpoint's calls are lost. */
  | { readonly type: 'recovered' };
