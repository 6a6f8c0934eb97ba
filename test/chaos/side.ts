/** What one client shows of the chat, and what it can do: acsChat() or the bare official client. */
export interface Side {
  /** In the order shown. */
  shown(): readonly ShownMessage[];
  /** Resolves when stored; rejects when it gave up. */
  send(text: string): Promise<void>;
  /** Own messages that were stored, as far as the client knows: what `edit` and `delete` take. */
  own(): readonly string[];
  edit(message: string, text: string): Promise<void>;
  delete(message: string): Promise<void>;
  /** Whether it says that it is connected. */
  connected(): boolean;
  close(): Promise<void>;
}

export interface ShownMessage {
  /** Epoch milliseconds at the service, which are also its id there. */
  readonly id: number;
  /** Undefined where the client does not say. */
  readonly version: number | undefined;
  /** Empty once deleted. */
  readonly text: string;
  readonly deleted: boolean;
}
