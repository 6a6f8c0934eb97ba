import type { Clock } from 'onescreen';

/** Answers instead of the service, or cuts the connection. */
export type FaultAnswer =
  | 'drop'
  | {
      readonly status: number;
      readonly code?: string | undefined;
      readonly message?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    };

export interface RequestFaultRule {
  /** Only this operation, by its OpenAPI id such as `ChatThread_SendChatMessage`. */
  readonly operation?: string | undefined;
  readonly method?: string | undefined;
  /** Only paths that contain this. */
  readonly path?: string | undefined;
  /** Only requests with a token of this user (raw id). */
  readonly user?: string | undefined;
  /** Default `before`: the request has no effect. `after`: it took effect and the client does not learn so. */
  readonly when?: 'before' | 'after' | undefined;
  /** How many requests it befalls. Default 1, or without bound when `forMs` is given. */
  readonly times?: number | undefined;
  /** Ends by itself this many milliseconds after it was added. */
  readonly forMs?: number | undefined;
  /** Left out: the request is only delayed. */
  readonly answer?: FaultAnswer | undefined;
  readonly delayMs?: number | undefined;
}

/** What rules look at. */
export interface FaultSubject {
  readonly operation: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly user: string | undefined;
}

interface Entry {
  readonly id: number;
  readonly rule: RequestFaultRule;
  readonly endsAt: number;
  left: number;
}

/** Picks the fault for each request: the oldest rule that matches. */
export class RequestFaults {
  readonly #clock: Clock;
  #entries: readonly Entry[] = [];
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a rule and returns its id. */
  add(rule: RequestFaultRule): number {
    this.#lastId += 1;
    const left = rule.times ?? (rule.forMs === undefined ? 1 : Infinity);
    this.#entries = this.#running();
    const endsAt = rule.forMs === undefined ? Infinity : this.#clock.now() + rule.forMs;
    this.#entries = [...this.#entries, { id: this.#lastId, rule, left, endsAt }];
    return this.#lastId;
  }

  remove(id: number): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  rules(): readonly (RequestFaultRule & { readonly id: number; readonly left: number })[] {
    return this.#running().map(({ id, rule, left }) => ({ ...rule, id, left }));
  }

  #running(): readonly Entry[] {
    const now = this.#clock.now();
    return this.#entries.filter(({ endsAt }) => endsAt > now);
  }

  /** The rule that befalls this request, counted down. */
  take(subject: FaultSubject): RequestFaultRule | undefined {
    if (this.#entries.length === 0) return undefined;
    const now = this.#clock.now();
    const entry = this.#entries.find(({ rule, endsAt }) => endsAt > now && matches(rule, subject));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.remove(entry.id);
    return entry.rule;
  }
}

function matches(rule: RequestFaultRule, subject: FaultSubject): boolean {
  return (
    (rule.operation === undefined || rule.operation === subject.operation) &&
    (rule.method === undefined || rule.method.toUpperCase() === subject.method) &&
    (rule.path === undefined || subject.path.includes(rule.path)) &&
    (rule.user === undefined || rule.user === subject.user)
  );
}
