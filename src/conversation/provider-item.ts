/** What providers bring, keyed by channel and `providerId`; of two with the same key the higher `version` counts. */
export type ProviderItem = ProviderMessage | ProviderReceipt;

export interface ProviderMessage {
  readonly kind: 'message';
  readonly providerId: string;
  readonly version: number;
  /** Server time, epoch milliseconds. */
  readonly at: number;
  /** The source's own order among messages of the same millisecond. */
  readonly seq: number;
  /** The sender's name at this provider: a participant's id, or one of its `providerRefs`. */
  readonly sender: string;
  readonly senderName?: string;
  /** Given by the sender's desk, the same in every version; ties a message to the one shown while sending. */
  readonly clientId?: string;
  readonly text: string;
  /** Must be sanitised. */
  readonly html?: string;
  readonly editedAt?: number;
  readonly deletedAt?: number;
}

/** `reader` has seen every message up to server time `upTo`. */
export interface ProviderReceipt {
  readonly kind: 'receipt';
  readonly reader: string;
  /** Epoch milliseconds of the newest message seen. */
  readonly upTo: number;
}
