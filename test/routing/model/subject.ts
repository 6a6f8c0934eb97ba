import { isContactCenterError } from 'onescreen';
import {
  createRoutingEngine,
  restoreRouting,
  saveRouting,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type RoutingOptions,
  type SavedRouting,
  type TaskSnapshot,
  type WorkerSnapshot,
} from 'onescreen/routing';

/** What the model is compared with: one engine, or many nodes that act as one. */
export interface Subject {
  /** Lets time pass, waking up whenever something is due and in the end, and gives the events of that. */
  pass(to: number): readonly RoutingEvent[] | Promise<readonly RoutingEvent[]>;
  /** The events of a command, or the code of its refusal. `now` may lie behind the time that has passed. */
  apply(command: RoutingCommand, now: number): Outcome | Promise<Outcome>;
  tasks(): readonly TaskSnapshot[] | Promise<readonly TaskSnapshot[]>;
  workers(): readonly WorkerSnapshot[] | Promise<readonly WorkerSnapshot[]>;
  /** Loses everything but what is kept, and comes back. */
  restart(): void | Promise<void>;
}

export type Outcome = readonly RoutingEvent[] | string;

/** What came of a command: its events, or the code of its refusal. */
export function outcome(engine: RoutingEngine, command: RoutingCommand, now: number): Outcome {
  try {
    return engine.apply(command, now);
  } catch (error) {
    if (isContactCenterError(error)) return error.code;
    throw error;
  }
}

/** One engine, which is saved and restored at each restart. */
export class OneEngine implements Subject {
  #engine: RoutingEngine;
  readonly #options: RoutingOptions;

  constructor(options: RoutingOptions) {
    this.#options = options;
    this.#engine = createRoutingEngine(options);
  }

  pass(to: number): readonly RoutingEvent[] {
    const events: RoutingEvent[] = [];
    for (let at = this.#engine.wakeAt; at !== undefined && at <= to; at = this.#engine.wakeAt)
      events.push(...this.#engine.apply({ type: 'tick' }, at));
    return [...events, ...this.#engine.apply({ type: 'tick' }, to)];
  }

  apply(command: RoutingCommand, now: number): Outcome {
    return outcome(this.#engine, command, now);
  }

  tasks(): readonly TaskSnapshot[] {
    return this.#engine.tasks();
  }

  workers(): readonly WorkerSnapshot[] {
    return this.#engine.workers();
  }

  restart(): void {
    this.#engine = restoreRouting(this.#options, JSON.parse(JSON.stringify(saveRouting(this.#engine))) as SavedRouting);
  }
}
