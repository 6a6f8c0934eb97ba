import type { DtmfTone } from '@azure/communication-calling';

const named: Readonly<Partial<Record<DtmfTone, string>>> = { Star: '*', Pound: '#', Flash: '!' };

/** A tone as one character: `0` to `9`, `*`, `#`, `A` to `D`, `!` for a hook flash. */
export function toneCharacter(tone: DtmfTone): string {
  return named[tone] ?? tone.replace('Num', '');
}
