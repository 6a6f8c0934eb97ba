import type { CallFeatureContext } from '@azure/communication-calling';
import { EmulatedCall } from './call';
import { notSupported } from './calling-error';

/** Our call behind a feature's context. */
export function emulatedCall(context: CallFeatureContext): EmulatedCall {
  if (!(context.call instanceof EmulatedCall)) throw notSupported("A feature of another package's call");
  return context.call;
}

/** The same for a feature that only meetings have. */
export function emulatedMeeting(context: CallFeatureContext, feature: string): EmulatedCall {
  const call = emulatedCall(context);
  if (!call.meeting.joined) throw notSupported(`The feature ${feature} outside of meetings`);
  return call;
}
