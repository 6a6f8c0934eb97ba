import { Button, makeStyles, tokens } from '@fluentui/react-components';
import type { Participant, TimelineItem } from 'onescreen';
import { useConversation, useTimeline } from 'onescreen/react';
import { useCallback, useMemo, useState } from 'react';
import { MessageBubble } from './message-bubble';
import { useRun } from './reports';
import { TimelineMark } from './timeline-mark';
import { useMessages } from './use-messages';
import { WindowedTimeline } from './windowed-timeline';

const useStyles = makeStyles({
  // Nothing around it is laid out again for a message.
  scroller: {
    flexGrow: 1,
    minHeight: '120px',
    overflowY: 'auto',
    padding: tokens.spacingHorizontalL,
    contain: 'strict',
  },
  list: {
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    minHeight: '100%',
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'flex-end',
    rowGap: tokens.spacingVerticalS,
  },
  row: { display: 'flex', flexDirection: 'column' },
  earlier: { display: 'flex', justifyContent: 'center' },
  typing: { minHeight: '20px', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

const pageSize = 100;

/** Everything that happened, over all channels, in one order. A long history shows its end first. */
export function TimelineView({ taskId, conversationId }: { readonly taskId: string; readonly conversationId: string }) {
  const styles = useStyles();
  const run = useRun();
  const timeline = useTimeline(conversationId);
  const conversation = useConversation(conversationId);
  const typing = useMessages(conversationId)?.typing ?? [];
  const [more, setMore] = useState(true);
  const participants = conversation?.participants;
  const nameOf = useMemo(() => naming(participants ?? []), [participants]);
  const row = useCallback(
    (item: TimelineItem) => {
      if (!isShown(item)) return null;
      if (item.kind !== 'message') return <TimelineMark item={item} nameOf={nameOf} />;
      const from = item.from === undefined ? (item.fromName ?? 'Somebody') : nameOf(item.from);
      return <MessageBubble item={item} from={from} taskId={taskId} conversationId={conversationId} />;
    },
    [nameOf, taskId, conversationId],
  );
  if (timeline === undefined || conversation === undefined) return <div />;
  const showEarlier = () => run(async () => setMore((await conversation.conversation.loadMore({ pageSize })).more));
  return (
    <WindowedTimeline
      key={conversationId}
      timeline={timeline}
      label="Timeline"
      className={styles.scroller}
      listClassName={styles.list}
      rowClassName={styles.row}
      before={
        more && (
          <li className={styles.earlier}>
            <Button size="small" appearance="subtle" onClick={showEarlier}>
              Show earlier
            </Button>
          </li>
        )
      }
      after={
        <li className={styles.typing} aria-live="polite">
          {typing.length > 0 && `${typing.map(nameOf).join(', ')} is typing…`}
        </li>
      }
    >
      {row}
    </WindowedTimeline>
  );
}

/** That a task is completed or closed at the same moment says nothing that its wrap-up did not say. */
function isShown(item: TimelineItem): boolean {
  return item.kind !== 'task' || item.status !== 'closed';
}

function naming(participants: readonly Participant[]): (id: string) => string {
  return (name) => participants.find(({ id, agentId }) => id === name || agentId === name)?.displayName ?? name;
}
