import type { Cancel } from 'onescreen';
import type { EmulatedCall } from './call';
import type { PeerStats } from './calling-environment';

/** Time between two samples, ms: the official collector's second. */
export const statsEveryMs = 1000;

/** Counters now and one sample before; `before` is undefined for a connection's first sample. */
export interface StatsSample {
  readonly now: PeerStats;
  readonly before: PeerStats | undefined;
}

/** Reads a call's counters once a second until told to stop. A second that brings none is left out. */
export function sampleStats(call: EmulatedCall, report: (sample: StatsSample | undefined) => void): Cancel {
  let stopped = false;
  let before: PeerStats | undefined;
  let cancel: Cancel = () => {};
  const next = () => {
    if (!stopped) cancel = call.environment.clock.schedule(statsEveryMs, () => void sample());
  };
  const sample = async () => {
    const now = await call.stats().catch(() => undefined);
    if (stopped) return;
    // A connection that replaced another counts from zero again.
    const same = now !== undefined && before !== undefined && now.packetsReceived >= before.packetsReceived;
    report(now === undefined ? undefined : { now, before: same ? before : undefined });
    before = now;
    next();
  };
  next();
  const stop = () => {
    stopped = true;
    cancel();
  };
  const unwatch = call.watch({ changed: () => {}, ended: stop });
  return () => {
    unwatch();
    stop();
  };
}
