import { Button, Caption1, Subtitle2, Text, makeStyles, tokens } from '@fluentui/react-components';
import { useContactCenter, useParked } from 'onescreen/react';
import { duration } from '../../duration';
import { useNow } from '../../use-now';
import { useRun } from '../reports';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalS },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  row: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalM },
  who: { flexGrow: 1, minWidth: 0 },
});

/** Customers of the agent's queues who were parked. Nothing where there are none. */
export function ParkedCalls() {
  const styles = useStyles();
  const client = useContactCenter();
  const run = useRun();
  const { parked, take } = useParked();
  if (parked.length === 0) return null;
  const takeCall = (taskId: string) =>
    run(async () => {
      const task = await take(taskId);
      client.setFocus(task.conversationId);
    });
  return (
    <section className={styles.section} aria-label="Parked calls">
      <Subtitle2 as="h2">Parked</Subtitle2>
      <ul className={styles.list}>
        {parked.map((one) => (
          <li key={one.taskId} className={styles.row} aria-label={one.customer}>
            <span className={styles.who}>
              <Text block truncate wrap={false}>
                {one.customer}
              </Text>
              <Caption1 block>
                by {one.by}
                {one.note !== undefined && `: ${one.note}`}
              </Caption1>
              <Returns at={one.returnsAt} />
            </span>
            <Button size="small" appearance="primary" onClick={() => takeCall(one.taskId)}>
              Take
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Returns({ at }: { readonly at: number }) {
  return <Caption1 block>back to the queue in {duration(at - useNow(1_000))}</Caption1>;
}
