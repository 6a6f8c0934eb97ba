import { ContactCenterError, type Cancel } from 'onescreen';
import type { CustomerCommands } from '../../protocol/customer-frames';
import type { Actor, InvitationRecord, LogFact } from '../../protocol/log-entry';
import type { Calls } from '../calls';
import { isCallHost } from '../channel-host';
import type { Conversation } from '../conversation';
import type { OpenChannel } from '../conversation-channels';
import type { Customers } from '../customers';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from '../options';
import { system, type TaskBoard } from '../task-board';
import type { LiveTask } from '../task-record';
import type { Work } from '../work';

/** How long an invitation can be accepted, in milliseconds (chosen). */
export const invitationMs = 120_000;

/** The same for one that is a call, in milliseconds (chosen): the agent is rung first, and then a phone, for up to 115 s (Teams). */
export const callInvitationMs = 180_000;

type Answer = CustomerCommands['invitation/answer']['result'];

interface InvitationsParts {
  readonly options: ResolvedOptions;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly calls: Calls;
  readonly customers: Customers;
  /** The customer is in a channel that was added; only within the conversation's turn. */
  readonly customerIn: (conversation: Conversation, channelId: string) => Promise<void>;
}

/** Customers who were asked into another channel. How each stands is what the log says; here is what follows from it. */
export class Invitations {
  readonly #parts: InvitationsParts;
  readonly #lapses = new Map<string, Cancel>();

  constructor(parts: InvitationsParts) {
    this.#parts = parts;
  }

  /** An invitation into a channel, to be taken down. */
  make(
    task: LiveTask,
    from: string,
    { channelId, channel }: OpenChannel,
    by: InvitationRecord['by'],
  ): InvitationRecord {
    const { clock, random } = this.#parts.options;
    return {
      ...{ id: random.id(), channel, channelId, taskId: task.record.id, status: 'open', from, by },
      expiresAt: clock.now() + (by === 'call' ? callInvitationMs : invitationMs),
    };
  }

  /** It has been taken down; one that nobody answers comes to nothing. */
  made(conversation: Conversation, { id, expiresAt }: InvitationRecord): void {
    const { clock } = this.#parts.options;
    const lapse = clock.schedule(Math.max(0, expiresAt - clock.now()), () => {
      this.#lapses.delete(id);
      this.#noted(
        conversation,
        conversation.log.inTurn(() => this.#end(conversation, id, 'expired', system)),
      );
    });
    this.#lapses.set(id, lapse);
  }

  /**
   * The customer's answer; again: as it was answered. Rejects with `invitation/gone` once it has ended otherwise, or what it
   * was into has.
   */
  answer(
    conversation: Conversation,
    { invitationId, accept }: CustomerCommands['invitation/answer']['args'],
  ): Promise<Answer> {
    return conversation.log.inTurn(async () => {
      const invitation = conversation.invitation(invitationId);
      const by: Actor = { kind: 'customer', id: conversation.customer.id };
      if (invitation?.status === 'declined') return {};
      if (invitation?.status === 'accepted') return this.#where(conversation, invitation);
      if (invitation?.status !== 'open') throw gone('answer');
      if (!accept) {
        await this.#end(conversation, invitationId, 'declined', by);
        return {};
      }
      if (invitation.by === 'call') {
        throw new ContactCenterError('command/not-allowed', 'unable to accept invitation; the phone is called');
      }
      await this.#accept(conversation, invitation, by);
      return this.#where(conversation, invitation);
    });
  }

  /** Takes an invitation back, and the channel that was opened for it; again: no effect. Rejects with `invitation/gone` once it was answered or has expired. */
  withdraw(conversation: Conversation, invitationId: string, by: Actor): Promise<void> {
    return conversation.log.inTurn(async () => {
      const invitation = conversation.invitation(invitationId);
      if (invitation?.status === 'withdrawn') return;
      if (invitation?.status !== 'open') throw gone('withdraw');
      await this.#end(conversation, invitationId, 'withdrawn', by);
    });
  }

