import type { CallInfo } from '@azure/communication-calling';
import type { CallFrame } from '../calls/frames';
import { CallingCommunicationError, reasons } from './calling-error';
import { Listeners, type Later, type Listener } from './listeners';

/** What a call is called at the service; known when the emulator has it, and another after a move. */
export class EmulatedCallInfo implements CallInfo {
  readonly threadId: string | undefined;
  readonly groupId: undefined;
  readonly #listeners: Listeners<{ callInfoChanged: undefined }>;
  readonly #waiting = new Set<() => void>();
  #serverCallId = '';
  #participantId = '';
  #over = false;

  constructor(threadId: string | undefined, later: Later) {
    this.threadId = threadId;
    this.#listeners = new Listeners(later);
  }

  get participantId(): string {
    return this.#participantId;
  }

  readonly getServerCallId = async (): Promise<string> => {
    if (this.#serverCallId === '' && !this.#over) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    if (this.#serverCallId === '') throw new CallingCommunicationError(reasons.over);
    return this.#serverCallId;
  };

  onCallInfoChanged(event: 'callInfoChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  offCallInfoChanged(event: 'callInfoChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  apply({ serverCallId, participantId }: Pick<CallFrame, 'serverCallId' | 'participantId'>): void {
    if (serverCallId === this.#serverCallId && participantId === this.#participantId) return;
    this.#serverCallId = serverCallId;
    this.#participantId = participantId;
    this.#goOn();
    this.#listeners.emit('callInfoChanged', undefined);
  }

  /** Nothing will be known any more. */
  close(): void {
    this.#over = true;
    this.#goOn();
  }

  #goOn(): void {
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }
}
