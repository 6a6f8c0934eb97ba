import { Caption1 } from '@fluentui/react-components';
import { useNow } from '../use-now';

/** How long something still stands, by this page's clock. */
export function TimeLeft({ until }: { readonly until: Date }) {
  const left = Math.max(0, Math.ceil((until.getTime() - useNow(500)) / 1_000));
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  // A screen reader would read every second of it.
  return (
    <Caption1 aria-live="off" role="timer">
      {clock} left
    </Caption1>
  );
}
