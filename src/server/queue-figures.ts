import { ContactCenterError } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { WaitEstimate } from '../protocol/wait-estimate';
import { channelOf } from './channel-host';
import type { ResolvedOptions } from './options';

/** How a queue stands, for a supervisor's screen. */
export interface QueueFigures {
  readonly id: string;
  readonly name: string;
  /** False while its opening hours say that it is closed. */
  readonly open: boolean;
  /** Customers whom nobody has yet; those on hold in a park and those who are called back later are not counted. */
  readonly length: number;
  /** Milliseconds for which the oldest of them has waited, elsewhere included. Left out when nobody waits. */
  readonly longestWaitMs?: number;
  /** Agents who serve it and are signed in. */
  readonly agents: number;
  /** Those of them who are available, whether or not they have room. */
  readonly availableAgents: number;
  /**
   * By channel that customers can start, how long one who asks for no skills would wait who came now, in milliseconds: an
   * estimate, 0 where an agent is free. A channel of which nobody knows is left out: no available agent serves it, or the
   * queue is closed and its hours do not say until when.
   */
  readonly estimatedWaitMs: Readonly<Record<string, number>>;
}

interface FiguresParts {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
}

/** In the order of the options. Looks at every task that waits. */
export function queueFigures({ options, engine }: FiguresParts): readonly QueueFigures[] {
  const now = options.clock.now();
  const channels = startable(options);
  return [...options.queues.keys()].flatMap((id) => {
    const queue = engine.queue(id);
    if (queue === undefined) return [];
    const { name, open, length, oldestStartAt, registeredWorkers, availableWorkers } = queue;
    const waits = channels.flatMap((channel) => {
      const wait = engine.position({ queueId: id, channel }, now)?.estimatedWaitMs;
      return wait === undefined ? [] : [[channel, wait] as const];
    });
    return {
      ...{ id, name, open, length },
      ...(oldestStartAt !== undefined && { longestWaitMs: Math.max(0, now - oldestStartAt) }),
      ...{ agents: registeredWorkers, availableAgents: availableWorkers },
      estimatedWaitMs: Object.fromEntries(waits),
    };
  });
}

/** What whoever has not started anything may know, in whole minutes. Throws `command/invalid` for what there is not. */
export function estimateWait(
  { options, engine }: FiguresParts,
  wanted: { readonly queueId?: string; readonly channel?: string },
): WaitEstimate {
  const channels = startable(options);
  const { queueId = options.defaultQueue.id, channel = channels[0] ?? '' } = wanted;
  const queue = engine.queue(queueId);
  if (queue === undefined) throw unknown('queueId', 'queue');
  if (!channels.includes(channel)) throw unknown('channel', 'channel');
  const wait = engine.position({ queueId, channel }, options.clock.now())?.estimatedWaitMs;
  return {
    open: queue.open,
    ...(wait !== undefined && { estimatedWaitMs: Math.ceil(wait / minuteMs) * minuteMs }),
  };
}

const minuteMs = 60_000;

/** The channels that a customer can start, the usual one first. */
function startable({ chats, calls }: ResolvedOptions): readonly string[] {
  return [...new Set([...chats, ...calls].map(channelOf))];
}

function unknown(field: string, what: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to estimate wait; there is no such ${what}`, { field });
}
