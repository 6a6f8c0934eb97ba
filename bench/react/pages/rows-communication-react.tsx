import { ChatClientProvider, ChatThreadClientProvider, useChatPropsFor as usePropsFor } from 'communication-react/chat';
import { MessageThread, ParticipantList, TypingIndicator } from 'communication-react/components';
import { communicationReactClient } from './communication-react-client';
import { measureRowsOf, renderedRow } from './rows';

const rowOf: Readonly<Record<string, () => React.JSX.Element>> = {
  'usePropsFor(MessageThread)'() {
    renderedRow();
    return <li>{lengthOf(usePropsFor(MessageThread))}</li>;
  },
  'usePropsFor(MessageThread), (TypingIndicator), (ParticipantList)'() {
    renderedRow();
    const props = usePropsFor(MessageThread);
    usePropsFor(TypingIndicator);
    usePropsFor(ParticipantList);
    return <li>{lengthOf(props)}</li>;
  },
};

function lengthOf(props: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const messages = props?.['messages'];
  return Array.isArray(messages) ? messages.length : undefined;
}

measureRowsOf(async ({ rows, messages, hooks }) => {
  const { client, threadClient, arrive } = await communicationReactClient(rows, messages);
  const Row = rowOf[hooks];
  if (Row === undefined) throw new Error(`there is no row with ${hooks}`);
  const threads = Array.from({ length: rows }, (_, index) => threadClient(index));
  return {
    list: (
      <ChatClientProvider chatClient={client}>
        {threads.map((thread, index) => (
          <ChatThreadClientProvider key={index} chatThreadClient={thread}>
            <Row />
          </ChatThreadClientProvider>
        ))}
      </ChatClientProvider>
    ),
    happen: arrive,
  };
});
