/** A named lock over everything that shares it: the tabs of one browser profile, or the desks of one test. */
export interface Locks {
  /**
   * Waits for the lock and resolves with the function that gives it back. Rejects with the signal's reason when
   * aborted. `steal` takes it at once from whoever has it. `onLost` is called when somebody has stolen it from here.
   */
  acquire(name: string, options?: AcquireOptions): Promise<() => void>;
}

export interface AcquireOptions {
  readonly signal?: AbortSignal;
  readonly steal?: boolean;
  readonly onLost?: () => void;
}
