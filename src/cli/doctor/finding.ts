/** What was found out about one thing. `unknown`: it could not be checked, and the detail says why. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'failed' | 'unknown';
  /** One clause. Names secrets, never shows them. */
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, status: 'ok', detail });
export const failed = (check: string, detail: string, remedy: string): Finding => ({
  check,
  status: 'failed',
  detail,
  remedy,
});
export const unknown = (check: string, detail: string, remedy?: string): Finding => ({
  check,
  status: 'unknown',
  detail,
  ...(remedy !== undefined && { remedy }),
});
