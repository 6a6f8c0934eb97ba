import { isContactCenterError } from 'onescreen';
import { ends } from '../calls/end-reasons';
import type { EndFrame } from '../calls/frames';
import { ServiceError } from '../http/service-error';

/** A refusal as the service words it: the subCode is the error's code. */
export function refusal({ code, subCode, message = '' }: EndFrame): ServiceError {
  return new ServiceError(code, String(subCode), message);
}

export const callGone = () => refusal(ends.callGone);
export const wrongState = (message: string = ends.wrongState.message) => refusal({ ...ends.wrongState, message });
export const invalid = (message: string, target?: string) =>
  new ServiceError(400, String(ends.invalid.subCode), message, target === undefined ? {} : { target });

/** What the emulator does not do says so, with a status that the official client does not try again. */
export const notEmulated = (what: string) => new ServiceError(501, 'NotEmulated', `The emulator does not do ${what}.`);

/** Codes with which the service refuses a request itself, instead of reporting it in an event. */
const atTheDoor = new Set<number>([8501, 8519, 8520, 8522, 8523, 8553, 8573, 8607]);
const messages = new Map<number, string>(
  [ends.callGone, ends.wrongState, ends.inCallAlready, ends.onlyVoip, ends.duplicateRecording, ends.recordingState].map(
    ({ subCode, message }) => [subCode, message],
  ),
);

/** The code and subCode that an error of the call service names; undefined for anything else. */
export function endOf(error: unknown): EndFrame | undefined {
  if (!isContactCenterError(error)) return undefined;
  const { code, subCode } = error.provider ?? {};
  if (typeof code !== 'number' || typeof subCode !== 'number') return undefined;
  return { code, subCode, message: messages.get(subCode) ?? error.message };
}

/** Turns what the call service throws into the service's own refusal; anything else stays as it is. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof ServiceError && error.code === 'BadRequest') return invalid(error.message, error.target);
  const end = endOf(error);
  return end !== undefined && atTheDoor.has(end.subCode) ? refusal(end) : error;
}

/** Runs a command of a call; what the service reports in an event only is returned. */
export function refusedLater(run: () => void): EndFrame | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    const end = endOf(error);
    if (end === undefined || atTheDoor.has(end.subCode)) throw error;
    return end;
  }
}
