import { ContactCenterError, isContactCenterError, type CallTarget } from 'onescreen';

/** What can become of a ring besides success; `withdrawn`: the task was taken away meanwhile. */
export type RingFailure = 'no-answer' | 'declined' | 'unreachable' | 'gone' | 'withdrawn';

const ringFailures: ReadonlyMap<string, RingFailure> = new Map([
  ['call/no-answer', 'no-answer'],
  ['call/declined', 'declined'],
  ['call/unreachable', 'unreachable'],
  ['call/gone', 'gone'],
  ['task/gone', 'withdrawn'],
]);

/** What became of a ring; undefined for a fault of the host. */
export function ringFailureOf(error: unknown): RingFailure | undefined {
  return isContactCenterError(error) ? ringFailures.get(error.code) : undefined;
}

/** Why a call that was dialled did not come about, as the log says it. */
const dialFailures = ['busy', 'no-answer', 'bad-destination', 'declined', 'unreachable'] as const;

/** The word for a failed dial, from an error such as `call/busy`. */
export function dialFailureOf(error: unknown): string {
  return dialFailures.find((word) => isContactCenterError(error, `call/${word}`)) ?? 'failed';
}

/** Why the customer's side of a call has ended; only words of ours reach the log. */
export function endWordOf(reason: string): string {
  return dialFailures.find((word) => word === reason) ?? 'customer-left';
}

/** Whether an error is the ordinary end of a try to reach somebody, and no fault of the vendor's code. */
export function isCallOutcome(error: unknown): boolean {
  return isContactCenterError(error) && error.code.startsWith('call/');
}

/** As {@link isCallOutcome}, or that it makes no sense now, as for somebody who is in the call already. */
export function isRefusal(error: unknown): boolean {
  return isCallOutcome(error) || isContactCenterError(error, 'command/invalid');
}

/** E.164: `+` and 8 to 15 digits. */
export function isPhoneNumber(phone: string): boolean {
  return /^\+[0-9]{8,15}$/.test(phone);
}

/** Throws `command/invalid` for a phone number that is none: E.164 is `+` and 8 to 15 digits. */
export function checkTarget(to: CallTarget, action: string): void {
  if (!('phone' in to) || isPhoneNumber(to.phone)) return;
  throw new ContactCenterError('command/invalid', `unable to ${action}; the number is not + and 8 to 15 digits`, {
    field: 'to.phone',
  });
}

export function customerGone(action: string): ContactCenterError {
  return new ContactCenterError('call/gone', `unable to ${action}; the customer has hung up`);
}

/** How the log and the desks are told of a ring that failed. */
export const ringReasonOf: Readonly<Record<RingFailure, string>> = {
  'no-answer': 'ring-no-answer',
  declined: 'call-declined',
  unreachable: 'call-unreachable',
  gone: 'customer-left',
  withdrawn: 'task-gone',
};

/** Ends a ring for a task that the agent does not have any more. */
export function takenAway(): ContactCenterError {
  return new ContactCenterError('task/gone', 'unable to ring; the task was taken away meanwhile');
}

/** The error of an accepted offer, or of a call taken without one, that came to nothing. */
export function acceptFailure(
  failure: RingFailure,
  cause?: unknown,
  action: 'accept offer' | 'take call' = 'accept offer',
): ContactCenterError {
  const gone = action === 'accept offer' ? 'offer/gone' : 'task/gone';
  switch (failure) {
    case 'gone':
      return new ContactCenterError(gone, `unable to ${action}; the customer has hung up`, { cause });
    case 'withdrawn':
      return new ContactCenterError(gone, `unable to ${action}; the task was taken away`, { cause });
    case 'no-answer':
      return new ContactCenterError('call/no-answer', `unable to ${action}; the phone was not answered`, { cause });
    case 'declined':
      return new ContactCenterError('call/declined', `unable to ${action}; the phone turned the call away`, { cause });
    case 'unreachable':
      return new ContactCenterError('call/unreachable', `unable to ${action}; the phone cannot be reached`, { cause });
  }
}
