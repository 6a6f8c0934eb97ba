import { Observable, type Subscriber } from 'rxjs';

/**
 * A piece of state: an Observable that always has a value, hands it to every new subscriber at once,
 * never errors, emits only when the value's identity changed, and completes when its owner closes.
 */
export interface Live<T> extends Observable<T> {
  readonly value: T;
}

/** The writing end of a {@link Live}. Keep it private; hand out `live`. */
export interface LiveSource<T> {
  readonly live: Live<T>;
  readonly value: T;
  /** Publishes `value` unless it is the current one (`Object.is`). Ignored after `complete`. */
  set(value: T): void;
  complete(): void;
}

class LiveValue<T> extends Observable<T> implements Live<T>, LiveSource<T> {
  #value: T;
  #done = false;
  readonly #subscribers = new Set<Subscriber<T>>();

  constructor(value: T) {
    super((subscriber) => {
      subscriber.next(this.#value);
      if (this.#done) return subscriber.complete();
      this.#subscribers.add(subscriber);
      return () => this.#subscribers.delete(subscriber);
    });
    this.#value = value;
  }

  get live(): Live<T> {
    return this;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (this.#done || Object.is(value, this.#value)) return;
    this.#value = value;
    // A copy, so that who subscribes meanwhile is not told twice. A subscriber may set again; the
    // newer value then reaches everybody first, and the older one is dropped for the rest.
    for (const subscriber of [...this.#subscribers]) {
      if (!Object.is(value, this.#value)) return;
      subscriber.next(value);
    }
  }

  complete(): void {
    if (this.#done) return;
    this.#done = true;
    for (const subscriber of [...this.#subscribers]) subscriber.complete();
    this.#subscribers.clear();
  }
}

class SelectedLive<S, T> extends Observable<T> implements Live<T> {
  readonly #source: Live<S>;
  readonly #project: (state: S) => T;
  readonly #same: (a: T, b: T) => boolean;
  #input: S | undefined;
  #output: T | undefined;
  #primed = false;

  constructor(source: Live<S>, project: (state: S) => T, same: (a: T, b: T) => boolean) {
    super((subscriber) => {
      let last: T;
      let started = false;
      return source.subscribe({
        next: (state) => {
          const next = this.#read(state);
          if (started && Object.is(next, last)) return;
          started = true;
          last = next;
          subscriber.next(next);
        },
        complete: () => subscriber.complete(),
      });
    });
    this.#source = source;
    this.#project = project;
    this.#same = same;
  }

  get value(): T {
    return this.#read(this.#source.value);
  }

  #read(state: S): T {
    if (this.#primed && Object.is(state, this.#input)) return this.#output as T;
    const next = this.#project(state);
    if (!this.#primed || !this.#same(this.#output as T, next)) this.#output = next;
    this.#input = state;
    this.#primed = true;
    return this.#output as T;
  }
}

/** Makes a {@link Live} and its writing end. For providers and for applications that add state of their own. */
export function createLive<T>(initial: T): LiveSource<T> {
  return new LiveValue(initial);
}

/**
 * A view of `source` that keeps its identity as long as `same` holds between two results
 * (default: `Object.is`), so that subscribers run only when what they look at changed.
 * `project` must be pure.
 */
export function select<S, T>(
  source: Live<S>,
  project: (state: S) => T,
  same: (a: T, b: T) => boolean = Object.is,
): Live<T> {
  return new SelectedLive(source, project, same);
}
