import { ContactCenterError, type Cancel } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { CallbackRecord, KeptFact, LogFact, TaskRecord } from '../protocol/log-entry';
import { isPhoneNumber } from './call-failure';
import type { CallHost } from './call-host';
import { isCallHost } from './channel-host';
import type { Conversation } from './conversation';
import type { ResolvedOptions } from './options';
import type { LiveTask } from './task-record';
import { classifying } from './classification-events';
import type { Demand } from './work';

/** So long ago a time still counts as now, in milliseconds (chosen: clocks differ). */
const pastSlackMs = 60_000;

/** How far ahead a callback may be promised, in milliseconds: 30 days (chosen). */
const mostAheadMs = 30 * 86_400_000;

/** A promise that is not kept yet. */
export interface PromisedCallback {
  record: CallbackRecord;
  readonly conversation: Conversation;
  /** What its task will ask for. */
  readonly demand: Demand;
  readonly from: TaskRecord['from'];
  readonly host: CallHost;
  /** The task that it becomes. */
  readonly taskId: string;
  due: Cancel;
  /** The channel of the call, once there is one. */
  channelId?: string;
}

/** What somebody asks for; an agent says who it comes `from`. */
export interface CallbackWish {
  readonly phone: string | undefined;
  readonly at: number | undefined;
  readonly queueId?: string | undefined;
  readonly note?: string | undefined;
  readonly from?: TaskRecord['from'];
}

interface CallbackPlan {
  readonly conversation: Conversation;
  readonly wish: CallbackWish;
  readonly task: LiveTask | undefined;
  readonly before: PromisedCallback | undefined;
}

/**
 * What a wish comes to, for a customer in touch by `task`, or to whom `before` is promised. Throws `command/invalid` with
 * the field, and `command/not-allowed` where nothing makes calls.
 */
export function planCallback(
  { options, engine }: { readonly options: ResolvedOptions; readonly engine: RoutingEngine },
  { conversation, wish, task, before }: CallbackPlan,
): PromisedCallback {
  const { clock, random, queues } = options;
  const host = hostFor(conversation, options);
  const phone = wish.phone ?? conversation.customer.providerRefs['phone'];
  if (phone === undefined || !isPhoneNumber(phone)) {
    throw refused(
      'phone',
      phone === undefined ? 'the customer’s number is not known' : 'the number is not + and 8 to 15 digits',
    );
  }
  const now = clock.now();
  const dueAt = dueTime(wish.at, now);
  const queueId = wish.queueId ?? task?.record.queueId ?? before?.demand.queueId ?? options.defaultQueue.id;
  if (!queues.has(queueId)) throw refused('queueId', 'there is no such queue');
  const { priority = 0, labels = {} } = task?.record ?? before?.demand ?? {};
  // What only agents of its queue were asked for need not make sense in another one.
  const kept = task === undefined ? before?.demand.selectors : engine.task(task.record.id)?.selectors;
  const selectors = queueId === task?.record.queueId || queueId === before?.demand.queueId ? (kept ?? []) : [];
  const isWaiting = wish.from === undefined;
  const policyId = wish.queueId === undefined ? policyOf(task, before) : undefined;
  const since = isWaiting ? (task?.record.queuedAt ?? before?.record.requestedAt ?? now) : now;
  return {
    record: {
      ...{ id: random.id(), conversationId: conversation.id, queueId, phone },
      ...{ customer: conversation.customer.displayName, dueAt, requestedAt: since, status: 'scheduled' },
      ...(wish.note !== undefined && wish.note !== '' && { note: wish.note }),
    },
    ...{ conversation, host, taskId: random.id(), from: wish.from ?? before?.from, due: () => {} },
    demand: {
      ...{ queueId, channel: host.channel, priority, labels, selectors },
      ...(policyId !== undefined && { classificationPolicyId: policyId }),
    },
  };
}

/** The policy that is to decide about the queue, where none has: it is asked once the callback is due. */
function policyOf(task: LiveTask | undefined, before: PromisedCallback | undefined): string | undefined {
  if (task === undefined) return before?.demand.classificationPolicyId;
  return task.record.reason === classifying ? task.classification?.policyId : undefined;
}

/** What calls back: whatever carried the call before, if it can. Throws `command/not-allowed` where nothing does. */
function hostFor({ lastChannel }: Conversation, { calls }: ResolvedOptions): CallHost {
  const last = lastChannel?.host;
  const host =
    last !== undefined && isCallHost(last) && last.dial !== undefined
      ? last
      : calls.find((one) => one.dial !== undefined);
  if (host !== undefined) return host;
  throw new ContactCenterError('command/not-allowed', 'unable to promise callback; nothing here makes calls');
}

export function callbackFact({ record, taskId, host, demand, from }: PromisedCallback): KeptFact {
  const callback = { taskId, host: host.name, demand, ...(from !== undefined && { from }) };
  return { type: 'callback', callback: record, kept: { callback } };
}

/** How a callback ends that another takes the place of: the customer has been called, or has not. */
export function endedFact({ record }: PromisedCallback): LogFact {
  return { type: 'callback', callback: { ...record, status: record.status === 'calling' ? 'done' : 'cancelled' } };
}

/** How the callback stands, by its task. */
export function callbackStatus({ status }: TaskRecord): CallbackRecord['status'] {
  switch (status) {
    case 'queued':
    case 'offered':
      return 'queued';
    case 'assigned':
      return 'calling';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'done';
  }
}

/** Throws `command/invalid` for a time that is past or too far ahead. */
function dueTime(at: number | undefined, now: number): number {
  if (at === undefined) return now;
  if (at < now - pastSlackMs) throw refused('at', 'it is past');
  if (at > now + mostAheadMs) throw refused('at', 'it is more than 30 days ahead');
  return Math.max(now, at);
}

function refused(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to promise callback; ${why}`, { field });
}
