import { filter, firstValueFrom, map } from 'rxjs';
import type { Labels } from '../conversation/labels';
import type { Clock } from '../environment/clock';
import { ContactCenterError } from '../errors';
import { combine, select, type Live } from '../live';
import type { ConsultRecord, Target, TaskRecord, TaskStatus } from '../protocol/log-entry';
import type { Can, DenyReason } from '../provider/capability';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';
import { withCommandOptions } from './command-options';
import { canStep, createConsult, hasEnded, isThere, type Consult } from './consult';
import { controlsOf, sameControls, type Controls, type TaskAction } from './controls';
import type { Conversation } from './conversation';
import { inFlight } from './in-flight';
import type { OpenConversation } from './open-conversation';
import { createWrapUp, type WrapUp } from './wrap-up';

/** What stays the same over a task's life. */
export interface TaskInfo {
  readonly id: string;
  readonly conversationId: string;
  readonly queueId: string;
  readonly channel: string;
  /** From -100 to 100; higher goes first. */
  readonly priority: number;
  readonly labels: Labels;
  /** Why it was made, when it did not come from the queue. */
  readonly purpose?: NonNullable<TaskRecord['purpose']>;
  /** Who gave or asked, and what they wrote for the next one. Untrusted text. */
  readonly from?: NonNullable<TaskRecord['from']>;
}

/** How long the customer has waited for this task. */
export interface Sla {
  readonly queuedAt: Date;
  readonly assignedAt?: Date;
  /** Milliseconds from queueing to assignment, once assigned. */
  readonly waitedMs?: number;
}

/** One assignment of work on a conversation. */
export interface Task extends TaskInfo {
  readonly status$: Live<TaskStatus>;
  readonly conversation: Conversation;
  readonly wrapUp: WrapUp;
  readonly sla$: Live<Sla>;
  /**
   * For every action whether it is possible now. A button bound to it never lies. An agent who was asked, by a consult
   * or a conference, and does not have the customer can only mute, unmute and `end`, which is to leave.
   */
  readonly controls$: Live<Controls>;
  can(action: TaskAction): Can;
  /**
   * Gives the customer to somebody else; wrap-up begins, and the conversation stays to be read until it ends. Resolves
   * when they have the customer, and for a queue at once; without `timeoutMs` it waits up to 130 s. Giving up the wait
   * takes nothing back: the consult in `consults$` can be cancelled, unless they are outside.
   * @throws ContactCenterError `transfer/failed` with a `reason` such as `no-answer`: the customer is this agent's again; `command/not-allowed`
   */
  transfer(to: Target, options?: { readonly note?: string; readonly labels?: Labels } & CommandOptions): Promise<void>;
  /**
   * Brings somebody in while the customer hears music, or with `merge` all together at once. Resolves once it rings.
   * @throws ContactCenterError `consult/failed` with a `reason` when nobody can be rung at all, `command/not-allowed`
   */
  consult(
    to: ConsultTarget,
    options?: { readonly note?: string; readonly merge?: boolean } & CommandOptions,
  ): Promise<Consult>;
  /** Whom this task's agent has brought in or is transferring to, those that have not ended, oldest first. */
  readonly consults$: Live<readonly Consult[]>;
  /**
   * Leaves the customer with music, in `parked$` of every agent of the queue, until somebody takes the call or it goes
   * back to the queue. The task is gone from this desk at once, without wrap-up.
   * @throws ContactCenterError `command/not-allowed`, `task/wrong-state` while the call is being transferred
   */
  park(options?: { readonly note?: string } & CommandOptions): Promise<void>;
  /**
   * Promises to call the customer back and ends the call; wrap-up begins. In wrap-up it promises alone. `phone` (E.164) left out: the number they called from; `at`
   * left out: as soon as it is their turn.
   * @throws ContactCenterError `command/not-allowed`, `command/invalid`
   */
  callBack(
    options?: {
      readonly phone?: string;
      readonly at?: Date;
      readonly queueId?: string;
      readonly note?: string;
    } & CommandOptions,
  ): Promise<void>;
  /**
   * Gives the task back to a queue, without wrap-up; it keeps its id and its age. `suspend` leaves it there, offered to nobody.
   * @throws ContactCenterError `task/wrong-state`, `task/gone`, `command/invalid` for an unknown queue
   */
  requeue(
    options?: { readonly queueId?: string; readonly priority?: number; readonly suspend?: boolean } & CommandOptions,
  ): Promise<void>;
  /** Ends the conversation's channels for the customer; wrap-up begins. Nothing happens when it has ended already. */
  end(options?: CommandOptions): Promise<void>;
}

