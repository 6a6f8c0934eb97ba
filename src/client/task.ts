import { given } from '../given';
import type { Labels } from '../conversation/labels';
import type { Clock } from '../environment/clock';
import { ComputedLive, onceSuch, sameJson, select, type Live } from '../live';
import type { AgentRecord } from '../protocol/agent-frames';
import type { ConsultRecord, Target, TaskRecord, TaskStatus } from '../protocol/log-entry';
import type { CallTask, Controls } from '../provider/call-task';
import type { Can } from '../provider/capability';
import type { Consult, ConsultTarget } from '../provider/consult';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';
import type { Provider } from '../provider/provider';
import type { Voice } from '../provider/voice-provider';
import { argumentsOf, withCommandOptions } from './command-options';
import { controlsOf, notSupported } from './controls';
import type { Conversation } from './conversation';
import { demand, denied } from './demand';
import { hasEnded, transferFailed } from './handover';
import { inFlight } from './in-flight';
import { isOpen } from './join-channel';
import type { StatedConversation } from './open-conversation';
import { actionOn, type TaskAction } from './task-action';
import { unable } from './unable';
import { createWrapUp, type WrapUp } from './wrap-up';
import type { Draft } from './wrap-up-draft';

/** What is known of a task. */
export interface TaskInfo {
  readonly id: string;
  readonly conversationId: string;
  readonly queueId: string;
  /** The kind of channel that it came by. */
  readonly channel: string;
  /** Kinds of all channels that it goes over now, each holding some of its agent's capacity. */
  readonly channels: readonly string[];
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
   * Safe to call twice.
   * @throws ContactCenterError `task/wrong-state`, `task/gone`, `command/invalid` for an unknown queue
   */
  requeue(
    options?: { readonly queueId?: string; readonly priority?: number; readonly suspend?: boolean } & CommandOptions,
  ): Promise<void>;
  /** Ends the conversation's channels for the customer; wrap-up begins. Nothing happens when it has ended already. */
  end(options?: CommandOptions): Promise<void>;
}

/** Longer than any ring: 20 s for an agent, up to 120 s for a transfer outside, in milliseconds. */
const transferTimeoutMs = 130_000;

/** What a task needs of its desk. */
export interface TaskParts {
  readonly clock: Clock;
  readonly online$: Live<boolean>;
  readonly command: ControlPlaneLink['command'];
  readonly agent$: Live<AgentRecord>;
  readonly voice: Voice | undefined;
  readonly providers: readonly Provider[];
  readonly draft: Draft;
}

/** Without a voice provider none of it is supported. */
const deny = (action: string) => async (): Promise<never> => {
  throw denied('not-supported', action, action);
};
const noConsults: readonly Consult[] = [];
const noCalls: Omit<CallTask, 'consults$' | 'transfer'> = {
  consult: deny('consult'),
  park: deny('park'),
  callBack: deny('callBack'),
};

export function toTaskInfo(record: TaskRecord): TaskInfo {
  const { id, conversationId, queueId, channel, channels = [channel], priority, labels, purpose, from } = record;
  return {
    ...{ id, conversationId, queueId, channel, channels, priority, labels },
    ...given({ purpose, from }),
  };
}

export function createTask(record: TaskRecord, open: StatedConversation, parts: TaskParts): Task {
  const { clock, online$, command, voice, providers, draft } = parts;
  const { id: taskId } = record;
  const record$ = select(open.tasks$, (tasks) => tasks.get(taskId) ?? record);
  const told$ = select(open.stated$, (snapshot) => snapshot.consults);
  const goesOn$ = select(open.stated$, isOpen);
  // What no provider here could show is not added.
  const addable$ = select(
    parts.agent$,
    ({ channels = {} }) =>
      Object.fromEntries(
        Object.entries(channels).filter(([kind]) => providers.some(({ channel }) => channel === kind)),
      ),
    sameJson,
  );
  const isDisposed$ = select(draft.draft$, ({ disposition }) => disposition !== undefined);
  // The link and the agent go on when the task's conversation has ended.
  const controls$ = new ComputedLive(
    [record$, online$, open.standings$, told$, goesOn$, addable$, isDisposed$],
    () =>
      controlsOf(
        record$.value,
        {
          online: online$.value,
          standings: [...open.standings$.value.values()],
          told: [...told$.value.values()],
          goesOn: goesOn$.value,
          addable: addable$.value,
          isDisposed: isDisposed$.value,
        },
        voice?.controls,
      ),
    sameJson,
    2,
  );
  const once = inFlight<undefined>();
  const can = (action: TaskAction): Can => controls$.value[action] ?? notSupported;
  const need = (action: string, what: string) => demand(can(action), action, what);
  const call = () => open.conversation.channel('voice');
  const calls = voice?.task({ record$, consults$: told$, call, command, demand: need });

  return {
    ...toTaskInfo(record),
    get channels() {
      return toTaskInfo(record$.value).channels;
    },
    status$: select(record$, (task) => task.status),
    conversation: open.conversation,
    wrapUp: createWrapUp(record$, draft, command),
    sla$: select(record$, toSla, sameJson),
    controls$,
    can,
    ...(calls ?? { ...noCalls, consults$: select(record$, () => noConsults) }),
    transfer: (to, options = {}) =>
      once(JSON.stringify(to), async () => {
        need(actionOn('transferTo', Object.keys(to).join('')), 'transfer');
        await withCommandOptions(clock, { timeoutMs: transferTimeoutMs, ...options }, 'transfer', async () => {
          const here = calls?.transfer(to, options);
          if (here !== undefined) return here;
          const { consultId } = await command('task/transfer', { taskId, to, ...argumentsOf(options) }, options);
          if (consultId === undefined) return;
          const consult$ = select(told$, (all) => all.get(consultId));
          const end = await onceSuch(
            consult$,
            (consult): consult is ConsultRecord => consult !== undefined && hasEnded(consult),
          );
          if (end.status !== 'completed') throw transferFailed(end);
        });
      }),
    async requeue(options = {}) {
      const answer = can('requeue');
      const { status } = record$.value;
      // One that is back already was given back by this very command, of which no answer has come.
      if (!answer.allowed && answer.reason === 'wrong-state' && status !== 'queued') {
        throw unable('requeue task', answer.detail ?? `it is ${status}`, 'task/wrong-state');
      }
      await command('task/requeue', { taskId, ...argumentsOf(options) }, options);
    },
    async end(options) {
      if (record$.value.status !== 'assigned') return;
      await command('task/end', { taskId }, options);
    },
  };
}

function toSla(record: TaskRecord): Sla {
  const { queuedAt, assignedAt } = record;
  return {
    queuedAt: new Date(queuedAt),
    ...(assignedAt !== undefined && { waitedMs: assignedAt - queuedAt, assignedAt: new Date(assignedAt) }),
  };
}
