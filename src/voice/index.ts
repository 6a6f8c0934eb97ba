export { createVoice } from './create-voice';
export { createPhone } from './create-phone';
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
