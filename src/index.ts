export { createConversation } from './client/open-conversation';
export type { OpenConversation } from './client/open-conversation';
export { ContactCenterClient } from './client/contact-center-client';
export type { ContactCenterOptions } from './client/contact-center-client';
export type { ContactCenterEvent, ContactCenterFact } from './client/contact-center-event';
export type { SessionState } from './client/session';
export type { Agent, AgentState, AvailabilityAnswer } from './client/agent';
export type { Availability, Load, OfferOutcome, ReasonCode } from './protocol/agent-frames';
export type { AcceptOptions, ConversationPreview, Offer } from './client/offer';
export type { Consult, ConsultState, ConsultTarget } from './provider/consult';
export type { Sla, Task, TaskInfo } from './client/task';
export type { TaskAction } from './client/task-action';
export type { CallTask, CallTaskHost, Circumstances, Controls } from './provider/call-task';
export type { Disposition, WrapUp, WrapUpDraft, WrapUpResult, WrapUpState } from './client/wrap-up';
export { isChatChannel, isMeetingChannel, isVoiceChannel } from './client/conversation';
export type { Channel, ChannelMap, ChannelType, Conversation, ConversationState } from './client/conversation';
export type { Recording, VoiceChannel, VoiceState } from './provider/voice-channel';
export type { MeetingChannel, MeetingState } from './provider/meeting-channel';
export type {
  Caption,
  LobbyGuest,
  MeetingAction,
  MeetingCapabilities,
  MeetingEnd,
  MeetingOutcome,
  MeetingParticipant,
  MeetingPicture,
  MeetingRole,
  MeetingStatus,
  PictureView,
} from './provider/meeting';
export type {
  MeetingChannelHost,
  MeetingProvider,
  Meetings,
  MeetingsContext,
  OpenMeetingChannel,
} from './provider/meeting-provider';
export type { Directory } from './client/directory';
export type { Devices } from './client/devices';
export type { Outbound } from './client/outbound';
export type { Readiness } from './client/readiness';
export type { ReadinessCheck } from './provider/readiness';
export { withCommandOptions } from './client/command-options';
export { inFlight } from './client/in-flight';
export type {
  ConversationCommands,
  ConversationMeetings,
  ConversationOptions,
  ConversationVoice,
  EscalateOptions,
} from './client/conversation-options';
export type { ChannelStanding } from './provider/channel-standing';
export { createTokens } from './client/token-broker';
export type { TokenBroker, TokenState } from './client/token-broker';

export type { ChannelInfo, ConversationSnapshot, Participant } from './conversation/conversation-state';
export type { ChannelFold, Identities } from './conversation/channel-fold';
export type { ConversationEvent, ForgottenEvent, ItemEvent, SendingEvent } from './conversation/conversation-event';
export type { ProviderItem, ProviderMessage, ProviderReceipt } from './conversation/provider-item';
export type { FoldedTimeline, Timeline } from './conversation/timeline';
export { isPending } from './conversation/timeline-item';
export type {
  CallbackItem,
  ChannelItem,
  ConsultItem,
  InvitationItem,
  MessageItem,
  MessageState,
  NoteItem,
  ParticipantItem,
  TaskItem,
  TimelineItem,
} from './conversation/timeline-item';
export type { Labels, LabelValue, Selector, SelectorOperator } from './conversation/labels';
export type { RankedWorker, RoutingExplanation } from './conversation/routing-explanation';

export type { ChatChannel, ChatChannelHost, ChatState, OpenChatChannel } from './provider/chat-channel';
export type { Can, Capability, DenyReason } from './provider/capability';
export type {
  ChannelConnection,
  ChannelLink,
  ChatAction,
  ChatCapabilities,
  ChatContext,
  ChatProvider,
  ChatSelf,
  ChatService,
  ChatSession,
  OutgoingMessage,
  ProviderTyping,
} from './provider/chat-provider';
export { isChatProvider, isMeetingProvider, isVoiceProvider } from './provider/provider';
export type { Provider } from './provider/provider';
export type {
  AudioLevels,
  CallAction,
  CallCapabilities,
  CallEnd,
  CallOutcome,
  CallParticipant,
  CallQuality,
  CallSnapshot,
  CallStatus,
} from './provider/call';
export type { People } from './provider/people';
export type {
  CallChannel,
  CallCommand,
  CallCommandName,
  CallHost,
  DeviceInfo,
  DevicesState,
  DialRequest,
  ExpectedCall,
  Phone,
  PhoneContext,
  PhoneState,
  Preflight,
  PreflightResult,
  Registration,
  Tabs,
  TabsLink,
  TabsState,
  Voice,
  VoiceContext,
  VoiceProvider,
} from './provider/voice-provider';
export type {
  CommandOptions,
  ControlPlane,
  ControlPlaneContext,
  ControlPlaneLink,
  LinkState,
} from './provider/control-plane';
export type {
  AccessToken,
  HeldToken,
  TokenAudience,
  TokenKind,
  TokenProvider,
  Tokens,
  TokenStatus,
} from './provider/token-provider';
export type * from './protocol/agent-frames';
export type * from './protocol/frames';
export type * from './protocol/log-entry';
export type * from './protocol/meeting-report';

export { combine, createLive, sameValues, select } from './live';
export type { Live, LiveSource } from './live';
export { ContactCenterError, isContactCenterError, toContactCenterError } from './errors';
export type { ErrorCode, ErrorDetails, ErrorShape, ProviderFault } from './errors';
export { delay, systemClock } from './environment/clock';
export type { Cancel, Clock } from './environment/clock';
export { systemRandom } from './environment/random';
export type { Random } from './environment/random';
export type { AcquireOptions, Locks } from './environment/locks';
export type { LogFields, Logger, LogLevel, RedactingLogger } from './environment/logger';
export { systemBroadcast } from './environment/broadcast';
export type { Broadcast, BroadcastLine } from './environment/broadcast';
export type { Page } from './environment/page';
export type { Socket, SocketConnect, SocketEvent, SocketTarget } from './environment/socket';
export { createEnvironment } from './environment/environment';
export type { Environment } from './environment/environment';
