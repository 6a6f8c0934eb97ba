import type { CallInfo } from '@azure/communication-calling';
import type { CallFrame } from '../calls/frames';
import { CallingCommunicationError, reasons } from './calling-error';
import { Listeners, type Later, type Listener } from './listeners';

/** What a call is called at the service; known when the emulator has it, and another after a move. */
export class EmulatedCallInfo implements CallInfo {
  readonly groupId: undefined;
  readonly #listeners: Listeners<{ callInfoChanged: undefined }>;
  readonly #waiting = new Set<() => void>();
  #threadId: string | undefined;
  #serverCallId = '';
  #participantId = '';
  #over = false;

  constructor(threadId: string | undefined, later: Later) {
    this.#threadId = threadId;
    this.#listeners = new Listeners(later);
  }

  /** A meeting's is known only while this side is in. */
  get threadId(): string | undefined {
    return this.#threadId;
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

  apply({ serverCallId, participantId, meeting }: Pick<CallFrame, 'serverCallId' | 'participantId' | 'meeting'>): void {
    const threadId = meeting === undefined ? this.#threadId : meeting.threadId;
    if (serverCallId === this.#serverCallId && participantId === this.#participantId && threadId === this.#threadId) {
      return;
    }
    this.#threadId = threadId;
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
