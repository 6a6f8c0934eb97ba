import {
  Badge,
  Button,
  Caption1,
  Card,
  CardHeader,
  ProgressBar,
  Text,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { ChatRegular } from '@fluentui/react-icons/svg/chat';
import type { Offer } from 'onescreen';
import { useContactCenter } from 'onescreen/react';
import { useState } from 'react';
import { duration } from '../duration';
import { useNow } from '../use-now';
import { Labels } from './labels';
import { useRun } from './reports';
import { WhyMe } from './why-me';

const useStyles = makeStyles({
  card: { border: `1px solid ${tokens.colorBrandStroke2}`, rowGap: tokens.spacingVerticalM },
  buttons: { display: 'flex', columnGap: tokens.spacingHorizontalS },
  accept: { flexGrow: 1 },
});

/** One offer: who it is about, why it came here, and how long it stands. */
export function OfferCard({ offer }: { readonly offer: Offer }) {
  const styles = useStyles();
  const client = useContactCenter();
  const run = useRun();
  const [busy, setBusy] = useState(false);
  const { customer, context } = offer.conversation;

  const act = (command: () => Promise<unknown>) =>
    run(async () => {
      setBusy(true);
      try {
        await command();
      } finally {
        setBusy(false);
      }
    });

  return (
    <Card className={styles.card} role="article" aria-label={`Offer: ${customer}`}>
      <CardHeader
        image={<ChatRegular fontSize={24} />}
        header={
          <Text weight="semibold" truncate wrap={false}>
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
      <Labels labels={context} />
      <Countdown offer={offer} />
      <div className={styles.buttons}>
        <Button
          className={styles.accept}
          appearance="primary"
          disabled={busy}
          onClick={() =>
            act(async () => {
              const task = await offer.accept();
              client.setFocus(task.conversationId);
            })
          }
        >
          Accept
        </Button>
        <Button disabled={busy} onClick={() => act(() => offer.decline())}>
          Decline
        </Button>
      </div>
      {offer.why !== undefined && <WhyMe why={offer.why} />}
    </Card>
  );
}

function Countdown({ offer }: { readonly offer: Offer }) {
  const now = useNow(500);
  const left = Math.max(0, offer.expiresAt.getTime() - now);
  const whole = offer.expiresAt.getTime() - offer.issuedAt.getTime();
  return (
    // A screen reader would read the countdown out every second.
    <div aria-live="off">
      <ProgressBar
        value={whole > 0 ? left / whole : 0}
        color={left < 5_000 ? 'warning' : 'brand'}
        thickness="large"
        aria-label="Time left"
      />
      <Caption1>{Math.ceil(left / 1_000)} s left</Caption1>
    </div>
  );
}
