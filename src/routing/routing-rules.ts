import { ContactCenterError, isContactCenterError } from 'onescreen';
import { checkList, checkNumber, checkRule, checkText, invalid, wrongState } from './check';
import type { ClassificationPolicy } from './classification';
import { failClassification, followClassification, pendingClassification, requestClassification } from './classifying';
import { timed } from './enter-queue';
import { keepHours, nextChange } from './keep-hours';
import { emitQueued, emitRequeued, prioritizeTask, requeueTask } from './lifecycle';
import { meetRules } from './meet-rules';
import { amend } from './records';
import { scheduleTask } from './scheduling';
import { RoutingState } from './state';
import { planSweep } from './sweep';
import type { Vocabulary } from './vocabulary';

export interface RoutingRulesOptions {
  /** Policies that tasks can name. */
  readonly classification?: readonly ClassificationPolicy[];
  /** How long the answer of a classification policy is awaited. Default 5 000. */
  readonly classificationTimeoutMs?: number;
  /** The longest life of a task, in milliseconds; it is cancelled then, for `too-old`. Default 90 days, as in Job Router. */
  readonly taskLifeMs?: number;
  /**
   * A registered worker who has had nothing in hand for so many milliseconds is deregistered, for `idle`. Default 7 days,
   * as in Job Router; `Infinity`: never.
   */
  readonly workerIdleMs?: number;
}

/** Options with nothing left open, the policies apart. */
export type RuleSettings = Required<Omit<RoutingRulesOptions, 'classification'>>;

/** Goes into {@link RoutingOptions.rules}; what is in it is the engine's own. */
export interface RoutingRules {
  attach(engine: unknown): void;
}

const dayMs = 86_400_000;

/**
 * The rest of Job Router's vocabulary, for an engine that is to have it: scheduled tasks, classification, exception
 * rules, opening hours, `unassign` and `prioritize`, the longest life of tasks, and workers who are idle for too long.
 */
export function routingRules(options: RoutingRulesOptions = {}): RoutingRules {
  const {
    classification = [],
    classificationTimeoutMs = 5_000,
    taskLifeMs = 90 * dayMs,
    workerIdleMs = 7 * dayMs,
  } = options;
  checkNumber(classificationTimeoutMs, 'classificationTimeoutMs', { above: 0 });
  checkNumber(taskLifeMs, 'taskLifeMs', { above: 0 });
  if (workerIdleMs !== Infinity) checkNumber(workerIdleMs, 'workerIdleMs', { above: 0 });
  checkList(classification, 'classification');
  return {
    attach(state) {
      if (!(state instanceof RoutingState)) throw invalid('set up rules', 'they are for createRoutingEngine', 'rules');
      state.settings = { classificationTimeoutMs, taskLifeMs, workerIdleMs };
      for (const [index, policy] of classification.entries()) {
        const field = `classification[${index}]`;
        if (state.classification.has(checkText(policy.id, `${field}.id`)))
          throw invalid('set up rules', `there are two of id "${policy.id}"`, `${field}.id`);
        if (typeof policy.classify !== 'function')
          throw invalid('set up rules', `"${policy.id}" does not classify`, `${field}.classify`);
        checkKnown(policy.fallbackQueueId, state.policies, `${field}.fallbackQueueId`);
        state.classification.set(policy.id, policy);
      }
      for (const { id, exceptions, hours } of state.policies.values()) {
        if (hours !== undefined && typeof hours.isOpen !== 'function')
          throw invalid('set up queues', 'it has no isOpen', `${id}.hours`);
        if (hours !== undefined) state.hoursTimer ??= state.timers.set(0, () => keepHours(state));
        for (const [index, rule] of exceptions.entries()) {
          const field = `${id}.exceptions[${index}]`;
          checkRule(rule, field);
          if (exceptions.findIndex((other) => other.id === rule.id) !== index)
            throw invalid('set up queues', `there are two rules of id "${rule.id}"`, `${field}.id`);
          for (const action of rule.actions) {
            if (action.type === 'move') checkKnown(action.queueId, state.policies, `${field}.queueId`);
            if (action.type === 'reclassify') checkKnown(action.policyId, state.classification, `${field}.policyId`);
          }
        }
      }
      state.vocabulary = vocabulary;
    },
  };
}

