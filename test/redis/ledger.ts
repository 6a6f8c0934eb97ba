import type { RoutingEvent } from 'onescreen/routing';

/** What became of every task, from the events that one node told. */
export class Ledger {
  readonly #queued = new Map<string, number>();
  readonly #closed = new Map<string, number>();
  readonly #holders = new Map<string, string>();
  readonly #faults: string[] = [];
  /** Tasks whose enqueuing somebody was told of. */
  readonly told = new Set<string>();
  #seq = 0;

  /** Sentences about what must not happen. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  get enqueued(): number {
    return this.#queued.size;
  }

  get served(): number {
    return this.#closed.size;
  }

  /** Tasks that somebody was told of, or that were seen, and that nobody served. */
  get lost(): readonly string[] {
    return [...new Set([...this.told, ...this.#queued.keys()])].filter((id) => !this.#closed.has(id));
  }

  /** Tasks that were enqueued or closed more than once. */
  get doubled(): readonly string[] {
    const often = [...this.#queued, ...this.#closed].filter(([, count]) => count > 1).map(([id]) => id);
    return [...new Set(often)];
  }

  add(events: readonly RoutingEvent[]): void {
    for (const event of events) {
      if (event.seq !== this.#seq + 1) this.#faults.push(`event ${event.seq} follows ${this.#seq}`);
      this.#seq = event.seq;
      if (event.type === 'task-queued') count(this.#queued, event.taskId);
      if (event.type === 'task-assigned') {
        const before = this.#holders.get(event.taskId);
        if (before !== undefined)
          this.#faults.push(`${event.taskId} is in the hands of ${before} and ${event.workerId}`);
        this.#holders.set(event.taskId, event.workerId);
      }
      if (event.type === 'task-closed') count(this.#closed, event.taskId);
    }
  }
}

function count(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
