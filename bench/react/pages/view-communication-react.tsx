import { ChatClientProvider, ChatThreadClientProvider, useChatPropsFor as usePropsFor } from 'communication-react/chat';
import { FluentThemeProvider, MessageThread } from 'communication-react/components';
import { message } from '../../../test/react/busy-desk';
import { communicationReactClient } from './communication-react-client';
import { measureViewOf } from './view';

function Thread() {
  return <MessageThread {...usePropsFor(MessageThread)} />;
}

measureViewOf(async (messages) => {
  const { client, threadClient, arrive } = await communicationReactClient(1, messages);
  let next = messages;
  return {
    view: (
      <FluentThemeProvider>
        <ChatClientProvider chatClient={client}>
          <ChatThreadClientProvider chatThreadClient={threadClient(0)}>
            <Thread />
          </ChatThreadClientProvider>
        </ChatClientProvider>
      </FluentThemeProvider>
    ),
    arrive() {
      arrive(0);
      return message(next++).text;
    },
  };
});
