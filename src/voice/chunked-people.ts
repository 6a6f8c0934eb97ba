import type { People } from 'onescreen';

/** People of a chunk: a change copies one chunk and the list of chunks. */
const chunkSize = 32;

/** A place in a chunk is one person's for good; it is empty while they are not in. */
type Chunk<P> = readonly (P | undefined)[];

/** People that others can be made from. Versions share chunks, and one book of who has which place. */
export class ChunkedPeople<P extends { readonly id: string }> implements People<P> {
  readonly length: number;
  readonly #chunks: readonly Chunk<P>[];
  readonly #places: Map<string, number>;
  #list: readonly P[] | undefined;

  private constructor(chunks: readonly Chunk<P>[], places: Map<string, number>, length: number) {
    this.#chunks = chunks;
    this.#places = places;
    this.length = length;
  }

  static of<P extends { readonly id: string }>(people: Iterable<P>): ChunkedPeople<P> {
    const chunks: P[][] = [];
    const places = new Map<string, number>();
    for (const person of people) {
      const place = placeOf(places, person.id);
      (chunks[chunkOf(place)] ??= [])[place % chunkSize] = person;
    }
    return new ChunkedPeople(chunks, places, places.size);
  }

  get(id: string): P | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.#chunks[chunkOf(place)]?.[place % chunkSize];
  }

  at(index: number): P | undefined {
    return this.#all.at(index);
  }

  slice(from?: number, to?: number): readonly P[] {
    return from === undefined && to === undefined ? this.#all : this.#all.slice(from, to);
  }

  /** Copies nothing: whoever looks for somebody stops there. */
  *[Symbol.iterator](): Generator<P, void> {
    for (const chunk of this.#chunks) for (const person of chunk) if (person !== undefined) yield person;
  }

  /** With what `change` makes of the person of this id, if they are in; undefined: they are not in any more. */
  update(id: string, change: (last: P | undefined) => P | undefined): ChunkedPeople<P> {
    const place = this.#places.get(id);
    const last = place === undefined ? undefined : this.#chunks[chunkOf(place)]?.[place % chunkSize];
    const next = change(last);
    if (next === last) return this;
    const growth = Number(next !== undefined) - Number(last !== undefined);
    if (place !== undefined) return this.#changed(place, next, growth);
    // Places of those who have left are given to others once they are the most.
    const people = this.#places.size > 2 * this.length + chunkSize ? ChunkedPeople.of(this) : this;
    return people.#changed(placeOf(people.#places, id), next, growth);
  }

  /** With `person`, in the place of the one of the same id, who may have left since. */
  with(person: P): ChunkedPeople<P> {
    return this.update(person.id, () => person);
  }

  without(id: string): ChunkedPeople<P> {
    return this.update(id, () => undefined);
  }

  /** Who is other than in an earlier version, and the ids of those who have left since. */
  since(before: ChunkedPeople<P>): { readonly changed: readonly P[]; readonly gone: readonly string[] } {
    const changed: P[] = [];
    const gone: string[] = [];
    for (let number = 0; number < Math.max(this.#chunks.length, before.#chunks.length); number++) {
      const chunk = this.#chunks[number] ?? [];
      const earlier = before.#chunks[number] ?? [];
      if (chunk === earlier) continue;
      for (const person of chunk) if (person !== undefined && before.get(person.id) !== person) changed.push(person);
      for (const person of earlier) if (person !== undefined && this.get(person.id) === undefined) gone.push(person.id);
    }
    return { changed, gone };
  }

  #changed(place: number, person: P | undefined, growth: number): ChunkedPeople<P> {
    const number = chunkOf(place);
    const chunks = this.#chunks.slice();
    while (chunks.length < number) chunks.push([]);
    const chunk = chunks[number]?.slice() ?? [];
    while (chunk.length < place % chunkSize) chunk.push(undefined);
    chunk[place % chunkSize] = person;
    chunks[number] = chunk;
    return new ChunkedPeople(chunks, this.#places, this.length + growth);
  }

  /** Made when somebody reads it, once. */
  get #all(): readonly P[] {
    return (this.#list ??= this.#listed());
  }

  // By hand: to iterate would take ten times as long.
  #listed(): readonly P[] {
    const list: P[] = [];
    for (const chunk of this.#chunks) for (const person of chunk) if (person !== undefined) list.push(person);
    return list;
  }
}

function chunkOf(place: number): number {
  return Math.floor(place / chunkSize);
}

/** The place of `id`, from now on if it had none. */
function placeOf(places: Map<string, number>, id: string): number {
  const known = places.get(id);
  if (known !== undefined) return known;
  const place = places.size;
  places.set(id, place);
  return place;
}
