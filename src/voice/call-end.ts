import { toContactCenterError, type CallEnd, type CallSnapshot } from 'onescreen';
import { noCallCapabilities } from './no-call-capabilities';

/** The end of a call that went with the tab that held its media. */
export const tabClosed: CallEnd = {
  outcome: 'abandoned',
  code: 'call/tab-closed',
  retryable: true,
  message: 'the tab that held the call is gone; rejoin brings the call back',
};

/** The end of a call that rings no more though nobody here has answered it; more precise words may follow. */
export const ringGone: CallEnd = {
  outcome: 'cancelled',
  code: 'call/gone',
  retryable: false,
  message: 'the call had ended before it was answered',
};

/** The end of a call that could not come about because of `error`. */
export function endOf(error: unknown): CallEnd {
  const { code, message, retryable, provider } = toContactCenterError(
    error,
    'call/unknown',
    'unable to connect the call; the voice service failed',
  );
  const outcome = code === 'call/busy' ? 'busy' : 'failed';
  return { outcome, code, retryable, message, ...(provider !== undefined && { provider }) };
}

/** `call` as it stays on show. */
export function endedCall(call: CallSnapshot, end: CallEnd): CallSnapshot {
  return { ...call, status: 'ended', capabilities: noCallCapabilities('closed'), end };
}
