import type { Cancel, Clock } from '../environment/clock';
import { isContactCenterError } from '../errors';
import { given } from '../given';
import { LiveValue, sameJson, type Live } from '../live';
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

/** The control plane keeps it, so that every page of the agent has the same. */
export interface SharedDraft extends Draft {
  /** What the control plane holds; undefined: nothing. */
  take(theirs: WrapUpDraftRecord | undefined): void;
  /** Tells what has not been told: after the end also while something is on its way. */
  tell(): void;
  /** The task is in this agent's hands no more. */
  end(): void;
}

export function createDraft(taskId: string, clock: Clock, command: ControlPlaneLink['command']): SharedDraft {
  const draft = new LiveValue<WrapUpDraftRecord>({});
  /** On its way. */
  let telling: WrapUpDraftRecord | undefined;
  let untold: WrapUpDraftRecord = {};
  let cancel: Cancel | undefined;
  let over = false;

  function tell(): void {
    cancel?.();
    cancel = undefined;
    // One after the other, but for the last one.
    if ((telling !== undefined && !over) || Object.keys(untold).length === 0) return;
    const { disposition, notes, labels } = untold;
    telling = untold;
    untold = {};
    let quietMs = tellEveryMs;
    // Each by itself: what is refused keeps nothing else from being saved.
    const saving = [{ disposition }, { notes }, { labels }].map(given).map(async (field) => {
      if (Object.keys(field).length === 0) return;
      try {
        await command('wrap-up/save', { taskId, ...field });
      } catch (error) {
        quietMs = retryMs;
        // Whatever is refused for good is refused again when wrap-up is completed, with a reason.
        if (isContactCenterError(error) && error.retryable) untold = { ...field, ...untold };
      }
    });
    void Promise.all(saving).then(() => {
      telling = undefined;
      if (!over) cancel = clock.schedule(quietMs, tell);
    });
  }

  /** An empty disposition is none. */
  function show({ disposition, ...others }: WrapUpDraftRecord): void {
    const next = { ...others, ...(disposition && { disposition }) };
    if (!sameJson(draft.value, next)) draft.set(next);
  }

  return {
    draft$: draft,
    save(change) {
      if (over) return;
      show({ ...draft.value, ...change });
      untold = { ...untold, ...change };
      // The first at once; the next ones wait for the answer, and a moment more.
      if (telling === undefined && cancel === undefined) tell();
    },
    take(theirs) {
      if (theirs !== undefined) {
        // What has been written here and is not told yet is newer.
        return show({ ...theirs, ...telling, ...untold });
      }
      // A control plane that was started anew knows nothing of it.
      untold = { ...draft.value, ...untold };
      tell();
    },
    tell,
    end() {
      over = true;
      cancel?.();
      draft.complete();
    },
  };
}
