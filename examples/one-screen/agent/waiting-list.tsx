import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Caption1,
  Subtitle2,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { duration } from '../duration';
import type { Waiting } from '../waiting';
import { selectorWords } from './selector-words';
import { useWaiting } from './use-waiting';
import { verdictWords, waitsForWords } from './waiting-words';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalS },
  panel: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalXS, margin: 0 },
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalL },
});

/** Who waits in the agent's queues, and why. Nothing where nobody does. */
export function WaitingList() {
  const styles = useStyles();
  const waiting = useWaiting();
  if (waiting.length === 0) return null;
  return (
    <section className={styles.section} aria-label="Waiting">
      <Subtitle2 as="h2">Waiting</Subtitle2>
      <Accordion collapsible multiple>
        {waiting.map((one) => (
          <WhyWaiting key={one.taskId} waiting={one} />
        ))}
      </Accordion>
    </section>
  );
}

function WhyWaiting({ waiting }: { readonly waiting: Waiting }) {
  const styles = useStyles();
  const { taskId, queueName, waitedMs, selectors, position, workers } = waiting;
  const { estimatedWaitMs = 0 } = position ?? {};
  const wants = selectors.length === 0 ? '' : `, ${selectors.map(selectorWords).join(', ')}`;
  return (
    <AccordionItem value={taskId}>
      <AccordionHeader size="small">
        {queueName}
        {wants}: {duration(waitedMs)}
      </AccordionHeader>
      <AccordionPanel className={styles.panel}>
        <Caption1>Why is this waiting? {waitsForWords(waiting)}.</Caption1>
        {position !== undefined && (
          <Caption1>
            {position.position}. of {position.queueLength} in line
            {estimatedWaitMs > 0 && `, about ${duration(estimatedWaitMs)} to go`}
          </Caption1>
        )}
        <ul className={styles.list}>
          {workers.map((worker) => (
            <li key={worker.workerId}>
              <Caption1>
                {worker.workerId}: {verdictWords(worker)}
              </Caption1>
            </li>
          ))}
        </ul>
      </AccordionPanel>
    </AccordionItem>
  );
}
