import type { TaskExplanation } from 'onescreen/routing';

/** A customer who waits, as an agent of the queue may know: why, but not who. */
export interface Waiting extends TaskExplanation {
  readonly queueName: string;
}
