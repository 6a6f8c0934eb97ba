import type { CustomContext } from '@azure/communication-calling';
import type { ContextFrame } from '../calls/frames';

/** A custom context as it travels. */
export function contextFrame(context: CustomContext | undefined): ContextFrame | undefined {
  if (context === undefined) return undefined;
  const { voipHeaders, sipHeaders } = context;
  return { ...(voipHeaders !== undefined && { voipHeaders }), ...(sipHeaders !== undefined && { sipHeaders }) };
}
