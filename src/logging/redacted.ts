/** What stands in a log for what must not be there. */
const concealed = '[redacted]';

/** Words, ids and codes: no space, no `@`, no `+`, nothing encoded, and no longer than ids of ours. */
const plain = /^[\w.:/[\]-]{0,128}$/;
const uuid = /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi;
/** Seven digits in a row, or with one separator between two: E.164 has 8 to 15, local numbers have 7. */
const phone = /\d(?:[-._:/]?\d){6}/;
/** Tokens, keys and signatures: 20 characters in a row (128 bits in base64url are 22) that are no kebab-case words. */
const secret = /(?=[a-z_-]*[\dA-Z])[\w-]{20,}/;
/** Names of classes of errors, which are longer than that. */
const errorName = /\b(?:[A-Z][a-z]+)+(?:Error|Exception)\b/g;
/** Fields that hold by their name what must not be told, whatever it looks like. */
const telling =
  /token|secret|passw|passcode|credential|authori[sz]|cookie|signature|phone|e-?mail|text|body|message$|content|note|displayname|label|apikey|accesskey/i;

/** From here on a whole number may be a phone number. */
const mostNumber = 10_000_000;

const address = /^[a-z][a-z\d+.-]*:\/\//i;

/**
 * What may be said of the value of a field. Addresses keep scheme and host, dates are ISO 8601, lists are joined by commas;
 * anything that is no number, word, id or code becomes `[redacted]`.
 */
export function redacted(name: string, value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return value;
    case 'number':
      return Number.isInteger(value) && Math.abs(value) >= mostNumber ? concealed : value;
    case 'string':
      return telling.test(name) ? concealed : redactedText(value);
    case 'object':
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? concealed : value.toISOString();
      if (value instanceof URL) return redacted(name, value.href);
      if (Array.isArray(value)) return value.map((one: unknown) => String(redacted(name, one))).join(',');
  }
  return value === null ? undefined : concealed;
}

function redactedText(text: string): string {
  if (address.test(text)) return redactedAddress(text);
  const rest = text.replaceAll(uuid, '').replaceAll(errorName, '');
  return plain.test(text) && !phone.test(rest) && !secret.test(rest) ? text : concealed;
}

function redactedAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || /\d{7}/.test(url.host) || secret.test(url.host)) return concealed;
  return `${url.protocol}//${url.host}`;
}
