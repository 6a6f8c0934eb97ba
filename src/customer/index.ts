export { CustomerClient } from './customer-client';
export type { CustomerClientOptions, StartChat } from './customer-client';
export type { CustomerChat, CustomerChatState } from './customer-chat';
export type { ResumeStorageArea } from './resume-store';
export type { CustomerStatus } from '../protocol/customer-frames';
