import { given } from '../given';
import { ContactCenterError } from '../errors';
import type { Labels } from '../conversation/labels';
import { createLive, sameJson, select, type Live } from '../live';
import type { TaskRecord } from '../protocol/log-entry';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';

/** How a task ended, in the words of its queue. */
export interface Disposition {
  readonly code: string;
  readonly label: string;
}

/** The after-work of a task. It belongs to the task, not to the agent's availability. */
export interface WrapUp {
  readonly state$: Live<WrapUpState>;
  /** What the queue lets choose from. */
  readonly dispositions$: Live<readonly Disposition[]>;
  readonly draft$: Live<WrapUpDraft>;
  /** Changes the draft; sent with `complete`. */
  save(draft: Partial<WrapUpDraft>): void;
  /**
   * Asks for as much time again as the queue gives.
   * @throws ContactCenterError `task/wrong-state`
   */
  extend(options?: CommandOptions): Promise<void>;
  /**
   * Ends wrap-up, with the draft for what is left out. `closeAt` keeps the capacity until then.
   * @throws ContactCenterError `command/invalid` (field `disposition`) without a disposition where the queue asks for one, `task/wrong-state`
   */
  complete(result?: WrapUpResult, options?: CommandOptions): Promise<void>;
}

export interface WrapUpState {
  readonly status: 'pending' | 'active' | 'completed';
  /** True: the queue asks for a disposition. */
  readonly required: boolean;
  readonly startedAt?: Date;
  /** When it is overdue. Absent where the queue sets no limit. */
  readonly endsAt?: Date;
}

export interface WrapUpDraft {
  readonly disposition?: string;
  readonly notes?: string;
  readonly labels?: Labels;
}

export interface WrapUpResult extends WrapUpDraft {
  readonly closeAt?: Date;
}

export function createWrapUp(record$: Live<TaskRecord>, command: ControlPlaneLink['command']): WrapUp {
  const draft = createLive<WrapUpDraft>({});
  const taskId = record$.value.id;
  return {
    state$: select(record$, toState, sameJson),
    dispositions$: select(record$, (task) => task.wrapUp.dispositions),
    draft$: draft.live,
    save: (change) => draft.set({ ...draft.value, ...change }),
    async extend(options) {
      await command('wrap-up/extend', { taskId }, options);
    },
    async complete({ closeAt, ...result } = {}, options) {
      const { wrapUp } = record$.value;
      const merged: WrapUpDraft = { ...draft.value, ...result };
      if (wrapUp.required && merged.disposition === undefined) {
        throw invalid('disposition', 'this queue asks for a disposition');
      }
      if (merged.disposition !== undefined && !wrapUp.dispositions.some(({ code }) => code === merged.disposition)) {
        throw invalid('disposition', 'it is not one of the dispositions of this queue');
      }
      await command('wrap-up/complete', { taskId, ...merged, ...given({ closeAt: closeAt?.getTime() }) }, options);
    },
  };
}

function toState(task: TaskRecord): WrapUpState {
  return {
    status:
      task.status === 'wrapping'
        ? 'active'
        : task.status === 'completed' || task.status === 'closed'
          ? 'completed'
          : 'pending',
    required: task.wrapUp.required,
    ...given({ startedAt: dateOf(task.wrapUpStartedAt), endsAt: dateOf(task.wrapUpEndsAt) }),
  };
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

function invalid(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to complete wrap-up; ${why}`, { field });
}
