const kinds: Readonly<Record<string, string>> = { voice: 'a call', meeting: 'a meeting', chat: 'a chat' };

/** A kind of channel, as a sentence says it. */
export function aChannel(kind: string): string {
  return kinds[kind] ?? kind;
}
