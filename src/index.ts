export { ContactCenterError, isContactCenterError, toContactCenterError } from './errors';
export type { ErrorCode, ErrorDetails, ErrorShape, ProviderFault } from './errors';
export { createLive, select } from './live';
export type { Live, LiveSource } from './live';
export { systemClock, delay } from './environment/clock';
export type { Cancel, Clock } from './environment/clock';
export { systemRandom } from './environment/random';
export type { Random } from './environment/random';
export { createLocks } from './environment/locks';
export type { Locks } from './environment/locks';
export { createBroadcast } from './environment/broadcast';
export type { Broadcast, BroadcastLine } from './environment/broadcast';
export type { Socket, SocketConnect, SocketEvent, SocketTarget } from './environment/socket';
export { createEnvironment } from './environment/environment';
export type { Environment } from './environment/environment';
export type { Labels, LabelValue, Selector, SelectorOperator } from './conversation/labels';
export type { RankedWorker, RoutingExplanation } from './conversation/routing-explanation';
export type { Can, Capability, DenyReason } from './provider/capability';
export type {
  ChannelConnection,
  ChannelLink,
  ChatAction,
  ChatCapabilities,
  ChatContext,
  ChatProvider,
  ChatSelf,
  ChatSession,
  OutgoingMessage,
  ProviderItem,
  ProviderMessage,
  ProviderReceipt,
  ProviderTyping,
} from './provider/chat-provider';
export type { AccessToken, HeldToken, TokenAudience, TokenKind, TokenProvider, Tokens } from './provider/token-provider';
