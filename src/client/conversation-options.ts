import type { ConversationEvent } from '../conversation/conversation-event';
import type { LabelValue } from '../conversation/labels';
import type { Environment } from '../environment/environment';
import type { Live } from '../live';
import type { AgentCommands } from '../protocol/agent-frames';
import type { MeetingReport } from '../protocol/meeting-report';
import type { ChannelLink } from '../provider/chat-provider';
import type { CommandOptions } from '../provider/control-plane';
import type { Meetings } from '../provider/meeting-provider';
import type { Provider } from '../provider/provider';
import type { Tokens } from '../provider/token-provider';
import type { CallCommand, Voice } from '../provider/voice-provider';

export interface ConversationOptions {
  readonly id: string;
  /** The participant who looks at it. */
  readonly self: string;
  /** Those of messaging channels among them join chats; calls and meetings go over `voice` and `meetings`. */
  readonly providers: readonly Provider[];
  readonly tokens: Tokens;
  readonly environment: Environment;
  readonly controlPlane: Pick<ChannelLink, 'online$' | 'command'>;
  /** Left out: there is no voice. */
  readonly voice?: ConversationVoice | undefined;
  /** Left out: there are no meetings. */
  readonly meetings?: ConversationMeetings | undefined;
  /** Ends all channels of the conversation for the customer. */
  readonly end: (options: CommandOptions | undefined) => Promise<void>;
  /** Ends one channel of several that are open. Left out: `end`, always. */
  readonly endChannel?: (channelId: string, options: CommandOptions | undefined) => Promise<void>;
  readonly setContext: (
    patch: Readonly<Record<string, LabelValue | null>>,
    options: CommandOptions | undefined,
  ) => Promise<void>;
  /** Left out, as for customers: they are refused with `command/not-allowed`. */
  readonly commands?: ConversationCommands;
  /**
   * False while somebody looks at another conversation: then old history leaves memory. Undefined, or left out: nobody
   * says; whoever is subscribed to `timeline$` looks at this one.
   */
  readonly inView$?: Live<boolean | undefined>;
  /** Told of every event that changed something, after it was folded. */
  readonly onEvent?: (event: ConversationEvent) => void;
}

/** What carries a conversation's calls. */
export interface ConversationVoice {
  /** Name of its provider. */
  readonly provider: string;
  readonly voice: Voice;
  /** Sends a command about a call to the control plane; left out: there is none for this side. */
  readonly command?: (channelId: string, ...command: Parameters<CallCommand>) => Promise<unknown>;
}

/** What carries a conversation's meetings. */
export interface ConversationMeetings {
  /** Name of its provider. */
  readonly provider: string;
  readonly meetings: Meetings;
  /** Tells the control plane what happened in one. */
  readonly report: (channelId: string, report: MeetingReport) => Promise<unknown>;
}

/** What only an agent asks of the control plane about a conversation. */
export interface ConversationCommands {
  /** Adds a channel. @returns its id */
  escalate(to: string, options: EscalateOptions): Promise<string>;
  invite(channelId: string, options: { readonly invite?: 'link' | 'call' } & CommandOptions): Promise<void>;
  withdraw(invitationId: string, options: CommandOptions): Promise<void>;
  /** Earlier conversations of the same customer, those that began before `before` (epoch milliseconds). */
  previous(
    before: number | undefined,
    options: CommandOptions,
  ): Promise<AgentCommands['conversation/previous']['result']>;
}

export type EscalateOptions = { readonly close?: boolean; readonly invite?: 'link' | 'call' | 'none' } & CommandOptions;
