import { Button, Subtitle1, makeStyles, tokens } from '@fluentui/react-components';
import type { CustomerChat } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { ChatStatus } from './chat-status';
import { CustomerComposer } from './customer-composer';
import { InvitationList } from './invitation-list';
import { MessageList } from './message-list';
import type { Views } from './views';

const useStyles = makeStyles({
  header: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
});

/** The running chat. */
export function ChatView(props: {
  readonly chat: CustomerChat;
  readonly joined: (views: Views) => void;
  readonly startAnew: () => void;
}) {
  const styles = useStyles();
  const { chat, joined, startAnew } = props;
  const ended = useLive(chat.state$, ({ phase }) => phase === 'ended');
  const closed = useLive(chat.state$, ({ closedBecause }) => closedBecause !== undefined);
  return (
    <>
      <header className={styles.header}>
        <Subtitle1 as="h1">Chat with us</Subtitle1>
        {ended ? (
          <Button onClick={startAnew}>New chat</Button>
        ) : (
          // The chat's own state says whether it worked.
          <Button onClick={() => void chat.end().catch(() => {})}>End chat</Button>
        )}
      </header>
      <ChatStatus chat={chat} />
      <MessageList chat={chat} />
      <InvitationList invitations$={chat.invitations$} joined={joined} />
      {!ended && !closed && <CustomerComposer chat={chat} />}
    </>
  );
}
