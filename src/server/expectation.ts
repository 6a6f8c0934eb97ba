import type * as v from 'valibot';

/** Words for what a schema takes, by the name that the schema gives it. */
const words: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Object: 'an object',
  Array: 'a list',
};

/** What was expected where something is refused, as in `must be a string`. Of what was sent nothing is told. */
export function expectationOf(issue: v.BaseIssue<unknown>): string {
  const { type, expected, received, input } = issue;
  const limit = String(issue.requirement);
  switch (type) {
    case 'min_length':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} ${unitsOf(input)}`;
    case 'max_length':
      return `must have at most ${limit} ${unitsOf(input)}`;
    case 'min_value':
      return `must be at least ${limit}`;
    case 'max_value':
      return `must be at most ${limit}`;
    case 'integer':
      return 'must be a whole number';
    case 'finite':
      return 'must be a finite number';
  }
  // Only of keys is it said that there is none at all, or one too many.
  if (expected === 'never') return 'is not known here';
  if (type.endsWith('object') && received === 'undefined' && expected !== 'Object') return 'is missing';
  return expected === null ? 'is not as it must be' : `must be ${oneOf(expected)}`;
}

function unitsOf(input: unknown): string {
  return Array.isArray(input) ? 'entries' : 'characters';
}

/** `("a" | "b" | string)` of a schema in words. */
function oneOf(expected: string): string {
  const all = [...new Set(expected.replaceAll(/[()]/g, '').split(' | '))].map((one) => words[one] ?? one);
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}
