import { Badge, Button, Caption1, Card, CardHeader, Text, makeStyles, tokens } from '@fluentui/react-components';
import { ChatRegular } from '@fluentui/react-icons/svg/chat';
import type { Offer } from 'onescreen';
import { duration } from '../duration';
import { Countdown } from './countdown';
import { FromColleague } from './from-colleague';
import { Labels } from './labels';
import { useAccept } from './use-accept';
import { WhyMe } from './why-me';

const useStyles = makeStyles({
  card: { border: `1px solid ${tokens.colorBrandStroke2}`, rowGap: tokens.spacingVerticalM },
  buttons: { display: 'flex', columnGap: tokens.spacingHorizontalS },
  accept: { flexGrow: 1 },
  name: { overflowWrap: 'anywhere' },
});

/** One offer: who it is about, why it came here, and how long it stands. */
export function OfferCard({ offer }: { readonly offer: Offer }) {
  const styles = useStyles();
  const { doing, accept, decline } = useAccept(offer);
  const busy = doing !== undefined;
  const { customer, context } = offer.conversation;

  return (
    <Card className={styles.card} role="article" aria-label={`Offer: ${customer}`}>
      <CardHeader
        image={<ChatRegular fontSize={24} />}
        header={
          <Text weight="semibold" className={styles.name}>
            {customer}
          </Text>
        }
        description={
          <Caption1>
            {offer.task.channel}, queue {offer.task.queueId}
            {offer.why !== undefined && `, waited ${duration(offer.why.waitedMs)}`}
          </Caption1>
        }
        action={offer.task.priority > 0 ? <Badge color="important">Priority {offer.task.priority}</Badge> : null}
      />
      <FromColleague task={offer.task} />
      <Labels labels={context} />
      <Countdown offer={offer} />
      <div className={styles.buttons}>
        <Button className={styles.accept} appearance="primary" disabled={busy} onClick={accept}>
          Accept
        </Button>
        <Button disabled={busy} onClick={decline}>
          Decline
        </Button>
      </div>
      {offer.why !== undefined && <WhyMe why={offer.why} />}
    </Card>
  );
}
