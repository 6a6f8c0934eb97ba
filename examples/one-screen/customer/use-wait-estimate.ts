import type { CustomerClient, WaitEstimate } from 'onescreen/customer';
import { useEffect, useState } from 'react';

const everyMs = 15_000;

/** How long somebody would wait who started now, asked for anew every 15 seconds while somebody looks. */
export function useWaitEstimate(client: CustomerClient): WaitEstimate | undefined {
  const [estimate, setEstimate] = useState<WaitEstimate>();
  useEffect(() => {
    const controller = new AbortController();
    const ask = () => {
      if (document.hidden) return;
      // Better none than one of long ago.
      const failed = () => controller.signal.aborted || setEstimate(undefined);
      client.estimateWait({}, { signal: controller.signal, timeoutMs: everyMs }).then(setEstimate, failed);
    };
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [client]);
  return estimate;
}
