import type { CallState, RemoteParticipantState } from '@azure/communication-calling';
import type { CallParticipant, CallStatus } from 'onescreen';

/** How a call stands; while it is being ended it is what it was `before`. */
export function statusOf(state: CallState, before: CallStatus): CallStatus {
  switch (state) {
    case 'None':
    case 'Connecting':
    case 'InLobby':
      return 'connecting';
    case 'Ringing':
      return 'ringing';
    case 'EarlyMedia':
      return 'early-media';
    case 'Connected':
      return 'connected';
    case 'LocalHold':
      return 'held';
    case 'RemoteHold':
      return 'remote-held';
    case 'Disconnecting':
      return before;
    case 'Disconnected':
      return 'ended';
  }
}

export function participantStatusOf(state: RemoteParticipantState): CallParticipant['status'] {
  switch (state) {
    case 'Connected':
      return 'connected';
    case 'Hold':
      return 'held';
    case 'Disconnected':
      return 'gone';
    case 'Idle':
    case 'Connecting':
    case 'Ringing':
    case 'InLobby':
    case 'EarlyMedia':
      return 'connecting';
  }
}
