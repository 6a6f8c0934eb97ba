import { ContactCenterError, type Cancel, type Clock } from 'onescreen';
import type { AutomationApi } from './automation-api';
import type { CallbackEvent } from './callback-event';
import { callFailure, endOf, requestFailure } from './call-failures';
import { gone } from './end-codes';
import { commandMs } from './time-limits';

type State = 'on' | 'paused' | 'off';
type Step = 'start' | 'pause' | 'resume' | 'stop';

const after: Readonly<Record<Step, State>> = { start: 'on', pause: 'paused', resume: 'on', stop: 'off' };

export interface RecordingParts {
  readonly api: AutomationApi;
  readonly clock: Clock;
  readonly callbackUrl: string;
  readonly changed: (state: State) => void;
}

/** The recording of one call: at most one at a time, sound alone. */
export class CallRecording {
  readonly #parts: RecordingParts;
  #id: string | undefined;
  #state: State = 'off';
  /** What the latest step makes of it: the service says `inactive` for paused and stopped alike. */
  #wanted: State = 'off';
  #arrived: (() => void) | undefined;
  #refused: ((error: unknown) => void) | undefined;
  /** Ids of those that have ended: what still comes of them is late. */
  readonly #over = new Set<string>();
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** Resolves when it is so. One step at a time; a step that changes nothing has no effect. */
  step(callId: string, step: Step): Promise<void> {
    const done = this.#work.then(() => this.#step(callId, step));
    this.#work = done.catch(() => {});
    return done;
  }

  receive({ type, recordingId, recordingState, result }: CallbackEvent): void {
    if (type === 'StartRecordingFailed') this.#refused?.(callFailure('start recording', result));
    if (type !== 'RecordingStateChanged' || recordingState === undefined) return;
    if (recordingId !== undefined && (this.#over.has(recordingId) || recordingId !== (this.#id ?? recordingId))) return;
    const active = recordingState === 'active';
    if (this.#id === undefined && this.#wanted !== 'on') {
      // It was begun after all, though nobody has said so to who began it.
      if (!active || recordingId === undefined) return;
      this.#id = recordingId;
      this.#wanted = 'on';
    }
    // Nobody here has asked for it: an event that is late looks the same.
    if (this.#arrived === undefined && !active && this.#state === 'on') return this.#verify(recordingState);
    this.#see(recordingState);
  }

  /** Nothing is waited for any more. */
  close(): void {
    this.#closed = true;
    this.#arrived?.();
  }

  async #step(callId: string, step: Step): Promise<void> {
    const { api, clock, callbackUrl } = this.#parts;
    const state = after[step];
    if (this.#closed) throw callFailure(`${step} recording`, gone);
    if (this.#state === state) return;
    if ((step === 'pause' || step === 'resume') && this.#state === 'off') throw wrongState(step);
    this.#wanted = state;
    let cancel: Cancel = () => {};
    const seen = new Promise<void>((resolve, reject) => {
      this.#arrived = resolve;
      if (step === 'start') this.#refused = reject;
      cancel = clock.schedule(commandMs, resolve);
    });
    seen.catch(() => {}); // Looked at only when it is waited for.
    try {
      if (step === 'start') {
        const recording = await api.startRecording(callId, callbackUrl);
        this.#id = recording.recordingId;
        this.#see(recording.state);
      } else if (this.#id !== undefined) {
        await api.recording(this.#id, step);
      }
      if (this.#isNot(state)) await seen;
      if (this.#closed) throw callFailure(`${step} recording`, gone);
      if (this.#isNot(state)) await this.#look();
      if (this.#isNot(state))
        throw new ContactCenterError('command/timed-out', `unable to ${step} recording; it has not become so`, {
          retryable: true,
        });
    } catch (error) {
      this.#wanted = this.#state;
      throw requestFailure(`${step} recording`, error);
    } finally {
      cancel();
      this.#arrived = undefined;
      this.#refused = undefined;
    }
  }

  #verify(said: string): void {
    this.#work = this.#work.then(async () => {
      if (!this.#closed) await this.#look().catch(() => this.#see(said));
    });
  }

  async #look(): Promise<void> {
    if (this.#id === undefined) return;
    try {
      this.#see(await this.#parts.api.readRecording(this.#id));
    } catch (error) {
      // There is no recording of this id any more.
      if (endOf(error)?.code !== 404) throw error;
      this.#see('inactive');
    }
  }

  #see(serviceState: string): void {
    const active = serviceState === 'active';
    const state: State = active ? 'on' : this.#wanted === 'paused' ? 'paused' : 'off';
    // An older event says what has been overtaken by the step that is under way.
    if (active !== (this.#wanted === 'on') && this.#arrived !== undefined) return;
    if (state === 'off') {
      if (this.#id !== undefined) this.#over.add(this.#id);
      this.#id = undefined;
    }
    if (this.#isNot(state)) {
      this.#state = state;
      this.#wanted = state;
      this.#parts.changed(state);
    }
    this.#arrived?.();
  }

  #isNot(state: State): boolean {
    return this.#state !== state;
  }
}

function wrongState(step: Step): ContactCenterError {
  return new ContactCenterError('call/wrong-state', `unable to ${step} recording; there is none`);
}
