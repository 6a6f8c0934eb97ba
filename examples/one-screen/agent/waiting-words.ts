import type { Rejection, TaskExplanation, WorkerVerdict } from 'onescreen/routing';
import { selectorWords } from './selector-words';

/** What has to happen before somebody gets the task. */
export function waitsForWords({ waitsFor, workers, candidates }: TaskExplanation): string {
  if (waitsFor === 'answer') return 'an agent is being asked';
  if (waitsFor === 'strategy') return 'the routing strategy is choosing';
  if (waitsFor === 'command') return 'it is set aside';
  if (waitsFor === 'time') return 'its time has not come';
  if (workers.length === 0) return 'nobody is signed in';
  if (candidates > 0) return 'it is about to be offered';
  return mostOften(workers);
}

/** What speaks against one agent, such as `busy` or `not available, no billing at least 3`. */
export function verdictWords({ rejectedBy }: WorkerVerdict): string {
  return rejectedBy.length === 0 ? 'could be asked' : [...new Set(rejectedBy.map(rejectionWords))].join(', ');
}

function rejectionWords(rejection: Rejection): string {
  switch (rejection.by) {
    case 'unavailable':
      return 'not available';
    case 'channel':
      return 'does not take this channel';
    case 'channel-maximum':
    case 'capacity':
    case 'offer-limit':
      return 'busy';
    case 'already-offered':
      return 'is being asked';
    case 'already-assigned':
      return 'has it';
    case 'reserved':
      return 'it is for others alone';
    case 'selector':
      return `no ${selectorWords(rejection.selector)}`;
    case 'refused':
      return rejection.outcome === 'excluded' ? 'gave it away' : `${rejection.outcome} it`;
  }
}

// Such as `2 of 3 agents: busy`.
function mostOften(workers: readonly WorkerVerdict[]): string {
  const counts = new Map<string, number>();
  for (const worker of workers) {
    const words = verdictWords(worker);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([words, count]) => `${count} of ${workers.length} agents: ${words}`)
    .join('; ');
}
