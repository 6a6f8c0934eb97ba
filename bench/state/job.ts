import type { Kind } from './contenders/contender';
import type { Ids } from './workload';

export const contenderNames = ['ours', 'floor', 'communicationReact', 'reduxToolkit', 'spread'] as const;

export type ContenderName = (typeof contenderNames)[number];

export const callContenderNames = ['ours', 'oursAsArrays', 'floor', 'communicationReact'] as const;

export type CallContenderName = (typeof callContenderNames)[number];

/** What a process of its own is to do. */
export type Job = MessageJob | CallJob;

export type MessageJob = {
  readonly contender: ContenderName;
  readonly conversations: number;
  /** Of each conversation, before anything is measured. */
  readonly messages: number;
} & (
  | { readonly measure: 'time'; readonly ids: Ids }
  /** What its messages weigh. */
  | { readonly measure: 'heap' }
);

export interface CallJob {
  readonly measure: 'call';
  readonly contender: CallContenderName;
  readonly participants: number;
}

export interface Timed {
  /** CPU microseconds an event. */
  readonly us: number;
  readonly events: number;
  /** Calls of subscribers for each event. */
  readonly calls: number;
}

export type TimeReport = Readonly<Record<Kind, Timed>>;

/** Bytes for each message. */
export interface HeapReport {
  readonly held: number;
  /** The same objects in a plain array, without anything around them. */
  readonly plain: number;
}

export type CallReport = Timed;
