import { canTake } from './candidates';
import type { TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import { routableTask } from './snapshots';
import type { RoutingState } from './state';
import type { Ranked, RoutingStrategy } from './strategy';

/** Whom the strategy wants to be asked first, and what it did wrong when it was asked. */
export interface Preferences {
  readonly workers: readonly WorkerRecord[];
  /** What is said of each of them. */
  readonly ranked: readonly Partial<Ranked>[];
  readonly fault?: string;
}

export const noPreferences: Preferences = { workers: [], ranked: [] };

/** Of those whom the strategy prefers, the ones who can take the task, each once. */
export function preferencesOf(state: RoutingState, task: TaskRecord, strategy: RoutingStrategy): Preferences {
  if (strategy.prefer === undefined || task.only !== undefined) return noPreferences;
  let ids: unknown;
  try {
    ids = strategy.prefer(routableTask(task));
  } catch {
    return { ...noPreferences, fault: `${strategy.name} threw an error when asked whom it prefers` };
  }
  if (!isListOfTexts(ids)) return { ...noPreferences, fault: `${strategy.name} did not name whom it prefers` };
  const preferred = new Set<WorkerRecord>();
  for (const id of ids) {
    const worker = state.workers.get(id);
    if (worker !== undefined && canTake(state, task, worker)) preferred.add(worker);
  }
  return { workers: [...preferred], ranked: Array.from(preferred, () => ({ reason: 'preferred' })) };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
