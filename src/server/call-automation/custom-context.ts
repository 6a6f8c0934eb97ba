import type { CustomCallingContext } from '@azure/communication-call-automation';
import { ContactCenterError } from 'onescreen';

/** Source: azure-docs, communication-services/how-tos/call-automation/custom-context.md. */
const limits = {
  voip: { headers: 1_000, key: 64, value: 1_024 },
  sip: { headers: 5, key: 64, value: 256 },
} as const;

const sipPrefix = 'X-MS-Custom-';

/**
 * The custom context of an invitation: VoIP headers, or SIP headers for a phone. The service drops what is too much
 * without a word.
 * @throws ContactCenterError `command/invalid` for what it would drop
 */
export function customContext(target: string, context: Readonly<Record<string, string>>): CustomCallingContext {
  const kind = target.startsWith('4:') ? 'sip' : 'voip';
  const limit = limits[kind];
  const headers = Object.entries(context);
  if (headers.length > limit.headers) throw refused(`more than ${limit.headers} headers`);
  return headers.map(([name, value]) => {
    if (kind === 'voip') {
      if (name.length === 0 || name.length > limit.key)
        throw refused(`a key without or with more than ${limit.key} characters`);
      if (value.length > limit.value) throw refused(`a value of more than ${limit.value} characters`);
      return { kind: 'voip', key: name, value };
    }
    const key = name.startsWith(sipPrefix) ? name.slice(sipPrefix.length) : name;
    // What is neither letter, digit nor hyphen would make a line of its own, or none.
    if (!/^[A-Za-z0-9-]+$/.test(key)) throw refused('a key of other than letters, digits and hyphens');
    if (sipPrefix.length + key.length > limit.key) throw refused(`a key of more than ${limit.key} characters`);
    if (value.length > limit.value) throw refused(`a value of more than ${limit.value} characters`);
    return { kind: 'sipx', key, value, sipHeaderPrefix: sipPrefix };
  });
}

function refused(why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to call; the custom context has ${why}`, {
    field: 'context',
  });
}
