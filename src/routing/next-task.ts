import { limitFor } from './capacity';
import { isSaturated } from './pool';
import type { RoutingState } from './state';
import type { NextTask } from './task';
import type { Standing, TaskRecord } from './task-record';

/** A task as it would stand if it was enqueued now; undefined where there is no such queue. */
export function standingOfNext(
  state: RoutingState,
  { queueId, channel, priority = 0 }: NextTask,
): Standing | undefined {
  const queue = state.queues.get(queueId);
  if (queue === undefined) return undefined;
  const demands: TaskRecord['demands'] = [{ channel }];
  const pool = queue.pools.get(channel);
  let isAsked = false;
  if (pool !== undefined && !queue.closed && !isSaturated(pool))
    for (const worker of queue.members) isAsked ||= worker.available && limitFor(worker, demands) === undefined;
  return {
    queue,
    line: queue.busy,
    status: 'queued',
    demands,
    offers: [],
    decisionId: isAsked ? 'next' : undefined,
    expedited: false,
    priority,
    // Behind all others of its priority.
    virtualStartAt: Infinity,
    order: 0,
  };
}
