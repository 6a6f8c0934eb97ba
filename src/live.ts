import { filter, firstValueFrom, Observable, Subject, Subscription, switchMap, type ObservableInput } from 'rxjs';

// All that the core runs of rxjs, named once: every further import of it would weigh on every page.
export { Subject, Subscription };

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

/** No value yet; undefined is one. */
const nothing = Symbol();

interface Listener<T> {
  readonly told: Told<T>;
  /** State, which knows by itself what it has told, and has it from elsewhere too. */
  readonly isState: boolean;
  /** What they were told last. */
  last: T | typeof nothing;
}

/**
 * State of this module, and who looks at it, in order of subscription. Nobody is told the same twice in a row. One is
 * computed from another without a subscriber between them, which would do nothing but cost.
 */
abstract class OwnLive<T> extends Observable<T> implements Live<T> {
  abstract readonly value: T;
  protected isDone = false;
  /** Never changed but replaced, so that who comes or goes while others are told disturbs nobody. */
  #listeners: readonly Listener<T>[] = [];
  #newest: T | undefined;
  readonly #left: (() => void) | undefined;

  /** @param left called whenever nobody looks any more */
  constructor(left?: () => void) {
    super((subscriber) => this.join(subscriber));
    this.#left = left;
  }

  /** The last good value; nothing as long as there was none. */
  get shown(): T | typeof nothing {
    return this.value;
  }

  /** True while somebody looks. */
  get observed(): boolean {
    return this.#listeners.length > 0;
  }

