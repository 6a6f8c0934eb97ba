import type { AcsCredential } from '../credential';

/**
 * The part of `@azure/communication-chat` that this provider uses, in its own words: tests stand in for it, and
 * our declarations compile where the package is not installed.
 */
export interface AcsChatModule {
  readonly ChatClient: new (endpoint: string, credential: AcsCredential, options: AcsClientOptions) => AcsChatClient;
}

export interface AcsClientOptions {
  readonly retryOptions: { readonly maxRetries: number };
  readonly additionalPolicies?: AcsPolicyEntry[];
  /** Not in the official type, but honoured: the same policies for the calls that set up realtime. */
  readonly signalingClientOptions?: { readonly additionalPolicies: AcsPolicyEntry[] };
}

export interface AcsPolicyEntry {
  readonly policy: AcsPolicy;
  readonly position: 'perRetry';
}

export interface AcsPolicy {
  readonly name: string;
  sendRequest<Request extends AcsRequest, Response>(
    request: Request,
    next: (request: Request) => Promise<Response>,
  ): Promise<Response>;
}

export interface AcsRequest {
  url: string;
  allowInsecureConnection?: boolean;
}

export interface AcsChatClient {
  getChatThreadClient(threadId: string): AcsThreadClient;
  startRealtimeNotifications(): Promise<void>;
  /** Also drops every listener. */
  stopRealtimeNotifications(): Promise<void>;
  on(event: 'chatMessageReceived', listener: (event: AcsMessageEvent) => void): void;
  on(event: 'chatMessageEdited', listener: (event: AcsMessageEvent & { readonly editedOn: Date }) => void): void;
  on(event: 'chatMessageDeleted', listener: (event: AcsMessageEvent & { readonly deletedOn: Date }) => void): void;
  on(event: 'typingIndicatorReceived', listener: (event: AcsTypingEvent) => void): void;
  on(event: 'readReceiptReceived', listener: (event: AcsReceiptEvent) => void): void;
  on(event: 'chatThreadDeleted', listener: (event: AcsThreadEvent) => void): void;
  on(event: 'participantsAdded', listener: (event: AcsParticipantsAddedEvent) => void): void;
  on(event: 'participantsRemoved', listener: (event: AcsParticipantsRemovedEvent) => void): void;
  on(event: 'realTimeNotificationConnected', listener: () => void): void;
  on(event: 'realTimeNotificationDisconnected', listener: () => void): void;
}

export interface AcsCallOptions {
  readonly abortSignal: AbortSignal;
}

export interface AcsThreadClient {
  sendMessage(
    request: { content: string },
    options: AcsCallOptions & { senderDisplayName: string; type: 'text' | 'html'; metadata: Record<string, string> },
  ): Promise<{ readonly id: string }>;
  updateMessage(messageId: string, options: AcsCallOptions & { content: string }): Promise<void>;
  deleteMessage(messageId: string, options: AcsCallOptions): Promise<void>;
  /** Newest first. */
  listMessages(options: AcsCallOptions & { maxPageSize: number }): AcsPages<AcsMessage>;
  listParticipants(options: AcsCallOptions & { maxPageSize: number }): AcsPages<AcsParticipant>;
  sendTypingNotification(options: AcsCallOptions & { senderDisplayName: string }): Promise<boolean>;
  sendReadReceipt(request: { chatMessageId: string }, options: AcsCallOptions): Promise<void>;
  listReadReceipts(options: AcsCallOptions): AcsPages<AcsReceipt>;
}

export interface AcsPages<T> {
  byPage(): AsyncIterator<readonly T[], unknown>;
}

/** An identifier of any kind; which of these are there depends on the kind. */
export interface AcsIdentifier {
  readonly rawId?: string;
  readonly communicationUserId?: string;
  readonly microsoftTeamsUserId?: string;
  readonly phoneNumber?: string;
  readonly id?: string;
}

/** A message as REST lists it. Its dates are whole seconds; system messages have no sender. */
export interface AcsMessage {
  readonly id: string;
  readonly type: string;
  readonly version: string;
  readonly content?: { readonly message?: string };
  readonly senderDisplayName?: string;
  readonly createdOn: Date;
  readonly sender?: AcsIdentifier;
  readonly editedOn?: Date;
  readonly deletedOn?: Date;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface AcsThreadEvent {
  readonly threadId: string;
}

/** A message as realtime brings it. Its `type` says `Text` and `RichText/Html` where REST says `text` and `html`. */
export interface AcsMessageEvent extends AcsThreadEvent {
  readonly id: string;
  readonly type?: string;
  readonly version: string;
  readonly message?: string;
  readonly sender: AcsIdentifier;
  readonly senderDisplayName?: string;
  readonly createdOn: Date;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface AcsTypingEvent extends AcsThreadEvent {
  readonly sender: AcsIdentifier;
}

export interface AcsReceiptEvent extends AcsThreadEvent {
  readonly sender: AcsIdentifier;
  readonly chatMessageId: string;
}

export interface AcsReceipt {
  readonly sender: AcsIdentifier;
  readonly chatMessageId: string;
}

export interface AcsParticipant {
  readonly id: AcsIdentifier;
}

export interface AcsParticipantsAddedEvent extends AcsThreadEvent {
  readonly participantsAdded: readonly AcsParticipant[];
}

export interface AcsParticipantsRemovedEvent extends AcsThreadEvent {
  readonly participantsRemoved: readonly AcsParticipant[];
}
