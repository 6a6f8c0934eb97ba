/** What is known of a conversation, a task or a worker, as flat facts. Values from outside are untrusted text. */
export type Labels = Readonly<Record<string, LabelValue>>;
export type LabelValue = string | number | boolean;

/** How a worker's label is compared with what a task asks for (the six operators of ACS Job Router). */
export type SelectorOperator =
  'equal' | 'notEqual' | 'lessThan' | 'lessThanOrEqual' | 'greaterThan' | 'greaterThanOrEqual';

/** What a task asks of a worker. */
export interface Selector {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly value: LabelValue;
  /** Milliseconds after which the selector no longer counts. Left out: it always counts. */
  readonly expiresAfterMs?: number;
  /** Puts the task at the front of its queue as long as this selector counts. */
  readonly expedite?: boolean;
}
