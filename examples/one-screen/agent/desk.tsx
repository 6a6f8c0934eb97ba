import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useContactCenter, useLive, useTasks } from 'onescreen/react';
import { CallbackList } from './callback-list';
import { ConversationList } from './conversation-list';
import { ConversationPane } from './conversation-pane';
import { ContextPanel } from './context-panel';
import { EmptyDesk } from './empty-desk';
import { GoneConversations } from './gone-conversations';
import { OfferList } from './offer-list';
import { SessionBanner } from './session-banner';
import { TopBar } from './top-bar';
import { WaitingList } from './waiting-list';
import { narrow, small } from './widths';
import { ParkedCalls } from './voice/parked-calls';
import { ReadinessBanner } from './voice/readiness-banner';
import { useUnlockedAudio } from './voice/use-unlocked-audio';
import { WrapUpPanel } from './wrap-up-panel';

const useStyles = makeStyles({
  screen: {
    height: '100%',
    display: 'grid',
    gridTemplateRows: 'auto auto minmax(0, 1fr)',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  columns: {
    display: 'grid',
    gridTemplateColumns: '320px minmax(0, 1fr) 320px',
    gridTemplateRows: 'minmax(0, 1fr)',
    minHeight: 0,
    [narrow]: { gridTemplateColumns: '300px minmax(0, 1fr)', gridTemplateRows: 'repeat(2, minmax(0, 1fr))' },
    [small]: { display: 'block', overflowY: 'auto' },
  },
  work: {
    overflowY: 'auto',
    padding: tokens.spacingHorizontalL,
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalXL,
    '& > *': { flexShrink: 0 },
  },
  alone: { [narrow]: { gridRow: '1 / -1' } },
  side: {
    overflowY: 'auto',
    padding: tokens.spacingHorizontalL,
    display: 'flex',
    flexDirection: 'column',
    rowGap: tokens.spacingVerticalL,
    '& > *': { flexShrink: 0 },
    [narrow]: { gridColumn: '1', gridRow: '2' },
  },
});

/** One screen: what is offered, what is in hand, the conversation in focus, and all that is known of its customer. */
export function Desk() {
  const styles = useStyles();
  const client = useContactCenter();
  const tasks = useTasks();
  useUnlockedAudio();
  const focused = useLive(client.focus$, (conversation) => conversation?.id);
  const task = tasks.find(({ conversationId }) => conversationId === focused) ?? tasks[0];
  return (
    <div className={styles.screen}>
      <TopBar />
      <div>
        <SessionBanner />
        <GoneConversations />
        <ReadinessBanner />
      </div>
      <div className={styles.columns}>
        <aside className={mergeClasses(styles.work, task === undefined && styles.alone)} aria-label="Work">
          <OfferList />
          <ConversationList current={task?.id} />
          <ParkedCalls />
          <CallbackList />
          <WaitingList />
        </aside>
        {task === undefined ? (
          <EmptyDesk />
        ) : (
          <>
            <ConversationPane key={task.id} taskId={task.id} conversationId={task.conversationId} />
            <aside className={styles.side} aria-label="Customer">
              <WrapUpPanel key={task.id} taskId={task.id} />
              <ContextPanel task={task} />
            </aside>
          </>
        )}
      </div>
    </div>
  );
}
