export { CustomerClient } from './customer-client';
export type { CustomerClientOptions, StartCall, StartChat } from './customer-client';
export type { CallbackRequest } from './callback-request';
export type { CustomerCall, CustomerCallState } from './customer-call';
export type { CustomerChat, CustomerChatState } from './customer-chat';
export type { CustomerInvitation, InvitationTo } from './customer-invitation';
export type { CustomerMeeting, CustomerMeetingState, JoinMeeting } from './customer-meeting';
export type { ResumeStorageArea } from './resume-store';
export type { CustomerStatus } from '../protocol/customer-frames';
