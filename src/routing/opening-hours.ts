/** When a queue is served. Pure: the same moment has the same answer. */
export interface OpeningHours {
  isOpen(at: number): boolean;
  /** Epoch milliseconds of the next opening or closing after `at`; undefined when there is none. */
  nextChange(at: number): number | undefined;
}
