import { heldBy } from './capacity';
import { endDecision } from './matching';
import { makeRoom } from './offers';
import type { ChannelDemand, TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import type { RoutingState } from './state';

/** Gives a task one more channel of its worker's, who has room for it. */
export function holdChannel(state: RoutingState, task: TaskRecord, worker: WorkerRecord, demand: ChannelDemand): void {
  task.demands = [...task.demands, demand];
  const held = heldBy(worker, [demand]);
  worker.holds.set(task.id, { channels: [...(worker.holds.get(task.id)?.channels ?? []), ...held] });
  worker.reckon();
  state.refresh(worker, false);
  const cost = held[0]?.cost ?? 0;
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'channel-held',
    taskId: task.id,
    workerId: worker.id,
    channel: demand.channel,
    cost,
  });
  makeRoom(state, worker);
}

/** Takes a channel from a task that has others; its worker, and whoever is offered it, have more room then. */
export function releaseChannel(state: RoutingState, task: TaskRecord, channel: string): void {
  const [first, ...others] = task.demands.filter((each) => each.channel !== channel);
  if (first === undefined) return;
  task.demands = [first, ...others];
  const { id: taskId, workerId } = task;
  for (const offer of task.offers) offer.cost -= freeChannel(state, offer.worker, taskId, channel);
  if (workerId !== undefined) freeChannel(state, state.workers.get(workerId), taskId, channel);
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'channel-released',
    taskId,
    channel,
    ...(workerId !== undefined && { workerId }),
  });
  if (task.channel !== first.channel) {
    // The strategy was asked about the workers of another pool.
    const decision = task.decisionId === undefined ? undefined : state.decisions.get(task.decisionId);
    if (decision !== undefined) endDecision(state, decision);
    task.channel = first.channel;
    task.home = undefined;
    state.index.admitCost(task);
  }
  state.enterLine(task);
}

// How many units became free.
function freeChannel(state: RoutingState, worker: WorkerRecord | undefined, taskId: string, channel: string): number {
  const hold = worker?.holds.get(taskId);
  if (worker === undefined || hold === undefined) return 0;
  worker.holds.set(taskId, { ...hold, channels: hold.channels.filter((each) => each.channel !== channel) });
  worker.reckon();
  state.refresh(worker, true);
  return hold.channels.find((each) => each.channel === channel)?.cost ?? 0;
}

/** Why a task cannot be given a channel, or cannot lose it. */
export function channelTrouble(task: TaskRecord, type: 'hold' | 'release', channel: string): string | undefined {
  const { status, demands } = task;
  if (type === 'hold' ? status !== 'assigned' : status === 'wrapping' || status === 'completed')
    return `it is ${status}`;
  const has = demands.some((each) => each.channel === channel);
  if (type === 'hold') return has ? 'it has the channel already' : undefined;
  if (!has) return 'it does not have the channel';
  return demands.length === 1 ? 'it has no other channel' : undefined;
}
