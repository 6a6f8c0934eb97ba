export { createEmulator } from './create-emulator';
export type { EmulatorCore, EmulatorOptions, Journal, TokenOptions } from './create-emulator';
export { startEmulator } from './start-emulator';
export type { Emulator, StartEmulatorOptions } from './start-emulator';
export type { LoggedActivity, Activity, PushOutcome } from './activity-log';
export { emulatedCallControl } from './calls/emulated-call-control';
export type { EmulatedCallControlOptions } from './calls/emulated-call-control';
export { emulatedCallHost } from './calls/emulated-call-host';
export type { EmulatedCallHostOptions } from './calls/emulated-call-host';
export type {
  CallFaults,
  CallOptions,
  EmulatedCalls,
  ObservedCall,
  ObservedParty,
  RegisteredPage,
} from './calls/emulated-calls';
export type { CreateRequest, ServerIncoming } from './calls/call-servers';
export type {
  AddRequest,
  PlayOptions,
  ServerCall,
  ServerCallEvent,
  ServerInvitation,
  ServerParticipant,
  ServerPlay,
  ServerTransfer,
  TransferRequest,
} from './calls/server-call';
export type { CollectedTones, CollectOptions } from './calls/collect-tones';
export type { PlayEnd, RecordingState } from './calls/call';
export type { PhoneBehaviour, PhoneCallRequest, Phones } from './calls/phones';
export type { PhoneCall, PhoneCallState } from './calls/phone-call';
export type { ContextFrame, EndFrame, PartyFrame } from './calls/frames';
export type { Impairment, MediaUnit, PictureSource, Sound, SourceId } from './calls/media-unit';
export type { MeetingRoleName } from './calls/frames';
export type { MeetingFaultRules } from './meetings/meeting-faults';
export type { MeetingScript } from './meetings/meeting-script';
export type {
  GivenRole,
  LobbyBypass,
  MeetingKind,
  MeetingOptions,
  MeetingPolicy,
  MeetingSettings,
  Presenters,
} from './meetings/meeting-settings';
export type { Meetings } from './meetings/meetings';
export type { ObservedMeeting, ObservedMember } from './meetings/observed-meeting';
export type { VerifyGraphToken } from './meetings/online-meetings';
export type { TeamsUser, TeamsUserOptions, TeamsUsers } from './meetings/teams-users';
export type { CallEventFault, CallEventFaultRule, CallEventFaults } from './call-automation/call-event-faults';
export type { EventGrid, EventGridRequest, EventGridSubscription } from './call-automation/event-grid';
export type { Post } from './call-automation/webhook';
export type { EmulatorSnapshot } from './snapshot';
export type { Faults, Outage, SocketDrop, SocketSelection } from './faults/faults';
export type { FaultAnswer, FaultSubject, RequestFaultRule, RequestFaults } from './faults/request-faults';
export type { PushFault, PushFaultRule, PushFaults } from './faults/push-faults';
export type { Exchange } from './http/exchange';
export { DroppedConnection } from './http/service-error';
export type { CorsMode } from './http/cors';
export type { Scope } from './identity/access-token';
export type { EntraRefusal, EntraUser, ExchangeKind, VerifyEntraToken } from './identity/entra-token';
export type { IssuedToken } from './identity/issue-token';
export { documentedRates, documentedSizes } from './limits';
export type { LimitOptions, RateLimit, RateName, SizeName } from './limits';
export type { RealtimeConnection, RealtimeSocket, SocketConnection } from './realtime/realtime-connection';
export type { Registration } from './realtime/registrar';
export type {
  EmulatorRecord,
  FormerParticipantRecord,
  IdentityRecord,
  InvalidParticipant,
  MessageContent,
  MessageRecord,
  ParticipantRecord,
  ReceiptRecord,
  ResourceRecord,
  RetentionPolicy,
  ThreadRecord,
} from './records';
