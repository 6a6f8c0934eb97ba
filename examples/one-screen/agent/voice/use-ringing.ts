import type { Offer } from 'onescreen';
import { useDevices, useTabs } from 'onescreen/react';
import { useEffect, useState } from 'react';
import { startRinging } from './sounds';

/** How an offered call rings in this tab. `over`: the agent has answered, or it is too late. */
export type Ringing = 'aloud' | 'silent' | 'elsewhere' | 'over';

/** Rings for an offer as long as it stands and `waiting`: aloud in one tab only, and only where sound may be played. */
export function useRinging(offer: Offer, waiting: boolean): Ringing {
  const { leading } = useTabs().state;
  const { audio } = useDevices().state;
  const expired = useExpired(offer.expiresAt.getTime());
  const ringing = expired || !waiting ? 'over' : !leading ? 'elsewhere' : audio === 'unlocked' ? 'aloud' : 'silent';
  useEffect(() => (ringing === 'aloud' ? startRinging() : undefined), [ringing]);
  useTitle(ringing === 'over' ? undefined : `☎ ${offer.conversation.customer} calls`);
  return ringing;
}

/** Even when the control plane cannot say so. */
function useExpired(expiresAt: number): boolean {
  const [expired, setExpired] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setExpired(true), Math.max(0, expiresAt - Date.now()));
    return () => clearTimeout(timer);
  }, [expiresAt]);
  return expired;
}

/** Says so in the tab itself, for whoever looks at another one. */
function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
}
