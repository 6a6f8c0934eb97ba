import type { Cancel } from 'onescreen';
import type { RoutingEngine, RoutingEvent } from 'onescreen/routing';
import type { CustomerPush, CustomerStatus } from '../protocol/customer-frames';
import type { LogEntry } from '../protocol/log-entry';
import { isCallHost } from './channel-host';
import type { Conversation } from './conversation';
import type { ResolvedOptions } from './options';
import type { Session } from './session';
import type { TaskBoard } from './task-board';
import type { Work } from './work';

/** Changes of the places in a queue are told of together, at most this often, in milliseconds. */
const placesEveryMs = 500;

interface CustomersOptions {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly board: TaskBoard;
  readonly work: Work;
  /** When the customer is to be called back, epoch milliseconds; undefined: nothing is promised. */
  readonly callbackDueAt: (conversation: Conversation) => number | undefined;
}

interface Presence {
  readonly conversation: Conversation;
  readonly sessions: Map<string, Session<CustomerPush>>;
  told: string;
  giveUp: Cancel | undefined;
}

/** The customers' pages: what they are told, and what becomes of a wait that nobody is watching any more. */
export class Customers {
  readonly #options: ResolvedOptions;
  readonly #engine: RoutingEngine;
  readonly #board: TaskBoard;
  readonly #work: Work;
  readonly #callbackDueAt: CustomersOptions['callbackDueAt'];
  readonly #present = new Map<string, Presence>();
  readonly #changedQueues = new Set<string>();
  #telling: Cancel | undefined;

  constructor({ options, engine, board, work, callbackDueAt }: CustomersOptions) {
    this.#callbackDueAt = callbackDueAt;
    this.#options = options;
    this.#engine = engine;
    this.#board = board;
    this.#work = work;
  }

  session(conversation: Conversation, id: string): Session<CustomerPush> | undefined {
    return this.#present.get(conversation.id)?.sessions.get(id);
  }

  sessions(conversation: Conversation): ReadonlyMap<string, Session<CustomerPush>> {
    return this.#present.get(conversation.id)?.sessions ?? new Map<string, Session<CustomerPush>>();
  }

  status(conversation: Conversation): CustomerStatus {
    const { closedBecause, agentNames } = conversation;
    const dueAt = this.#callbackDueAt(conversation);
    if (closedBecause !== undefined && dueAt === undefined) return { phase: 'ended', reason: closedBecause };
    if (closedBecause === undefined && agentNames.length > 0) return { phase: 'active', agents: agentNames };
    if (dueAt !== undefined) return { phase: 'callback', dueAt };
    const task = this.#board.taskOf(conversation)?.record;
    const place = task && this.#engine.position(task.id, this.#options.clock.now());
    return { phase: 'queued', ...place };
  }

  attached(conversation: Conversation, session: Session<CustomerPush>): void {
    const presence = this.#present.get(conversation.id) ?? {
      conversation,
      sessions: new Map(),
      told: '',
      giveUp: undefined,
    };
    this.#present.set(conversation.id, presence);
    presence.sessions.set(session.id, session);
    presence.giveUp?.();
    presence.giveUp = undefined;
    presence.told = JSON.stringify(this.status(conversation));
    if (conversation.attached) return;
    conversation.attached = true;
    void this.#board.inTurn(conversation, async () => {
      if (!conversation.ended)
        await conversation.append({ kind: 'system' }, { type: 'kept', kept: { attached: true } });
    });
  }

  /** Taken up with no page that is there: a wait that nobody watches is given up after a while, as ever. */
  recall(conversation: Conversation): void {
    if (!conversation.attached || this.#present.has(conversation.id)) return;
    this.#present.set(conversation.id, { conversation, sessions: new Map(), told: '', giveUp: undefined });
    this.detached(conversation);
  }

  /** A page's link is down. With the last of them a wait is given up after a while. */
  detached(conversation: Conversation): void {
    const presence = this.#present.get(conversation.id);
    if (presence === undefined || presence.giveUp !== undefined || isWatched(presence)) return;
    // Who has called waits on the phone, with or without a page.
    if (conversation.channel !== undefined && isCallHost(conversation.channel.host)) return;
    const { clock, abandonAfterMs, logger } = this.#options;
    const isAbandoned = () => !isWatched(presence) && this.status(conversation).phase === 'queued';
    presence.giveUp = clock.schedule(abandonAfterMs, () => {
      if (!isAbandoned()) return;
      logger.info('customer-abandoned', { conversationId: conversation.id });
      this.#work.letGo(conversation, 'abandoned', isAbandoned);
    });
  }

  dropped(conversation: Conversation, session: Session<CustomerPush>): void {
    this.#present.get(conversation.id)?.sessions.delete(session.id);
    session.close();
  }

  /** Nothing more will happen: the pages that are there stay, nothing is awaited any more. */
  finished(conversation: Conversation): void {
    this.#present.get(conversation.id)?.giveUp?.();
  }

  forget(conversation: Conversation): void {
    const presence = this.#present.get(conversation.id);
    presence?.giveUp?.();
    for (const session of presence?.sessions.values() ?? []) session.close();
    this.#present.delete(conversation.id);
  }

  push(conversation: Conversation, push: CustomerPush): void {
    for (const session of this.#present.get(conversation.id)?.sessions.values() ?? []) session.push(push);
  }

  appended(conversation: Conversation, entries: readonly LogEntry[]): void {
    const visible = conversation.forCustomer(entries);
    if (visible.length > 0) this.push(conversation, { type: 'log', conversationId: conversation.id, entries: visible });
    if (entries.some(({ type }) => type !== 'message')) this.#tell(conversation);
  }

  /** The customer is told at last of somebody who talks to them from now on. */
  revealed(conversation: Conversation, entries: readonly LogEntry[]): void {
    if (entries.length > 0) this.appended(conversation, entries);
    else this.#tell(conversation);
  }

  /** Who is available, and whether a queue is open, decides how long the waits are. */
  routed(event: RoutingEvent): void {
    if ('taskId' in event || this.#present.size === 0) return;
    if ('queueId' in event) return this.queueChanged(event.queueId);
    // Whoever signs out is unavailable first.
    for (const id of this.#engine.worker(event.workerId)?.queues ?? []) this.queueChanged(id);
  }

  queueChanged(queueId: string): void {
    if (this.#present.size === 0) return;
    this.#changedQueues.add(queueId);
    this.#telling ??= this.#options.clock.schedule(placesEveryMs, () => {
      this.#telling = undefined;
      const queues = new Set(this.#changedQueues);
      this.#changedQueues.clear();
      for (const { conversation } of this.#present.values()) {
        const task = this.#board.taskOf(conversation)?.record;
        if (task !== undefined && queues.has(task.queueId)) this.#tell(conversation);
      }
    });
  }

  close(): void {
    this.#telling?.();
    for (const { conversation } of [...this.#present.values()]) this.forget(conversation);
  }

  #tell(conversation: Conversation): void {
    const presence = this.#present.get(conversation.id);
    if (presence === undefined) return;
    const status = this.status(conversation);
    const text = JSON.stringify(status);
    if (text === presence.told) return;
    presence.told = text;
    this.push(conversation, { type: 'customer-status', status });
  }
}

function isWatched(presence: Presence): boolean {
  for (const session of presence.sessions.values()) if (session.up) return true;
  return false;
}
