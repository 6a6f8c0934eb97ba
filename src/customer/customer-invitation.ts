import type { CommandOptions } from 'onescreen';
import type { CustomerCall } from './customer-call';
import type { CustomerChat } from './customer-chat';
import type { CustomerMeeting, JoinMeeting } from './customer-meeting';

/** The customer is asked into another channel of the same conversation. */
export type CustomerInvitation =
  | InvitationTo<'voice', CustomerCall, CommandOptions>
  | InvitationTo<'meeting', CustomerMeeting, JoinMeeting>
  | InvitationTo<'chat', CustomerChat, CommandOptions>;

/** One into a channel of this kind; accepting it gives the `Joined`. */
export interface InvitationTo<Channel extends string, Joined, Options> {
  readonly id: string;
  readonly channel: Channel;
  /** Who invites. Untrusted text. */
  readonly from: string;
  /** `accepted`: it was, and its channel is open, but this page is not in it: after a reload, or when the line was lost. */
  readonly status: 'open' | 'accepted';
  /** By the server's clock. */
  readonly expiresAt: Date;
  /**
   * Joins, and leaves the channels that are open here as they are. Call it in a click: the browser may ask for the
   * microphone, and plays no sound before one. Again meanwhile, or while this page is in the channel: the same one.
   * @throws ContactCenterError `provider/missing` when nothing among the client's providers serves the channel,
   * `device/permission-denied` without a microphone: an invitation to a call stays open then; `invitation/gone` once it has
   * expired, was withdrawn, or was answered on another page; `call/…`, `meeting/…` or `command/timed-out` (60 s unless
   * `timeoutMs` says otherwise) when joining fails: it can be accepted again as long as it is among the invitations
   */
  accept(options?: Options): Promise<Joined>;
  /**
   * The channel is closed, the conversation goes on. Declined already: no effect.
   * @throws ContactCenterError `command/not-allowed` once it was accepted; leave the channel then
   */
  decline(options?: CommandOptions): Promise<void>;
}
