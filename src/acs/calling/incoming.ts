import type { Call, CallEndReason, IncomingCall, TeamsCall, TeamsIncomingCall } from '@azure/communication-calling';
import { ContactCenterError, type CallEnd, type Clock } from 'onescreen';
import type { IncomingInvite, VoiceCall } from 'onescreen/voice';
import type { CallHandle } from './agent-handle';
import { toCallEnd, toCallingError } from './calling-error';
import { correlationOf } from './custom-context';
import { timeLimit } from './time-limit';

export type IncomingHandle =
  | { readonly kind: 'TeamsIncomingCall'; readonly incoming: TeamsIncomingCall }
  | { readonly kind: 'IncomingCall'; readonly incoming: IncomingCall };

/** How long a ring may wait for the id under which the server knows it, where it brings no id of ours. */
const serverIdLimitMs = 500;

/** A call that rings, of the calling package. */
export class AcsInvite implements IncomingInvite {
  readonly correlationId?: string;
  readonly callerName?: string;
  readonly ended: Promise<CallEnd>;
  readonly #handle: IncomingHandle;
  readonly #open: (call: CallHandle) => VoiceCall;
  #callIds: readonly string[];
  #end: CallEnd | undefined;
  #accepting: Promise<VoiceCall> | undefined;
  #answered = false;
  #resolve: (end: CallEnd) => void = () => {};

  constructor(handle: IncomingHandle, open: (call: CallHandle) => VoiceCall) {
    const { incoming } = handle;
    this.#handle = handle;
    this.#open = open;
    this.#callIds = [incoming.id];
    const correlationId = correlationOf(incoming.customContext);
    const callerName = incoming.callerInfo.displayName;
    if (correlationId !== undefined) this.correlationId = correlationId;
    if (callerName !== undefined && callerName !== '') this.callerName = callerName;
    this.ended = new Promise((resolve) => (this.#resolve = resolve));
    incoming.on('callEnded', this.#callEnded);
  }

  get callIds(): readonly string[] {
    return this.#callIds;
  }

  get isOver(): boolean {
    return this.#answered || this.#end !== undefined;
  }

  /** Resolves when as much is known of its ids as it takes to match it. */
  async identified(clock: Clock): Promise<void> {
    const { info } = this.#handle.incoming;
    const known = info.getServerCallId().then(
      (serverCallId) => {
        if (typeof serverCallId === 'string' && serverCallId !== '') this.#callIds = [...this.#callIds, serverCallId];
      },
      () => {}, // It is not known in every kind of call.
    );
    if (this.correlationId === undefined) await timeLimit(clock, serverIdLimitMs, known, () => {});
  }

  accept(options: { readonly muted: boolean }): Promise<VoiceCall> {
    return (this.#accepting ??= this.#accept(options));
  }

  async reject(): Promise<void> {
    if (this.isOver || this.#accepting !== undefined) return;
    await this.#handle.incoming.reject().catch(() => {}); // It has ended by itself, or will.
    this.drop({ outcome: 'declined', code: 'call/declined', retryable: false, message: 'declined on this side' });
  }

  /** It rings no more, whatever the package says. */
  drop(end: CallEnd): void {
    if (this.isOver) return;
    this.#end = end;
    this.#handle.incoming.off('callEnded', this.#callEnded);
    this.#resolve(end);
  }

  async #accept({ muted }: { readonly muted: boolean }): Promise<VoiceCall> {
    if (this.#end !== undefined) throw gone(this.#end, undefined);
    const options = { audioOptions: { muted } };
    const handle = this.#handle;
    try {
      const call: CallHandle =
        handle.kind === 'TeamsIncomingCall'
          ? teamsCall(await handle.incoming.accept(options))
          : acsCall(await handle.incoming.accept(options));
      this.#answered = true;
      handle.incoming.off('callEnded', this.#callEnded);
      return this.#open(call);
    } catch (error) {
      this.#accepting = undefined; // A failure that is none of the races may be tried again.
      if (this.#end !== undefined) throw gone(this.#end, error);
      throw toCallingError(error, 'answer call');
    }
  }

  readonly #callEnded = ({ callEndReason }: { readonly callEndReason: CallEndReason }): void => {
    this.drop(toCallEnd(callEndReason));
  };
}

const teamsCall = (call: TeamsCall): CallHandle => ({ kind: 'TeamsCall', call });
const acsCall = (call: Call): CallHandle => ({ kind: 'Call', call });

function gone({ message, provider }: CallEnd, cause: unknown): ContactCenterError {
  return new ContactCenterError('call/gone', `unable to answer call; ${message}`, {
    ...(cause !== undefined && { cause }),
    ...(provider !== undefined && { provider }),
  });
}
