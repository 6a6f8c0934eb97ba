import { ContactCenterError, isContactCenterError, type ErrorCode } from 'onescreen';
import type { CallEndCode } from '../call-control';
import { explainAccessFailure } from './access-failures';

interface Row {
  readonly code?: number;
  readonly subCodes?: readonly number[];
  readonly word: ErrorCode;
  readonly why: string;
  readonly retryable?: boolean;
}

/**
 * What ends of calls, refusals and failed actions mean; the first row that fits speaks. Sources: azure-docs,
 * communication-services: troubleshooting codes of Call Automation, of calling and of PSTN calls.
 */
const rows: readonly Row[] = [
  { subCodes: [10003], word: 'call/accepted-elsewhere', why: 'it was accepted on another endpoint' },
  { subCodes: [10004, 560408, 560480], word: 'call/no-answer', why: 'nobody answered', retryable: true },
  { subCodes: [10024, 560603, 8538], word: 'call/declined', why: 'it was declined' },
  // A call of ours that nobody took is over without a fault (recorded: CreateCallFailed 200/5002).
  { code: 200, word: 'call/declined', why: 'it was declined' },
  { code: 603, word: 'call/declined', why: 'it was declined' },
  { subCodes: [5234], word: 'command/aborted', why: 'it was cancelled' },
  { subCodes: [8508], word: 'command/aborted', why: 'it was cancelled' },
  { subCodes: [8539, 8540], word: 'call/busy', why: 'the line is busy', retryable: true },
  { code: 486, word: 'call/busy', why: 'the line is busy', retryable: true },
  { subCodes: [8542], word: 'call/cancelled', why: 'the caller gave up' },
  { code: 487, word: 'call/cancelled', why: 'the caller gave up' },
  { code: 497, word: 'call/cancelled', why: 'the caller gave up' },
  { subCodes: [10037], word: 'call/unreachable', why: 'no endpoint is registered', retryable: true },
  {
    subCodes: [10057],
    word: 'call/unreachable',
    why: 'the set-up was not finished; is the endpoint signed in with a token of another kind?',
  },
  { subCodes: [8541, 8544], word: 'call/unreachable', why: 'the callee cannot be reached', retryable: true },
  { code: 480, word: 'call/unreachable', why: 'no endpoint is registered', retryable: true },
  { code: 408, word: 'call/no-answer', why: 'nobody answered', retryable: true },
  { code: 404, subCodes: [560404, 511404], word: 'call/bad-destination', why: 'the number is not assigned' },
  { code: 484, word: 'call/bad-destination', why: 'the number is not complete' },
  { code: 404, word: 'call/gone', why: 'it is over, or the participant has left' },
  { code: 405, subCodes: [8522], word: 'call/not-supported', why: 'the call was answered without what this needs' },
  { subCodes: [8528, 8543], word: 'call/gone', why: 'the call has ended' },
  { subCodes: [8586, 8587], word: 'call/gone', why: 'it was not answered in time' },
  {
    subCodes: [8516, 8529, 8530, 8589],
    word: 'call/throttled',
    why: 'the service has too much to do',
    retryable: true,
  },
  { code: 429, word: 'call/throttled', why: 'the service has too much to do', retryable: true },
  { subCodes: [8501, 8585], word: 'call/wrong-state', why: 'the call does not allow this now', retryable: true },
  { subCodes: [8500, 8583], word: 'call/wrong-state', why: 'another sound is being played', retryable: true },
  { subCodes: [8553, 8559, 8571], word: 'call/wrong-state', why: 'it is being recorded already' },
  { code: 409, word: 'call/wrong-state', why: 'another command is being carried out', retryable: true },
  { subCodes: [8511, 8535, 8536, 8582], word: 'call/play-failed', why: 'the sound cannot be played' },
  { subCodes: [8520], word: 'call/not-supported', why: 'the service does not do this' },
  { code: 405, word: 'call/not-supported', why: 'the service does not do this' },
  { subCodes: [8523], word: 'command/invalid', why: 'the service refused what it was given' },
  { code: 400, word: 'command/invalid', why: 'the service refused what it was given' },
  { code: 422, word: 'command/invalid', why: 'the service refused what it was given' },
];

/** An end of a call, a failed action or a refusal, as an error; what the service said is in `provider`. */
export function callFailure(action: string, { code, subCode, message }: CallEndCode): ContactCenterError {
  const provider = { name: 'acs', code, subCode };
  const access = explainAccessFailure({ status: code, subCode, ...(message !== undefined && { text: message }) });
  if (access !== undefined) {
    const text = `unable to ${action}; ${access.message}. ${access.remedy}`;
    return new ContactCenterError('call/forbidden', text, { provider });
  }
  const row = rows.find(
    (one) =>
      (one.code === undefined || one.code === code) && (one.subCodes === undefined || one.subCodes.includes(subCode)),
  );
  if (row !== undefined) {
    return new ContactCenterError(row.word, `unable to ${action}; ${row.why}`, {
      retryable: row.retryable ?? false,
      provider,
    });
  }
  const service = code >= 500;
  return new ContactCenterError(
    service ? 'call/service' : 'call/unknown',
    `unable to ${action}; the service said ${code}/${subCode}`,
    { retryable: service, provider },
  );
}

/** What an official client threw, as an error of ours. Its own text may quote what was sent, and is its cause alone. */
export function requestFailure(action: string, error: unknown): ContactCenterError {
  if (isContactCenterError(error)) return error;
  const end = endOf(error);
  if (end !== undefined) {
    const known = callFailure(action, end);
    return new ContactCenterError(known.code, known.message, {
      retryable: known.retryable,
      ...(known.provider !== undefined && { provider: known.provider }),
      cause: error,
    });
  }
  return new ContactCenterError('call/service', `unable to ${action}; the service cannot be reached`, {
    retryable: true,
    provider: { name: 'acs' },
    cause: error,
  });
}

/** Whether it is unknown what has become of a request: no answer, or one of a server that failed. */
export function isUncertain(error: unknown): boolean {
  const end = endOf(error);
  return end === undefined || end.code >= 500;
}

/** Status and sub code of an answer that an official client threw; undefined when there was none. */
export function endOf(error: unknown): CallEndCode | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  if (typeof statusCode !== 'number') return undefined;
  const subCode = 'code' in error && typeof error.code === 'string' ? Number(error.code) : Number.NaN;
  const message = 'message' in error && typeof error.message === 'string' ? error.message : undefined;
  return {
    code: statusCode,
    subCode: Number.isInteger(subCode) ? subCode : 0,
    ...(message !== undefined && { message }),
  };
}
