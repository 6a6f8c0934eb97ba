import type {
  CallState,
  LocalAudioStream,
  LocalVideoStream,
  RemoteAudioStream,
  RemoteParticipant,
} from '@azure/communication-calling';
import type { CallFrame } from '../calls/frames';

type Change<Item> = { readonly added: readonly Item[]; readonly removed: readonly Item[] };

/** What an official call tells, with its arguments. */
export interface CallEvents {
  stateChanged: undefined;
  idChanged: undefined;
  isMutedChanged: undefined;
  isIncomingAudioMutedChanged: undefined;
  isScreenSharingOnChanged: undefined;
  isLocalVideoStartedChanged: undefined;
  remoteParticipantsUpdated: Change<RemoteParticipant>;
  localVideoStreamsUpdated: Change<LocalVideoStream>;
  localAudioStreamsUpdated: Change<LocalAudioStream>;
  remoteAudioStreamsUpdated: Change<RemoteAudioStream>;
  roleChanged: undefined;
  mutedByOthers: undefined;
  callerInfoChanged: undefined;
  transferorInfoChanged: undefined;
}

/** The official states. */
export const callStates: Readonly<Record<Exclude<CallFrame['status'], 'disconnected'>, CallState>> = {
  connecting: 'Connecting',
  ringing: 'Ringing',
  'early-media': 'EarlyMedia',
  'in-lobby': 'InLobby',
  connected: 'Connected',
  'local-hold': 'LocalHold',
  'remote-hold': 'RemoteHold',
};
