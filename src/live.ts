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

/** Computed from other state, when asked: nothing runs and nothing is held as long as nobody looks. */
class ComputedLive<T> extends Observable<T> implements Live<T> {
  readonly #sources: readonly Live<unknown>[];
  readonly #compute: () => T;
  readonly #same: (a: T, b: T) => boolean;
  #memo: { readonly inputs: readonly unknown[]; readonly output: T } | undefined;

  constructor(sources: readonly Live<unknown>[], compute: () => T, same: (a: T, b: T) => boolean) {
    super((subscriber) => {
      let last: { readonly value: T } | undefined;
      let ready = false;
      let open = sources.length;
      const publish = () => {
        if (!ready || subscriber.closed) return;
        const value = this.value;
        if (last !== undefined && Object.is(last.value, value)) return;
        last = { value };
        subscriber.next(value);
      };
      const complete = () => {
        open--;
        if (open === 0 && ready) subscriber.complete();
      };
      for (const source of sources) subscriber.add(source.subscribe({ next: publish, complete }));
      ready = true;
      publish();
      if (open === 0) subscriber.complete();
    });
    this.#sources = sources;
    this.#compute = compute;
    this.#same = same;
  }

  get value(): T {
    const inputs = this.#sources.map((source) => source.value);
    const memo = this.#memo;
    if (memo !== undefined && inputs.every((input, index) => Object.is(input, memo.inputs[index]))) return memo.output;
    const fresh = this.#compute();
    const output = memo !== undefined && this.#same(memo.output, fresh) ? memo.output : fresh;
    this.#memo = { inputs, output };
    return output;
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
