import { checkDemand, checkText } from './check';
import type { Classification, ClassificationPolicy, PendingClassification } from './classification';
import type { RoutingCommand } from './commands';
import { timed } from './enter-queue';
import { putInQueue, withdraw } from './lifecycle';
import { amend, type TaskRecord } from './task-record';
import { isPromiseLike } from './router';
import { comeDue } from './scheduling';
import { showOwnSelectors } from './select-here';
import type { RoutingState } from './state';

/** Takes a task out of its queue until the policy has answered. */
export function requestClassification(state: RoutingState, task: TaskRecord, policyId: string): void {
  withdraw(state, task);
  showOwnSelectors(state, task);
  const classificationId = `c-${state.count('classification')}`;
  amend(task, { classificationId, facts: { ...task.extra?.facts, classificationPolicyId: policyId } });
  task.status = 'classifying';
  const expiresAt = state.now + timeoutOf(state);
  task.dueTimer = state.timers.set(expiresAt, () => comeDue(state, task));
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'classification-requested',
    classificationId,
    taskId: task.id,
    policyId,
    expiresAt,
  });
}

export function missClassification(state: RoutingState, task: TaskRecord): void {
  failClassification(state, task, `did not answer within ${timeoutOf(state)} ms`);
}

/** The question about a task's classification that awaits its answer. */
export function pendingClassification(state: RoutingState, taskId: string): PendingClassification | undefined {
  const task = state.tasks.get(taskId);
  const policy = task && policyOf(state, task);
  const id = task?.extra?.classificationId;
  if (task?.status !== 'classifying' || policy === undefined || id === undefined) return undefined;
  const { channel, labels, priority, queueId } = task;
  const input = { id: taskId, channel, labels: { ...labels }, priority, ...(queueId !== '' && { queueId }) };
  return {
    id,
    taskId,
    policy,
    ask(failed) {
      const answered = (classification: Classification): RoutingCommand => ({
        type: 'classify',
        taskId,
        classificationId: id,
        classification,
      });
      const fail = (error: unknown): RoutingCommand => {
        failed?.(error);
        return { type: 'classificationFailed', taskId, classificationId: id, reason: 'threw an error' };
      };
      try {
        const answer = policy.classify(input, chanceOf(taskId));
        return isPromiseLike(answer) ? answer.then(answered, fail) : answered(answer);
      } catch (error) {
        return fail(error);
      }
    },
  };
}

/** Follows a policy's answer; one that makes no sense is a failure. */
export function followClassification(state: RoutingState, task: TaskRecord, answer: Classification): void {
  const { classificationPolicyId: policyId = '' } = task.extra?.facts ?? {};
  let queueId: string;
  try {
    queueId = checkText(answer.queueId ?? policyOf(state, task)?.fallbackQueueId ?? task.queueId, 'queueId');
    checkDemand(answer, 'classification');
  } catch {
    return failClassification(state, task, 'named no queue, or what makes no sense');
  }
  if (!state.queues.has(queueId)) return failClassification(state, task, `named "${queueId}", which is no queue`);
  const { priority = task.priority, selectors = [] } = answer;
  task.selectors = [...task.selectors.filter(({ attached }) => !attached), ...timed(selectors, state.now, true)];
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'task-classified',
    taskId: task.id,
    policyId,
    queueId,
    priority,
    selectors,
  });
  goOn(state, task, queueId, priority);
}

export function failClassification(state: RoutingState, task: TaskRecord, reason: string): void {
  const { classificationPolicyId: policyId = '' } = task.extra?.facts ?? {};
  const fallbackQueueId = policyOf(state, task)?.fallbackQueueId;
  const fallback = fallbackQueueId === undefined ? {} : { fallbackQueueId };
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'classification-failed',
    taskId: task.id,
    policyId,
    reason,
    ...fallback,
  });
  if (fallbackQueueId !== undefined) return goOn(state, task, fallbackQueueId, task.priority);
  withdraw(state, task);
  task.status = 'classification-failed';
}

function goOn(state: RoutingState, task: TaskRecord, queueId: string, priority: number): void {
  withdraw(state, task);
  task.priority = priority;
  if (queueId !== task.queueId) amend(task, { fired: undefined, entering: true });
  amend(task, { changed: true });
  putInQueue(state, task, { queueId, reason: 'classified' });
}

function policyOf(state: RoutingState, task: TaskRecord): ClassificationPolicy | undefined {
  return state.vocabulary?.classification.get(task.extra?.facts?.classificationPolicyId ?? '');
}

function timeoutOf(state: RoutingState): number {
  return state.vocabulary?.settings.classificationTimeoutMs ?? 0;
}

/** From 0 up to 1, by the task's id alone: FNV-1a over its UTF-16 units, then MurmurHash3's last step to spread it. */
function chanceOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
