export { acsVoice } from './acs-voice';
export type { AcsVoiceOptions } from './acs-voice';
export type { CallingSdk, CallingSource } from './calling-sdk';
export type { UnconfirmedCapabilities } from './capability-table';
export type { CallHeaders } from './custom-context';
export type { DeviceStorage } from './device-page';
export type { AgentKind, Persona } from './persona';
