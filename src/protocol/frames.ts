import type { ErrorShape } from '../errors';
import type { LogEntry } from './log-entry';

export interface Command<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

export type Nothing = Readonly<Record<string, never>>;

/** A command on its way to the server. */
export interface CommandFrame {
  readonly type: 'command';
  /** Chosen by the sender. The server carries out each id once and answers every repetition alike. */
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
}

/** The server's answer to a command. */
export type AnswerFrame =
  | { readonly type: 'answer'; readonly id: string; readonly ok: true; readonly result: unknown }
  | { readonly type: 'answer'; readonly id: string; readonly ok: false; readonly error: ErrorShape };

/** A conversation as one party may see it. */
export interface ConversationRecord {
  readonly id: string;
  /** Which participant the receiver is. */
  readonly self: string;
  readonly entries: readonly LogEntry[];
  /** True when the log has older messages, to be had with `log/before`. */
  readonly more: boolean;
}

/** What desks and customers both receive about a conversation they take part in. */
export type ConversationPush =
  | { readonly type: 'log'; readonly conversationId: string; readonly entries: readonly LogEntry[] }
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly channelId: string;
      readonly participantId: string;
    };

/** Commands that serve a chat hosted by the control plane; the same for desks and customers. */
export interface HostedChatCommands {
  readonly 'message/send': Command<
    {
      readonly conversationId: string;
      readonly channelId: string;
      readonly clientId: string;
      readonly text: string;
      readonly html?: string;
    },
    { readonly messageId: string; readonly seq: number; readonly at: number }
  >;
  readonly 'message/edit': Command<
    { readonly conversationId: string; readonly channelId: string; readonly messageId: string; readonly text: string },
    Nothing
  >;
  readonly 'message/delete': Command<
    { readonly conversationId: string; readonly channelId: string; readonly messageId: string },
    Nothing
  >;
  readonly 'message/read': Command<
    { readonly conversationId: string; readonly channelId: string; readonly messageId: string },
    Nothing
  >;
  readonly 'message/typing': Command<{ readonly conversationId: string; readonly channelId: string }, Nothing>;
  readonly 'log/before': Command<
    { readonly conversationId: string; readonly seq: number; readonly pageSize: number },
    { readonly entries: readonly LogEntry[]; readonly more: boolean }
  >;
}
