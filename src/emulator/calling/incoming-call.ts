import type {
  AcceptCallOptions,
  CallEndReason,
  CallInfo,
  CallerInfo,
  CustomContext,
  IncomingCall,
  IncomingCallKind,
  TeamsIncomingCall,
} from '@azure/communication-calling';
import type { CallingPush, EndFrame } from '../calls/frames';
import type { EmulatedCall } from './call';
import { CallingCommunicationError, notSupported, reasonOf, reasons } from './calling-error';
import { endReason } from './end-reason';
import { identifierOf } from './identifiers';
import { Listeners, type Later, type Listener } from './listeners';
import type { Signalling } from './signalling';

interface IncomingEvents {
  callEnded: { callEndReason: CallEndReason };
  callerInfoChanged: undefined;
  transferorInfoChanged: undefined;
}

export interface IncomingCallOptions {
  readonly frame: Extract<CallingPush, { readonly type: 'incoming' }>;
  readonly kind: IncomingCallKind;
  readonly later: Later;
  readonly signalling: Signalling;
  /** Makes the call that frames for this id go to from now on. */
  readonly answer: (incoming: EmulatedIncomingCall, options: AcceptCallOptions | undefined) => EmulatedCall;
  /** The call is in: `call` shows up among the agent's. Otherwise it came to nothing. */
  readonly answered: (incoming: EmulatedIncomingCall, call: EmulatedCall, joined: boolean) => void;
  readonly onEnd: (incoming: EmulatedIncomingCall) => void;
}

/** A call that rings here: of the public shape of both `IncomingCall` and `TeamsIncomingCall`. */
export class EmulatedIncomingCall implements IncomingCall, TeamsIncomingCall {
  readonly kind: IncomingCallKind;
  readonly info: CallInfo;
  readonly callerInfo: CallerInfo;
  readonly customContext?: CustomContext;
  callEndReason?: CallEndReason;
  readonly #options: IncomingCallOptions;
  readonly #listeners: Listeners<IncomingEvents>;
  #id: string;
  #status: 'ringing' | 'answering' | 'answered' | 'ended' = 'ringing';
  #endedMeanwhile: EndFrame | undefined;

  constructor(options: IncomingCallOptions) {
    this.#options = options;
    const { from, context } = options.frame;
    this.kind = options.kind;
    this.#id = options.frame.callId;
    this.callerInfo = {
      identifier: identifierOf(from.rawId),
      ...(from.displayName !== undefined && { displayName: from.displayName }),
    };
    if (context !== undefined) {
      this.customContext = {
        ...(context.voipHeaders !== undefined && { voipHeaders: [...context.voipHeaders] }),
        ...(context.sipHeaders !== undefined && { sipHeaders: [...context.sipHeaders] }),
      };
    }
    this.info = {
      threadId: undefined,
      groupId: undefined,
      participantId: '',
      getServerCallId: () => Promise.reject(notSupported('The server call id of a call that rings')),
      onCallInfoChanged: () => {},
      offCallInfoChanged: () => {},
    };
    this.#listeners = new Listeners(options.later);
  }

  get id(): string {
    return this.#id;
  }

  rename(id: string): void {
    this.#id = id;
  }

  async accept(options?: AcceptCallOptions): Promise<EmulatedCall> {
    if (this.#status !== 'ringing') throw new CallingCommunicationError(reasons.notRinging);
    this.#status = 'answering';
    const { signalling, answer, answered } = this.#options;
    const call = answer(this, options);
    try {
      await signalling.ask(
        { type: 'accept', callId: this.#id, muted: call.isMuted },
        () => this.#status === 'answering',
      );
    } catch (error) {
      answered(this, call, false);
      const reason = reasonOf(error, reasons.network);
      const lost = reason.code === reasons.network.code || reason.code === reasons.disposed.code;
      if (this.#endedMeanwhile !== undefined) this.#end(this.#endedMeanwhile);
      else if (lost) this.#end(reason);
      else this.#status = 'ringing';
      throw new CallingCommunicationError(reason);
    }
    this.#status = 'answered';
    answered(this, call, true);
    this.#options.onEnd(this);
    return call;
  }

  async reject(): Promise<void> {
    if (this.#status !== 'ringing') throw new CallingCommunicationError(reasons.rejectNotRinging);
    const asked = this.#options.signalling.ask({ type: 'reject', callId: this.#id }, () => this.#status === 'ended');
    this.#end(reasons.declined);
    await asked;
  }

  on(event: keyof IncomingEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof IncomingEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  /** It rings no more. While it is being accepted, the answer to that decides. */
  stop(reason: EndFrame): void {
    if (this.#status === 'answering') this.#endedMeanwhile = reason;
    else if (this.#status === 'ringing') this.#end(reason);
  }

  #end(reason: EndFrame): void {
    this.#status = 'ended';
    this.callEndReason = endReason(reason);
    this.#listeners.emit('callEnded', { callEndReason: this.callEndReason });
    this.#options.onEnd(this);
  }
}
