/** How long a customer would wait who came now. */
export interface WaitEstimate {
  /** False while the queue's opening hours say that it is closed. */
  readonly open: boolean;
  /**
   * Milliseconds, rounded up to whole minutes; 0 where an agent is free. Left out where nobody knows: no available agent
   * serves the channel, or the queue is closed and its hours do not say until when.
   */
  readonly estimatedWaitMs?: number;
}
