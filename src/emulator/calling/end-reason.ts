import type { CallEndReason } from '@azure/communication-calling';
import type { EndFrame } from '../calls/frames';

/** At run time the official package has a message as well (observed). */
export function endReason({ code, subCode, message }: EndFrame): CallEndReason & { readonly message: string } {
  return { code, subCode, message: message ?? '' };
}
