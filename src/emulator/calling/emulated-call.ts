import type { CallFeatureContext } from '@azure/communication-calling';
import { EmulatedCall } from './call';
import { notSupported } from './calling-error';

/** Our call behind a feature's context. */
export function emulatedCall(context: CallFeatureContext): EmulatedCall {
  if (!(context.call instanceof EmulatedCall)) throw notSupported("A feature of another package's call");
  return context.call;
}
