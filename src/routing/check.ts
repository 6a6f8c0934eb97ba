import { ContactCenterError, type Labels, type Selector } from 'onescreen';
import type { WorkerChange } from './commands';
import type { ExceptionRule } from './exceptions';
import type { TaskRecord } from './task-record';
import type { TaskSpec } from './task';
import type { WorkerSpec } from './worker';

/** The error for bad input; `field` is the path of what was refused. */
export function invalid(action: string, why: string, field: string): ContactCenterError {
  return new ContactCenterError('routing/invalid', `unable to ${action}; ${why}`, { field });
}

export function checkText(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '') throw refuse(field, aText);
  return value;
}

/** One of some words. */
export function checkWord<Word extends string>(value: Word, words: readonly Word[], field: string): Word {
  if (!words.includes(value)) throw refuse(field, `one of ${words.join(', ')}`);
  return value;
}

export function checkFlag(value: boolean | undefined, field: string): void {
  if (value !== undefined && typeof value !== 'boolean') throw refuse(field, 'true or false');
}

export function checkList(value: unknown, field: string): void {
  if (!Array.isArray(value)) throw refuse(field, 'a list');
}

/** A finite number, within the limits that are given. */
export function checkNumber(
  value: unknown,
  field: string,
  limits: { above?: number; min?: number; whole?: boolean } = {},
): number {
  if (!isNumber(value)) throw refuse(field, 'a finite number');
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

export function checkTask(task: TaskSpec): void {
  checkText(task.id, 'task.id');
  checkText(task.channel, 'task.channel');
  for (const [index, channel] of checkTexts(task.more, 'task.more')) {
    if (channel === task.channel || task.more?.indexOf(channel) !== index)
      throw refuse(`task.more[${index}]`, 'named once');
  }
  if (task.virtualStartAt !== undefined) checkNumber(task.virtualStartAt, 'task.virtualStartAt');
  checkLabels(task.tags, 'task.tags');
  if (task.channelReference !== undefined) checkText(task.channelReference, 'task.channelReference');
  if (task.cost !== undefined) checkNumber(task.cost, 'task.cost', { min: 0 });
  if (checkTexts(task.only, 'task.only').length === 0 && task.only !== undefined)
    throw refuse('task.only', 'a list with somebody in it');
  checkFlag(task.suspend, 'task.suspend');
  checkDemand(task, 'task');
}

/** What both a new task and a requeued one may say. */
export function checkDemand(
  { priority, labels, selectors }: { readonly [K in 'priority' | 'labels' | 'selectors']?: TaskSpec[K] | undefined },
  field: string,
): void {
  if (priority !== undefined && !Number.isFinite(priority)) checkNumber(priority, `${field}.priority`);
  if (labels !== undefined) checkLabels(labels, `${field}.labels`);
  if (selectors === undefined) return;
  checkList(selectors, `${field}.selectors`);
  let index = 0;
  for (const selector of selectors) {
    const trouble = troubleWith(selector);
    if (trouble !== undefined) throw refuse(`${field}.selectors[${index}].${trouble[0]}`, trouble[1]);
    index += 1;
  }
}

// Its entries; none of what is left out.
function checkTexts(values: readonly string[] | undefined, field: string): readonly (readonly [number, string])[] {
  if (values === undefined) return [];
  checkList(values, field);
  return values.map((value, index) => [index, checkText(value, `${field}[${index}]`)]);
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
    if (action?.type === 'move') checkDemand(action, path);
    else if (action?.type === 'reclassify') checkLabels(action.labels, `${path}.labels`);
    else if (action?.type !== 'cancel') throw refuse(path, 'one of the three actions');
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

// Which of its fields, and what that must be.
function troubleWith({ key, operator, value, expiresAfterMs }: Selector): readonly [string, string] | undefined {
  if (typeof key !== 'string' || key === '') return ['key', aText];
  if (!operators.has(operator)) return ['operator', 'one of the six operators'];
  if (!isLabel(value)) return ['value', aLabel];
  if (operator !== 'equal' && operator !== 'notEqual' && typeof value !== 'number')
    return ['value', 'a number for this operator'];
  const lasts: unknown = expiresAfterMs ?? 0;
  return isNumber(lasts) && lasts >= 0 ? undefined : ['expiresAfterMs', 'a finite number of at least 0'];
}

function checkLabels(labels: Labels | undefined, field: string): void {
  if (labels === undefined) return;
  if (typeof labels !== 'object' || labels === null) throw refuse(field, 'an object');
  for (const key of Object.keys(labels)) if (!isLabel(labels[key])) throw refuse(`${field}.${key}`, aLabel);
}

const aText = 'a text that is not empty';
const aLabel = 'a text, a finite number or a boolean';

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isLabel(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
}

function refuse(field: string, wanted: string): ContactCenterError {
  return invalid('apply routing command', `${field} must be ${wanted}`, field);
}

export function wrongState({ status }: TaskRecord, action: string, why = `it is ${status}`): ContactCenterError {
  return new ContactCenterError('task/wrong-state', `unable to ${action} task; ${why}`);
}
