/** Distinct unknown requests that are remembered. */
const capacity = 1000;

/** Lists the requests that no operation matched, so that nothing unimplemented goes unnoticed. */
export class UnknownRequests {
  readonly #counts = new Map<string, number>();
  readonly #onWarning: (message: string) => void;

  constructor(onWarning: (message: string) => void) {
    this.#onWarning = onWarning;
  }

  add(method: string, path: string): void {
    const request = `${method} ${this.shorten(path)}`;
    const count = this.#counts.get(request);
    if (count === undefined && this.#counts.size >= capacity) return;
    this.#counts.set(request, (count ?? 0) + 1);
    if (count === undefined) this.#onWarning(`unknown request: ${request}`);
  }

  list(): readonly { readonly request: string; readonly count: number }[] {
    return [...this.#counts].map(([request, count]) => ({ request, count }));
  }

  /** A path fit for a log: not endless, and without phone numbers. */
  shorten(path: string): string {
    return path.slice(0, 200).replace(/(\+|%2B)\d{5,}/gi, '+…');
  }
}
