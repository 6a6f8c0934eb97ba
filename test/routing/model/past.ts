import type { RoutingEvent } from 'onescreen/routing';

/** What ever was, for commands that come too late. */
export class Past {
  readonly tasks: string[] = [];
  readonly offers: string[] = [];
  readonly decisions: string[] = [];
  /** By task, the last. */
  readonly classifications = new Map<string, string>();

  note(events: readonly RoutingEvent[]): void {
    for (const event of events) {
      if (event.type === 'task-received' || (event.type === 'task-queued' && event.receivedAt === undefined))
        this.tasks.push(event.taskId);
      if (event.type === 'offer-issued') this.offers.push(event.offerId);
      if (event.type === 'decision-requested') this.decisions.push(event.decisionId);
      if (event.type === 'classification-requested') this.classifications.set(event.taskId, event.classificationId);
    }
  }
}
