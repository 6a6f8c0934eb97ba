import type { Labels } from 'onescreen';
import type { Kept } from '../../protocol/kept';
import type { CallbackRecord, ConsultRecord, LogEntry, ParticipantRecord, TaskRecord } from '../../protocol/log-entry';

/** A task as a log tells of it. */
export interface RecalledTask {
  readonly record: TaskRecord;
  readonly kept: NonNullable<Kept['task']>;
  /** When the log first told of it, epoch milliseconds. */
  readonly since: number;
}

/** An agent whom a log tells of. */
export interface RecalledAgent {
  readonly agent: NonNullable<Kept['agent']>;
  readonly displayName: string;
}

/** What there is to do in a conversation, as its log tells. */
export interface Recalled {
  readonly customer: ParticipantRecord | undefined;
  readonly context: Labels;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  /** What the opening keeps. */
  readonly opening: Kept;
  readonly ended: boolean;
  /** All that have not ended, in the order in which they came. */
  readonly tasks: readonly RecalledTask[];
  /** Whether there ever was one. */
  readonly hadTask: boolean;
  /** By agent id. */
  readonly agents: ReadonlyMap<string, RecalledAgent>;
  /** Those that have not ended. */
  readonly consults: readonly ConsultRecord[];
  /** The one that is neither kept nor taken back. */
  readonly callback: { readonly record: CallbackRecord; readonly kept: NonNullable<Kept['callback']> } | undefined;
}

const endedTask: readonly string[] = ['closed', 'cancelled'];
const endedConsult: readonly string[] = ['completed', 'cancelled', 'failed'];

/** Reads from a log what there is to do; what it says of the conversation itself is for the conversation to fold. */
export function recallLog(entries: readonly LogEntry[]): Recalled {
  const tasks = new Map<string, RecalledTask>();
  const agents = new Map<string, RecalledAgent>();
  const consults = new Map<string, ConsultRecord>();
  let customer: ParticipantRecord | undefined;
  let context: Labels = {};
  let opening: Kept = {};
  let ended = false;
  let callback: Recalled['callback'];
  for (const entry of entries) {
    const { kept = {} } = entry;
    switch (entry.type) {
      case 'conversation-opened':
        ({ context } = entry);
        opening = kept;
        break;
      case 'conversation-ended':
        ended = true;
        break;
      case 'participant-joined': {
        const { role, displayName } = entry.participant;
        if (role === 'customer') customer ??= entry.participant;
        if (kept.agent !== undefined) agents.set(kept.agent.id, { agent: kept.agent, displayName });
        break;
      }
      case 'task': {
        const known = tasks.get(entry.task.id);
        const { selectors = known?.kept.selectors, ...more } = kept.task ?? {};
        const isAsked = more.askedFor !== undefined && consults.get(more.askedFor)?.status !== 'completed';
        const { askedFor: _, ...rest } = more;
        tasks.set(entry.task.id, {
          record: entry.task,
          kept: { ...(isAsked ? more : rest), ...(selectors !== undefined && { selectors }) },
          since: known?.since ?? entry.at,
        });
        break;
      }
      case 'consult':
        consults.set(entry.consult.id, entry.consult);
        if (entry.consult.status === 'completed') inherit(tasks, entry.consult.id);
        break;
      case 'callback': {
        const { status } = entry.callback;
        const isOver = status === 'done' || status === 'cancelled';
        if (!isOver && kept.callback !== undefined) callback = { record: entry.callback, kept: kept.callback };
        else if (callback?.record.id === entry.callback.id) callback = undefined;
        break;
      }
      default:
    }
  }
  return {
    ...{ customer, context, opening, ended, agents, callback },
    openedAt: entries[0]?.at ?? 0,
    tasks: [...tasks.values()].filter(({ record }) => !endedTask.includes(record.status)),
    hadTask: tasks.size > 0,
    consults: [...consults.values()].filter(({ status }) => !endedConsult.includes(status)),
  };
}

/** Whoever was asked for a consult that is completed has the customer. */
function inherit(tasks: Map<string, RecalledTask>, consultId: string): void {
  for (const [id, task] of tasks) {
    if (task.kept.askedFor !== consultId) continue;
    const { askedFor: _, ...kept } = task.kept;
    tasks.set(id, { ...task, kept });
  }
}
