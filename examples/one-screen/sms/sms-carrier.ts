/** Whoever carries text messages: a provider's API, or the demo's simulated phones. */
export interface SmsCarrier {
  /** To an E.164 number. */
  send(to: string, text: string): Promise<void>;
  /** Returns what ends it. */
  onReceived(listener: (from: string, text: string) => void): () => void;
}

/** Text messages that never leave this machine: phones write by `receive`, and read in `sent`. */
export interface SimulatedCarrier extends SmsCarrier {
  readonly sent: readonly { readonly to: string; readonly text: string }[];
  receive(from: string, text: string): void;
}

export function simulatedCarrier(): SimulatedCarrier {
  const listeners = new Set<(from: string, text: string) => void>();
  const sent: { readonly to: string; readonly text: string }[] = [];
  return {
    sent,
    async send(to, text) {
      sent.push({ to, text });
    },
    onReceived(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    receive(from, text) {
      for (const listener of listeners) listener(from, text);
    },
  };
}
