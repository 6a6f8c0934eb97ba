import { useAgent } from 'onescreen/react';
import { useEffect, useState } from 'react';
import { demoAgent, developmentToken } from '../development-sign-in';
import type { Waiting } from '../waiting';

const everyMs = 2_000;

/** Who waits in the agent's queues, asked for anew every two seconds while somebody looks. */
export function useWaiting(): readonly Waiting[] {
  const agent = demoAgent(useAgent()?.agent.id ?? null);
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  useEffect(() => {
    if (agent === undefined) return;
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${developmentToken(agent)}` };
    const ask = async () => {
      if (document.hidden) return;
      const response = await fetch('/waiting.json', { headers, signal: controller.signal });
      if (!response.ok) return;
      const answer: readonly Waiting[] = await response.json();
      setWaiting(answer);
    };
    // A question that fails is asked again; the banner says that the server is away.
    const tick = () => void ask().catch(() => {});
    tick();
    const timer = setInterval(tick, everyMs);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [agent]);
  return waiting;
}
