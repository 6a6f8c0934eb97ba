/** What can happen to one of us in a meeting, or to the meeting. */
export type MeetingChange =
  | 'waiting'
  | 'joined'
  | 'left'
  | 'denied'
  | 'lobby-timeout'
  | 'removed'
  | 'failed'
  | 'consent-required'
  | 'consent-granted'
  | 'sharing-started'
  | 'sharing-stopped';

/** What a page tells of the meeting that it is in: no service tells the control plane. */
export type MeetingReport =
  /** About the one who tells. */
  | { readonly type: 'self'; readonly change: MeetingChange; readonly ref?: string }
  /** All others who are in now, by their names in the meeting; the control plane takes down who is new and who is gone. */
  | { readonly type: 'others'; readonly people: readonly MeetingPerson[] }
  /** The meeting is over for everybody. */
  | { readonly type: 'over' };

/** Somebody in a meeting. */
export interface MeetingPerson {
  /** Their name in the meeting, such as `8:orgid:…`. */
  readonly ref: string;
  /** Untrusted text. */
  readonly displayName: string;
}
