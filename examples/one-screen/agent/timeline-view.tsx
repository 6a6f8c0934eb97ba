import { Button, makeStyles, tokens } from '@fluentui/react-components';
import type { Participant, TimelineItem } from 'onescreen';
import { useConversation, useTimeline } from 'onescreen/react';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { MessageBubble } from './message-bubble';
import { useRun } from './reports';
import { TimelineMark } from './timeline-mark';
import { useMessages } from './use-messages';

const useStyles = makeStyles({
  scroller: { flexGrow: 1, minHeight: 0, overflowY: 'auto', padding: tokens.spacingHorizontalL },
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
  const [shown, setShown] = useState(pageSize);
  const [more, setMore] = useState(true);
  const scroller = useStickToEnd(timeline?.length ?? 0);
  if (timeline === undefined || conversation === undefined) return <div />;
  const nameOf = naming(conversation.participants);
  const items = timeline.slice(-shown).filter(isShown);

  const showEarlier = () =>
    run(async () => {
      if (shown >= timeline.length) setMore((await conversation.conversation.loadMore({ pageSize })).more);
      setShown(shown + pageSize);
    });

  return (
    <div className={styles.scroller} ref={scroller} role="log" aria-label="Timeline" tabIndex={0}>
      <ol className={styles.list}>
        {(shown < timeline.length || (more && timeline.length >= pageSize)) && (
          <li className={styles.earlier}>
            <Button size="small" appearance="subtle" onClick={showEarlier}>
              Show earlier
            </Button>
          </li>
        )}
        {items.map((item) =>
          item.kind === 'message' ? (
            <MessageBubble
              key={item.id}
              item={item}
              from={item.from === undefined ? (item.fromName ?? 'Somebody') : nameOf(item.from)}
              taskId={taskId}
              conversationId={conversationId}
            />
          ) : (
            <TimelineMark key={item.id} item={item} nameOf={nameOf} />
          ),
        )}
        <li className={styles.typing} aria-live="polite">
          {typing.length > 0 && `${typing.map(nameOf).join(', ')} is typing…`}
        </li>
      </ol>
    </div>
  );
}

/** That a task is completed or closed at the same moment says nothing that its wrap-up did not say. */
function isShown(item: TimelineItem): boolean {
  return item.kind !== 'task' || item.status !== 'closed';
}

function naming(participants: readonly Participant[]): (id: string) => string {
  return (id) => participants.find((participant) => participant.id === id)?.displayName ?? id;
}

/** Follows the end of the list, unless the reader has scrolled away from it. */
function useStickToEnd(length: number): (element: HTMLDivElement) => () => void {
  const stick = useRef(() => {});
  useLayoutEffect(() => stick.current(), [length]);
  return useCallback((element) => {
    let atEnd = true;
    stick.current = () => {
      if (atEnd) element.scrollTop = element.scrollHeight;
    };
    const onScroll = () => {
      atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    };
    const resized = new ResizeObserver(() => stick.current());
    resized.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', onScroll);
      stick.current = () => {};
    };
  }, []);
}
