import type { RecordingCallFeature, TranscriptionCallFeature } from '@azure/communication-calling';
import type { CallHandle } from './agent-handle';
import type { CallingSdk } from './calling-sdk';

/** Who records and transcribes a call, as the service indicates it. */
export interface Indications {
  readonly recording: RecordingCallFeature;
  readonly transcription: TranscriptionCallFeature;
  readonly stop: () => void;
}

/** Watches the indications of a call until stopped. */
export function watchIndications(
  call: CallHandle['call'],
  features: CallingSdk['Features'],
  changed: () => void,
): Indications {
  const recording = call.feature(features.Recording);
  const transcription = call.feature(features.Transcription);
  recording.on('isRecordingActiveChanged', changed);
  transcription.on('isTranscriptionActiveChanged', changed);
  return {
    recording,
    transcription,
    stop() {
      recording.off('isRecordingActiveChanged', changed);
      transcription.off('isTranscriptionActiveChanged', changed);
    },
  };
}
