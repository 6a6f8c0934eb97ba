import * as v from 'valibot';
import { ContactCenterError, type Labels, type LabelValue } from 'onescreen';
import type { Logger } from 'onescreen/logging';
import { expectationOf } from './expectation';

/** Most labels of a context (chosen; custom contexts of calls may have 1 000). */
const mostLabels = 64;

/** Longest key and longest text of a label, in characters; the limits of VoIP headers (azure-docs, custom-context.md). */
const longest = { key: 64, text: 1_024 };

/** Longest topic, in characters, that Teams shows beside a call (azure-docs, Teams Phone extensibility). */
const longestTopic = 48;

type Patch = Readonly<Record<string, LabelValue | null>>;

const key = v.pipe(
  v.string(),
  v.minLength(1, 'must have a name'),
  v.maxLength(longest.key, `must have a name of at most ${longest.key} characters`),
);
const text = v.pipe(v.string(), v.maxLength(longest.text));
const value = v.union([text, v.pipe(v.number(), v.finite()), v.boolean()]);

/** Labels that have a meaning of their own, in the words of Teams (`TeamsPhoneCallDetails`). */
const known: ReadonlyMap<string, v.GenericSchema> = new Map<string, v.GenericSchema>([
  ['callTopic', v.pipe(v.string(), v.maxLength(longestTopic))],
  ...['callContext', 'callSentiment', 'intent', 'sessionId', 'recordId', 'screenPopUrl', 'transcriptUrl'].map(
    (name) => [name, text] as const,
  ),
  ['isAuthenticated', v.boolean()],
]);

/** Labels from outside: at most 64 of them. */
export const labels = v.pipe(v.record(key, value), limited<Labels>());

/** A change of labels; `null` takes one away. */
export const patch = v.pipe(v.record(key, v.nullable(value)), limited<Patch>());

/** Which sites a `screenPopUrl` may lead to. Throws `command/invalid` for what is no origin of http or https. */
export function screenPopOrigins(allowed: readonly string[]): ReadonlySet<string> {
  return new Set(
    allowed.map((origin, index) => {
      const url = siteOf(origin);
      if (url !== undefined && url.href === `${url.origin}/`) return url.origin;
      throw refused('create server', `screenPops[${index}]`, 'it must be an origin such as https://crm.example');
    }),
  );
}

/**
 * For what an agent puts into a context.
 * @throws ContactCenterError `command/invalid` for a screen pop that leads to a site which the vendor does not allow
 */
export function requireScreenPop(
  changed: Patch | undefined,
  allowed: ReadonlySet<string>,
  { action, field }: { readonly action: string; readonly field: string },
): void {
  if (changed === undefined || mayPop(changed['screenPopUrl'], allowed)) return;
  throw refused(action, `${field}.screenPopUrl`, 'its site is not allowed');
}

/**
 * For an agent's change of a context.
 * @throws ContactCenterError `command/invalid` when it would have too many labels, or a screen pop that is not allowed
 */
export function requirePatch(context: Labels, change: Patch, allowed: ReadonlySet<string>): void {
  const after = new Set(Object.keys(context));
  const before = after.size;
  for (const [name, next] of Object.entries(change)) {
    if (next === null) after.delete(name);
    else after.add(name);
  }
  if (after.size > mostLabels && after.size > before) {
    throw refused('set context', 'patch', `the context would have more than ${mostLabels} labels`);
  }
  requireScreenPop(change, allowed, { action: 'set context', field: 'patch' });
}

/** A context that a customer's page or a caller brings: without a screen pop that the vendor does not allow, which is logged. */
export function fromOutside(
  context: Labels,
  { screenPopSites, logger }: { readonly screenPopSites: ReadonlySet<string>; readonly logger: Logger },
): Labels {
  const { screenPopUrl, ...others } = context;
  if (mayPop(screenPopUrl, screenPopSites)) return context;
  logger.warn('screen-pop-dropped', { reason: 'site-not-allowed' });
  return others;
}

/**
 * What of a call's custom context a conversation takes on: texts, as far as they keep to the limits. A caller cannot be
 * refused for the rest; it is logged how much that is.
 */
export function fromCall(headers: Readonly<Record<string, unknown>>, logger: Logger): Labels {
  const all = Object.entries(headers);
  const fits = ([name, text]: readonly [string, unknown]) =>
    v.is(key, name) && typeof text === 'string' && v.is(textOf(name), text);
  const taken = all.filter(fits).slice(0, mostLabels);
  if (taken.length < all.length) logger.warn('call-context-dropped', { labels: all.length - taken.length });
  return Object.fromEntries(taken.map(([name, one]) => [name, String(one)]));
}

// Headers are texts, whatever they stand for.
function textOf(name: string): v.GenericSchema {
  return name === 'callTopic' ? (known.get(name) ?? text) : text;
}

function mayPop(url: LabelValue | null | undefined, allowed: ReadonlySet<string>): boolean {
  if (url === undefined || url === null) return true;
  const site = siteOf(url);
  return site !== undefined && site.username === '' && site.password === '' && allowed.has(site.origin);
}

function siteOf(url: unknown): URL | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed : undefined;
}

function limited<T extends Patch>() {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const input = dataset.value;
    const entries = Object.entries(input);
    if (entries.length > mostLabels) addIssue({ message: `must have at most ${mostLabels} labels` });
    for (const [name, one] of entries) {
      const schema = known.get(name);
      if (schema === undefined || one === null) continue;
      const { issues } = v.safeParse(schema, one, { abortEarly: true, message: expectationOf });
      if (issues === undefined) continue;
      const path: [v.ObjectPathItem] = [{ type: 'object', origin: 'value', input, key: name, value: one }];
      addIssue({ message: issues[0].message, path });
    }
  });
}

function refused(action: string, field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${action}; ${why}`, { field });
}
