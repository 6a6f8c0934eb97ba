/** What the pages use of files of @azure/communication-react that its package does not name; see `browser.ts`. */
declare module 'communication-react/chat' {
  import type { FunctionComponent, ReactNode } from 'react';

  export const ChatClientProvider: FunctionComponent<{ readonly chatClient: object; readonly children?: ReactNode }>;
  export const ChatThreadClientProvider: FunctionComponent<{
    readonly chatThreadClient: object;
    readonly children?: ReactNode;
  }>;
  export function useChatPropsFor(component: object): Readonly<Record<string, unknown>> | undefined;
}

declare module 'communication-react/components' {
  import type { FunctionComponent, ReactNode } from 'react';

  export const MessageThread: FunctionComponent<object>;
  export const TypingIndicator: FunctionComponent<object>;
  export const ParticipantList: FunctionComponent<object>;
  export const FluentThemeProvider: FunctionComponent<{ readonly children?: ReactNode }>;
}

declare module 'communication-react/chat-client' {
  export function _createStatefulChatClientWithDeps(
    chatClient: object,
    args: { readonly userId: object; readonly displayName: string; readonly endpoint: string },
  ): {
    readonly context: {
      createThread(threadId: string): void;
      setChatMessages(threadId: string, messages: Readonly<Record<string, object>>): void;
    };
    startRealtimeNotifications(): Promise<void>;
  };
}