  /** Tells the value at once, and every other one, and the end, until the returned function is called. */
  join(told: Told<T>, isState = false): () => void {
    const { shown } = this;
    const listener: Listener<T> = { told, isState, last: shown };
    this.#listeners = [...this.#listeners, listener];
    if (shown !== nothing) told.next(shown);
    if (this.isDone) told.complete();
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
      if (!this.observed) this.#left?.();
    };
  }

  /** Who is told may bring about another value; that one then reaches everybody first, and this one is dropped for the rest. */
  tell(): void {
    const { value } = this;
    this.#newest = value;
    for (const listener of this.#listeners) {
      if (!listener.isState && Object.is(listener.last, value)) continue;
      listener.last = value;
      listener.told.next(value);
      if (!Object.is(this.#newest, value)) return;
    }
  }

  complete(): void {
    if (this.isDone) return;
    this.isDone = true;
    for (const { told } of this.#listeners) told.complete();
  }
}

/**
 * How often anything was written: what was computed since the last time is right. No number, and equal to nothing, once
 * something was made of state that is not of this module: who writes that does not say so here.
 */
let writes = 0;

/** Where several change together, all are written before the first is told: nobody sees one without the others. */
export class LiveValue<T> extends OwnLive<T> implements LiveSource<T> {
  constructor(
    public value: T,
    left?: () => void,
  ) {
    super(left);
  }

  get live(): Live<T> {
    return this;
  }

  set(value: T): void {
    if (this.isDone || Object.is(value, this.value)) return;
    this.write(value);
    this.tell();
  }

  /** Without telling it: that is to follow. */
  write(value: T): void {
    writes++;
    this.value = value;
  }
}

/** Computed from other state, once for all who look at it, or when asked: nothing runs as long as nobody looks. */
export class ComputedLive<T> extends OwnLive<T> {
  /** What {@link writes} was when its sources were looked at last. */
  #lookedAt = -1;
  readonly #sources: readonly Live<unknown>[];
  readonly #compute: () => T;
  readonly #same: (a: T, b: T) => boolean;
  readonly #lasting: number;
  /** While somebody looks. */
  #connection: Subscription | undefined;
  /** Values of the sources that `#output` was computed from, or, while that is old, is to be. */
  readonly #inputs: unknown[] = [];
  /** The last good one. */
  #output: T | typeof nothing = nothing;
  #isOld = true;
  /** What all who look have been told. */
  #told: T | typeof nothing = nothing;

  /** @param lasting how many of the sources go on when this ends: it does with the last of the others */
  constructor(
    sources: readonly Live<unknown>[],
    compute: () => T,
    same: (a: T, b: T) => boolean = Object.is,
    lasting = 0,
  ) {
    super(() => {
      this.#connection?.unsubscribe();
      this.#connection = undefined;
    });
    this.#sources = sources;
    if (!sources.every((source) => source instanceof OwnLive)) writes = NaN;
    this.#compute = compute;
    this.#same = same;
    this.#lasting = lasting;
  }

  get value(): T {
    const before = this.#output;
    let isOld = this.#isOld;
    if (this.#lookedAt !== writes) {
      // Should it throw, here or below, it is computed again when asked again.
      this.#isOld = true;
      for (let index = 0; index < this.#sources.length; index++) {
        const input = this.#sources[index]?.value;
        isOld ||= !Object.is(input, this.#inputs[index]);
        this.#inputs[index] = input;
      }
      this.#isOld = isOld;
      this.#lookedAt = writes;
    }
    if (before !== nothing && !isOld) return before;
    const fresh = this.#compute();
    const output = before !== nothing && this.#same(before, fresh) ? before : fresh;
    this.#isOld = false;
    return (this.#output = output);
  }

  override get shown(): T | typeof nothing {
    try {
      return this.value;
    } catch (error) {
      // It goes where an error of a subscriber goes.
      new Observable((subscriber) => subscriber.error(error)).subscribe();
      return this.#output;
    }
  }

  override join(told: Told<T>, isState?: boolean): () => void {
    this.#connection ??= this.#connect();
    this.#told = nothing;
    return super.join(told, isState);
  }

  #connect(): Subscription {
    const connection = new Subscription();
    // One more than there are: what is computed from nothing is complete.
    let open = this.#sources.length - this.#lasting + 1;
    const told: Told<unknown> = {
      next: () => {
        // Nobody has joined yet when the sources say at once what they are: `join` tells that.
        if (!this.observed) return;
        const { shown } = this;
        if (this.#isOld || Object.is(shown, this.#told)) return;
        this.#told = shown;
        this.tell();
      },
      complete: () => {
        if (--open === 0) this.complete();
      },
    };
    for (const source of this.#sources)
      connection.add(source instanceof OwnLive ? source.join(told, true) : source.subscribe(told));
    told.complete();
    return connection;
  }
}

/** Makes a {@link Live} and its writing end. For providers and for applications that add state of their own. */
export function createLive<T>(initial: T): LiveSource<T> {
  return new LiveValue(initial);
}

/**
 * A view of `source` that keeps its identity as long as `same` holds between two results
 * (default: `Object.is`), so that subscribers run only when what they look at changed.
 * `project` must be pure. Should it throw, or `same`, whoever reads `value` has the error thrown at them, but subscribers
 * are not told: for them the view keeps its last good value until there is another, and who is the first to come while
 * there is none waits for it. The error is reported as one of a subscriber is, by `config.onUnhandledError` of rxjs.
 */
export function select<S, T>(source: Live<S>, project: (state: S) => T, same?: (a: T, b: T) => boolean): Live<T> {
  return combine([source], () => project(source.value), same);
}

/**
 * State computed from several sources that do not stem from each other. `compute` must be pure and read nothing
 * but the values of `sources`. Should it throw, all is as with {@link select}.
 */
export function combine<T>(
  sources: readonly Live<unknown>[],
  compute: () => T,
  same?: (a: T, b: T) => boolean,
): Live<T> {
  return new ComputedLive(sources, compute, same);
}

/** The first value, from now on, that is such as is waited for. */
export function onceSuch<T, Such extends T>(live: Live<T>, isSuch: (value: T) => value is Such): Promise<Such> {
  return firstValueFrom(live.pipe(filter(isSuch)));
}

/** Emits each member of a list once, those already in it first. */
export function eachOnce<T>(list$: Live<readonly T[]>): Observable<T> {
  return new Observable((subscriber) => {
    let before: readonly T[] = [];
    return list$.subscribe({
      next(now) {
        const fresh = now.filter((member) => !before.includes(member));
        before = now;
        for (const member of fresh) subscriber.next(member);
      },
      complete: () => subscriber.complete(),
    });
  });
}

/** What the newest value has to say, until there is another. */
export function latestOf<S, T>(live: Live<S>, pick: (state: S) => ObservableInput<T>): Observable<T> {
  return live.pipe(switchMap(pick));
}

/** True when two plain objects have the same own values. */
export function sameValues<T extends object>(a: T, b: T): boolean;
export function sameValues(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

/** True when two values are the same as JSON: for small plain data. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
