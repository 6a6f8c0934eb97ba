import {
  combine,
  toContactCenterError,
  type CallbackRecord,
  type Consult,
  type ConsultState,
  type ContactCenterError,
  type DirectoryRecord,
  type ParkedRecord,
  type Task,
} from 'onescreen';
import { useEffect, useMemo, useState } from 'react';
import { useContactCenter } from './contact-center-provider';
import { useOfClient, useValue } from './use-live';
import { taskHook } from './use-member';

const nobody: readonly Consult[] = [];

/** Whom a task's agent has brought in or is transferring to, oldest first; each has its own commands. */
export function useConsults(taskId: string): readonly { readonly consult: Consult; readonly state: ConsultState }[] {
  const consults = useConsultsOf(taskId) ?? nobody;
  const states$ = useMemo(
    () =>
      combine(
        consults.map(({ state$ }) => state$),
        () => consults.map((consult) => ({ consult, state: consult.state$.value })),
      ),
    [consults],
  );
  return useValue(states$);
}

const useConsultsOf = taskHook(({ consults$ }) => consults$);

/** Customers on hold for whoever takes them. */
export function useParked(): {
  readonly parked: readonly ParkedRecord[];
  readonly take: (taskId: string) => Promise<Task>;
} {
  const client = useContactCenter();
  const parked = useOfClient(({ parked$ }) => parked$);
  return useMemo(() => ({ parked, take: (taskId) => client.takeParked(taskId) }), [client, parked]);
}

/** Promises to call customers back. */
export function useCallbacks(): {
  readonly callbacks: readonly CallbackRecord[];
  readonly take: (callbackId: string) => Promise<Task>;
  readonly cancel: (callbackId: string) => Promise<void>;
} {
  const client = useContactCenter();
  const callbacks = useOfClient(({ callbacks$ }) => callbacks$);
  return useMemo(
    () => ({
      callbacks,
      take: (callbackId) => client.takeCallback(callbackId),
      cancel: (callbackId) => client.cancelCallback(callbackId),
    }),
    [client, callbacks],
  );
}

/** What a search of the directory has found so far. */
export interface DirectorySearch {
  readonly entries: readonly DirectoryRecord[];
  /** An answer is on its way; `entries` are those of before. */
  readonly searching: boolean;
  readonly error?: ContactCenterError;
}

/**
 * Whom work can be given to, by name or detail; empty: the first of them. Asks for every text that it is given, and only
 * the answer about the last one counts. `search` asks again.
 */
export function useDirectory(text = ''): DirectorySearch & { readonly search: () => void } {
  const client = useContactCenter();
  const agent = useOfClient(({ agent$ }) => agent$);
  const [found, setFound] = useState<DirectorySearch>({ entries: [], searching: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const outdated = new AbortController();
    const { signal } = outdated;
    setFound(({ entries }) => ({ entries, searching: true }));
    client.directory.search(text, { signal }).then(
      (entries) => {
        if (!signal.aborted) setFound({ entries, searching: false });
      },
      (cause: unknown) => {
        const error = toContactCenterError(cause, 'command/failed', 'unable to search; see cause');
        if (!signal.aborted) setFound(({ entries }) => ({ entries, searching: false, error }));
      },
    );
    return () => outdated.abort();
  }, [client, agent, text, round]);
  return useMemo(() => ({ ...found, search: () => setRound((before) => before + 1) }), [found]);
}