  /** The customer, who was called, has answered; only within the conversation's turn. */
  async answeredCall(conversation: Conversation, channelId: string): Promise<void> {
    const invitation = conversation.openInvitation(channelId);
    const by: Actor = { kind: 'customer', id: conversation.customer.id };
    if (invitation !== undefined) await this.#accept(conversation, invitation, by);
  }

  /** The customer, who was called, has not; only within the conversation's turn, and the channel ends. */
  async missedCall(conversation: Conversation, channelId: string): Promise<void> {
    const invitation = conversation.openInvitation(channelId);
    const by: Actor = { kind: 'customer', id: conversation.customer.id };
    if (invitation === undefined) return;
    await conversation
      .append(by, changed(invitation, 'declined'))
      .catch((error: unknown) => this.#failed(conversation, error));
  }

  close(): void {
    for (const cancel of this.#lapses.values()) cancel();
    this.#lapses.clear();
  }

  async #accept(conversation: Conversation, invitation: InvitationRecord, by: Actor): Promise<void> {
    if (conversation.channelOf(invitation.channelId) === undefined) throw gone('accept');
    const late = () =>
      this.#noted(
        conversation,
        conversation.log.inTurn(() => this.#accepted(conversation, invitation)),
      );
    await conversation.log.append(by, [changed(invitation, 'accepted')], late);
    await this.#accepted(conversation, invitation);
  }

  async #accepted(conversation: Conversation, { channelId, by }: InvitationRecord): Promise<void> {
    const { calls, customers, customerIn } = this.#parts;
    const channel = conversation.channelOf(channelId);
    if (channel === undefined) return;
    const beside = conversation.channels.filter((one) => one.beside === channelId);
    for (const one of [channel, ...beside]) customers.revealed(conversation, conversation.revealChannel(one.channelId));
    for (const { id } of channel.channel === 'meeting' ? conversation.meetingExperts : []) {
      customers.revealed(conversation, conversation.reveal(id));
    }
    if (isCallHost(channel.host) && by === 'link') calls.invited(conversation, channel);
    // Whoever is to join a call or a meeting is not in it yet.
    if (!isCallHost(channel.host) && channel.channel !== 'meeting') await customerIn(conversation, channelId);
  }

  // Whatever the store says, nobody is left with a channel that was only opened for this, nor a customer with none.
  async #end(
    conversation: Conversation,
    invitationId: string,
    status: 'declined' | 'expired' | 'withdrawn',
    by: Actor,
  ): Promise<void> {
    const invitation = conversation.invitation(invitationId);
    if (invitation?.status !== 'open') return;
    this.settled(invitation);
    const { channelId } = invitation;
    const isStanding = conversation.channelOf(channelId)?.standing === true;
    const isElsewhere = conversation.channels.some((one) => one.channelId !== channelId && conversation.reaches(one));
    await conversation
      .append(by, changed(invitation, status))
      .catch((error: unknown) => this.#failed(conversation, error));
    if (!isStanding || !isElsewhere)
      await this.#parts.work.channelOver(conversation, channelId, { by, reason: status });
  }

  #where(conversation: Conversation, { channelId }: InvitationRecord): Answer {
    const channel = conversation.channelOf(channelId);
    if (channel === undefined) throw gone('accept');
    const { channel: kind, host, providerRefs } = channel;
    return { channel: { channelId, channel: kind, provider: host.name, providerRefs } };
  }

  /** Nothing more comes of it. */
  settled({ id }: InvitationRecord): void {
    this.#lapses.get(id)?.();
    this.#lapses.delete(id);
  }

  #noted(conversation: Conversation, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#failed(conversation, error));
  }

  #failed({ id: conversationId }: Conversation, error: unknown): void {
    this.#parts.options.logger.error('invitation-failed', { conversationId, ...errorFields(error) });
  }
}

function changed(invitation: InvitationRecord, status: InvitationRecord['status']): LogFact {
  return { type: 'invitation', invitation: { ...invitation, status } };
}

function gone(action: string): ContactCenterError {
  return new ContactCenterError('invitation/gone', `unable to ${action} invitation; it is no longer open`);
}
