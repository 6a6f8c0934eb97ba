export { createServer } from './contact-center-server';
export type { ContactCenterServer } from './contact-center-server';
export { requestListener, serve, startServer } from './start-server';
export type { RunningServer, ServeOptions, Served, StartServerOptions } from './start-server';
export { serverPaths } from './server-paths';
export { attachSockets } from './attach-sockets';
export type { AttachOptions, AttachedSockets, Heartbeat } from './attach-sockets';
export type { ConnectRequest, ServerConnection } from './door';
export type {
  AgentIdentity,
  QueueOptions,
  RequestedCallback,
  RouteDecision,
  ServerLimits,
  ServerOptions,
  StartRequest,
} from './options';
export type { Contact, DirectoryQuery } from './directory';
export type { QueueFigures } from './queue-figures';
export type { HookContext, VendorHook } from './hooks';
export type { RateLimit } from './token-bucket';
export type { ChatHost, ChatToken, HostedChannel, ProviderRefs } from './chat-host';
export { createCallHost } from './call-host/create-call-host';
export type { CallHostOptions, CallHostSounds, QueueMenu } from './call-host/call-host-options';
export type { Greet, GreetedCall } from './call-host/greeting';
export type {
  CallControl,
  CallEndCode,
  CollectRequest,
  ControlledCall,
  ControlledCallEvent,
  ControlledParticipant,
  CreatedCall,
  IncomingCall,
  Invitation,
  InviteRequest,
  Playing,
  Prompt,
} from './call-control';
export type { ArrivedCall, CallEvents, CallHost, QueueStanding, RecordingStep, Ring, Webhooks } from './call-host';
export { callAutomation } from './call-automation/call-automation';
export type { CallAutomationOptions, CallAutomationSettings } from './call-automation/call-automation';
export { callAutomationHost } from './call-automation/call-automation-host';
export type { AgentName, CallAutomationHostOptions } from './call-automation/call-automation-host';
export { teamsPhoneUserId } from './call-automation/identifiers';
export type { TeamsPhoneUser } from './call-automation/identifiers';
export type { SoundSource } from './call-automation/automation-api';
export type { AcsResource, AcsTokenCredential } from './acs-connection';
export { explainAccessFailure } from './call-automation/access-failures';
export type { AccessFailure, AccessFailureCode } from './call-automation/access-failures';
export type { MeetingHost } from './meeting-host';
export { graphMeetings } from './graph-meetings/graph-meetings';
export type { GraphMeetingsOptions, MeetingLobby } from './graph-meetings/graph-meetings';
export { hostedChat } from './hosted-chat';
export { acsChatHost } from './acs-chat-host';
export type { AcsChatHostOptions } from './acs-chat-host';
export { memoryStore } from './conversation-store';
export type { ConversationStore, LogQuery, NewLogEntry, StoredAgent, StoredConversation } from './conversation-store';
export type { Logger, LogFields } from 'onescreen';
