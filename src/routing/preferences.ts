import { canTake } from './candidates';
import type { Candidate } from './explanation';
import type { TaskRecord } from './records';
import { routableTask } from './snapshots';
import type { RoutingState } from './state';
import type { RoutingStrategy } from './strategy';

/** Whom the strategy wants to be asked first, and what it did wrong when it was asked. */
export interface Preferences {
  readonly candidates: readonly Candidate[];
  readonly fault?: string;
}

const none: Preferences = { candidates: [] };

/** Of those whom the strategy prefers, the ones who can take the task, each once. */
export function preferencesOf(state: RoutingState, task: TaskRecord, strategy: RoutingStrategy): Preferences {
  if (strategy.prefer === undefined || task.only !== undefined) return none;
  let ids: unknown;
  try {
    ids = strategy.prefer(routableTask(task));
  } catch {
    return { candidates: [], fault: `${strategy.name} threw an error when asked whom it prefers` };
  }
  if (!isListOfTexts(ids)) return { candidates: [], fault: `${strategy.name} did not name whom it prefers` };
  const preferred = new Map<string, Candidate>();
  for (const id of ids) {
    const worker = state.workers.get(id);
    if (worker === undefined || preferred.has(id) || !canTake(state, task, worker)) continue;
    preferred.set(id, { worker: worker.view, ranked: { reason: 'preferred' } });
  }
  return { candidates: [...preferred.values()] };
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
