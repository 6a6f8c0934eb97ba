import { ContactCenterError, type Cancel } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import { isCallOutcome } from './call-failure';
import type { Calls } from './calls';
import type { CallHost } from './call-host';
import { isCallHost } from './channel-host';
import { contextOf } from './channel-work';
import type { Conversation } from './conversation';
import type { OpenChannel } from './conversation-channels';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from './options';
import type { TaskBoard } from './task-board';
import type { LiveTask } from './task-record';

/** Longest that one announcement may take, in milliseconds (chosen: some sentences). */
const longestMs = 60_000;

interface AnnouncementsParts {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly board: TaskBoard;
  readonly calls: Calls;
}

interface Wait {
  readonly task: LiveTask;
  readonly everyMs: number;
  /** Aborted when the wait is over. */
  readonly over: AbortController;
  next: Cancel;
}

/** Tells waiting callers, from time to time, how their wait stands. */
export class Announcements {
  readonly #parts: AnnouncementsParts;
  readonly #waits = new Map<string, Wait>();
  /** Who is being told something now, as far as the host has said. */
  readonly #speaking = new Set<Conversation>();

  constructor(parts: AnnouncementsParts) {
    this.#parts = parts;
  }

  taskChanged(task: LiveTask): void {
    const { id, status } = task.record;
    const isWaiting = (status === 'queued' || status === 'offered') && task.parked === undefined;
    const everyMs = isWaiting ? this.#intervalFor(task) : false;
    const wait = this.#waits.get(id);
    if (wait !== undefined && wait.everyMs === everyMs) return;
    if (wait !== undefined) this.#end(wait);
    if (everyMs !== false) this.#begin(task, everyMs);
  }

  close(): void {
    for (const wait of this.#waits.values()) this.#end(wait);
  }

  #intervalFor({ record, conversation }: LiveTask): number | false {
    const { queues, announceEveryMs } = this.#parts.options;
    const { host } = conversation.lastChannel ?? {};
    if (host === undefined || !isCallHost(host) || host.announce === undefined) return false;
    return queues.get(record.queueId)?.announceEveryMs ?? announceEveryMs;
  }

  #begin(task: LiveTask, everyMs: number): void {
    const { clock } = this.#parts.options;
    const tick = () => {
      wait.next = clock.schedule(everyMs, tick);
      this.#announce(wait);
    };
    const wait: Wait = { task, everyMs, over: new AbortController(), next: clock.schedule(everyMs, tick) };
    this.#waits.set(task.record.id, wait);
  }

  #end({ task, over, next }: Wait): void {
    next();
    this.#waits.delete(task.record.id);
    over.abort(new ContactCenterError('command/aborted', 'unable to announce; the wait is over'));
  }

  #announce({ task, over: { signal } }: Wait): void {
    const { board, calls, engine, options } = this.#parts;
    const { conversation, record } = task;
    // It begins in turn, so that nothing else is under way on the call; whatever comes meanwhile need not wait for its end.
    const begun = conversation.log.inTurn(async () => {
      const { channel } = conversation;
      if (signal.aborted || this.#speaking.has(conversation) || channel === undefined) return;
      if (!calls.isThere(conversation)) return;
      if (!isCallHost(channel.host) || board.taskOf(conversation) !== task) return;
      const standing = engine.position(record.id, options.clock.now());
      if (standing !== undefined) void this.#speak(conversation, { ...channel, host: channel.host }, standing, signal);
    });
    begun.catch(() => {}); // Nothing in it rejects.
  }

  async #speak(
    conversation: Conversation,
    channel: OpenChannel & { readonly host: CallHost },
    standing: Parameters<NonNullable<CallHost['announce']>>[1],
    signal: AbortSignal,
  ): Promise<void> {
    const { hooks, logger } = this.#parts.options;
    this.#speaking.add(conversation);
    const run = () => {
      const spoken = (async () => channel.host.announce?.(channel, standing, signal))();
      const done = () => void this.#speaking.delete(conversation);
      // Whatever becomes of our waiting for it: as long as the host speaks, it is told nothing else to say.
      spoken.then(done, done);
      return spoken;
    };
    try {
      const context = contextOf('host.announce', conversation, channel);
      await hooks.call(context, run, undefined, { timeoutMs: longestMs, signal, isExpected: isCallOutcome });
    } catch (error) {
      if (signal.aborted) return;
      logger.warn('announcement-failed', { conversationId: conversation.id, ...errorFields(error) });
    }
  }
}
