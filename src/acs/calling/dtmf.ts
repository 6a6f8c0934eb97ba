import type { DtmfTone } from '@azure/communication-calling';
import { ContactCenterError } from 'onescreen';

const digits: readonly DtmfTone[] = ['Num0', 'Num1', 'Num2', 'Num3', 'Num4', 'Num5', 'Num6', 'Num7', 'Num8', 'Num9'];

/**
 * Tones of `0`-`9`, `*`, `#`, `A`-`D` as the calling package names them.
 * @throws ContactCenterError `command/invalid` for anything else, or for nothing
 */
export function toDtmfTones(tones: string): readonly DtmfTone[] {
  if (tones === '') throw invalid('there are none');
  return Array.from(tones, (tone) => {
    const digit = /^\d$/.test(tone) ? digits[Number(tone)] : undefined;
    if (digit !== undefined) return digit;
    switch (tone) {
      case '*':
        return 'Star';
      case '#':
        return 'Pound';
      case 'A':
      case 'B':
      case 'C':
      case 'D':
        return tone;
      default:
        throw invalid('each is one of 0-9, *, #, A-D');
    }
  });
}

function invalid(why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to send tones; ${why}`, { field: 'tones' });
}
