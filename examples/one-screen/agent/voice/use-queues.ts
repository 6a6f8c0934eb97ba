import { useEffect, useState } from 'react';
import { demoSettings, type DemoSettings } from '../../demo-settings';

/** The queues that calls can be made for. */
export function useQueues(): DemoSettings['queues'] {
  const [queues, setQueues] = useState<DemoSettings['queues']>([]);
  useEffect(() => {
    let mounted = true;
    demoSettings().then(
      (settings) => {
        if (mounted) setQueues(settings.queues);
      },
      // Without a choice the contact center chooses.
      () => {},
    );
    return () => {
      mounted = false;
    };
  }, []);
  return queues;
}
