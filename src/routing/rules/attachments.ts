import type { Labels, LabelValue, Selector } from 'onescreen';
import type { ClassifiableTask } from 'onescreen/routing';

/** Yields what it attaches to a task: queues to choose from, or selectors. May throw; then the classification fails. */
export type Attachment<T> = (task: ClassifiableTask, chance: number) => readonly T[] | Promise<readonly T[]>;

/** Whether something applies to a task: labels that it must have, each with the same value, or a function. */
export type Condition = Labels | ((task: ClassifiableTask) => boolean);

/** Always the same. */
export function always<T>(...values: readonly T[]): Attachment<T> {
  return () => values;
}

/** Only for tasks to which the condition applies. Job Router's conditional attachment. */
export function when<T>(condition: Condition, ...values: readonly T[]): Attachment<T> {
  return (task) => (applies(condition, task) ? values : []);
}

/**
 * A worker selector whose value is the task's label of the same key; none for a task without it. Job Router's
 * pass-through attachment.
 */
export function passThrough(
  key: string,
  operator: Selector['operator'] = 'equal',
  more: Pick<Selector, 'expiresAfterMs' | 'expedite'> = {},
): Attachment<Selector> {
  return ({ labels }) => {
    const value = labelOf(labels, key);
    return value === undefined ? [] : [{ key, operator, value, ...more }];
  };
}

/** The queue that the task's label names, with the prefix in front; none for a task without it. */
export function queueNamedBy(key: string, prefix = ''): Attachment<string> {
  return ({ labels }) => {
    const value = labelOf(labels, key);
    return value === undefined ? [] : [`${prefix}${value}`];
  };
}

/** A function's own, now or later. Job Router's rule engine attachment. */
export function byRule<T>(rule: (task: ClassifiableTask) => readonly T[] | Promise<readonly T[]>): Attachment<T> {
  return (task) => rule(task);
}

/**
 * One of several by shares, such as 0.3 and 0.7; the same for the same task each time. What is missing from a sum of 1 goes
 * to nobody. Job Router's weighted allocation.
 */
export function byShare<T>(...parts: readonly (readonly [share: number, ...values: readonly T[]])[]): Attachment<T> {
  return (_, chance) => {
    let upTo = 0;
    for (const [share, ...values] of parts) {
      upTo += share;
      // Shares such as 0.1 do not add up to 1 exactly.
      if (chance < upTo + 1e-12) return values;
    }
    return [];
  };
}

export function applies(condition: Condition, task: ClassifiableTask): boolean {
  if (typeof condition === 'function') return condition(task);
  return Object.entries(condition).every(([key, value]) => labelOf(task.labels, key) === value);
}

// Labels come from outside; `constructor` is a label like any other.
function labelOf(labels: Labels, key: string): LabelValue | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
