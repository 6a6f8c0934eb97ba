/** So many entries are deleted at least before a map begins anew. */
const leastDeleted = 64;

/**
 * A map for what comes and goes. Engines such as V8 keep in a `Map` each table that it has outgrown linked to the next
 * one: once such a table is old, all that was ever in the map stays in memory until the next full collection. This one
 * begins anew before much has gathered.
 */
export class PassingMap<K, V> {
  #map = new Map<K, V>();
  #deleted = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  // Not where something is deleted: that may be in a loop over the values.
  set(key: K, value: V): void {
    if (this.#deleted > leastDeleted && this.#deleted > this.#map.size) {
      this.#map = new Map(this.#map);
      this.#deleted = 0;
    }
    this.#map.set(key, value);
  }

  delete(key: K): void {
    if (this.#map.delete(key)) this.#deleted += 1;
  }

  /** In the order in which they were first set. */
  values(): IterableIterator<V> {
    return this.#map.values();
  }
}
