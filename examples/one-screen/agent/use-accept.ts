import type { Offer } from 'onescreen';
import { useContactCenter } from 'onescreen/react';
import { useState } from 'react';
import { useRun } from './reports';

/** Accepting an offer opens its conversation; meanwhile, and while declining, nothing else can be asked. */
export function useAccept(offer: Offer): {
  readonly doing: 'accept' | 'decline' | undefined;
  readonly accept: () => void;
  readonly decline: () => void;
} {
  const client = useContactCenter();
  const run = useRun();
  const [doing, setDoing] = useState<'accept' | 'decline'>();
  const act = (what: 'accept' | 'decline', command: () => Promise<unknown>) => {
    if (doing !== undefined) return;
    setDoing(what);
    run(async () => {
      try {
        await command();
      } finally {
        setDoing(undefined);
      }
    });
  };
  return {
    doing,
    accept: () =>
      act('accept', async () => {
        const task = await offer.accept();
        client.setFocus(task.conversationId);
      }),
    decline: () => act('decline', () => offer.decline()),
  };
}
