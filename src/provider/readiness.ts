/** Whether one thing holds that work needs to reach an agent; if not, why, and for people what helps. */
export type ReadinessCheck =
  { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly message: string };
