/**
 * Who else is in a call or a meeting, in the order in which they came. Immutable: a change makes a new one that shares
 * what stayed, and costs the same with three and with a thousand. Who did not change keeps their identity.
 */
export interface People<P> {
  readonly length: number;
  /** The one of this id. */
  get(id: string): P | undefined;
  /** The one at `index`; a negative index counts from the end. */
  at(index: number): P | undefined;
  /** Those from `from` up to, but without, `to`; both count from the end when negative. */
  slice(from?: number, to?: number): readonly P[];
  [Symbol.iterator](): Iterator<P>;
}
