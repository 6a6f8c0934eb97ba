import {
  Avatar,
  Button,
  Caption1,
  CounterBadge,
  Subtitle2,
  Text,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import type { MessageItem, Timeline } from 'onescreen';
import { useCall, useContactCenter, useConversation, useTask, useTasks, useTimeline } from 'onescreen/react';
import { taskStatusWords } from './task-status-words';
import { callWords } from './voice/call-words';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalS },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  row: {
    width: '100%',
    justifyContent: 'flex-start',
    columnGap: tokens.spacingHorizontalM,
    padding: tokens.spacingHorizontalS,
    textAlign: 'left',
  },
  current: { backgroundColor: tokens.colorNeutralBackground1, boxShadow: tokens.shadow2 },
  words: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  none: { color: tokens.colorNeutralForeground3 },
});

/** The conversations in hand. */
export function ConversationList({ current }: { readonly current: string | undefined }) {
  const styles = useStyles();
  const tasks = useTasks();
  return (
    <section className={styles.section} aria-label="Conversations">
      <Subtitle2 as="h2">In hand</Subtitle2>
      {tasks.length === 0 && <Text className={styles.none}>Nothing yet.</Text>}
      <ul className={styles.list}>
        {tasks.map((task) => (
          <li key={task.id}>
            <Row taskId={task.id} conversationId={task.conversationId} current={task.id === current} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({
  taskId,
  conversationId,
  current,
}: {
  readonly taskId: string;
  readonly conversationId: string;
  readonly current: boolean;
}) {
  const styles = useStyles();
  const client = useContactCenter();
  const conversation = useConversation(conversationId);
  const status = useTask(taskId)?.status;
  const timeline = useTimeline(conversationId);
  const call = useCall(conversationId);
  if (conversation === undefined) return null;
  const { customer, unread } = conversation.state;
  const name = customer?.displayName ?? 'Customer';
  return (
    <Button
      appearance="subtle"
      className={mergeClasses(styles.row, current && styles.current)}
      aria-current={current}
      onClick={() => client.setFocus(conversationId)}
    >
      <Avatar name={name} size={32} color="colorful" />
      <span className={styles.words}>
        <Text weight={unread > 0 ? 'semibold' : 'regular'} truncate wrap={false} block>
          {name}
        </Text>
        <Caption1 truncate wrap={false} block>
          {status === 'assigned' || status === undefined
            ? call === undefined
              ? lastWords(timeline)
              : callWords(call.state)
            : taskStatusWords[status]}
        </Caption1>
      </span>
      {unread > 0 && <CounterBadge count={unread} aria-label={`${unread} unread`} />}
    </Button>
  );
}

function lastWords(timeline: Timeline | undefined): string {
  const last = timeline === undefined ? undefined : lastMessage(timeline);
  if (last === undefined) return 'No messages yet';
  if (last.deletedAt !== undefined) return 'Message deleted';
  return last.direction === 'out' ? `You: ${last.text}` : last.text;
}

function lastMessage(timeline: Timeline): MessageItem | undefined {
  for (let index = timeline.length - 1; index >= 0; index--) {
    const item = timeline.at(index);
    if (item?.kind === 'message') return item;
  }
  return undefined;
}
