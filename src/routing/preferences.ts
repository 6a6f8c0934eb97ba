import { canTake } from './candidates';
import type { Candidate } from './explanation';
import type { TaskRecord } from './records';
import { routableTask } from './snapshots';
import type { RoutingState } from './state';
import type { RoutingStrategy } from './strategy';

/** Those whom the strategy wants to be asked first and who can take the task, each once. What it does wrong is told as the pool's fault. */
export function preferredFor(state: RoutingState, task: TaskRecord, strategy: RoutingStrategy): readonly Candidate[] {
  if (strategy.prefer === undefined || task.only !== undefined) return [];
  const preferred = new Map<string, Candidate>();
  for (const id of named(state, task, strategy)) {
    const worker = state.workers.get(id);
    if (worker === undefined || preferred.has(id) || !canTake(state, task, worker)) continue;
    preferred.set(id, { worker: worker.view, ranked: { reason: 'preferred' } });
  }
  return [...preferred.values()];
}

function named(state: RoutingState, task: TaskRecord, strategy: RoutingStrategy): readonly string[] {
  let fault = `${strategy.name} did not name whom it prefers`;
  try {
    const answer: unknown = strategy.prefer?.(routableTask(task));
    if (isListOfTexts(answer)) return answer;
  } catch {
    fault = `${strategy.name} threw an error when asked whom it prefers`;
  }
  const pool = state.index.pool(task.queueId, task.channel);
  if (pool !== undefined) pool.fault = fault;
  return [];
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
