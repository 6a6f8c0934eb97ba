import { Card, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerChat, CustomerClient } from 'onescreen/customer';
import { use, useState } from 'react';
import { CallView } from './call-view';
import { ChatView } from './chat-view';
import { MeetingView } from './meeting/meeting-view';
import { StartForm } from './start-form';
import { useLostChat } from './use-lost-chat';
import type { Views } from './views';

const useStyles = makeStyles({
  page: {
    minHeight: '100%',
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'center',
    gap: tokens.spacingHorizontalL,
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
  beside: { width: '340px', maxWidth: '100vw', padding: 0, alignSelf: 'center' },
  stage: { width: '680px', maxWidth: '100vw', height: 'min(680px, 100vh)', padding: 0, boxSizing: 'border-box' },
});

/** The customer's side: the form that starts a chat or a call, then those, and beside them what the agent asks into. */
export function ChatPage({
  client,
  resumed,
}: {
  readonly client: CustomerClient;
  readonly resumed: Promise<CustomerChat | undefined>;
}) {
  const styles = useStyles();
  const before = use(resumed);
  const [views, setViews] = useState<Views>(before === undefined ? {} : { chat: before });
  const { chat, call, meeting } = views;
  const lost = useLostChat(before, chat);
  const joined = (more: Views) => {
    // What was open of the same kind is over; a chat shows whichever chat there is.
    if (more.chat !== undefined && chat !== undefined) void more.chat.close();
    setViews((now) => ({ ...now, ...more, ...(now.chat !== undefined && { chat: now.chat }) }));
  };
  const startAnew = () => {
    for (const view of [chat, call, meeting]) void view?.close();
    setViews({});
  };
  const without = (kind: 'call' | 'meeting') => {
    void views[kind]?.close();
    setViews(({ [kind]: _, ...rest }) => rest);
  };
  const beside = chat === undefined && meeting === undefined;
  return (
    <main className={styles.page}>
      {meeting !== undefined && (
        <Card className={styles.stage} aria-label="Meeting with us">
          <MeetingView meeting={meeting} close={() => without('meeting')} />
        </Card>
      )}
      {call !== undefined && (
        <Card className={beside ? styles.card : styles.beside} aria-label={beside ? 'Talk with us' : 'Call with us'}>
          <CallView
            call={call}
            {...(chat === undefined && { joined })}
            startAnew={beside ? startAnew : () => without('call')}
            after={beside ? 'Start again' : 'Close'}
          />
        </Card>
      )}
      {(chat !== undefined || (call === undefined && meeting === undefined)) && (
        <Card className={styles.card} aria-label="Talk with us">
          {chat === undefined ? (
            <StartForm
              client={client}
              lost={lost}
              started={(one) => joined({ chat: one })}
              called={(one) => joined({ call: one })}
            />
          ) : (
            <ChatView chat={chat} joined={joined} startAnew={startAnew} />
          )}
        </Card>
      )}
    </main>
  );
}
