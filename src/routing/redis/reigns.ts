/** Most reigns that are remembered. */
const mostReigns = 500;

/** A reign, and the first batch of it that is known. */
export type Reign = readonly [id: string, batch: number];

/** Which reign, one leader's time with one lease, each batch is from: two histories of one log differ in them. */
export class Reigns {
  readonly #reigns: Reign[];

  constructor(saved: readonly Reign[] = []) {
    this.#reigns = [...saved];
  }

  /** The last one; empty before the first batch. */
  get last(): string {
    return this.#reigns.at(-1)?.[0] ?? '';
  }

  /** Notes the next batch. */
  note(id: string, batch: number): void {
    if (id === this.last) return;
    this.#reigns.push([id, batch]);
    if (this.#reigns.length > mostReigns) this.#reigns.shift();
  }

  /** Of a batch up to the last one; undefined where that is not known. */
  of(batch: number): string | undefined {
    let id: string | undefined;
    for (const [each, first] of this.#reigns) if (first <= batch) id = each;
    return id;
  }

  save(): readonly Reign[] {
    return [...this.#reigns];
  }
}
