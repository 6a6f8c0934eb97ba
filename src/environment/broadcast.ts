/** Messages to all other holders of a channel of this name: the tabs of one origin, or the desks of one test. */
export interface Broadcast {
  open(name: string, receive: (message: unknown) => void): BroadcastLine;
}

export interface BroadcastLine {
  /** Sends a structured-cloneable `message` to the others, never to oneself. */
  post(message: unknown): void;
  close(): void;
}
