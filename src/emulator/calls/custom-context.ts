import { CallRefusal, ends } from './end-reasons';
import type { ContextFrame } from './frames';

/** Bounds of a custom context. Source: azure-docs, communication-services/how-tos/call-automation/custom-context.md. */
export const contextLimits = {
  voipHeaders: 1000,
  voipKey: 64,
  voipValue: 1024,
  sipHeaders: 5,
  sipPrefix: 'X-MS-Custom-',
  sipKey: 64,
  sipValue: 256,
} as const;

/** The one SIP header beside the prefixed ones. */
const userToUser = 'user-to-user';

/**
 * A context as it arrives at the other side: SIP headers beyond the limit are silently dropped.
 * Throws CallRefusal 400/8523 for a header that is too long or has a wrong key.
 */
export function carriedContext(context: ContextFrame | undefined): ContextFrame | undefined {
  if (context === undefined) return undefined;
  const { voipHeaders = [], sipHeaders = [] } = context;
  if (voipHeaders.length > contextLimits.voipHeaders) throw refused('there are too many VoIP headers');
  for (const { key, value } of voipHeaders) {
    if (key === '' || key.length > contextLimits.voipKey) throw refused('a VoIP header has a wrong key');
    if (value.length > contextLimits.voipValue) throw refused('a VoIP header is too long');
  }
  let custom = 0;
  let others = 0;
  const carried = sipHeaders.filter(({ key, value }) => {
    if (value.length > contextLimits.sipValue) throw refused('a SIP header is too long');
    if (key.toLowerCase() === userToUser) return ++others <= 1;
    if (!key.toLowerCase().startsWith(contextLimits.sipPrefix.toLowerCase()) || key.length > contextLimits.sipKey)
      throw refused('a SIP header has a wrong key');
    return ++custom <= contextLimits.sipHeaders;
  });
  return {
    ...(voipHeaders.length > 0 && { voipHeaders }),
    ...(carried.length > 0 && { sipHeaders: carried }),
  };
}

const refused = (why: string) =>
  new CallRefusal({ ...ends.invalid, message: `The custom context is not valid; ${why}.` });
