import type { Message } from '../workload';

/** How many watch each conversation, or with one state for all conversations that state. */
export const subscribers = 10;

export type Kind = 'new' | 'edit';

/** A store of messages that others watch. `Input` is what it is given for each: an object of its own vocabulary. */
export interface Contender<Input> {
  /** What brings a message: made before the clock runs, as the network's part. */
  input(conversation: number, message: Message, kind: Kind): Input;
  /** Brings messages that were there before; nothing of it counts. */
  fill(conversation: number, messages: Iterable<Message>): void;
  /** The event that is measured. */
  take(input: Input): void;
  /** Ids and texts of a conversation, oldest first: what somebody who watches it sees. */
  contents(conversation: number): readonly string[];
  /** Its objects of a conversation's messages, for an array of nothing else. */
  objects(conversation: number): readonly object[];
  /** How often subscribers were called, all taken together. */
  readonly calls: () => number;
  /** Subscribers that were there to be called: of one conversation, or of everything. */
  readonly watching: 'each conversation' | 'everything';
  close(): Promise<void>;
}

export type Make<Input> = (conversations: number) => Promise<Contender<Input>>;
