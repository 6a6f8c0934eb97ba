import {
  routingRules,
  type QueuePolicy,
  type RoutingCommand,
  type RoutingEvent,
  type RoutingRules,
} from 'onescreen/routing';
import { Desk } from '../desk';

/** A desk with all rules, whose classification policies are asked at once; an answer that takes its time is left open. */
export class Office extends Desk {
  constructor(...of: (QueuePolicy | RoutingRules)[]) {
    super(...(of.some((each) => 'attach' in each) ? of : [...of, routingRules()]));
  }

  override do(command: RoutingCommand): readonly RoutingEvent[] {
    const events = [...super.do(command)];
    for (const event of events) {
      if (event.type !== 'classification-requested') continue;
      const answer = this.engine.classification(event.taskId)?.ask();
      if (answer !== undefined && !('then' in answer)) events.push(...this.do(answer));
    }
    return events;
  }
}

/** The code of the error that `run` throws. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  return 'nothing was refused';
}
