import type { Command, ConversationPush, ConversationRecord, HostedChatCommands, Nothing } from './frames';
import type { ParticipantRecord } from './log-entry';
import type { MeetingReport } from './meeting-report';

/** For customers: the conversation and where they stand in the queue. */
export type CustomerPush =
  | {
      readonly type: 'customer-snapshot';
      readonly conversation: ConversationRecord;
      readonly status: CustomerStatus;
      readonly customer: ParticipantRecord;
    }
  | { readonly type: 'customer-status'; readonly status: CustomerStatus }
  | ConversationPush;

/** Where a customer's conversation stands. */
export type CustomerStatus =
  | {
      readonly phase: 'queued';
      readonly position?: number;
      readonly queueLength?: number;
      readonly estimatedWaitMs?: number;
    }
  /** Somebody calls back, not before `dueAt` (epoch milliseconds). */
  | { readonly phase: 'callback'; readonly dueAt: number }
  | { readonly phase: 'active'; readonly agents: readonly string[] }
  | { readonly phase: 'ended'; readonly reason: string };

/** What a customer may ask of the server. */
export interface CustomerCommands extends HostedChatCommands {
  readonly 'chat/end': Command<Nothing, Nothing>;
  /** Gives up waiting with the promise to be called back, keeping the place in the queue; `at` (epoch ms): not before then. */
  readonly 'callback/request': Command<{ readonly phone: string; readonly at?: number }, { readonly dueAt: number }>;
  /** Accepts or declines an invitation; accepting tells where to join. Answered already: as it was answered. */
  readonly 'invitation/answer': Command<
    { readonly invitationId: string; readonly accept: boolean },
    {
      readonly channel?: {
        readonly channelId: string;
        readonly channel: string;
        readonly provider: string;
        readonly providerRefs: Readonly<Record<string, string>>;
      };
    }
  >;
  /** Leaves one channel; the last one that is open ends the conversation. */
  readonly 'channel/leave': Command<{ readonly channelId: string }, Nothing>;
  readonly 'meeting/report': Command<{ readonly channelId: string; readonly report: MeetingReport }, Nothing>;
  /** A token for the provider that serves the channel; only for channels that need one. */
  readonly 'token/get': Command<{ readonly audience: string }, { readonly token: string; readonly expiresOn: number }>;
}
