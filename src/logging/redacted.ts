/** What stands in a log for what must not be there. */
const concealed = '[redacted]';

/** Words, ids and codes: no space, no `@`, no `+`, nothing encoded, and no longer than ids of ours. */
const plain = /^[\w.:/[\]-]{0,128}$/;
const uuid = /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi;
/** Seven digits in a row, or with a separator or two between them: E.164 has 8 to 15, local numbers have 7. */
const phone = /\d(?:[-._:/]{0,2}\d){6}/;
/** Tokens, keys and signatures: 20 characters in a row (128 bits in base64url are 22) that are no kebab-case words. */
const secret = /(?=[a-z_-]*[\dA-Z])[\w-]{20,}/;
/** Names of classes of errors, which are longer than that. */
const errorName = /\b(?:[A-Z][a-z]+)+(?:Error|Exception)\b/g;
/** Fields that hold by their name what must not be told, whatever it looks like. */
const telling =
  /token|secret|passw|passcode|credential|authori[sz]|cookie|signature|phone|e-?mail|text|body|message$|content|note|label|apikey|accesskey|birth|^(?:pin|otp|cvc|cvv|ssn|iban)$/i;
/** Fields that hold the name of a person. */
const naming =
  /^(?:customer|caller|callee)$|(?:display|user|first|last|full|nick|sur|given|family|middle|agent|customer|caller|contact)[_-]?name$/i;
/** Capitalised words: likelier a name than a code. */
const capitalised = /^[A-Z][a-z]+(?:[-._][A-Z][a-z]+)*$/;
/** Fields whose words are codes and ids, however they are written; `field` is the name of one. */
const coded =
  /(?:ids?|code|error|cause|status|state|type|kind|provider|disposition|reason|event|field|strategy|host|node|channel|queue)$/i;

/** From here on a whole number may be a phone number: local ones have 7 digits. */
const mostNumber = 1_000_000;
/** From here on also in a field that measures something. */
const mostMeasured = 10_000_000;
const measuring = /(?:ms|bytes|size|count|seq)$/i;

const ipv4 = /^(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?$/;

const address = /^[a-z][a-z\d+.-]*:\/\//i;

/**
 * What may be said of the value of a field. Addresses keep scheme and host, dates are ISO 8601, lists are joined by commas;
 * anything that is no number, word, id or code becomes `[redacted]`. So do whole numbers of 7 digits and more, or of 8
 * in fields that measure (`…Ms`, `…Bytes`, `…Size`, `…Count`, `…Seq`), and capitalised words such as `Cleo`, outside
 * fields of codes and ids (`…Id`, `…Code`, `…Status`, `…State`, `…Type`, `…Reason` and the like). A word in small
 * letters passes: a name written so cannot be told from a code.
 */
export function redacted(name: string, value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return value;
    case 'number':
      return Number.isInteger(value) && Math.abs(value) >= (measuring.test(name) ? mostMeasured : mostNumber)
        ? concealed
        : value;
    case 'string':
      if (telling.test(name) || naming.test(name)) return concealed;
      return capitalised.test(value) && !coded.test(name) ? concealed : redactedText(value);
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
  if (url === undefined || secret.test(url.host)) return concealed;
  if (phone.test(url.host) && !ipv4.test(url.host)) return concealed;
  return `${url.protocol}//${url.host}`;
}
