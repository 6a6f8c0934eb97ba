import { ContactCenterError, isContactCenterError } from 'onescreen';
import { checkFlag, checkList, checkNumber, checkRule, checkText, invalid, wrongState } from './check';
import type { ClassificationPolicy } from './classification';
import { failClassification, followClassification, pendingClassification, requestClassification } from './classifying';
import { timed } from './enter-queue';
import { keepHours, nextChange } from './keep-hours';
import { emitQueued, emitRequeued, requeueTask } from './lifecycle';
import { meetRules } from './meet-rules';
import { standingOfNext } from './next-task';
import { prioritizeTask } from './prioritize-task';
import { amend } from './task-record';
import { scheduleTask } from './scheduling';
import { selectHere, takeOwnSelectors } from './select-here';
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
 * rules, opening hours, strategies that select, `unassign` and `prioritize`, the longest life of tasks, and workers who
 * are idle for too long. Throws `routing/invalid` for options that make no sense.
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
  const policies = new Map<string, ClassificationPolicy>();
  for (const [index, policy] of classification.entries()) {
    const field = `classification[${index}]`;
    if (policies.has(checkText(policy.id, `${field}.id`)))
      throw invalid('set up rules', `there are two of id "${policy.id}"`, `${field}.id`);
    if (typeof policy.classify !== 'function')
      throw invalid('set up rules', `"${policy.id}" does not classify`, `${field}.classify`);
    policies.set(policy.id, policy);
  }
  return {
    attach(state) {
      if (!(state instanceof RoutingState)) throw invalid('set up rules', 'they are for createRoutingEngine', 'rules');
      for (const { id, fallbackQueueId } of policies.values())
        checkKnown(fallbackQueueId, state.queues, `classification "${id}".fallbackQueueId`);
      for (const { policy } of state.queues.values()) {
        const { id, exceptions, hours } = policy;
        if (hours !== undefined && typeof hours.isOpen !== 'function')
          throw invalid('set up rules', 'they have no isOpen', `queue "${id}".hours`);
        for (const [index, rule] of exceptions.entries()) {
          const field = `queue "${id}".exceptions[${index}]`;
          checkRule(rule, field);
          if (exceptions.findIndex((other) => other.id === rule.id) !== index)
            throw invalid('set up rules', `there are two of id "${rule.id}"`, `${field}.id`);
          for (const action of rule.actions) {
            if (action.type === 'move') checkKnown(action.queueId, state.queues, `${field}.queueId`);
            if (action.type === 'reclassify') checkKnown(action.policyId, policies, `${field}.policyId`);
          }
        }
      }
      const keepsHours = [...state.queues.values()].some(({ policy }) => policy.hours !== undefined);
      state.vocabulary = {
        ...vocabulary,
        classification: policies,
        settings: { classificationTimeoutMs, taskLifeMs, workerIdleMs },
        hoursTimer: keepsHours ? state.timers.set(0, () => keepHours(state)) : undefined,
        sweepTimer: undefined,
        check({ scheduleAt, classificationPolicyId }) {
          if (scheduleAt !== undefined) checkNumber(scheduleAt, 'scheduleAt');
          checkKnown(classificationPolicyId, policies, 'classificationPolicyId');
        },
      };
    },
  };
}

