import { MessageBar, MessageBarBody, Subtitle2, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { Offer, OfferOutcome } from 'onescreen';
import { useAgent, useContactCenter, useOffers } from 'onescreen/react';
import { useEffect, useState } from 'react';
import { OfferCard } from './offer-card';
import { RingCard } from './voice/ring-card';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', rowGap: tokens.spacingVerticalM },
  none: { color: tokens.colorNeutralForeground3 },
});

/** The open offers, announced to screen readers, and for a moment what became of those that were lost. */
export function OfferList() {
  const styles = useStyles();
  const offers = useOffers();
  const endings = useEndings();
  const available = useAgent()?.state.availability.kind === 'available';
  return (
    <section className={styles.section} aria-label="Offers">
      <Subtitle2 as="h2">Offers</Subtitle2>
      <div className={styles.section} aria-live="assertive">
        {offers.map((offer) =>
          offer.task.channels.includes('voice') ? (
            <RingCard key={offer.id} offer={offer} />
          ) : (
            <OfferCard key={offer.id} offer={offer} />
          ),
        )}
      </div>
      <div className={styles.section} role="status" aria-label="Ended offers">
        {endings.map(({ offer, words }) => (
          <MessageBar key={offer.id} intent="info">
            <MessageBarBody>
              {offer.conversation.customer}: {words}
            </MessageBarBody>
          </MessageBar>
        ))}
      </div>
      {offers.length === 0 && (
        <Text className={styles.none}>{available ? 'None now. Waiting for work.' : 'None while you are away.'}</Text>
      )}
    </section>
  );
}

interface Ending {
  readonly offer: Offer;
  readonly words: string;
}

const shownForMs = 8_000;

/** Endings that the agent did not bring about. */
const lost: Partial<Record<OfferOutcome, string>> = {
  'accepted-elsewhere': 'accepted by another agent.',
  expired: 'the offer has expired.',
  revoked: 'the offer was taken back.',
};

function useEndings(): readonly Ending[] {
  const client = useContactCenter();
  const [endings, setEndings] = useState<readonly Ending[]>([]);
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    let mounted = true;
    const subscription = client.offered$.subscribe((offer) => {
      void offer.outcome.then((outcome) => {
        const words = lost[outcome];
        if (!mounted || words === undefined) return;
        setEndings((shown) => [...shown, { offer, words }]);
        const timer = setTimeout(() => {
          timers.delete(timer);
          setEndings((shown) => shown.filter((ending) => ending.offer !== offer));
        }, shownForMs);
        timers.add(timer);
      });
    });
    return () => {
      mounted = false;
      subscription.unsubscribe();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [client]);
  return endings;
}
