import { Card, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerChat, CustomerClient } from 'onescreen/customer';
import { use, useState } from 'react';
import { ChatView } from './chat-view';
import { StartForm } from './start-form';

const useStyles = makeStyles({
  page: {
    height: '100%',
    display: 'grid',
    placeItems: 'center',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  card: {
    width: '440px',
    maxWidth: '100vw',
    height: 'min(680px, 100vh)',
    padding: 0,
    display: 'flex',
    flexDirection: 'column',
    boxSizing: 'border-box',
  },
});

/** The customer's side: a chat, or the form that starts one. */
export function ChatPage({
  client,
  resumed,
}: {
  readonly client: CustomerClient;
  readonly resumed: Promise<CustomerChat | undefined>;
}) {
  const styles = useStyles();
  const before = use(resumed);
  const [chat, setChat] = useState(before);
  return (
    <main className={styles.page}>
      <Card className={styles.card} aria-label="Chat with us">
        {chat === undefined ? (
          <StartForm client={client} started={setChat} />
        ) : (
          <ChatView
            chat={chat}
            startAnew={() => {
              void chat.close();
              setChat(undefined);
            }}
          />
        )}
      </Card>
    </main>
  );
}
