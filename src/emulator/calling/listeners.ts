/** A listener as the official signatures accept it; which arguments it gets follows from its event. */
export type Listener = (args: never) => void;

/** Hands out what happened, one after the other, never in the middle of what caused it. */
export type Later = (run: () => void) => void;

/** A queue of microtasks for one page. What a listener throws goes to `report` and disturbs nobody else. */
export function laterQueue(report: (error: unknown) => void): Later {
  return (run) =>
    queueMicrotask(() => {
      try {
        run();
      } catch (error) {
        report(error);
      }
    });
}

/** Who listens to the events of one object. `Events` maps names to arguments; void is none. */
export class Listeners<Events> {
  readonly #later: Later;
  readonly #listeners = new Map<keyof Events, Set<Listener>>();
  readonly #watched: ((event: keyof Events, count: number) => void) | undefined;

  constructor(later: Later, watched?: (event: keyof Events, count: number) => void) {
    this.#later = later;
    this.#watched = watched;
  }

  on(event: keyof Events, listener: Listener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    this.#watched?.(event, listeners.size);
  }

  off(event: keyof Events, listener: Listener): void {
    const listeners = this.#listeners.get(event);
    if (listeners?.delete(listener)) this.#watched?.(event, listeners.size);
  }

  /** Tells those who listen now and still do when its turn comes. */
  emit<Event extends keyof Events>(event: Event, args: Events[Event]): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      this.#later(() => {
        // The official signatures tie the listener to its event; `on` takes them all as one.
        if (this.#listeners.get(event)?.has(listener)) listener(args as never);
      });
    }
  }

  clear(): void {
    for (const [event, listeners] of this.#listeners) {
      listeners.clear();
      this.#watched?.(event, 0);
    }
  }
}
