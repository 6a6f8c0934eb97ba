import type { CallEndCode } from '../call-control';

/** What a command on a call that is over is refused with. */
export const gone: CallEndCode = { code: 404, subCode: 8522 };
/** What ended a call that is found to be gone. */
export const foundGone: CallEndCode = { code: 0, subCode: 7000, message: 'The call has ended.' };
export const hungUp: CallEndCode = { code: 0, subCode: 0, message: 'Hung up.' };
export const transferred: CallEndCode = { code: 0, subCode: 7015, message: 'The call was transferred.' };
export const removed: CallEndCode = { code: 0, subCode: 5000, message: 'Removed from the call.' };

/** How somebody has left of whom the service says no more; a phone may have called, or been called. */
export function leftByThemselves(rawId: string, hasCalled: boolean): CallEndCode {
  if (!rawId.startsWith('4:')) return { code: 0, subCode: 7000, message: 'Hung up.' };
  return { code: 0, subCode: hasCalled ? 540000 : 560000, message: 'The phone hung up.' };
}

/** A callback says 200 for what ends of calls say 0. */
export function plain(end: CallEndCode): CallEndCode {
  return end.code === 200 ? { ...end, code: 0 } : end;
}
