/** What the benchmarks use of files of @azure/communication-react that its package does not name; see `bundle.ts`. */
declare module 'communication-react/stateful-chat-client' {
  export interface ChatMessage {
    readonly id: string;
    readonly content?: { readonly message?: string; readonly attachments?: readonly object[] };
    readonly [field: string]: unknown;
  }

  export interface ChatState {
    readonly threads: Readonly<Record<string, { readonly chatMessages: Readonly<Record<string, ChatMessage>> }>>;
  }

  export function _createStatefulChatClientWithDeps(
    chatClient: object,
    args: { readonly userId: object; readonly displayName: string; readonly endpoint: string },
  ): {
    readonly context: {
      createThread(threadId: string): void;
      setChatMessages(threadId: string, messages: Readonly<Record<string, ChatMessage>>): void;
    };
    startRealtimeNotifications(): Promise<void>;
    getState(): ChatState;
    onStateChange(handler: (state: ChatState) => void): void;
    dispose(): void;
  };
}

declare module 'communication-react/call-context' {
  export interface CallState {
    readonly calls: Readonly<
      Record<string, { readonly remoteParticipants: Readonly<Record<string, { readonly isSpeaking: boolean }>> }>
    >;
  }

  export class CallContext {
    constructor(userId: object);
    setCall(call: object): void;
    getState(): CallState;
    onStateChange(handler: (state: CallState) => void): void;
  }
}

declare module 'communication-react/internal-call-context' {
  export const InternalCallContext: new () => object;
}

declare module 'communication-react/participant-subscriber' {
  export const ParticipantSubscriber: new (
    callIdRef: object,
    participant: object,
    context: object,
    internalContext: object,
  ) => object;
}
