import { ContactCenterError, type Clock, type ErrorCode } from 'onescreen';
import type { CallHandle } from './agent-handle';
import { toCallingError } from './calling-error';
import { parseRawId, type TargetIdentifier } from './identifiers';
import { timeLimit } from './time-limit';

/** Most that leaving a call takes, in milliseconds (chosen). */
export const hangUpLimitMs = 10_000;

/**
 * Does something in a call that may end meanwhile: that is a race that is expected, whatever the package makes of it.
 * @throws ContactCenterError as the package says, or `gone` when the call has ended
 */
export async function runInCall(
  call: CallHandle['call'],
  what: string,
  gone: { readonly code: ErrorCode; readonly why: string },
  work: () => unknown,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const failure = toCallingError(error, what);
    if (call.state !== 'Disconnecting' && call.state !== 'Disconnected') throw failure;
    throw new ContactCenterError(gone.code, `unable to ${what}; ${gone.why}`, {
      cause: error,
      ...(failure.provider !== undefined && { provider: failure.provider }),
    });
  }
}

/**
 * Takes this side out of a call; resolves once it has `ended`.
 * @throws ContactCenterError `command/timed-out`, or as the package says
 */
export async function hangUp(
  call: CallHandle['call'],
  ended: Promise<void>,
  clock: Clock,
  what = 'hang up',
): Promise<void> {
  const all = Promise.all([call.hangUp({ forEveryone: false }), ended]).then(() => {});
  try {
    await timeLimit(clock, hangUpLimitMs, all, () => {
      throw new ContactCenterError('command/timed-out', `unable to ${what}; the call did not end`, { retryable: true });
    });
  } catch (error) {
    throw toCallingError(error, what);
  }
}

/**
 * Asks somebody into a call; `threadId` is the chat that goes with it.
 * @throws ContactCenterError `command/not-allowed` for whom this kind of call cannot take
 */
export function addToCall(handle: CallHandle, target: TargetIdentifier, threadId?: string): void {
  if (handle.kind === 'TeamsCall') {
    const options = threadId === undefined ? undefined : { threadId };
    handle.call.addParticipant(
      target.kind === 'acsUser' ? { id: target.id.communicationUserId } : target.id,
      ...(options === undefined ? [] : [options]),
    );
    return;
  }
  if (target.kind === 'phone') handle.call.addParticipant(target.id);
  else if (target.kind === 'acsUser' || target.kind === 'teamsUser') handle.call.addParticipant(target.id);
  else throw new ContactCenterError('command/not-allowed', 'unable to add participant; not-supported');
}

/** Takes somebody out of a call, by the raw id. */
export function removeFromCall(handle: CallHandle, participantId: string): Promise<void> {
  const target = parseRawId(participantId, 'participantId');
  if (handle.kind === 'Call') return handle.call.removeParticipant(target.id);
  const named = target.kind === 'phone' || target.kind === 'teamsUser';
  return handle.call.removeParticipant(named ? target.id : { id: participantId });
}
