/** Distinct unknown requests that are remembered. */
const capacity = 1000;

/** A part of a path that is a word, an operation such as `:add`, or an id no longer than a guid. */
const plainPart = /^(?:[\w.:@~+-]|%(?:3A|40|2B)){0,40}$/i;

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

  /** A path fit for a log: not endless, and only with words and short ids, no tokens, phone numbers or texts. */
  shorten(path: string): string {
    const parts = path
      .split('/', 20)
      .map((part) => (plainPart.test(part) ? part.replace(/(?:\+|%2B)?\d{7,}/gi, '…') : '…'));
    return parts.join('/').slice(0, 200);
  }
}
