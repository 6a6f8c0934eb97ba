import { ContactCenterError, type Selector } from 'onescreen';
import type { ClassifiableTask, Classification, ClassificationPolicy } from 'onescreen/routing';
import { applies, type Attachment, type Condition } from './attachments';

export interface ClassificationPolicyOptions {
  readonly id: string;
  /** Tried in order; the first queue that one names is the task's. */
  readonly queues?: readonly Attachment<string>[];
  /** For tasks to which no queue is attached, and where the policy fails. */
  readonly fallbackQueueId?: string;
  /** All of them are followed. */
  readonly selectors?: readonly Attachment<Selector>[];
  /** A number, a function, or cases: the first whose condition applies; a task to which none applies keeps its priority. */
  readonly priority?:
    number | ((task: ClassifiableTask) => number | Promise<number>) | readonly (readonly [Condition, number])[];
}

/**
 * A classification policy as Job Router has them: attachments of queues and worker selectors, and a rule for the
 * priority. It answers at once unless one of its functions does not. Throws `routing/invalid` for shares that make no sense.
 */
export function classificationPolicy({
  id,
  queues = [],
  fallbackQueueId,
  selectors = [],
  priority,
}: ClassificationPolicyOptions): ClassificationPolicy {
  if (typeof id !== 'string' || id === '')
    throw new ContactCenterError('routing/invalid', 'unable to make policy; it has no id', { field: 'id' });
  return {
    id,
    ...(fallbackQueueId !== undefined && { fallbackQueueId }),
    classify(task, chance) {
      const attached = selectors.map((attachment) => attachment(task, chance));
      const named = queues.map((attachment) => attachment(task, chance));
      const urgency = priorityOf(priority, task);
      const parts = [...attached, ...named, urgency];
      if (!parts.some(isPromise)) return put(attached.filter(isList), named.filter(isList), urgency);
      const settled = <T>(values: readonly (T | Promise<T>)[]) => Promise.all(values.map(async (value) => value));
      return Promise.all([settled(attached), settled(named), settled([urgency])]).then(([all, queueIds, [first]]) =>
        put(all, queueIds, first),
      );
    },
  };
}

function put(
  attached: readonly (readonly Selector[])[],
  named: readonly (readonly string[])[],
  priority: number | Promise<number> | undefined,
): Classification {
  const [queueId] = named.flat();
  return {
    selectors: attached.flat(),
    ...(queueId !== undefined && { queueId }),
    ...(typeof priority === 'number' && { priority }),
  };
}

function priorityOf(
  priority: ClassificationPolicyOptions['priority'],
  task: ClassifiableTask,
): number | Promise<number> | undefined {
  if (typeof priority === 'function') return priority(task);
  if (typeof priority !== 'object') return priority;
  return priority.find(([condition]) => applies(condition, task))?.[1];
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function isList<T>(value: readonly T[] | Promise<readonly T[]>): value is readonly T[] {
  return !isPromise(value);
}
