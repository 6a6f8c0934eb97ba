/** The one channel that every conversation of a desk has. */
export interface Channel {
  readonly id: string;
  readonly channel: string;
  /** Name of its provider. */
  readonly provider: string;
}
