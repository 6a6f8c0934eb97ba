/** Loudness from which somebody counts as speaking, 0 to 1 (chosen). */
const loud = 0.03;
/** How much louder somebody must be to take another one's place (chosen). */
const louder = 1.5;

/** Who dominates, the loudest first: whoever did before stays ahead until clearly outdone. Silence changes nothing. */
export function dominantSpeakers(before: readonly string[], levels: ReadonlyMap<string, number>): readonly string[] {
  const speaking = [...levels].filter(([, level]) => level >= loud).map(([id]) => id);
  if (speaking.length === 0) return before;
  const weight = (id: string) => (levels.get(id) ?? 0) * (before[0] === id ? louder : 1);
  const order = [...speaking].sort((a, b) => weight(b) - weight(a));
  return order.length === before.length && order.every((id, at) => id === before[at]) ? before : order;
}
