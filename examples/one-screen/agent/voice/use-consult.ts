import { useConsults } from 'onescreen/react';

/** Whom the agent of a task is bringing in, as the controls mean it: who is not merged yet, else who came last. */
export function useConsult(taskId: string): ReturnType<typeof useConsults>[number] | undefined {
  const consults = useConsults(taskId);
  return consults.find(({ state }) => state.status !== 'merged') ?? consults.at(-1);
}
