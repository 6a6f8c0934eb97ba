/** What must hold for calls to reach an agent. The list is open. */
export type ReadinessTerm =
  'session' | 'token' | 'registered' | 'microphone' | 'audio' | 'leader' | 'available' | (string & {});

export type ReadinessCheck =
  { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly message: string };

/** Whether work can reach the agent, computed from its terms; each that does not hold says why and what helps. */
export interface Readiness {
  readonly ready: boolean;
  readonly terms: Readonly<Record<ReadinessTerm, ReadinessCheck>>;
}
