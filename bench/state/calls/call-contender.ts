/** A call that others watch. */
export interface CallContender {
  /** The participant at `index` begins or stops speaking. */
  speak(index: number, speaking: boolean): void;
  /** By index: who speaks, as those who watch see it. */
  speaking(): readonly boolean[];
  readonly calls: () => number;
}
