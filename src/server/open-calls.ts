import type { CallTarget, Cancel } from 'onescreen';
import { errorFields } from 'onescreen/logging';
import { customerGone } from './call-failure';
import type { CallHost } from './call-host';
import type { ProviderRefs } from './chat-host';
import type { Conversation } from './conversation';
import type { OpenChannel } from './conversation-channels';
import type { ResolvedOptions } from './options';
import { system, type TaskBoard } from './task-board';
import type { Demand } from './work';

export interface OpenCall {
  readonly conversation: Conversation;
  readonly channelId: string;
  readonly host: CallHost;
  /** Names of the call that has arrived. */
  arrivedAs?: ProviderRefs;
  /** Waits for the call of a page, to queue it then. */
  demand?: Demand;
  /** Whom the agent calls. */
  readonly to?: CallTarget;
  /** True once they are being called. */
  dialled?: boolean;
  /** True for a call that was added to a conversation which goes on elsewhere: by whom the customer is answered is known. */
  readonly added?: boolean;
  giveUp?: Cancel;
}

/** The calls under way, by their channels. */
export class OpenCalls {
  /** Nothing that is told of calls counts any more. */
  closed = false;
  readonly #options: ResolvedOptions;
  readonly #board: TaskBoard;
  readonly #calls = new Map<string, OpenCall>();

  constructor(options: ResolvedOptions, board: TaskBoard) {
    this.#options = options;
    this.#board = board;
  }

  get(channelId: string | undefined): OpenCall | undefined {
    return channelId === undefined ? undefined : this.#calls.get(channelId);
  }

  add(channelId: string, call: OpenCall): void {
    this.#calls.set(channelId, call);
  }

  /** The call of a channel, which is none of them any more. */
  take(channelId: string): OpenCall | undefined {
    const call = this.#calls.get(channelId);
    call?.giveUp?.();
    this.#calls.delete(channelId);
    return call;
  }

  clear(): void {
    for (const { giveUp } of this.#calls.values()) giveUp?.();
    this.#calls.clear();
  }

  /** Nobody is rung any more for this conversation. */
  abortRings(conversation: Conversation): void {
    for (const { acceptance } of this.#board.tasksOf(conversation)) acceptance?.ring.abort(customerGone('ring'));
  }

  /** What the call and its customer are called, beside what was known before. */
  nowKnown(
    conversation: Conversation,
    channelId: string,
    providerRefs: ProviderRefs,
    customerRefs: ProviderRefs,
  ): void {
    const known = conversation.channelOf(channelId);
    if (known === undefined) return;
    const { customer, channels } = conversation;
    const channel: OpenChannel = {
      ...known,
      ...{ planned: false, awaited: false },
      providerRefs: { ...known.providerRefs, ...providerRefs },
      customerRefs: { ...known.customerRefs, ...customerRefs },
    };
    // In other channels the customer goes by the names that they had there before.
    const names =
      channels.length > 1
        ? { ...customerRefs, ...customer.providerRefs }
        : { ...customer.providerRefs, ...customerRefs };
    conversation.opened(channel, { ...customer, providerRefs: names });
    const kept = { channel: { id: channelId, providerRefs, customerRefs, planned: false, awaited: false } };
    void this.#board.inTurn(conversation, async () => {
      await conversation.append(system, { type: 'kept', kept });
    });
  }

  /** Sees to it that work which fails is heard of. */
  noted({ id: conversationId }: Conversation, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#options.logger.error('call-event-failed', { conversationId, ...errorFields(error) });
    });
  }
}
