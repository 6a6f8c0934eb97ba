import type { RoutingEvent } from 'onescreen/routing';

type Failed = Extract<RoutingEvent, { readonly type: 'classification-failed' }>;

/** How a classification policy has failed; what it threw the vendor has been told already. */
export type ClassificationFault = 'threw' | 'timed-out' | 'invalid';

/** Tells how classification policies have failed: what the engine says of it is for people. */
export class ClassificationFaults {
  /** By task: until when an answer is awaited, epoch milliseconds. */
  readonly #awaited = new Map<string, number>();
  /** Tasks whose policy has thrown or rejected. */
  readonly #threw = new Set<string>();
  readonly #faults = new WeakMap<Failed, ClassificationFault>();

  /** To be told before the engine hears of it, and only of what the engine awaits. */
  threw(taskId: string): void {
    this.#threw.add(taskId);
  }

  /** To be told of all that happens, in order, before anything follows from it. */
  noted(events: readonly RoutingEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'classification-requested':
          this.#awaited.set(event.taskId, event.expiresAt);
          break;
        case 'classification-failed':
          this.#faults.set(event, this.#faultOf(event));
          this.#forget(event.taskId);
          break;
        case 'task-classified':
        case 'task-queued':
        case 'task-assigned':
        case 'task-cancelled':
          this.#forget(event.taskId);
          break;
        default:
      }
    }
  }

  /** How it failed of which this event tells. */
  of(event: Failed): ClassificationFault {
    return this.#faults.get(event) ?? 'invalid';
  }

  #faultOf({ taskId, at }: Failed): ClassificationFault {
    if (this.#threw.has(taskId)) return 'threw';
    return at >= (this.#awaited.get(taskId) ?? Infinity) ? 'timed-out' : 'invalid';
  }

  #forget(taskId: string): void {
    this.#awaited.delete(taskId);
    this.#threw.delete(taskId);
  }
}
