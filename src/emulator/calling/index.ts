export { emulatedCalling } from './emulated-calling';
export type { EmulatedCallingOptions, EmulatedCallingSdk } from './emulated-calling';
export { CallingCommunicationError } from './calling-error';
export type {
  AudioDevice,
  AudioDevices,
  BrowserName,
  CallingSocket,
  CallingSocketEvents,
  EmulatedCallingEnvironment,
  Microphone,
  MicrophoneEvents,
  OpenPicture,
  OpenCallingSocket,
  OpenPeer,
  Peer,
  PeerEvents,
  PeerStats,
} from './calling-environment';
