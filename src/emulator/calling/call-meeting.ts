import type { ParticipantRole } from '@azure/communication-calling';
import type { Clock } from 'onescreen';
import type { MeetingFrame } from '../calls/frames';
import { CallingCommunicationError, notSupported, reasons } from './calling-error';
import type { Later } from './listeners';
import { EmulatedLobby } from './lobby';
import { officialRole } from './meeting-role';
import type { CallingQuestion } from './signalling';

type WithoutCall<Question> = Question extends { readonly callId: string } ? Omit<Question, 'callId'> : never;
/** What is asked of a meeting, beside in which call. */
export type MeetingQuestion = WithoutCall<
  Extract<
    CallingQuestion,
    {
      readonly type:
        'admit' | 'reject-guest' | 'picture' | 'raise-hand' | 'lower-hands' | 'spotlight' | 'captions' | 'consent';
    }
  >
>;

export interface CallMeetingOptions {
  /** Whether the call has joined a meeting; no other call is one. */
  readonly joined: boolean;
  readonly clock: Clock;
  readonly later: Later;
  /** Rejects once the call is over. */
  readonly ask: (question: MeetingQuestion) => Promise<unknown>;
  readonly roleChanged: () => void;
}

/** What a call that has joined a meeting knows of it. */
export class CallMeeting {
  readonly joined: boolean;
  readonly lobby: EmulatedLobby;
  readonly #options: CallMeetingOptions;
  #frame: MeetingFrame | undefined;

  constructor(options: CallMeetingOptions) {
    this.#options = options;
    this.joined = options.joined;
    this.lobby = new EmulatedLobby({
      clock: options.clock,
      later: options.later,
      admit: (targets) => this.ask({ type: 'admit', ...(targets !== undefined && { targets }) }),
      reject: (target) => this.ask({ type: 'reject-guest', target }),
    });
  }

  /** The meeting as the emulator has it; undefined before it says so, and at calls that are none. */
  get frame(): MeetingFrame | undefined {
    return this.#frame;
  }

  get role(): ParticipantRole {
    return officialRole(this.#frame?.role);
  }

  /** Nothing may be sent before this person has consented to being recorded or transcribed. */
  get consentRequired(): boolean {
    return this.#frame?.consent === 'required';
  }

  async ask(question: MeetingQuestion): Promise<void> {
    if (!this.joined) throw notSupported('This outside of meetings');
    await this.#options.ask(question);
  }

  /** This person agrees to being recorded or transcribed, for both features; nothing where that is not asked. */
  async consent(): Promise<void> {
    if (this.consentRequired) await this.ask({ type: 'consent' });
  }

  /** Throws what the service refuses everything with that others would hear or see. */
  requireConsent(): void {
    if (this.consentRequired) throw new CallingCommunicationError(reasons.consent);
  }

  apply(frame: MeetingFrame | undefined): void {
    const before = this.role;
    this.#frame = frame;
    this.lobby.apply(frame?.lobby ?? []);
    if (this.role !== before) this.#options.roleChanged();
  }

  /** The call has ended: nobody waits any more. */
  close(): void {
    this.lobby.apply([]);
    this.#frame = undefined;
  }
}
