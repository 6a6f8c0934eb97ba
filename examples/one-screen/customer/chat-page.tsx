import { Card, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerCall, CustomerChat, CustomerClient } from 'onescreen/customer';
import { use, useState } from 'react';
import { CallView } from './call-view';
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

/** The customer's side: a chat or a call, or the form that starts one. */
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
  const [call, setCall] = useState<CustomerCall>();
  return (
    <main className={styles.page}>
      <Card className={styles.card} aria-label="Talk with us">
        {call !== undefined ? (
          <CallView
            call={call}
            startAnew={() => {
              void call.close();
              setCall(undefined);
            }}
          />
        ) : chat === undefined ? (
          <StartForm client={client} started={setChat} called={setCall} />
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
