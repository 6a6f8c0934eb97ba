import type { ConsultRecord, TaskRecord } from 'onescreen';
import type { Matter } from '../races/world';

const endedConsult: ReadonlySet<string> = new Set(['completed', 'cancelled', 'failed']);
const endedTask: ReadonlySet<string> = new Set(['wrapping', 'completed', 'closed', 'cancelled']);

export function openConsults({ consults }: Matter): readonly ConsultRecord[] {
  return [...consults.values()].filter(({ status }) => !endedConsult.has(status));
}

/** Tasks that are in somebody's hands or wait for some. */
export function liveTasks({ tasks }: Matter): readonly TaskRecord[] {
  return [...tasks.values()].map(({ record }) => record).filter(({ status }) => !endedTask.has(status));
}

/** The tasks that stand for the customer: those of agents who are only asked are left out. */
export function owningTasks(matter: Matter): readonly TaskRecord[] {
  const asked = new Set(openConsults(matter).flatMap(({ agentId }) => agentId ?? []));
  const askers = new Set(openConsults(matter).map(({ taskId }) => taskId));
  return liveTasks(matter).filter(
    ({ id, purpose, agentId }) => askers.has(id) || purpose === undefined || !asked.has(agentId ?? ''),
  );
}

export function isPromised({ callbacks }: Matter): boolean {
  return [...callbacks.values()].some(({ status }) => status === 'scheduled' || status === 'queued');
}
