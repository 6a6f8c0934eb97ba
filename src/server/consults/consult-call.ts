import type { LogFact, ParticipantRecord } from '../../protocol/log-entry';
import { isCallOutcome, isRefusal } from '../call-failure';
import type { CallHost } from '../call-host';
import { isCallHost } from '../channel-host';
import { channelsWith, contextOf, exitChannel, leaveChannels, unavailable } from '../channel-work';
import type { ProviderRefs } from '../chat-host';
import type { Conversation } from '../conversation';
import type { OpenChannel } from '../conversation-channels';
import type { HookContext, HookLimits } from '../hooks';
import { errorFields } from 'onescreen/logging';
import { holdsCustomer, type OpenConsult } from './open-consult';
import type { ResolvedOptions } from '../options';

/** A call that is open and set up, with its host. */
export type OpenCallChannel = OpenChannel & { readonly host: CallHost };

type Step<T> = (channel: OpenCallChannel) => Promise<T> | undefined;

/** The conversation's call, if that is what it has open. */
export function openCallOf({ channel }: Conversation): OpenCallChannel | undefined {
  if (channel === undefined || channel.planned === true || channel.awaited === true) return undefined;
  if (!isCallHost(channel.host)) return undefined;
  return { ...channel, host: channel.host };
}

/** The steps of a consult at the host; each only within the conversation's turn. They tell what to take down. */
export class ConsultCall {
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** Rejects with `channel/unavailable`; then the customer is not on hold, as far as the host can be made to. */
  async holdCustomer(conversation: Conversation): Promise<readonly LogFact[]> {
    if (conversation.is('held')) return [];
    try {
      // On hold after all, though that was given up.
      const late = () => void conversation.log.inTurn(() => this.undoHold(conversation));
      await this.#step(conversation, 'host.hold', (channel) => channel.host.hold?.(channel), {}, late);
    } catch (error) {
      await this.undoHold(conversation);
      throw error;
    }
    return this.#changed(conversation, 'held');
  }

  /** The hold did not come to be taken down. Never rejects. */
  async undoHold(conversation: Conversation): Promise<void> {
    if (conversation.is('held')) return;
    return this.#step(conversation, 'host.resume', (channel) => channel.host.resume?.(channel)).catch(() => {});
  }

  /** Tries twice. Rejects with `channel/unavailable`: the customer stays on hold. */
  async resumeCustomer(conversation: Conversation): Promise<readonly LogFact[]> {
    if (!conversation.is('held')) return [];
    await this.#twice(conversation, 'host.resume', (channel) => channel.host.resume?.(channel));
    return this.#changed(conversation, 'resumed');
  }

  /** Puts the one who was asked on hold. Rejects with `channel/unavailable`. */
  holdOther(consult: OpenConsult): Promise<void> {
    const refs = namesOf(consult);
    return this.#step(consult.conversation, 'host.hold', (channel) => channel.host.hold?.(channel, refs));
  }

  /** Tries twice. Rejects with `channel/unavailable`. */
  resumeOther(consult: OpenConsult): Promise<void> {
    const refs = namesOf(consult);
    return this.#twice(consult.conversation, 'host.resume', (channel) => channel.host.resume?.(channel, refs));
  }

  /** Lets all hear each other. Rejects with `channel/unavailable`. */
  async joinAll(consult: OpenConsult): Promise<readonly LogFact[]> {
    if (consult.record.status === 'swapped') await this.resumeOther(consult);
    return holdsCustomer(consult) || consult.record.status === 'merged'
      ? this.resumeCustomer(consult.conversation)
      : [];
  }

  /** Rings somebody outside; `late`: after that had been given up. Rejects as the host does. */
  add(
    conversation: Conversation,
    to: { readonly phone: string } | { readonly teamsUser: string },
    late: (refs: ProviderRefs) => void,
  ): Promise<ProviderRefs> {
    const limits = { isExpected: isRefusal };
    return this.#step(conversation, 'host.add', (channel) => channel.host.add?.(channel, to), limits, late);
  }

