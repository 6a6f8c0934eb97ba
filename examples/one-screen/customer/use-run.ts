import { useState } from 'react';

/** Runs commands, and says what went wrong with the last one. */
export function useRun() {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const run = (command: () => Promise<unknown>) => {
    setProblem(undefined);
    setBusy(true);
    command()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false));
  };
  return { run, busy, problem };
}
