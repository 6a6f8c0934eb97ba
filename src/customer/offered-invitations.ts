import { ContactCenterError, select, type CommandOptions, type Live } from 'onescreen';
import type { InvitationRecord } from '../protocol/log-entry';
import type { CustomerCall } from './customer-call';
import type { CustomerChat } from './customer-chat';
import type { CustomerConversation } from './customer-conversation';
import type { CustomerInvitation } from './customer-invitation';
import type { CustomerMeeting, JoinMeeting } from './customer-meeting';
import { joinCall, joinChat, joinMeeting } from './join-channel';
import { sameItems } from './known-invitations';
import { limited } from './limited';

/** Longest that joining may take when its caller names no time, in milliseconds: the customer may have to allow a microphone. */
const joinTimeoutMs = 60_000;

/** The conversation's invitations as its customer's page sees them. */
export function offeredInvitations(conversation: CustomerConversation): Live<readonly CustomerInvitation[]> {
  const calls = new Joining<CustomerCall>();
  const meetings = new Joining<CustomerMeeting>();
  const chats = new Joining<CustomerChat>();
  const shown = new WeakMap<InvitationRecord, CustomerInvitation>();

  function run<Joined>(
    joining: Joining<Joined>,
    record: InvitationRecord,
    options: CommandOptions | undefined,
    join: (conversation: CustomerConversation, record: InvitationRecord, signal: AbortSignal) => Promise<Joined>,
  ): Promise<Joined> {
    const { clock } = conversation.options.environment;
    const limits = { clock, closing: conversation.closing, what: 'accept invitation', timeoutMs: joinTimeoutMs };
    return joining.once(record.id, conversation.invitations.isIn(record.channelId), () =>
      limited({ ...limits, ...options }, (signal) =>
        join(conversation, conversation.invitations.get(record.id) ?? record, signal),
      ),
    );
  }

  function toInvitation(record: InvitationRecord): readonly CustomerInvitation[] {
    const { id, channel, from, expiresAt, status } = record;
    const known = shown.get(record);
    if (known !== undefined) return [known];
    const common = {
      id,
      from,
      status: status === 'accepted' ? ('accepted' as const) : ('open' as const),
      expiresAt: new Date(expiresAt),
      decline: (options?: CommandOptions) => decline(conversation, id, options),
    };
    const invitation = ((): CustomerInvitation | undefined => {
      switch (channel) {
        case 'voice':
          return { ...common, channel, accept: (options) => run(calls, record, options, joinCall) };
        case 'meeting':
          return {
            ...{ ...common, channel },
            accept: (options: JoinMeeting = {}) =>
              run(meetings, record, options, (...given) => joinMeeting(...given, options)),
          };
        case 'chat':
          return { ...common, channel, accept: (options) => run(chats, record, options, joinChat) };
        default:
          return undefined;
      }
    })();
    if (invitation === undefined) return [];
    shown.set(record, invitation);
    return [invitation];
  }

  return select(conversation.invitations.offered$, (records) => records.flatMap(toInvitation), sameItems);
}

async function decline(
  { invitations, options: { link } }: CustomerConversation,
  invitationId: string,
  options: CommandOptions | undefined,
): Promise<void> {
  switch (invitations.get(invitationId)?.status) {
    case 'open':
      await link.command('invitation/answer', { invitationId, accept: false }, options);
      return;
    case 'accepted': {
      const why = 'it was accepted; leave the channel instead';
      throw new ContactCenterError('command/not-allowed', `unable to decline invitation; ${why}`);
    }
  }
}

/** What is being joined, and what was, by invitation: a second click joins nothing twice. */
class Joining<Joined> {
  readonly #joined = new Map<string, { readonly joined: Promise<Joined>; pending: boolean }>();

  once(id: string, isIn: boolean, join: () => Promise<Joined>): Promise<Joined> {
    const known = this.#joined.get(id);
    if (known !== undefined && (known.pending || isIn)) return known.joined;
    const fresh = { joined: join(), pending: true };
    this.#joined.set(id, fresh);
    const settled = () => void (fresh.pending = false);
    fresh.joined.then(settled, settled);
    return fresh.joined;
  }
}
