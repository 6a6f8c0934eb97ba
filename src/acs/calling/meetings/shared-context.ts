import { ContactCenterError, type Labels } from 'onescreen';

/**
 * The chosen labels of a context, in the order of `keys`; those that are not there are left out.
 * @throws ContactCenterError `command/invalid` when none is there
 */
export function chosenLabels(context: Labels, keys: readonly string[]): Labels {
  const chosen = keys.flatMap((key) => {
    const value = Object.hasOwn(context, key) ? context[key] : undefined;
    return value === undefined ? [] : [[key, value] as const];
  });
  if (chosen.length > 0) return Object.fromEntries(chosen);
  throw new ContactCenterError('command/invalid', 'unable to share context; it has none of these labels', {
    field: 'keys',
  });
}

/** Labels as a message for people: text, one a line. */
export function contextMessage(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${oneLine(key)}: ${oneLine(String(value))}`)
    .join('\n');
}

/** Values are untrusted: none may look like a label of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
