import { Avatar, Badge, Caption1, Subtitle2, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowUndoRegular } from '@fluentui/react-icons/svg/arrow-undo';
import { ChatDismissRegular } from '@fluentui/react-icons/svg/chat-dismiss';
import { useCall, useControls, useConversation, useMeeting, useTask } from 'onescreen/react';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { Composer } from './composer';
import { CallBack } from './call-back';
import { ControlButton } from './control-button';
import { EscalateMenu } from './escalate-menu';
import { FromColleague } from './from-colleague';
import { HandOver } from './hand-over';
import { InvitationList } from './invitation-list';
import { MeetingStage } from './meeting/meeting-stage';
import { useRun } from './reports';
import { taskStatusWords } from './task-status-words';
import { TimelineView } from './timeline-view';
import { CallBar } from './voice/call-bar';
import { narrow, small } from './widths';
import { useMessages } from './use-messages';

const useStyles = makeStyles({
  pane: {
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    overflowY: 'auto',
    outlineStyle: 'none',
    backgroundColor: tokens.colorNeutralBackground1,
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    [narrow]: { gridColumn: '2', gridRow: '1 / span 2' },
    [small]: { height: '80vh' },
  },
  header: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  status: { flexShrink: 0, whiteSpace: 'nowrap' },
  who: { flexGrow: 1, minWidth: '120px', maxWidth: '100%', display: 'flex', flexDirection: 'column' },
});

/** The conversation in focus: what was said, and the means to answer. */
export function ConversationPane({
  taskId,
  conversationId,
}: {
  readonly taskId: string;
  readonly conversationId: string;
}) {
  const styles = useStyles();
  const run = useRun();
  const task = useTask(taskId);
  const conversation = useConversation(conversationId);
  const chat = useMessages(conversationId);
  const { end, requeue } = useControls(taskId);
  const isBeside = useIsBeside(conversationId);
  const pane = useRef<HTMLElement>(null);
  useFocusOf(pane);
  useMarkRead(conversationId);
  if (task === undefined || conversation === undefined) return <main className={styles.pane} />;
  const name = conversation.state.customer?.displayName ?? 'Customer';
  // A call ends by hanging up; a chat may be open beside it.
  const isCall = task.task.channel === 'voice';
  return (
    <main ref={pane} className={styles.pane} aria-label={`Conversation with ${name}`} tabIndex={-1}>
      <header className={styles.header}>
        <Avatar name={name} color="colorful" />
        <span className={styles.who}>
          <Subtitle2 as="h2" truncate wrap={false} block>
            {name}
          </Subtitle2>
          <Caption1>
            {task.task.channel}, queue {task.task.queueId}
            {chat !== undefined && chat.state.status !== 'connected' && ` (${chat.state.status})`}
          </Caption1>
        </span>
        <Badge
          className={styles.status}
          appearance="tint"
          color={task.status === 'assigned' ? 'success' : 'informative'}
        >
          {taskStatusWords[task.status]}
        </Badge>
        <ControlButton can={requeue} icon={<ArrowUndoRegular />} onClick={() => run(() => requeue.run())}>
          Return to queue
        </ControlButton>
        {isCall ? <CallBack taskId={taskId} /> : <HandOver taskId={taskId} kind="Transfer" />}
        <EscalateMenu taskId={taskId} conversationId={conversationId} />
        {!isCall && (
          <ControlButton can={end} icon={<ChatDismissRegular />} onClick={() => run(() => end.run())}>
            {isBeside ? 'End all' : 'End chat'}
          </ControlButton>
        )}
      </header>
      <FromColleague task={task.task} />
      <InvitationList conversationId={conversationId} />
      <MeetingStage taskId={taskId} conversationId={conversationId} />
      <CallBar taskId={taskId} conversationId={conversationId} />
      <TimelineView taskId={taskId} conversationId={conversationId} />
      {(!isCall || chat !== undefined) && <Composer taskId={taskId} conversationId={conversationId} />}
    </main>
  );
}

/** Whether a call or a meeting goes on beside the chat, which ends with it. */
function useIsBeside(conversationId: string): boolean {
  const call = useCall(conversationId)?.state.status ?? 'closed';
  const meeting = useMeeting(conversationId)?.state.status ?? 'closed';
  return call !== 'closed' || meeting !== 'closed';
}

/** Whoever has accepted by keyboard goes on here: the button that had the focus is gone. */
function useFocusOf(pane: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) pane.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [pane]);
}

/** Whoever looks at a conversation has read it. */
function useMarkRead(conversationId: string): void {
  const run = useRun();
  const unread = useConversation(conversationId)?.state.unread ?? 0;
  const channel = useMessages(conversationId)?.channel;
  const looking = useVisible();
  useEffect(() => {
    if (unread > 0 && looking && channel !== undefined) run(() => channel.markRead());
  }, [unread, looking, channel, run]);
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const update = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  return visible;
}
