import { ContactCenterError, type ErrorCode } from 'onescreen';
import type { EndFrame } from './frames';

/** An end of a call, or a refusal, as an error; what was said is in `provider`. */
export function callError(action: string, { code, subCode, message }: EndFrame): ContactCenterError {
  const { word, why, retryable = false } = meaningOf(code, subCode);
  return new ContactCenterError(
    word,
    `unable to ${action}; ${why ?? message ?? `the service said ${code}/${subCode}`}`,
    {
      retryable,
      provider: { name: 'acs', code, subCode },
    },
  );
}

interface Meaning {
  readonly word: ErrorCode;
  readonly why?: string;
  readonly retryable?: boolean;
}

function meaningOf(code: number, subCode: number): Meaning {
  if (subCode === 10003) return { word: 'call/accepted-elsewhere', why: 'it was accepted on another endpoint' };
  if (subCode === 10004 || subCode === 560408 || subCode === 560480)
    return { word: 'call/no-answer', why: 'nobody answered', retryable: true };
  if (code === 603 || subCode === 10024) return { word: 'call/declined', why: 'it was declined' };
  if (subCode === 5234) return { word: 'command/aborted', why: 'it was cancelled' };
  if (code === 487) return { word: 'call/cancelled', why: 'the caller gave up' };
  if (subCode === 10037) return { word: 'call/unreachable', why: 'no endpoint is registered', retryable: true };
  if (subCode === 10057)
    return { word: 'call/unreachable', why: 'the set-up was not finished; is the endpoint signed in as another kind?' };
  if (code === 486) return { word: 'call/busy', why: 'the line is busy', retryable: true };
  if (code === 404 && subCode !== 8522) return { word: 'call/bad-destination', why: 'the number is not assigned' };
  if (subCode === 8522) return { word: 'call/gone', why: 'it is over, or the participant has left' };
  if (code === 403) return { word: 'call/forbidden' };
  if (code === 400 || code === 405 || code === 409 || code === 422) return { word: 'command/invalid' };
  if (code === 500 || code === 503 || code === 504) return { word: 'call/service', retryable: true };
  return { word: 'call/unknown' };
}