const vocabulary: Omit<Vocabulary, 'classification' | 'settings' | 'hoursTimer' | 'sweepTimer' | 'check'> = {
  follow(state, command, isCheck, find) {
    switch (command.type) {
      case 'prioritize': {
        const task = find(command.taskId, 'prioritize');
        if (task.workerId !== undefined) throw wrongState(task, 'prioritize');
        checkNumber(command.priority, 'priority');
        if (!isCheck) prioritizeTask(state, task, command.priority);
        return true;
      }
      case 'unassign': {
        const task = find(command.taskId, 'unassign');
        if (task.status !== 'assigned') throw wrongState(task, 'unassign');
        const most = task.queue?.policy.maxUnassignments ?? 0;
        const { unassignments = 0 } = task.extra?.facts ?? {};
        if (unassignments >= most) {
          const message = `unable to unassign task; it was unassigned ${unassignments} times`;
          throw new ContactCenterError('task/unassign-limit', message);
        }
        checkFlag(command.suspend, 'suspend');
        if (isCheck) return true;
        amend(task, { facts: { ...task.extra?.facts, unassignments: unassignments + 1 } });
        requeueTask(state, task, { taskId: task.id, reason: 'unassigned', suspend: command.suspend === true });
        return true;
      }
      case 'classify':
      case 'classificationFailed': {
        const task = state.tasks.get(command.taskId);
        if (isCheck || task?.status !== 'classifying' || task.extra?.classificationId !== command.classificationId)
          return true;
        if (command.type === 'classify') followClassification(state, task, command.classification);
        else failClassification(state, task, command.reason);
        return true;
      }
      default:
        return false;
    }
  },
  isOvertaken(check) {
    try {
      check();
      return false;
    } catch (error) {
      // Want of room is no end: offers give way.
      return isContactCenterError(error) && error.code !== 'worker/no-capacity';
    }
  },
  counted: planSweep,
  receive(state, task, { classificationPolicyId, scheduleAt, virtualStartAt }) {
    if (classificationPolicyId === undefined && scheduleAt === undefined) return false;
    const facts = { ...task.extra?.facts, ...(classificationPolicyId !== undefined && { classificationPolicyId }) };
    amend(task, { unqueued: true, facts });
    state.emit({
      seq: state.nextEvent(),
      at: state.now,
      type: 'task-received',
      taskId: task.id,
      channel: task.channel,
    });
    if (scheduleAt !== undefined) {
      if (virtualStartAt === undefined) task.virtualStartAt = Math.max(state.now, scheduleAt);
      scheduleTask(state, task, scheduleAt);
    } else if (classificationPolicyId !== undefined) requestClassification(state, task, classificationPolicyId);
    return true;
  },
  divert(state, task, command, from) {
    const { queueId = task.queueId, labels, selectors, channel, scheduleAt, reason, moves } = command;
    const { unqueued = false, facts } = task.extra ?? {};
    const elsewhere = queueId !== task.queueId;
    if (unqueued || elsewhere || from !== undefined) amend(task, { fired: undefined, entering: true });
    if (elsewhere || labels !== undefined || selectors !== undefined || channel !== undefined) {
      if (selectors === undefined) takeOwnSelectors(state, task);
      amend(task, { changed: true, own: undefined });
    }
    if (task.extra?.moves !== moves) amend(task, { moves });
    const again = command.queueId === undefined && (unqueued || labels !== undefined || queueId === '');
    const policyId = command.classificationPolicyId ?? (again ? facts?.classificationPolicyId : undefined);
    if (policyId === undefined && scheduleAt === undefined) return false;
    state.setQueue(task, queueId);
    if (from !== undefined) emitRequeued(state, task, reason, true, from);
    if (policyId !== undefined) amend(task, { facts: { ...facts, classificationPolicyId: policyId } });
    if (scheduleAt !== undefined) scheduleTask(state, task, scheduleAt);
    else if (policyId !== undefined) requestClassification(state, task, policyId);
    return true;
  },
  release(state, task) {
    if (task.extra?.unqueued !== true) return false;
    amend(task, { unqueued: false, entering: true, changed: true });
    task.virtualStartAt = Math.min(task.virtualStartAt, state.now);
    task.selectors = task.selectors.flatMap(({ selector, attached }) => timed([selector], state.now, attached));
    emitQueued(state, task, task.enqueuedAt);
    return true;
  },
  entered(state, task, fresh) {
    const { strategy, exceptions } = task.queue?.policy ?? {};
    const { entering = fresh, changed = fresh } = task.extra ?? {};
    if (task.extra?.changed === true || task.extra?.entering === true) amend(task, { changed: false, entering: false });
    if (changed && strategy?.select !== undefined) selectHere(state, task, strategy);
    if (exceptions !== undefined && exceptions.length > 0) meetRules(state, task, entering);
  },
  pendingClassification,
  next: standingOfNext,
  waits(state, task, now) {
    if (task.status === 'scheduled') return { waitsFor: 'time' };
    if (task.status === 'classifying') return { waitsFor: 'classification' };
    if (task.line === undefined || task.queue?.closed !== true) return undefined;
    const hours = task.queue.policy.hours;
    const opensAt = hours && nextChange(hours, now);
    return { waitsFor: 'time', ...(opensAt !== undefined && { opensAt }) };
  },
};

function checkKnown(id: string | undefined, among: ReadonlyMap<string, unknown>, field: string): void {
  if (id !== undefined && !among.has(id)) throw invalid('apply rules', `there is no "${id}"`, field);
}
