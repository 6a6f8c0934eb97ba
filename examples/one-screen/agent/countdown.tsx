import { Caption1, ProgressBar } from '@fluentui/react-components';
import type { Offer } from 'onescreen';
import { useNow } from '../use-now';

/** How long an offer still stands. */
export function Countdown({ offer }: { readonly offer: Offer }) {
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
