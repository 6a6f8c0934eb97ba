import { given } from '../given';
import type { ContactCenterError } from '../errors';
import type { Labels } from '../conversation/labels';
import { sameJson, select, type Live } from '../live';
import type { TaskRecord } from '../protocol/log-entry';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';
import { unable } from './unable';
import type { Draft } from './wrap-up-draft';

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
  /** The same on all pages of the agent, and after a reload: the control plane keeps it. */
  readonly draft$: Live<WrapUpDraft>;
  /**
   * Changes the draft, also while the task is still handled. Call it on every key: what is written within 300 ms is told
   * together. Of two pages that change the same field the later one counts. An empty disposition takes back the one chosen.
   * @throws ContactCenterError `command/invalid` (field `disposition`) for one that is not in `dispositions$`; all else is saved
   */
  save(draft: Partial<WrapUpDraft>): void;
  /**
   * Asks for as much time again as the queue gives; without effect where it sets no limit.
   * @throws ContactCenterError `command/not-allowed` (reason `no-extension-left`) as `can('extendWrapUp')` says, `task/wrong-state`
   */
  extend(options?: CommandOptions): Promise<void>;
  /**
   * Ends wrap-up, with the draft for what is left out. `closeAt` keeps the capacity until then. `can('wrapUp')` says
   * whether the draft is enough; a disposition given here counts as well. Safe to call twice: the first counts.
   * @throws ContactCenterError `command/invalid` (field `disposition`) without a disposition where the queue asks for one, `task/wrong-state`
   */
  complete(result?: WrapUpResult, options?: CommandOptions): Promise<void>;
}

export interface WrapUpState {
  readonly status: 'pending' | 'active' | 'completed';
  /** True: the queue asks for a disposition. */
  readonly required: boolean;
  readonly startedAt?: Date;
  /** When it is at its limit. Absent where the queue sets none. */
  readonly endsAt?: Date;
  /** What happens then: it is `overdue`, and goes on, or the control plane completes it with the draft. */
  readonly atLimit: 'overdue' | 'complete';
  /** How often it can still be extended. Absent: as often as wanted, or there is no limit to extend. */
  readonly extensionsLeft?: number;
}

export interface WrapUpDraft {
  readonly disposition?: string;
  readonly notes?: string;
  readonly labels?: Labels;
}

export interface WrapUpResult extends WrapUpDraft {
  readonly closeAt?: Date;
}

export function createWrapUp(
  record$: Live<TaskRecord>,
  { draft$, save }: Draft,
  command: ControlPlaneLink['command'],
): WrapUp {
  const taskId = record$.value.id;
  const isKnown = (disposition: string) => record$.value.wrapUp.dispositions.some(({ code }) => code === disposition);
  return {
    state$: select(record$, toState, sameJson),
    dispositions$: select(record$, (task) => task.wrapUp.dispositions),
    draft$,
    save(change) {
      const { disposition = '', ...others } = change;
      const isFine = disposition === '' || isKnown(disposition);
      save(isFine && 'disposition' in change ? { ...others, disposition } : others);
      if (!isFine) throw refused('save');
    },
    async extend(options) {
      await command('wrap-up/extend', { taskId }, options);
    },
    async complete({ closeAt, ...result } = {}, options) {
      // What this page shows counts: none, where none is shown.
      const { disposition = '', ...draft } = { ...draft$.value, ...result };
      if (disposition === '' ? record$.value.wrapUp.required : !isKnown(disposition)) throw refused('complete');
      const last = { taskId, ...draft, disposition, ...given({ closeAt: closeAt?.getTime() }) };
      await command('wrap-up/complete', last, options);
    },
  };
}

function refused(action: string): ContactCenterError {
  const why = 'its disposition has to be one of its queue';
  return unable(`${action} wrap-up`, why, 'command/invalid', { field: 'disposition' });
}

function toState(task: TaskRecord): WrapUpState {
  return {
    status:
      task.status === 'completed' || task.status === 'closed'
        ? 'completed'
        : task.status === 'wrapping'
          ? 'active'
          : 'pending',
    required: task.wrapUp.required,
    atLimit: task.wrapUp.atLimit ?? 'overdue',
    ...given({
      startedAt: dateOf(task.wrapUpStartedAt),
      endsAt: dateOf(task.wrapUpEndsAt),
      extensionsLeft: extensionsLeft(task),
    }),
  };
}

/** Of a task whose queue limits wrap-up and how often it is extended. */
export function extensionsLeft({ wrapUp, wrapUpExtensions = 0 }: TaskRecord): number | undefined {
  const { limitMs, maxExtensions } = wrapUp;
  return limitMs === undefined || maxExtensions === undefined
    ? undefined
    : Math.max(0, maxExtensions - wrapUpExtensions);
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
