import type { Call, CallCommon, TeamsCall, TransferAcceptedEvent } from '@azure/communication-calling';
import type { VoiceCallState } from 'onescreen/voice';
import type { CallHandle } from './agent-handle';
import { statusOf } from './call-status';
import type { CallingSdk } from './calling-sdk';
import { watchQuality } from './quality';
import { watchIndications } from './indications';
import { inCall, Roster } from './roster';

export interface LineEvents {
  /** Its state may be another one. */
  readonly changed: () => void;
  /** Others may have come or gone. */
  readonly reshaped: () => void;
  readonly mutedByOthers: () => void;
  /** The other side has transferred this one: the call goes on as another object of the package. */
  readonly replaced: (handle: CallHandle) => void;
}

/** One call object of the calling package and what is read from it, as long as it is the one. */
export class CallLine {
  readonly handle: CallHandle;
  readonly roster: Roster;
  readonly quality: ReturnType<typeof watchQuality>;
  readonly #read: (before: VoiceCallState) => VoiceCallState;
  readonly #unhook: () => void;

  constructor(handle: CallHandle, features: CallingSdk['Features'], events: LineEvents) {
    const { call } = handle;
    const { changed, reshaped, mutedByOthers } = events;
    this.handle = handle;
    this.roster = new Roster(call, inCall);
    this.quality = watchQuality(call, features);
    const { recording, transcription, stop } = watchIndications(call, features, changed);
    const transfer = call.feature(features.Transfer);
    this.#read = (before) => ({
      ...before,
      status: statusOf(call.state, before.status),
      muted: call.isMuted,
      mutedByOthers: before.mutedByOthers && call.isMuted,
      recording: recording.isRecordingActive,
      transcription: transcription.isTranscriptionActive,
      emergency: handle.kind === 'TeamsCall' && handle.call.isEmergencyCall === true,
    });
    const replaced: TransferAcceptedEvent = ({ targetCall }) => {
      const next = handleOf(targetCall);
      if (next !== undefined && next.call !== call) events.replaced(next);
    };
    call.on('stateChanged', changed);
    call.on('isMutedChanged', changed);
    call.on('mutedByOthers', mutedByOthers);
    call.on('remoteParticipantsUpdated', reshaped);
    transfer.on('transferAccepted', replaced);
    this.#unhook = () => {
      call.off('stateChanged', changed);
      call.off('isMutedChanged', changed);
      call.off('mutedByOthers', mutedByOthers);
      call.off('remoteParticipantsUpdated', reshaped);
      stop();
      transfer.off('transferAccepted', replaced);
    };
  }

  get call(): CallHandle['call'] {
    return this.handle.call;
  }

  read(before: VoiceCallState): VoiceCallState {
    return this.#read(before);
  }

  close(): void {
    this.#unhook();
    this.quality.stop();
    this.roster.close();
  }
}

function handleOf(call: CallCommon): CallHandle | undefined {
  if (isTeamsCall(call)) return { kind: 'TeamsCall', call };
  return isCall(call) ? { kind: 'Call', call } : undefined;
}

function isTeamsCall(call: CallCommon): call is TeamsCall {
  const kind: string = call.kind;
  return kind === 'TeamsCall';
}

function isCall(call: CallCommon): call is Call {
  const kind: string = call.kind;
  return kind === 'Call';
}
