import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Caption1,
  Caption1Strong,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { RankedWorker, RoutingExplanation } from 'onescreen';
import { useAgent } from 'onescreen/react';
import { selectorWords } from './selector-words';

const useStyles = makeStyles({
  panel: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalXS, margin: 0 },
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalL },
});

/** Why this agent was chosen: the winner and the reason, who would have been next, what everybody had to satisfy. */
export function WhyMe({ why }: { readonly why: RoutingExplanation }) {
  const styles = useStyles();
  const me = useAgent()?.agent.id;
  const { constraints, runnersUp, winner } = why;
  return (
    <Accordion collapsible>
      <AccordionItem value="why">
        <AccordionHeader size="small">Why me: {winner.reason ?? why.strategy}</AccordionHeader>
        <AccordionPanel className={styles.panel}>
          <Caption1>
            Strategy {why.strategy}, among {constraints.candidates} who matched
            {why.fallback !== undefined && ` (${why.fallback})`}
          </Caption1>
          <Caption1Strong>Chosen</Caption1Strong>
          <ol className={styles.list}>
            <Ranked worker={winner} me={me} />
          </ol>
          <Caption1Strong>Next in line</Caption1Strong>
          {runnersUp.length === 0 ? (
            <Caption1>Nobody else matched.</Caption1>
          ) : (
            <ol className={styles.list} start={2}>
              {runnersUp.map((worker) => (
                <Ranked key={worker.workerId} worker={worker} me={me} />
              ))}
            </ol>
          )}
          <Caption1Strong>Had to be</Caption1Strong>
          <ul className={styles.list}>
            <li>
              <Caption1>
                in queue {constraints.queueId}, free for {constraints.channel}
              </Caption1>
            </li>
            {constraints.selectors.map((selector) => (
              <li key={`${selector.key} ${selector.operator}`}>
                <Caption1>{selectorWords(selector)}</Caption1>
              </li>
            ))}
          </ul>
        </AccordionPanel>
      </AccordionItem>
    </Accordion>
  );
}

function Ranked({ worker, me }: { readonly worker: RankedWorker; readonly me: string | undefined }) {
  const facts = [worker.reason, worker.score === undefined ? undefined : `score ${worker.score}`].filter(Boolean);
  return (
    <li>
      <Caption1>
        {worker.workerId === me ? 'You' : worker.workerId}
        {facts.length > 0 && `: ${facts.join(', ')}`}
      </Caption1>
    </li>
  );
}
