import type {
  CallFeatureContext,
  CustomContext,
  Transfer,
  TransferCallFeature,
  TransferErrorCode,
  TransferState,
  TransferToCallLocator,
  TransferToCallOptions,
  TransferToParticipantLocator,
  TransferToParticipantOptions,
  TransferToVoicemailLocator,
} from '@azure/communication-calling';
import type { EmulatedCall } from './call';
import { notSupported, reasonOf, reasons } from './calling-error';
import { contextFrame } from './context-frame';
import { emulatedCall } from './emulated-call';
import { rawIdOf } from './identifiers';
import { Listeners, type Later, type Listener } from './listeners';

type Locator = TransferToParticipantLocator | TransferToCallLocator | TransferToVoicemailLocator;

/** Gives the other side of a call of two to somebody else. Transfers to another call or to voicemail are left out. */
export class EmulatedTransferFeature implements TransferCallFeature {
  readonly name = 'Transfer';
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<{ transferAccepted: undefined }>;

  constructor(context: CallFeatureContext) {
    this.#call = emulatedCall(context);
    this.#listeners = new Listeners(this.#call.later);
  }

  transfer(target: Locator, options?: TransferToParticipantOptions | TransferToCallOptions): Transfer {
    if ('targetCallId' in target) throw notSupported('A transfer to another call');
    if ('targetParticipantVoicemail' in target) throw notSupported('A transfer to voicemail');
    const customContext: CustomContext | undefined = options?.customContext;
    const context = contextFrame(customContext);
    const question = { target: rawIdOf(target.targetParticipant), ...(context !== undefined && { context }) };
    return new EmulatedTransfer(this.#call.later, () => this.#call.transfer(question));
  }

  /** Never told: who is transferred keeps the call object, under another id. */
  on(event: 'transferAccepted', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'transferAccepted', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

class EmulatedTransfer implements Transfer {
  readonly #listeners: Listeners<{ stateChanged: undefined }>;
  #state: TransferState = 'None';
  error?: TransferErrorCode;

  constructor(later: Later, run: () => Promise<void>) {
    this.#listeners = new Listeners(later);
    // The application gets it in state None, and hears of all that follows.
    later(() => {
      this.#set('Transferring');
      run().then(
        () => this.#set('Transferred'),
        (error: unknown) => {
          const { code, subCode } = reasonOf(error, reasons.network);
          this.error = { code, subCode };
          this.#set('Failed');
        },
      );
    });
  }

  get state(): TransferState {
    return this.#state;
  }

  on(event: 'stateChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'stateChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  #set(state: TransferState): void {
    this.#state = state;
    this.#listeners.emit('stateChanged', undefined);
  }
}
