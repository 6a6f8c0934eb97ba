import type {
  CallFeatureContext,
  RecordingCallFeature,
  RecordingInfo,
  TranscriptionCallFeature,
} from '@azure/communication-calling';
import type { EmulatedCall } from './call';
import { emulatedCall } from './emulated-call';
import { Listeners, type Listener } from './listeners';
import { recordingStates } from './official';

interface RecordingEvents {
  isRecordingActiveChanged: undefined;
  recordingsUpdated: { added: RecordingInfo[]; removed: RecordingInfo[] };
}

/** Tells whether the call is recorded. */
export class EmulatedRecording implements RecordingCallFeature {
  readonly name = 'Recording';
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<RecordingEvents>;
  readonly #unwatch: () => void;
  #active: boolean;
  #recording: EmulatedRecordingInfo | undefined;

  constructor(context: CallFeatureContext) {
    this.#call = emulatedCall(context);
    this.#listeners = new Listeners(this.#call.later);
    this.#active = this.#call.recordingActive;
    if (this.#active) this.#recording = new EmulatedRecordingInfo(this.#call);
    const update = () => this.#update();
    this.#unwatch = this.#call.watch({ changed: update, ended: update });
  }

  get isRecordingActive(): boolean {
    return this.#active;
  }

  get isTeamsConsentRequired(): boolean {
    return this.#call.meeting.consentRequired;
  }

  get recordings(): RecordingInfo[] {
    return this.#recording === undefined ? [] : [this.#recording];
  }

  grantTeamsConsent(): Promise<void> {
    return this.#call.meeting.consent();
  }

  on(event: keyof RecordingEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof RecordingEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#unwatch();
    this.#listeners.clear();
  }

  #update(): void {
    const active = this.#call.recordingActive;
    if (active === this.#active) return;
    this.#active = active;
    this.#listeners.emit('isRecordingActiveChanged', undefined);
    const before = this.recordings;
    this.#recording?.end();
    this.#recording = active ? new EmulatedRecordingInfo(this.#call) : undefined;
    this.#listeners.emit('recordingsUpdated', { added: this.recordings, removed: before });
  }
}

class EmulatedRecordingInfo implements RecordingInfo {
  readonly #listeners: Listeners<{ recordingStateChanged: undefined }>;
  state = recordingStates.started;

  constructor(call: EmulatedCall) {
    this.#listeners = new Listeners(call.later);
  }

  on(event: 'recordingStateChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'recordingStateChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  end(): void {
    this.state = recordingStates.ended;
    this.#listeners.emit('recordingStateChanged', undefined);
  }
}

/** Tells whether the call is transcribed. */
export class EmulatedTranscription implements TranscriptionCallFeature {
  readonly name = 'Transcription';
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<{ isTranscriptionActiveChanged: undefined }>;
  readonly #unwatch: () => void;
  #active: boolean;

  constructor(context: CallFeatureContext) {
    this.#call = emulatedCall(context);
    this.#listeners = new Listeners(this.#call.later);
    this.#active = this.#call.transcriptionActive;
    const update = () => {
      if (this.#active === this.#call.transcriptionActive) return;
      this.#active = this.#call.transcriptionActive;
      this.#listeners.emit('isTranscriptionActiveChanged', undefined);
    };
    this.#unwatch = this.#call.watch({ changed: update, ended: update });
  }

  get isTranscriptionActive(): boolean {
    return this.#active;
  }

  get isTeamsConsentRequired(): boolean {
    return this.#call.meeting.consentRequired;
  }

  grantTeamsConsent(): Promise<void> {
    return this.#call.meeting.consent();
  }

  on(event: 'isTranscriptionActiveChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'isTranscriptionActiveChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#unwatch();
    this.#listeners.clear();
  }
}
