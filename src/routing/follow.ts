import { ContactCenterError } from 'onescreen';
import { limitFor } from './capacity';
import { channelTrouble, holdChannel, releaseChannel } from './channels';
import {
  checkDemand,
  checkFlag,
  checkList,
  checkNumber,
  checkTask,
  checkText,
  checkWorker,
  checkWorkerChange,
  invalid,
  wrongState,
} from './check';
import type { RoutingCommand } from './commands';
import {
  acceptOffer,
  assignTask,
  cancelTask,
  closeTask,
  completeTask,
  demandsOf,
  enqueueTask,
  requeueTask,
} from './lifecycle';
import { decideWithout, followRanking } from './matching';
import { declineOffer, lapses, makeUnavailable, revokeOffer, revokeOffersOf } from './offers';
import type { Offer } from './offer';
import type { ChannelDemand, TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import type { RoutingState } from './state';
import type { TaskSpec } from './task';
import { deregisterWorker, makeAvailable, registerWorker, updateWorker } from './workforce';

/** How far to go with a command: `again` when it was checked before time passed, and is not to fail for want of room. */
export type Extent = 'check' | 'do' | 'again';

/** Checks a command against how things stand at `now`, which changes nothing, and does it, which cannot fail. */
export function follow(state: RoutingState, command: RoutingCommand, now: number, extent: Extent): void {
  const isCheck = extent === 'check';
  switch (command.type) {
    case 'register':
      checkWorker(command.worker, 'worker');
      for (const id of command.worker.queues) checkQueue(state, id, 'worker.queues');
      if (state.workers.get(command.worker.id)?.registered === true) {
        throw invalid('register worker', `"${command.worker.id}" is registered already`, 'worker.id');
      }
      if (!isCheck) registerWorker(state, command.worker);
      return;
    case 'update': {
      const worker = findWorker(state, command.workerId, 'update');
      checkWorkerChange(command.change, 'change');
      for (const id of command.change.queues ?? []) checkQueue(state, id, 'change.queues');
      if (!isCheck) updateWorker(state, worker, command.change, command.reason);
      return;
    }
    case 'setAvailable': {
      const worker = findWorker(state, command.workerId, 'set availability of');
      if (isCheck) return;
      if (command.available) return makeAvailable(state, worker);
      makeUnavailable(state, worker, command.reason ?? 'set-unavailable');
      if (command.keepOffers !== true) revokeOffersOf(state, worker, 'worker-unavailable');
      return;
    }
    case 'deregister': {
      const worker = findWorker(state, command.workerId, 'deregister');
      if (!isCheck) deregisterWorker(state, worker, command.reason ?? 'deregistered');
      return;
    }
    case 'enqueue': {
      const { task, assignTo } = command;
      checkTask(task);
      if (!checkRules(state, task) || assignTo !== undefined || task.queueId !== undefined)
        checkQueue(state, task.queueId ?? '', 'task.queueId');
      if (living(state, task.id, now) !== undefined)
        throw invalid('enqueue task', `there is one of id "${task.id}"`, 'task.id');
      const worker = assignTo === undefined ? undefined : findWorker(state, assignTo, 'assign task to');
      if (worker !== undefined && extent !== 'again') checkRoom(worker, demandsOf(task));
      if (!isCheck) enqueueTask(state, task, worker);
      return;
    }
    case 'assign': {
      const task = findTask(state, command.taskId, 'assign', now);
      if (task.workerId !== undefined) throw wrongState(task, 'assign');
      const worker = findWorker(state, command.workerId, 'assign task to');
      // What it is offered it has room for.
      if (extent !== 'again' && !worker.holds.has(task.id)) checkRoom(worker, task.demands);
      if (!isCheck) assignTask(state, task, worker);
      return;
    }
    case 'accept': {
      const offer = findOffer(state, command.offerId, 'accept', now);
      if (!isCheck) acceptOffer(state, offer);
      return;
    }
    case 'decline': {
      const offer = findOffer(state, command.offerId, 'decline', now);
      if (command.retryAt !== undefined) checkNumber(command.retryAt, 'retryAt');
      if (!isCheck) declineOffer(state, offer, command);
      return;
    }
    case 'revoke': {
      if ('workerId' in command) {
        const worker = findWorker(state, command.workerId, 'revoke offers of');
        if (!isCheck) revokeOffersOf(state, worker, command.reason, { outcome: 'revoked' });
        return;
      }
      const offer = findOffer(state, command.offerId, 'revoke', now);
      if (!isCheck) revokeOffer(state, offer, command.reason, { outcome: 'revoked' });
      return;
    }
    case 'requeue': {
      const task = findTask(state, command.taskId, 'requeue', now);
      if (task.status === 'wrapping' || task.status === 'completed') throw wrongState(task, 'requeue');
      checkDemand(command, 'requeue');
      checkRules(state, command);
      checkFlag(command.suspend, 'suspend');
      if (command.queueId !== undefined) checkQueue(state, command.queueId, 'queueId');
      if (command.exclude !== undefined) checkList(command.exclude, 'exclude');
      if (command.excludeUntil !== undefined) checkNumber(command.excludeUntil, 'excludeUntil');
      if (command.notBefore !== undefined) checkNumber(command.notBefore, 'notBefore');
      if (!isCheck) requeueTask(state, task, command);
      return;
    }
    case 'hold':
    case 'release': {
      const action = command.type === 'hold' ? 'add channel to' : 'take channel from';
      const task = findTask(state, command.taskId, action, now);
      const channel = checkText(command.channel, 'channel');
      const trouble = channelTrouble(task, command.type, channel);
      if (trouble !== undefined) throw wrongState(task, action, trouble);
      if (command.type === 'release') {
        if (!isCheck) releaseChannel(state, task, channel);
        return;
      }
      const { cost } = command;
      if (cost !== undefined) checkNumber(cost, 'cost', { min: 0 });
      const worker = findWorker(state, task.workerId ?? '', 'add channel to task of');
      if (extent !== 'again') checkRoom(worker, [{ channel, cost }], 'add channel to task of');
      if (!isCheck) holdChannel(state, task, worker, { channel, cost });
      return;
    }
    case 'complete': {
      const task = findTask(state, command.taskId, 'complete', now);
      if (task.status !== 'assigned') throw wrongState(task, 'complete');
      if (!isCheck) completeTask(state, task);
      return;
    }
    case 'close': {
      const task = findTask(state, command.taskId, 'close', now);
      if (task.status !== 'wrapping' && task.status !== 'completed') throw wrongState(task, 'close');
      if (command.closeAt !== undefined) checkNumber(command.closeAt, 'closeAt');
      if (!isCheck) closeTask(state, task, command);
      return;
    }
    case 'cancel': {
      const task = findTask(state, command.taskId, 'cancel', now);
      const { type: _, taskId: __, reason, ...result } = command;
      if (!isCheck) cancelTask(state, task, reason, result);
      return;
    }
    case 'decide': {
      checkList(command.ranked, 'ranked');
      if (command.ranked.some(({ workerId }) => typeof workerId !== 'string'))
        throw invalid('apply routing command', 'a worker in it has no id', 'ranked');
      const decision = state.decisions.get(command.decisionId);
      if (decision !== undefined && !isCheck) followRanking(state, decision, command.ranked);
      return;
    }
    case 'decisionFailed': {
      const decision = state.decisions.get(command.decisionId);
      if (decision !== undefined && !isCheck) decideWithout(state, decision, command.reason);
      return;
    }
    case 'tick':
      return;
    default:
      followOther(state, command, now, isCheck);
  }
}

/** Commands that only an engine with rules has. */
const ofRules: readonly string[] = ['prioritize', 'unassign', 'classify', 'classificationFailed'];

function followOther(state: RoutingState, command: RoutingCommand, now: number, isCheck: boolean): void {
  const find = (id: string, action: string) => findTask(state, id, action, now);
  if (state.vocabulary?.follow(state, command, isCheck, find) === true) return;
  throw state.vocabulary === undefined && ofRules.includes(command.type)
    ? withoutRules(`"${command.type}"`)
    : invalid('apply routing command', 'its type is unknown', 'type');
}

function findWorker(state: RoutingState, id: string, action: string): WorkerRecord {
  const worker = state.workers.get(id);
  if (worker?.registered !== true) throw gone('worker', action, 'it is not registered');
  return worker;
}

function findOffer(state: RoutingState, id: string, action: string, now: number): Offer {
  const offer = state.offers.get(id);
  if (offer === undefined) throw gone('offer', action, 'it has ended or never was');
  if (offer.expiresAt <= now) throw gone('offer', action, 'it has expired');
  if (lapses(state, offer.worker, now)) throw gone('offer', action, 'its worker let another one expire');
  return offer;
}

function findTask(state: RoutingState, id: string, action: string, now: number): TaskRecord {
  const task = living(state, id, now);
  if (task === undefined) throw gone('task', action, 'it has ended or never was');
  return task;
}

function living(state: RoutingState, id: string, now: number): TaskRecord | undefined {
  const task = state.tasks.get(id);
  return task?.closeAt !== undefined && task.closeAt <= now ? undefined : task;
}

// Whether anything needs them.
function checkRules(state: RoutingState, spec: Pick<TaskSpec, 'scheduleAt' | 'classificationPolicyId'>): boolean {
  if (spec.scheduleAt === undefined && spec.classificationPolicyId === undefined) return false;
  if (state.vocabulary === undefined)
    throw withoutRules(spec.scheduleAt === undefined ? 'a classification policy' : 'scheduleAt');
  state.vocabulary.check(spec);
  return true;
}

function checkQueue(state: RoutingState, id: string, field: string): void {
  if (!state.queues.has(id)) throw invalid('apply routing command', `there is no queue "${id}"`, field);
}

/** `what` needs them. */
export function withoutRules(what: string): ContactCenterError {
  return invalid('set up routing', `${what} takes an engine with routingRules()`, 'rules');
}

export function gone(what: 'offer' | 'task' | 'worker', action: string, why: string): ContactCenterError {
  return new ContactCenterError(`${what}/gone`, `unable to ${action} ${what}; ${why}`);
}

function checkRoom(worker: WorkerRecord, demands: readonly ChannelDemand[], action = 'assign task to'): void {
  const limit = limitFor(worker, demands);
  if (limit === undefined || limit === 'offer-limit') return;
  const why = limit === 'channel' ? 'it does not serve the channel' : 'it has no capacity left';
  throw new ContactCenterError('worker/no-capacity', `unable to ${action} worker; ${why}`);
}
