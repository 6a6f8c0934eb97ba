/** A number as it is written, as E.164; undefined for what is none. */
export function readPhoneNumber(text: string): string | undefined {
  const phone = text.replaceAll(/[\s()./-]/g, '');
  return /^\+[1-9]\d{7,14}$/.test(phone) ? phone : undefined;
}

/** What to write. */
export const phoneNumberHint = 'Write + and 8 to 15 digits, the country code first.';
