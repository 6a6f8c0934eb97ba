import { Button, Input, Text, makeStyles, tokens } from '@fluentui/react-components';
import { ChatClient, type ChatClientOptions, type ChatThreadClient } from '@azure/communication-chat';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { useEffect, useMemo, useState } from 'react';
import { teamsToken, type TeamsPerson } from './teams-side';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', rowGap: tokens.spacingVerticalXS },
  line: { display: 'flex', columnGap: tokens.spacingHorizontalS },
  grow: { flexGrow: 1 },
});

/** The client insists on https; the emulator speaks plain http, on this machine alone. */
function plainHttp(endpoint: string): { readonly endpoint: string; readonly options: ChatClientOptions } {
  const secure = endpoint.replace('http:', 'https:');
  const policy: PipelinePolicy = {
    name: 'plainHttp',
    sendRequest(request, next) {
      request.url = request.url.replace(secure, endpoint);
      request.allowInsecureConnection = true;
      return next(request);
    },
  };
  return { endpoint: secure, options: { additionalPolicies: [{ position: 'perRetry', policy }] } };
}

type PipelinePolicy = NonNullable<ChatClientOptions['additionalPolicies']>[number]['policy'];

interface Line {
  readonly id: string;
  readonly from: string;
  readonly text: string;
}

/** The meeting's chat, over the official chat client. */
export function RoomChat(props: {
  readonly endpoint: string;
  readonly person: TeamsPerson;
  readonly threadId: string;
}) {
  const styles = useStyles();
  const { endpoint, person, threadId } = props;
  const thread = useThread(endpoint, person, threadId);
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setInterval(() => {
      // What fails now is read a second later.
      if (thread !== undefined) void read(thread).then(setLines, () => {});
    }, 1_000);
    return () => clearInterval(timer);
  }, [thread]);
  return (
    <section aria-label="Meeting chat">
      <ol className={styles.list}>
        {lines.map(({ id, from, text: said }) => (
          <li key={id}>
            <Text>
              <strong>{from}</strong>: {said}
            </Text>
          </li>
        ))}
      </ol>
      <form
        className={styles.line}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === '') return;
          void thread?.sendMessage({ content: text.trim() }, { senderDisplayName: person.displayName });
          setText('');
        }}
      >
        <Input
          className={styles.grow}
          aria-label="Message to the meeting"
          value={text}
          onChange={(_, { value }) => setText(value)}
        />
        <Button type="submit">Send</Button>
      </form>
    </section>
  );
}

function useThread(endpoint: string, person: TeamsPerson, threadId: string): ChatThreadClient | undefined {
  const [token, setToken] = useState<string>();
  useEffect(() => {
    void teamsToken(person).then(setToken);
  }, [person]);
  return useMemo(() => {
    if (token === undefined) return undefined;
    const plain = plainHttp(endpoint);
    const credential = new AzureCommunicationTokenCredential(token);
    return new ChatClient(plain.endpoint, credential, plain.options).getChatThreadClient(threadId);
  }, [endpoint, threadId, token]);
}

async function read(thread: ChatThreadClient): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for await (const { id, type, senderDisplayName, content } of thread.listMessages()) {
    if (type === 'text' || type === 'html')
      lines.unshift({ id, from: senderDisplayName ?? 'Somebody', text: content?.message ?? '' });
  }
  return lines;
}
