import { Caption1, Card, Subtitle2, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { Task } from 'onescreen';
import { useConversation, useLive } from 'onescreen/react';
import { Fragment } from 'react';
import { duration } from '../duration';
import { EarlierConversations } from './earlier-conversations';

const useStyles = makeStyles({
  facts: {
    display: 'grid',
    gridTemplateColumns: 'auto minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalS,
    margin: 0,
  },
  value: { margin: 0, overflowWrap: 'anywhere' },
  name: { color: tokens.colorNeutralForeground3 },
  people: { margin: 0, paddingLeft: tokens.spacingHorizontalL, overflowWrap: 'anywhere' },
});

/** What is known of the customer and of the task. */
export function ContextPanel({ task }: { readonly task: Task }) {
  const styles = useStyles();
  const conversation = useConversation(task.conversationId);
  const sla = useLive(task.sla$);
  if (conversation === undefined) return null;
  const { participants, context, state } = conversation;
  const facts: readonly (readonly [string, string])[] = [
    ['Name', state.customer?.displayName ?? 'Unknown'],
    ...Object.entries(context).map(([key, value]) => [words(key), String(value)] as const),
    ['Queue', task.queueId],
    ...(sla.waitedMs === undefined ? [] : [['Waited', duration(sla.waitedMs)] as const]),
  ];
  return (
    <Card aria-label="Customer context" role="region">
      <Subtitle2 as="h2">Customer</Subtitle2>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>{value}</dd>
          </Fragment>
        ))}
      </dl>
      <EarlierConversations conversation={conversation.conversation} />
      <Subtitle2 as="h2">Taking part</Subtitle2>
      <ul className={styles.people}>
        {participants.map(({ id, displayName, present, role }) => (
          <li key={id}>
            <Text>{displayName}</Text>{' '}
            <Caption1 className={styles.name}>
              {role}
              {!present && ', left'}
            </Caption1>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** `customerSince` as `Customer since`. */
function words(key: string): string {
  const apart = key.replace(/([a-z])([A-Z])/g, (_, end: string, begin: string) => `${end} ${begin.toLowerCase()}`);
  return apart.charAt(0).toUpperCase() + apart.slice(1);
}
