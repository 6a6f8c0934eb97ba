export { ChunkedPeople } from './chunked-people';
export { createVoice } from './create-voice';
export { noCallCapabilities } from './no-call-capabilities';
export type { VoiceService } from './create-voice';
export type {
  DialOptions,
  EndpointContext,
  IncomingInvite,
  OpenEndpoint,
  VoiceCall,
  VoiceCallState,
  VoiceDevices,
  VoiceEndpoint,
} from './voice-endpoint';
