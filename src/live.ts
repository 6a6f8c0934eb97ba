import { Observable, Subscription } from 'rxjs';

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

/** Who is told: a subscriber, or other state that is computed from this one. */
interface Told<T> {
  next(value: T): void;
  complete(): void;
}

interface Listener<T> {
  readonly told: Told<T>;
  /** What they were told last. */
  last: T;
}

/** Those who look at one value, in order of subscription. Nobody is told the same twice in a row. */
class Audience<T> {
  /** Never changed but replaced, so that who comes or goes while others are told disturbs nobody. */
  #listeners: readonly Listener<T>[] = [];
  #newest: T | undefined;

  get isEmpty(): boolean {
    return this.#listeners.length === 0;
  }

  /** Tells the value of the moment, and from then on every other one until the returned function is called. */
  join(told: Told<T>, value: T): () => void {
    const listener = { told, last: value };
    this.#listeners = [...this.#listeners, listener];
    told.next(value);
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /** Who is told may bring about another value; that one then reaches everybody first, and this one is dropped for the rest. */
  tell(value: T): void {
    this.#newest = value;
    for (const listener of this.#listeners) {
      if (Object.is(listener.last, value)) continue;
      listener.last = value;
      listener.told.next(value);
      if (!Object.is(this.#newest, value)) return;
    }
  }

  complete(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const { told } of listeners) told.complete();
  }
}

/** State of this module: one is computed from another without a subscriber between them, which would do nothing but cost. */
abstract class OwnLive<T> extends Observable<T> implements Live<T> {
  abstract readonly value: T;

  constructor() {
    super((subscriber) => this.join(subscriber));
  }

  /** Tells the value at once, and every other one, and the end, until the returned function is called. */
  abstract join(told: Told<T>): () => void;
}

class LiveValue<T> extends OwnLive<T> implements LiveSource<T> {
  #value: T;
  #done = false;
  readonly #audience = new Audience<T>();

  constructor(value: T) {
    super();
    this.#value = value;
  }

  get live(): Live<T> {
    return this;
  }

  get value(): T {
    return this.#value;
  }

  join(told: Told<T>): () => void {
    const leave = this.#audience.join(told, this.#value);
    if (!this.#done) return leave;
    leave();
    told.complete();
    return () => {};
  }

  set(value: T): void {
    if (this.#done || Object.is(value, this.#value)) return;
    this.#value = value;
    this.#audience.tell(value);
  }

  complete(): void {
    if (this.#done) return;
    this.#done = true;
    this.#audience.complete();
  }
}

/** Computed from other state, once for all who look at it, or when asked: nothing runs as long as nobody looks. */
class ComputedLive<T> extends OwnLive<T> {
  readonly #sources: readonly Live<unknown>[];
  readonly #compute: () => T;
  readonly #same: (a: T, b: T) => boolean;
  readonly #audience = new Audience<T>();
  /** While somebody looks. */
  #connection: Subscription | undefined;
  /** Sources that have not completed. */
  #open = 0;
  /** Values of the sources that `#output` was computed from. */
  readonly #inputs: unknown[] = [];
  #output: T | undefined;
  #isComputed = false;

  constructor(sources: readonly Live<unknown>[], compute: () => T, same: (a: T, b: T) => boolean) {
    super();
    this.#sources = sources;
    this.#compute = compute;
    this.#same = same;
  }

  get value(): T {
    const before = this.#output;
    const wasComputed = this.#isComputed && before !== undefined;
    if (!this.#takeInputs() && wasComputed) return before;
    this.#isComputed = false;
    const fresh = this.#compute();
    const value = wasComputed && this.#same(before, fresh) ? before : fresh;
    this.#output = value;
    this.#isComputed = true;
    return value;
  }

  join(told: Told<T>): () => void {
    if (this.#connection === undefined) this.#connect();
    const leave = this.#audience.join(told, this.value);
    if (this.#open === 0) told.complete();
    return () => {
      leave();
      if (this.#audience.isEmpty) this.#disconnect();
    };
  }

  /** True when a source has another value than the last time. */
  #takeInputs(): boolean {
    let changed = false;
    for (let index = 0; index < this.#sources.length; index++) {
      const input = this.#sources[index]?.value;
      if (Object.is(input, this.#inputs[index])) continue;
      this.#inputs[index] = input;
      changed = true;
    }
    return changed;
  }

  #connect(): void {
    const connection = new Subscription();
    this.#connection = connection;
    this.#open = this.#sources.length;
    const told: Told<unknown> = {
      // Nobody has joined yet when the sources say at once what they are: `join` tells that.
      next: () => {
        if (!this.#audience.isEmpty) this.#audience.tell(this.value);
      },
      complete: () => {
        this.#open--;
        if (this.#open === 0) this.#audience.complete();
      },
    };
    for (const source of this.#sources)
      connection.add(source instanceof OwnLive ? source.join(told) : source.subscribe(told));
  }

  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.unsubscribe();
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
  return new ComputedLive([source], () => project(source.value), same);
}

/**
 * State computed from several sources that do not stem from each other. `compute` must be pure and read nothing
 * but the values of `sources`.
 */
export function combine<T>(
  sources: readonly Live<unknown>[],
  compute: () => T,
  same: (a: T, b: T) => boolean = Object.is,
): Live<T> {
  return new ComputedLive(sources, compute, same);
}

/** True when two plain objects have the same own values. */
export function sameValues(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

/** True when two values are the same as JSON: for small plain data. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