const vocabulary: Vocabulary = {
  check(state, command) {
    const spec = command.type === 'enqueue' ? command.task : command.type === 'requeue' ? command : undefined;
    if (spec?.scheduleAt !== undefined) checkNumber(spec.scheduleAt, 'scheduleAt');
    checkKnown(spec?.classificationPolicyId, state.classification, 'classificationPolicyId');
  },
  prepare(state, command, find) {
    switch (command.type) {
      case 'prioritize': {
        const task = find(command.taskId, 'prioritize');
        if (task.workerId !== undefined) throw wrongState(task, 'prioritize');
        checkNumber(command.priority, 'priority');
        return () => prioritizeTask(state, task, command.priority);
      }
      case 'unassign': {
        const task = find(command.taskId, 'unassign');
        if (task.status !== 'assigned') throw wrongState(task, 'unassign');
        const most = state.policies.get(task.queueId)?.maxUnassignments ?? 0;
        const before = task.extra?.unassignments ?? 0;
        if (before >= most) {
          const message = `unable to unassign task; it was unassigned ${most} times`;
          throw new ContactCenterError('task/unassign-limit', message);
        }
        return () => {
          amend(task, { unassignments: before + 1 });
          requeueTask(state, task, { taskId: task.id, reason: 'unassigned', suspend: command.suspend === true });
        };
      }
      case 'classify':
      case 'classificationFailed':
        return () => {
          const task = state.tasks.get(command.taskId);
          if (task?.extra?.classificationId !== command.classificationId) return;
          if (command.type === 'classify') followClassification(state, task, command.classification);
          else failClassification(state, task, command.reason);
        };
      default:
        return undefined;
    }
  },
  isOvertaken(prepare) {
    try {
      prepare();
      return false;
    } catch (error) {
      // Want of room is no end: offers give way.
      return isContactCenterError(error) && error.code !== 'worker/no-capacity';
    }
  },
  arrived: planSweep,
  receive(state, task, { classificationPolicyId: policyId, scheduleAt, virtualStartAt }) {
    if (policyId !== undefined) amend(task, { policyId });
    if (policyId === undefined && scheduleAt === undefined) return false;
    amend(task, { unqueued: true });
    state.emit({ type: 'task-received', taskId: task.id, channel: task.channel });
    if (scheduleAt !== undefined && virtualStartAt === undefined) task.virtualStartAt = Math.max(state.now, scheduleAt);
    if (scheduleAt !== undefined) scheduleTask(state, task, scheduleAt);
    else if (policyId !== undefined) requestClassification(state, task, policyId);
    return true;
  },
  divert(state, task, { classificationPolicyId, queueId, labels, scheduleAt, reason }, from) {
    const { unqueued = false, policyId } = task.extra ?? {};
    const again = queueId === undefined && (unqueued || labels !== undefined || task.queueId === '');
    const byPolicy = classificationPolicyId ?? (again ? policyId : undefined);
    if (byPolicy === undefined && scheduleAt === undefined) return false;
    if (from !== undefined) emitRequeued(state, task, reason, true, from);
    if (byPolicy !== undefined) amend(task, { policyId: byPolicy });
    if (scheduleAt !== undefined) scheduleTask(state, task, scheduleAt);
    else if (byPolicy !== undefined) requestClassification(state, task, byPolicy);
    return true;
  },
  release(state, task) {
    amend(task, { unqueued: false });
    task.virtualStartAt = Math.min(task.virtualStartAt, state.now);
    task.selectors = task.selectors.flatMap(({ selector, attached }) => timed([selector], state.now, attached));
    emitQueued(state, task, task.enqueuedAt);
  },
  entered(state, task, entering) {
    if (entering && task.extra?.fired !== undefined) amend(task, { fired: [] });
    if (state.policies.get(task.queueId)?.exceptions.length !== 0) meetRules(state, task, entering);
  },
  classification: pendingClassification,
  opensAt(state, queueId, now) {
    const hours = state.policies.get(queueId)?.hours;
    return hours && nextChange(hours, now);
  },
};

function checkKnown(id: string | undefined, among: ReadonlyMap<string, unknown>, field: string): void {
  if (id !== undefined && !among.has(id)) throw invalid('set up rules', `there is no "${id}"`, field);
}
