import { useAgent, useReadiness, useTabs } from 'onescreen/react';
import { useEffect, useRef, useState } from 'react';
import { soundAlarm } from './sounds';

/** A hand-over between tabs, or a link that comes right back, alarms nobody. Milliseconds. */
const patienceMs = 1_000;

/** True from when work stopped reaching an agent who is available, until it does again or the agent is not. */
export function useAlarm(): boolean {
  const { ready } = useReadiness();
  const available = useAgent()?.state.availability.kind === 'available';
  const { leading } = useTabs().state;
  const wasReady = useRef(false);
  const [alarmed, setAlarmed] = useState(false);
  useEffect(() => {
    if (ready || !available) {
      wasReady.current = ready;
      setAlarmed(false);
      return;
    }
    if (!wasReady.current) return;
    const timer = setTimeout(() => setAlarmed(true), patienceMs);
    return () => clearTimeout(timer);
  }, [ready, available]);
  useEffect(() => {
    if (alarmed && leading) soundAlarm();
  }, [alarmed, leading]);
  return alarmed;
}
