import type { CallContenderName, CallReport } from '../job';
import { callContenders } from './contenders';

/** Events that warm up, and as many that count; fewer where they take longer than this CPU time. */
const wantedEvents = 60_000;
const enoughUs = 800_000;
const batch = 500;

export async function measureCall(name: CallContenderName, participants: number): Promise<CallReport> {
  const call = await callContenders[name](participants);
  const expected = new Array<boolean>(participants).fill(false);
  let event = 0;
  const run = () => {
    const told = call.calls();
    let us = 0;
    let events = 0;
    while (events < wantedEvents && us < enoughUs) {
      const started = process.cpuUsage();
      for (let each = 0; each < batch; each++) {
        const index = (event++ * 7_919) % participants;
        const speaking = !expected[index];
        expected[index] = speaking;
        call.speak(index, speaking);
      }
      const { user, system } = process.cpuUsage(started);
      us += user + system;
      events += batch;
    }
    return { us: us / events, events, calls: (call.calls() - told) / events };
  };
  run();
  const report = run();
  if (call.speaking().join() !== expected.join()) throw new Error('others speak than were told');
  return report;
}
