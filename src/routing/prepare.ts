import { ContactCenterError } from 'onescreen';
import { limitFor } from './capacity';
import { channelTrouble, holdChannel, releaseChannel } from './channels';
import {
  checkDemand,
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
import { acceptOffer, assignTask, cancelTask, closeTask, completeTask, enqueueTask, requeueTask } from './lifecycle';
import { decideWithout, followRanking } from './matching';
import { endOffer, lapses, makeUnavailable, revokeOffer, revokeOffersOf } from './offers';
import type { ChannelDemand, OfferRecord, TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import type { RoutingState } from './state';
import type { TaskSpec } from './task';
import { deregisterWorker, makeAvailable, registerWorker, updateWorker } from './workforce';

/** Checks a command against how things will stand at `now`, without changing any; what it returns does it, and cannot fail. */
export function prepare(state: RoutingState, command: RoutingCommand, now: number): () => void {
  switch (command.type) {
    case 'register':
      checkWorker(command.worker, 'worker');
      checkQueues(state, command.worker.queues, 'worker.queues');
      if (state.workers.get(command.worker.id)?.registered === true) {
        throw invalid('register worker', `"${command.worker.id}" is registered already`, 'worker.id');
      }
      return () => registerWorker(state, command.worker);
    case 'update': {
      const worker = findWorker(state, command.workerId, 'update');
      checkWorkerChange(command.change, 'change');
      checkQueues(state, command.change.queues ?? [], 'change.queues');
      return () => updateWorker(state, worker, command.change, command.reason);
    }
    case 'setAvailable': {
      const worker = findWorker(state, command.workerId, 'set availability of');
      if (command.available) return () => makeAvailable(state, worker);
      return () => {
        makeUnavailable(state, worker, command.reason ?? 'set-unavailable');
        if (command.keepOffers !== true) revokeOffersOf(state, worker, 'worker-unavailable');
      };
    }
    case 'deregister': {
      const worker = findWorker(state, command.workerId, 'deregister');
      return () => deregisterWorker(state, worker, command.reason ?? 'deregistered');
    }
    case 'enqueue':
      checkTask(command.task);
      if (!checkRules(state, command.task) || command.assignTo !== undefined || command.task.queueId !== undefined)
        checkQueues(state, [command.task.queueId ?? ''], 'task.queueId');
      if (living(state, command.task.id, now) !== undefined)
        throw invalid('enqueue task', `there is one of id "${command.task.id}"`, 'task.id');
      return prepareEnqueue(state, command);
    case 'assign': {
      const task = findTask(state, command.taskId, 'assign', now);
      if (task.workerId !== undefined) throw wrongState(task, 'assign');
      const worker = findWorker(state, command.workerId, 'assign task to');
      // What it is offered it has room for.
      if (!worker.holds.has(task.id)) checkRoom(worker, task.demands);
      return () => assignTask(state, task, worker);
    }
    case 'accept': {
      const offer = findOffer(state, command.offerId, 'accept', now);
      return () => acceptOffer(state, offer);
    }
    case 'decline': {
      const offer = findOffer(state, command.offerId, 'decline', now);
      const { retryAt, reason } = command;
      if (retryAt !== undefined) checkNumber(retryAt, 'retryAt');
      return () => {
        const more = { ...(retryAt !== undefined && { retryAt }) };
        endOffer(state, offer, { outcome: 'declined', ...more });
        const { id: offerId, taskId, workerId } = offer;
        state.emit({
          seq: state.nextEvent(),
          at: state.now,
          type: 'offer-declined',
          offerId,
          taskId,
          workerId,
          ...more,
          ...(reason !== undefined && { reason }),
        });
      };
    }
    case 'revoke': {
      if ('workerId' in command) {
        const worker = findWorker(state, command.workerId, 'revoke offers of');
        return () => revokeOffersOf(state, worker, command.reason, { outcome: 'revoked' });
      }
      const offer = findOffer(state, command.offerId, 'revoke', now);
      return () => revokeOffer(state, offer, command.reason, { outcome: 'revoked' });
    }
    case 'requeue': {
      const task = findTask(state, command.taskId, 'requeue', now);
      if (task.status === 'wrapping' || task.status === 'completed') throw wrongState(task, 'requeue');
      checkDemand(command, 'requeue');
      checkRules(state, command);
      checkQueues(state, command.queueId === undefined ? [] : [command.queueId], 'queueId');
      if (command.exclude !== undefined) checkList(command.exclude, 'exclude');
      if (command.excludeUntil !== undefined) checkNumber(command.excludeUntil, 'excludeUntil');
      if (command.notBefore !== undefined) checkNumber(command.notBefore, 'notBefore');
      return () => requeueTask(state, task, command);
    }
    case 'hold':
    case 'release': {
      const action = command.type === 'hold' ? 'add channel to' : 'take channel from';
      const task = findTask(state, command.taskId, action, now);
      const channel = checkText(command.channel, 'channel');
      const trouble = channelTrouble(task, command.type, channel);
      if (trouble !== undefined) throw wrongState(task, action, trouble);
      if (command.type === 'release') return () => releaseChannel(state, task, channel);
      const { cost } = command;
      if (cost !== undefined) checkNumber(cost, 'cost', { min: 0 });
      const worker = findWorker(state, task.workerId ?? '', 'add channel to task of');
      checkRoom(worker, [{ channel, cost }], 'add channel to task of');
      return () => holdChannel(state, task, worker, { channel, cost });
    }
    case 'complete': {
      const task = findTask(state, command.taskId, 'complete', now);
      if (task.status !== 'assigned') throw wrongState(task, 'complete');
      return () => completeTask(state, task);
    }
    case 'close': {
      const task = findTask(state, command.taskId, 'close', now);
      if (task.status !== 'wrapping' && task.status !== 'completed') throw wrongState(task, 'close');
      if (command.closeAt !== undefined) checkNumber(command.closeAt, 'closeAt');
      return () => closeTask(state, task, command);
    }
    case 'cancel': {
      const task = findTask(state, command.taskId, 'cancel', now);
      const { type: _, taskId: __, reason, ...result } = command;
      return () => cancelTask(state, task, reason, result);
    }
    case 'decide': {
      checkList(command.ranked, 'ranked');
      if (command.ranked.some(({ workerId }) => typeof workerId !== 'string'))
        throw invalid('apply routing command', 'a worker in it has no id', 'ranked');
      return () => {
        const decision = state.decisions.get(command.decisionId);
        if (decision !== undefined) followRanking(state, decision, command.ranked);
      };
    }
    case 'decisionFailed':
      return () => {
        const decision = state.decisions.get(command.decisionId);
        if (decision !== undefined) decideWithout(state, decision, command.reason);
      };
    case 'tick':
      return () => {};
    default: {
      const run = state.vocabulary?.prepare(state, command, (id, action) => findTask(state, id, action, now));
      if (run === undefined) throw invalid('apply routing command', 'its type is unknown', 'type');
      return run;
    }
  }
}

function prepareEnqueue(
  state: RoutingState,
  { task, assignTo }: Extract<RoutingCommand, { type: 'enqueue' }>,
): () => void {
  if (assignTo === undefined) return () => enqueueTask(state, task);
  const worker = findWorker(state, assignTo, 'assign task to');
  checkRoom(worker, [task, ...(task.more ?? []).map((channel) => ({ channel }))]);
  return () => enqueueTask(state, task, worker);
}

function findWorker(state: RoutingState, id: string, action: string): WorkerRecord {
  const worker = state.workers.get(id);
  if (worker?.registered !== true) throw gone('worker', action, 'it is not registered');
  return worker;
}

function findOffer(state: RoutingState, id: string, action: string, now: number): OfferRecord {
  const offer = state.offers.get(id);
  if (offer === undefined) throw gone('offer', action, 'it has ended or never was');
  if (offer.expiresAt <= now) throw gone('offer', action, 'it has expired');
  if (lapses(state, offer.workerId, now)) throw gone('offer', action, 'its worker let another one expire');
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
  if (state.vocabulary === undefined) throw withoutRules();
  state.vocabulary.check(spec);
  return true;
}

function checkQueues(state: RoutingState, ids: readonly string[], field: string): void {
  const unknown = ids.find((id) => !state.policies.has(id));
  if (unknown !== undefined) throw invalid('apply routing command', `there is no queue "${unknown}"`, field);
}

export function withoutRules(): ContactCenterError {
  return invalid('set up routing', 'it takes routingRules()', 'rules');
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