/** Whom an agent can consult. */
export type ConsultTarget = Exclude<Target, { readonly queue: string } | { readonly voicemail: string }>;

/** Longer than any ring: 20 s for an agent, up to 120 s for a transfer outside, in milliseconds. */
const transferTimeoutMs = 130_000;

/** Ends of a transfer after which the same one may succeed. */
const passing: readonly unknown[] = ['no-answer', 'busy', 'unavailable'];

export function toTaskInfo(record: TaskRecord): TaskInfo {
  const { id, conversationId, queueId, channel, priority, labels, purpose, from } = record;
  return {
    ...{ id, conversationId, queueId, channel, priority, labels },
    ...(purpose !== undefined && { purpose }),
    ...(from !== undefined && { from }),
  };
}

export function createTask(
  record: TaskRecord,
  open: OpenConversation,
  clock: Clock,
  online$: Live<boolean>,
  command: ControlPlaneLink['command'],
): Task {
  const { id: taskId, conversationId } = record;
  const record$ = select(open.tasks$, (tasks) => tasks.get(taskId) ?? record);
  const told$ = select(open.snapshot$, (snapshot) => snapshot.consults);
  const goesOn$ = select(open.snapshot$, ({ channels }) => [...channels.values()].some((channel) => channel.open));
  const controls$ = combine(
    [record$, online$, open.standings$, told$, goesOn$],
    () =>
      controlsOf(record$.value, {
        online: online$.value,
        standings: [...open.standings$.value.values()],
        told: [...told$.value.values()],
        goesOn: goesOn$.value,
      }),
    sameControls,
  );
  const consults = new Map<string, Consult>();
  const once = inFlight<undefined>();
  const onceConsulting = inFlight<Consult>();

  const can = (action: TaskAction): Can => controls$.value[action] ?? { allowed: false, reason: 'not-supported' };

  function demand(action: TaskAction, what: string): void {
    const answer = can(action);
    if (!answer.allowed) throw notAllowed(what, action, answer.reason, answer.detail);
  }

  /** What the log says of a consult, as soon as `when` holds for it. */
  function told(consultId: string, when: (consult: ConsultRecord) => boolean): Promise<ConsultRecord> {
    const consult$ = told$.pipe(map((all) => all.get(consultId)));
    return firstValueFrom(
      consult$.pipe(filter((consult): consult is ConsultRecord => consult !== undefined && when(consult))),
    );
  }

  function consultOf(first: ConsultRecord): Consult {
    const { id: consultId } = first;
    const record$ = select(told$, (all) => all.get(consultId) ?? first);
    const consult =
      consults.get(consultId) ??
      createConsult(first, record$, (action, options) =>
        once(action + consultId, async () => {
          if (isThere(record$.value, action)) return;
          if (!canStep(record$.value, action)) throw notAllowed(`${action} consult`, action, 'wrong-state');
          await command('consult/act', { conversationId, consultId, action }, options);
        }),
      );
    consults.set(consultId, consult);
    return consult;
  }

  return {
    ...toTaskInfo(record),
    status$: select(record$, (task) => task.status),
    conversation: open.conversation,
    wrapUp: createWrapUp(record$, command),
    sla$: select(record$, toSla, (a, b) => a.queuedAt.getTime() === b.queuedAt.getTime() && a.waitedMs === b.waitedMs),
    controls$,
    can,
    transfer: (to, options = {}) =>
      once(`transfer${JSON.stringify(to)}`, async () => {
        const action = `transferTo${kindOf(to)}`;
        demand(action, 'transfer');
        const { signal, timeoutMs, ...extra } = options;
        const call = open.conversation.channel('voice');
        const capability = call && open.standings$.value.get(call.id)?.actions[action];
        const isHere = capability?.supported === true && capability.executor === 'client';
        await withCommandOptions(clock, { timeoutMs: transferTimeoutMs, ...options }, 'transfer', async () => {
          if (isHere && !('queue' in to)) return call?.transfer(to, options);
          const { consultId } = await command('task/transfer', { taskId, to, ...extra }, options);
          const end = consultId === undefined ? undefined : await told(consultId, hasEnded);
          if (end !== undefined && end.status !== 'completed') throw failed('transfer', end);
        });
      }),
    consult: (to, options = {}) =>
      onceConsulting(JSON.stringify(to), async () => {
        demand(`consult${kindOf(to)}`, 'consult');
        const { signal, timeoutMs, ...extra } = options;
        return withCommandOptions(clock, options, 'consult', async () => {
          const { consultId } = await command('consult/start', { taskId, to, ...extra }, options);
          const begun = await told(consultId, () => true);
          if (begun.status === 'failed') throw failed('consult', begun);
          return consultOf(begun);
        });
      }),
    consults$: select(
      told$,
      (all) => [...all.values()].filter((one) => one.taskId === taskId && !hasEnded(one)).map(consultOf),
      (a, b) => a.length === b.length && a.every((consult, index) => consult === b[index]),
    ),
    park: (options = {}) =>
      once('park', async () => {
        demand('park', 'park');
        const { signal, timeoutMs, ...extra } = options;
        await command('task/park', { taskId, ...extra }, options);
      }),
    callBack: (options = {}) =>
      once('callBack', async () => {
        demand('callBack', 'promise to call back');
        const { signal, timeoutMs, at, ...extra } = options;
        const due = at && { at: at.getTime() };
        await command('callback/schedule', { conversationId, ...extra, ...due }, options);
      }),
    async requeue(options = {}) {
      const answer = can('requeue');
      if (!answer.allowed && answer.reason === 'wrong-state') {
        const why = answer.detail ?? `the task is ${record$.value.status}`;
        throw new ContactCenterError('task/wrong-state', `unable to requeue task; ${why}`);
      }
      const { signal, timeoutMs, ...extra } = options;
      await command('task/requeue', { taskId, ...extra }, options);
    },
    async end(options) {
      if (record$.value.status !== 'assigned') return;
      await command('task/end', { taskId }, options);
    },
  };
}

function kindOf(to: Target): string {
  if ('agent' in to) return 'Agent';
  if ('queue' in to) return 'Queue';
  if ('phone' in to) return 'Phone';
  return 'teamsUser' in to ? 'TeamsUser' : 'Voicemail';
}

function notAllowed(what: string, action: string, reason: DenyReason, detail: string = reason): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${what}; ${detail}`, { field: action, reason });
}

function failed(what: 'transfer' | 'consult', { status, reason = status }: ConsultRecord): ContactCenterError {
  const retryable = passing.includes(reason);
  return new ContactCenterError(`${what}/failed`, `unable to ${what}; ${reason}`, { reason, retryable });
}

function toSla(record: TaskRecord): Sla {
  const { queuedAt, assignedAt } = record;
  return {
    queuedAt: new Date(queuedAt),
    ...(assignedAt !== undefined && { assignedAt: new Date(assignedAt), waitedMs: assignedAt - queuedAt }),
  };
}