  /** Takes somebody outside out, or stops the ring. A host that fails is noted and passed over. */
  remove(conversation: Conversation, refs: ProviderRefs): Promise<void> {
    return this.#step(conversation, 'host.remove', (channel) => channel.host.remove?.(channel, refs)).catch(() => {});
  }

  /** The agents are out of the call, which goes on without. Rejects with `channel/unavailable`. */
  release(conversation: Conversation): Promise<void> {
    return this.#step(conversation, 'host.release', (channel) => channel.host.release?.(channel));
  }

  /** Gives the customer to somebody outside; waits only until `signal`. Rejects as the host does. */
  transfer(
    conversation: Conversation,
    to: { readonly phone: string } | { readonly teamsUser: string },
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    return this.#step(conversation, 'host.transfer', (channel) => channel.host.transfer?.(channel, to), {
      ...limits,
      isExpected: isRefusal,
    });
  }

  /** An agent leaves who gives the conversation away; `late`: after that had been given up. Rejects with `channel/unavailable`. */
  async leave(
    conversation: Conversation,
    agentId: string,
    participant: ParticipantRecord,
    late: () => void,
  ): Promise<void> {
    const [channel, ...rest] = channelsWith(conversation, participant);
    if (channel === undefined) return;
    const { hooks, logger } = this.#options;
    try {
      const context = contextOf('host.leave', conversation, channel, agentId);
      await hooks.call(context, () => channel.host.leave(channel, participant), late);
    } catch (error) {
      logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
      throw unavailable('unable to leave channel; its host does not answer', error);
    }
    conversation.exited(channel.channelId, participant.id);
    // With the agent out of the first, what the others do is noted only.
    for (const other of rest) await exitChannel(conversation, other, { agentId, participant }, this.#options);
  }

  /** Takes out the one who was asked. A host that fails is noted and passed over. */
  async takeOut({ conversation, record, refs, asked }: OpenConsult, reason: string): Promise<readonly LogFact[]> {
    const { agentId, participantId } = record;
    if (asked !== undefined && agentId !== undefined) {
      const left = await leaveChannels(conversation, { agentId, reason }, this.#options);
      if (left.length > 0) conversation.watchedBy(agentId);
      return left;
    }
    if (refs !== undefined) await this.remove(conversation, refs);
    if (participantId === undefined || conversation.present(participantId) === undefined) return [];
    return [{ type: 'participant-left', participantId, reason }];
  }

  #changed(conversation: Conversation, change: 'held' | 'resumed'): readonly LogFact[] {
    const { channel } = conversation;
    // The host may have said so itself meanwhile.
    if (channel === undefined || conversation.is(change)) return [];
    return [{ type: 'channel-changed', channelId: channel.channelId, change }];
  }

  #twice(conversation: Conversation, hook: HookContext['hook'], run: Step<void>): Promise<void> {
    return this.#step(conversation, hook, run).catch(() => this.#step(conversation, hook, run));
  }

  async #step<T = void>(
    conversation: Conversation,
    hook: HookContext['hook'],
    run: Step<T>,
    limits: HookLimits = {},
    late?: (value: T) => void,
  ): Promise<T> {
    const { hooks, logger } = this.#options;
    const channel = openCallOf(conversation);
    if (channel === undefined) throw unavailable('unable to change call; it is over', undefined);
    const missing = () => Promise.reject<T>(new Error(`there is no ${hook}`));
    try {
      return await hooks.call(contextOf(hook, conversation, channel), () => run(channel) ?? missing(), late, {
        isExpected: isCallOutcome,
        ...limits,
      });
    } catch (error) {
      logger.warn('consult-step-failed', { conversationId: conversation.id, hook, ...errorFields(error) });
      throw limits.isExpected?.(error) === true ? error : unavailable('unable to change call; its host fails', error);
    }
  }
}

function namesOf({ conversation, record, refs }: OpenConsult): ProviderRefs {
  return conversation.present(record.participantId ?? '')?.providerRefs ?? refs ?? {};
}
