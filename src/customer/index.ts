export { CustomerClient } from './customer-client';
export type { CustomerClientOptions, StartCall, StartChat } from './customer-client';
export type { CallbackRequest } from './callback-request';
export type { CustomerCall, CustomerCallState } from './customer-call';
export type { CustomerChat, CustomerChatState } from './customer-chat';
export type { ResumeStorageArea } from './resume-store';
export type { CustomerStatus } from '../protocol/customer-frames';
