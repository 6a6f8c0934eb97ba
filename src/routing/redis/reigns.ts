/** Most reigns that are remembered. */
const mostReigns = 1_000;

interface Reign {
  readonly id: string;
  /** The first batch of it that is known. */
  readonly batch: number;
}

/** Which reign, one leader's time with one lease, each batch is from: two histories of one log differ in them. */
export class Reigns {
  readonly #reigns: Reign[] = [];

  /** The last one; empty before the first batch. */
  get last(): string {
    return this.#reigns.at(-1)?.id ?? '';
  }

  /** Notes the next batch. */
  note(id: string, batch: number): void {
    if (id === this.last) return;
    this.#reigns.push({ id, batch });
    if (this.#reigns.length > mostReigns) this.#reigns.shift();
  }

  /** Of a batch up to the last one; undefined where that is not known. */
  of(batch: number): string | undefined {
    let id: string | undefined;
    for (const reign of this.#reigns) if (reign.batch <= batch) id = reign.id;
    return id;
  }
}
