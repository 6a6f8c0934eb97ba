import type { Cancel, Clock } from '../environment/clock';
import { isContactCenterError } from '../errors';
import { createLive, sameJson, type Live, type LiveSource } from '../live';
import type { WrapUpDraftRecord } from '../protocol/log-entry';
import type { ControlPlaneLink } from '../provider/control-plane';

/** Changes within this long are told together, in milliseconds (chosen): a page that is reloaded loses no more. */
const tellEveryMs = 300;

/** What could not be told is told again after this long, in milliseconds (chosen). */
const retryMs = 5_000;

/** What the agent writes down for the wrap-up of one task. */
export interface Draft {
  readonly draft$: Live<WrapUpDraftRecord>;
  readonly save: (change: WrapUpDraftRecord) => void;
}

/** The drafts of all tasks in hand: the control plane keeps them, so that every page of the agent has the same. */
export interface WrapUpDrafts {
  of(taskId: string): Draft;
  /** Another page has changed it. */
  receive(taskId: string, draft: WrapUpDraftRecord): void;
  /** What the control plane holds, after a gap; of tasks in hand. */
  replace(drafts: Readonly<Record<string, WrapUpDraftRecord>>): void;
  /** The task is in this agent's hands no more. */
  forget(taskId: string): void;
  /** Tells what has not been told, and ends. */
  close(): void;
}

interface Entry {
  readonly source: LiveSource<WrapUpDraftRecord>;
  /** On its way. */
  telling: WrapUpDraftRecord | undefined;
  untold: WrapUpDraftRecord;
  cancel: Cancel | undefined;
}

export function createWrapUpDrafts(clock: Clock, command: ControlPlaneLink['command']): WrapUpDrafts {
  const entries = new Map<string, Entry>();
  let closed = false;

  function entryOf(taskId: string): Entry {
    const known = entries.get(taskId);
    if (known !== undefined) return known;
    const entry: Entry = { source: createLive({}), telling: undefined, untold: {}, cancel: undefined };
    entries.set(taskId, entry);
    return entry;
  }

  function tell(taskId: string, entry: Entry): void {
    entry.cancel?.();
    entry.cancel = undefined;
    // One after the other, but for the last one.
    if ((entry.telling !== undefined && !closed) || Object.keys(entry.untold).length === 0) return;
    const change = entry.untold;
    entry.telling = change;
    entry.untold = {};
    command('wrap-up/save', { taskId, ...change }).then(
      () => told(taskId, entry, tellEveryMs),
      (error: unknown) => {
        // Whatever is refused for good is refused again when wrap-up is completed, with a reason.
        if (isContactCenterError(error) && error.retryable) entry.untold = { ...change, ...entry.untold };
        told(taskId, entry, retryMs);
      },
    );
  }

  function told(taskId: string, entry: Entry, quietMs: number): void {
    entry.telling = undefined;
    if (!closed && entries.get(taskId) === entry) entry.cancel = clock.schedule(quietMs, () => tell(taskId, entry));
  }

  /** What has been written here and is not told yet is newer. */
  function take(entry: Entry, draft: WrapUpDraftRecord): void {
    const next = { ...draft, ...entry.telling, ...entry.untold };
    if (!sameJson(entry.source.value, next)) entry.source.set(next);
  }

  return {
    of(taskId) {
      const entry = entryOf(taskId);
      return {
        draft$: entry.source.live,
        save(change) {
          if (closed || entries.get(taskId) !== entry) return;
          entry.source.set({ ...entry.source.value, ...change });
          entry.untold = { ...entry.untold, ...change };
          // The first at once; the next ones wait for the answer, and a moment more.
          if (entry.telling === undefined && entry.cancel === undefined) tell(taskId, entry);
        },
      };
    },
    receive(taskId, draft) {
      const entry = entries.get(taskId);
      if (entry !== undefined) take(entry, draft);
    },
    replace(drafts) {
      for (const [taskId, entry] of entries) {
        const draft = drafts[taskId];
        if (draft !== undefined) {
          take(entry, draft);
          continue;
        }
        // A control plane that was started anew knows nothing of it.
        entry.untold = { ...entry.source.value, ...entry.untold };
        tell(taskId, entry);
      }
    },
    forget(taskId) {
      const entry = entries.get(taskId);
      entries.delete(taskId);
      entry?.cancel?.();
      entry?.source.complete();
    },
    close() {
      if (closed) return;
      closed = true;
      for (const [taskId, entry] of entries) {
        entry.cancel?.();
        tell(taskId, entry);
        entry.source.complete();
      }
      entries.clear();
    },
  };
}
