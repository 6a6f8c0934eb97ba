import { Button, Caption1, Subtitle2, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { CallbackRecord } from 'onescreen';
import { useCallbacks, useContactCenter } from 'onescreen/react';
import { timeOfDay } from '../duration';
import { useRun } from './reports';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalS },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  row: { display: 'flex', alignItems: 'center', columnGap: tokens.spacingHorizontalS },
  who: { flexGrow: 1, minWidth: 0 },
});

/** Whom the agent's queues have promised to call back. Nothing where there is nobody. */
export function CallbackList() {
  const styles = useStyles();
  const client = useContactCenter();
  const run = useRun();
  const { callbacks, take, cancel } = useCallbacks();
  if (callbacks.length === 0) return null;
  const callNow = (id: string) =>
    run(async () => {
      const task = await take(id);
      client.setFocus(task.conversationId);
    });
  return (
    <section className={styles.section} aria-label="Callbacks">
      <Subtitle2 as="h2">Callbacks</Subtitle2>
      <ul className={styles.list}>
        {callbacks.map((one) => (
          <li key={one.id} className={styles.row} aria-label={one.customer}>
            <span className={styles.who}>
              <Text block truncate wrap={false}>
                {one.customer}
              </Text>
              <Caption1 block>
                {dueWords(one)}
                {one.note !== undefined && `: ${one.note}`}
              </Caption1>
            </span>
            <Button
              size="small"
              appearance="primary"
              disabled={one.status === 'calling'}
              onClick={() => callNow(one.id)}
            >
              Take
            </Button>
            <Button
              size="small"
              disabled={one.status === 'calling'}
              aria-label="Cancel callback"
              onClick={() => run(() => cancel(one.id))}
            >
              Cancel
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function dueWords({ status, dueAt }: CallbackRecord): string {
  if (status === 'calling') return 'being called';
  return status === 'queued' ? 'due now' : `due at ${timeOfDay(new Date(dueAt))}`;
}
