import { ContactCenterError, type Labels, type Selector } from 'onescreen';
import type { WorkerChange } from './commands';
import type { ExceptionRule } from './exceptions';
import type { TaskRecord } from './records';
import type { TaskSpec } from './task';
import type { WorkerSpec } from './worker';

/** The error for bad input; `field` is the path of what was refused. */
export function invalid(action: string, why: string, field: string): ContactCenterError {
  return new ContactCenterError('routing/invalid', `unable to ${action}; ${why}`, { field });
}

/** Where something is in a command; put together only when it is refused. */
type Field = string | (() => string);

export function checkText(value: unknown, field: Field): string {
  if (typeof value !== 'string' || value === '') throw refuse(field, 'a text that is not empty');
  return value;
}

export function checkList(value: unknown, field: Field): void {
  if (!Array.isArray(value)) throw refuse(field, 'a list');
}

/** A finite number, within the limits that are given. */
export function checkNumber(
  value: unknown,
  field: Field,
  limits: { above?: number; min?: number; whole?: boolean } = {},
): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse(field, 'a finite number');
  if (limits.above !== undefined && value <= limits.above) throw refuse(field, `above ${limits.above}`);
  if (limits.min !== undefined && value < limits.min) throw refuse(field, `at least ${limits.min}`);
  if (limits.whole === true && !Number.isInteger(value)) throw refuse(field, 'a whole number');
  return value;
}

export function checkWorker(worker: WorkerSpec, field: string): void {
  checkText(worker.id, `${field}.id`);
  checkList(worker.queues, `${field}.queues`);
  checkList(worker.channels, `${field}.channels`);
  checkNumber(worker.capacity, `${field}.capacity`, { min: 0 });
  checkWorkerChange(worker, field);
}

export function checkWorkerChange(change: WorkerChange, field: string): void {
  checkLabels(change.labels, `${field}.labels`);
  checkLabels(change.tags, `${field}.tags`);
  if (change.capacity !== undefined) checkNumber(change.capacity, `${field}.capacity`, { min: 0 });
  if (change.maxConcurrentOffers !== undefined) {
    checkNumber(change.maxConcurrentOffers, `${field}.maxConcurrentOffers`, { above: 0, whole: true });
  }
  if (change.queues !== undefined) checkList(change.queues, `${field}.queues`);
  if (change.channels === undefined) return;
  checkList(change.channels, `${field}.channels`);
  for (const [index, each] of change.channels.entries()) {
    const path = `${field}.channels[${index}]`;
    checkText(each.channel, `${path}.channel`);
    checkNumber(each.cost, `${path}.cost`, { min: 0 });
    if (each.max !== undefined) checkNumber(each.max, `${path}.max`, { above: 0, whole: true });
    if (change.channels.findIndex((other) => other.channel === each.channel) !== index)
      throw refuse(`${path}.channel`, 'named once');
  }
}

export function checkTask(task: TaskSpec, field: string): void {
  checkText(task.id, () => `${field}.id`);
  checkText(task.channel, () => `${field}.channel`);
  if (task.more !== undefined) {
    checkList(task.more, () => `${field}.more`);
    for (const [index, channel] of task.more.entries()) {
      checkText(channel, () => `${field}.more[${index}]`);
      if (channel === task.channel || task.more.indexOf(channel) !== index)
        throw refuse(`${field}.more[${index}]`, 'named once');
    }
  }
  if (task.virtualStartAt !== undefined) checkNumber(task.virtualStartAt, () => `${field}.virtualStartAt`);
  checkLabels(task.tags, () => `${field}.tags`);
  if (task.channelReference !== undefined) checkText(task.channelReference, () => `${field}.channelReference`);
  if (task.cost !== undefined) checkNumber(task.cost, () => `${field}.cost`, { min: 0 });
  if (task.only !== undefined) {
    checkList(task.only, () => `${field}.only`);
    for (const [index, id] of task.only.entries()) checkText(id, () => `${field}.only[${index}]`);
  }
  checkDemand(task, field);
}

/** What both a new task and a requeued one may say. */
export function checkDemand(
  demand: { readonly [K in 'priority' | 'labels' | 'selectors']?: TaskSpec[K] | undefined },
  field: string,
): void {
  if (demand.priority !== undefined) checkNumber(demand.priority, () => `${field}.priority`);
  checkLabels(demand.labels, () => `${field}.labels`);
  if (demand.selectors === undefined) return;
  checkList(demand.selectors, () => `${field}.selectors`);
  let index = 0;
  for (const selector of demand.selectors) checkSelector(selector, field, index++);
}

export function checkRule({ id, when, actions }: ExceptionRule, field: string): void {
  checkText(id, `${field}.id`);
  checkList(actions, `${field}.actions`);
  const type: string | undefined = when?.type;
  if (when?.type === 'waitTime') checkNumber(when.afterMs, `${field}.when.afterMs`, { min: 0 });
  else if (when?.type === 'queueLength') checkNumber(when.threshold, `${field}.when.threshold`, { min: 0 });
  else if (type !== 'closed') throw refuse(`${field}.when`, 'one of the three triggers');
  for (const [index, action] of actions.entries()) {
    const path = `${field}.actions[${index}]`;
    if (action.type === 'move') checkDemand(action, path);
    else if (action.type === 'reclassify') checkLabels(action.labels, `${path}.labels`);
    else if (action.type !== 'cancel') throw refuse(path, 'one of the three actions');
  }
}

const operators: ReadonlySet<string> = new Set<Selector['operator']>([
  'equal',
  'notEqual',
  'lessThan',
  'lessThanOrEqual',
  'greaterThan',
  'greaterThanOrEqual',
]);

function checkSelector(selector: Selector, field: string, index: number): void {
  const { key, operator, value, expiresAfterMs } = selector;
  const path = (name: string) => () => `${field}.selectors[${index}].${name}`;
  if (typeof key !== 'string' || key === '') checkText(key, path('key'));
  if (!operators.has(operator)) throw refuse(path('operator'), 'one of the six operators');
  if (typeof value !== 'string' && typeof value !== 'boolean') checkLabel(value, path('value'));
  if (operator !== 'equal' && operator !== 'notEqual' && typeof value !== 'number') {
    throw refuse(path('value'), 'a number for this operator');
  }
  if (expiresAfterMs !== undefined) checkNumber(expiresAfterMs, path('expiresAfterMs'), { min: 0 });
}

function checkLabels(labels: Labels | undefined, field: Field): void {
  if (labels === undefined) return;
  if (typeof labels !== 'object' || labels === null) throw refuse(field, 'an object');
  for (const key of Object.keys(labels)) checkLabel(labels[key], () => `${textOf(field)}.${key}`);
}

function checkLabel(value: unknown, field: Field): void {
  if (typeof value === 'number') checkNumber(value, field);
  else if (typeof value !== 'string' && typeof value !== 'boolean')
    throw refuse(field, 'a text, a number or a boolean');
}

function refuse(where: Field, wanted: string): ContactCenterError {
  const field = textOf(where);
  return invalid('apply routing command', `${field} must be ${wanted}`, field);
}

function textOf(field: Field): string {
  return typeof field === 'string' ? field : field();
}

export function wrongState({ status }: TaskRecord, action: string, why = `it is ${status}`): ContactCenterError {
  return new ContactCenterError('task/wrong-state', `unable to ${action} task; ${why}`);
}
