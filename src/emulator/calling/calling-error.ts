import type { EndFrame } from '../calls/frames';

/** An error as the official package throws it: told apart by `code` and `subCode`. */
export class CallingCommunicationError extends Error {
  override readonly name = 'CallingCommunicationError';
  readonly code: number;
  readonly subCode: number;

  constructor(reason: EndFrame) {
    super(reason.message ?? `${reason.code}/${reason.subCode}`);
    this.code = reason.code;
    this.subCode = reason.subCode;
  }
}

/** The pair of an error of ours; `otherwise` for anything else. */
export function reasonOf(error: unknown, otherwise: EndFrame): EndFrame {
  if (!(error instanceof CallingCommunicationError)) return otherwise;
  return { code: error.code, subCode: error.subCode, message: error.message };
}

/** For what the emulator leaves out. */
export function notSupported(what: string): CallingCommunicationError {
  return new CallingCommunicationError({ code: 405, subCode: 0, message: `${what} is not supported` });
}

/** Reasons as the service or the official package state them (Microsoft's troubleshooting tables, or observed). */
export const reasons = {
  hungUp: { code: 0, subCode: 0, message: 'The call was ended by this side' },
  declined: { code: 603, subCode: 0, message: 'The call was declined' },
  /** Observed of the official package with no network. */
  network: { code: 490, subCode: 4525, message: 'NetworkError' },
  lost: { code: 410, subCode: 301005, message: 'The call was lost with its connection' },
  media: { code: 410, subCode: 3112, message: 'The media connection failed' },
  notRinging: { code: 400, subCode: 41006, message: 'The call does not ring any more' },
  rejectNotRinging: { code: 400, subCode: 41007, message: 'The call does not ring any more' },
  duplicateAgent: { code: 409, subCode: 40228, message: 'There is a call agent for this identity already' },
  tokenExpired: { code: 401, subCode: 40235, message: 'The token is missing, expired or void' },
  disposed: { code: 412, subCode: 40115, message: 'The call agent is disposed' },
  mute: { code: 412, subCode: 41015, message: 'The microphone could not be muted' },
  unmute: { code: 412, subCode: 41016, message: 'The microphone could not be unmuted' },
  hold: { code: 412, subCode: 41033, message: 'The call could not be held' },
  resume: { code: 412, subCode: 41034, message: 'The call could not be resumed' },
  notConnected: { code: 412, subCode: 40000, message: 'The call is not connected' },
  over: { code: 412, subCode: 40000, message: 'The call has ended' },
  speakers: { code: 405, subCode: 40606, message: 'Speakers cannot be listed or chosen in this browser' },
  /** Nothing may be sent in a meeting before its person has consented. The code is chosen: none is documented. */
  consent: { code: 403, subCode: 8501, message: 'Explicit consent to being recorded is required' },
  rendererDisposed: { code: 412, subCode: 0, message: 'The renderer is disposed' },
  /** Pairs of rendering are chosen: their numbers are not documented. */
  streamUnavailable: { code: 404, subCode: 0, message: 'The video stream is not available' },
  permission: { code: 400, subCode: 40613, message: 'The microphone may not be used' },
} as const satisfies Readonly<Record<string, EndFrame>>;
