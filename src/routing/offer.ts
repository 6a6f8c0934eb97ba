import { expireOffer } from './offers';
import type { RoutingState } from './state';
import type { OfferSnapshot } from './task';
import type { TaskRecord } from './task-record';
import type { Timer } from './timers';
import type { WorkerRecord } from './worker-record';

/** An open offer, which is the timer that ends it as well. */
export class Offer implements OfferSnapshot, Timer {
  order = 0;
  place = -1;

  constructor(
    readonly id: string,
    readonly task: TaskRecord,
    readonly worker: WorkerRecord,
    public cost: number,
    readonly issuedAt: number,
    readonly expiresAt: number,
  ) {}

  get taskId(): string {
    return this.task.id;
  }

  get workerId(): string {
    return this.worker.id;
  }

  get at(): number {
    return this.expiresAt;
  }

  fire(state: RoutingState): void {
    expireOffer(state, this);
  }
}
