export { createServer } from './contact-center-server';
export type { ContactCenterServer } from './contact-center-server';
export type { ConnectRequest, ServerConnection } from './door';
export type { AgentIdentity, QueueOptions, RouteDecision, ServerOptions, StartRequest } from './options';
export type { ChatHost, ChatToken, HostedChannel, ProviderRefs } from './chat-host';
export { hostedChat } from './hosted-chat';
export { memoryStore } from './conversation-store';
export type { ConversationStore, LogQuery, NewLogEntry } from './conversation-store';
export type { Logger, LogFields } from './logger';
