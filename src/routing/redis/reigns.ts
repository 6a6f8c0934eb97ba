/** Most reigns that are remembered. */
const mostReigns = 500;

/** A reign, the first batch of it that is known, and the number of the last event before that batch, if known. */
export type Reign = readonly [id: string, batch: number, seq?: number];

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

  /** Notes the next batch, behind event `seq`. */
  note(id: string, batch: number, seq: number): void {
    if (id === this.last) return;
    this.#reigns.push([id, batch, seq]);
    if (this.#reigns.length > mostReigns) this.#reigns.shift();
  }

  /** Of a batch up to the last one; undefined where that is not known. */
  of(batch: number): string | undefined {
    let id: string | undefined;
    for (const [each, first] of this.#reigns) if (first <= batch) id = each;
    return id;
  }

  /** Number of the last event that this history and another have in common, as far as that is known. */
  sharedWith(other: Reigns): number {
    const own = this.#reigns;
    const last = own.map(([id]) => other.#reigns.some(([one]) => one === id)).lastIndexOf(true);
    const there = other.#reigns.findIndex(([id]) => id === own[last]?.[0]);
    if (there === -1) return 0;
    const next = [own[last + 1], other.#reigns[there + 1]].flatMap((reign) => (reign === undefined ? [] : [reign]));
    // Where one of them goes over to another reign first they part.
    const [, , seq = 0] = next.sort(([, a], [, b]) => a - b)[0] ?? [];
    return seq;
  }

  save(): readonly Reign[] {
    return [...this.#reigns];
  }
}
