import type { Labels } from '../conversation/labels';
import { ContactCenterError } from '../errors';
import { combine, select, type Live } from '../live';
import type { TaskRecord, TaskStatus } from '../protocol/log-entry';
import type { Can } from '../provider/capability';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';
import { controlsOf, sameControls, type Controls, type TaskAction } from './controls';
import type { Conversation } from './conversation';
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
  /** For every action whether it is possible now, and if not, why. A button bound to it never lies. */
  readonly controls$: Live<Controls>;
  can(action: TaskAction): Can;
  /**
   * Gives the task back to a queue; it keeps its id and its age. `suspend` parks it there, offered to nobody.
   * @throws ContactCenterError `task/wrong-state`, `task/gone`, `command/invalid` for an unknown queue
   */
  requeue(
    options?: { readonly queueId?: string; readonly priority?: number; readonly suspend?: boolean } & CommandOptions,
  ): Promise<void>;
  /** Ends the conversation's channels for the customer; wrap-up begins. Nothing happens when it has ended already. */
  end(options?: CommandOptions): Promise<void>;
}

export function toTaskInfo(record: TaskRecord): TaskInfo {
  const { id, conversationId, queueId, channel, priority, labels } = record;
  return { id, conversationId, queueId, channel, priority, labels };
}

export function createTask(
  record: TaskRecord,
  open: OpenConversation,
  online$: Live<boolean>,
  command: ControlPlaneLink['command'],
): Task {
  const record$ = select(open.tasks$, (tasks) => tasks.get(record.id) ?? record);
  const controls$ = combine(
    [record$, online$, open.standings$],
    () => controlsOf(record$.value, online$.value, [...open.standings$.value.values()]),
    sameControls,
  );

  function demand(action: TaskAction, what: string): void {
    const can = controls$.value[action];
    if (can !== undefined && !can.allowed && can.reason === 'wrong-state') {
      throw new ContactCenterError('task/wrong-state', `unable to ${what}; the task is ${record$.value.status}`);
    }
  }

  return {
    ...toTaskInfo(record),
    status$: select(record$, (task) => task.status),
    conversation: open.conversation,
    wrapUp: createWrapUp(record$, command),
    sla$: select(record$, toSla, (a, b) => a.queuedAt.getTime() === b.queuedAt.getTime() && a.waitedMs === b.waitedMs),
    controls$,
    can: (action) => controls$.value[action] ?? { allowed: false, reason: 'not-supported' },
    async requeue({ queueId, priority, suspend, ...options } = {}) {
      demand('requeue', 'requeue task');
      const args = {
        taskId: record.id,
        ...(queueId !== undefined && { queueId }),
        ...(priority !== undefined && { priority }),
        ...(suspend !== undefined && { suspend }),
      };
      await command('task/requeue', args, options);
    },
    async end(options) {
      if (record$.value.status !== 'assigned') return;
      await command('task/end', { taskId: record.id }, options);
    },
  };
}

function toSla(record: TaskRecord): Sla {
  const { queuedAt, assignedAt } = record;
  return {
    queuedAt: new Date(queuedAt),
    ...(assignedAt !== undefined && { assignedAt: new Date(assignedAt), waitedMs: assignedAt - queuedAt }),
  };
}
