import type * as talk from 'onescreen';
export declare const conversation: talk.Conversation;
