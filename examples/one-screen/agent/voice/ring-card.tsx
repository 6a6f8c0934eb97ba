import {
  Badge,
  Button,
  Caption1,
  Caption1Strong,
  Card,
  CardHeader,
  Spinner,
  Text,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { CallInboundRegular } from '@fluentui/react-icons/svg/call-inbound';
import type { Offer } from 'onescreen';
import { duration } from '../../duration';
import { Countdown } from '../countdown';
import { FromColleague } from '../from-colleague';
import { Labels } from '../labels';
import { useAccept } from '../use-accept';
import { WhyMe } from '../why-me';
import { useRinging, type Ringing } from './use-ringing';

const useStyles = makeStyles({
  card: { border: `2px solid ${tokens.colorBrandStroke1}`, rowGap: tokens.spacingVerticalM },
  icon: { color: tokens.colorBrandForeground1 },
  moving: {
    '@media (prefers-reduced-motion: no-preference)': {
      animationName: {
        '0%, 50%, 100%': { transform: 'rotate(0deg)' },
        '10%, 30%': { transform: 'rotate(-14deg)' },
        '20%, 40%': { transform: 'rotate(14deg)' },
      },
      animationDuration: '1.2s',
      animationIterationCount: 'infinite',
    },
  },
  buttons: { display: 'flex', columnGap: tokens.spacingHorizontalS },
  accept: { flexGrow: 1 },
  name: { overflowWrap: 'anywhere' },
});

/** A call that rings: who calls, about what, why here, and how long it rings. */
export function RingCard({ offer }: { readonly offer: Offer }) {
  const styles = useStyles();
  const { doing, accept, decline } = useAccept(offer);
  const ringing = useRinging(offer, doing === undefined);
  const { customer, context } = offer.conversation;
  const connecting = doing === 'accept';
  return (
    <Card className={styles.card} role="article" aria-label={`Incoming call: ${customer}`}>
      <CardHeader
        image={
          <CallInboundRegular
            fontSize={28}
            className={mergeClasses(styles.icon, ringing !== 'over' && styles.moving)}
            aria-hidden
          />
        }
        header={
          <Text weight="semibold" className={styles.name}>
            {customer}
          </Text>
        }
        description={
          <div>
            <Caption1Strong block>{connecting ? 'Connecting…' : words[ringing]}</Caption1Strong>
            <Caption1 block>
              {offer.task.channel}, queue {offer.task.queueId}
              {offer.why !== undefined && `, waited ${duration(offer.why.waitedMs)}`}
            </Caption1>
          </div>
        }
        action={offer.task.priority > 0 ? <Badge color="important">Priority {offer.task.priority}</Badge> : null}
      />
      <FromColleague task={offer.task} />
      <Labels labels={context} />
      <Countdown offer={offer} />
      <div className={styles.buttons}>
        <Button
          className={styles.accept}
          appearance="primary"
          disabledFocusable={doing !== undefined}
          icon={connecting ? <Spinner size="tiny" aria-hidden /> : <CallInboundRegular />}
          onClick={accept}
        >
          {connecting ? 'Connecting…' : 'Accept'}
        </Button>
        <Button disabledFocusable={doing !== undefined} onClick={decline}>
          Decline
        </Button>
      </div>
      {offer.why !== undefined && <WhyMe why={offer.why} />}
    </Card>
  );
}

const words: Readonly<Record<Ringing, string>> = {
  aloud: 'Ringing',
  silent: 'Ringing without sound',
  elsewhere: 'Ringing in another tab',
  over: 'No longer ringing',
};
