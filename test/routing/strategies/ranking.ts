import type { RankInput, Ranked, RoutableTask, RoutingStrategy, Worker } from 'onescreen/routing';

export function aTask(more: Partial<RoutableTask> = {}): RoutableTask {
  return {
    ...{ id: 't', queueId: 'support', channel: 'chat', channels: ['chat'], priority: 0, labels: {}, selectors: [] },
    ...{ enqueuedAt: 0, virtualStartAt: 0 },
    ...more,
  };
}

export function aWorker(id: string, more: Partial<Worker> = {}): Worker {
  return {
    ...{ id, labels: {}, queues: ['support'], capacity: 1, consumed: 0, loadRatio: 0 },
    ...{ channels: [{ channel: 'chat', cost: 1 }], load: {}, openOffers: 0, available: true, state: 'active' },
    ...{ availableSince: 0, idleSince: 0, flexibility: 1, usesLeft: 1 },
    ...more,
  };
}

/** What a strategy is asked, about these workers. */
export function aQuestion(candidates: readonly Worker[], more: Partial<RankInput> = {}): RankInput {
  const history = { refusals: [], previousWorkers: [] };
  const { signal } = new AbortController();
  return { task: aTask(), candidates, now: new Date(0), history, options: undefined, signal, ...more };
}

/** A strategy that always answers so, or throws so. */
export function answering(name: string, answer: readonly Ranked[] | Error): RoutingStrategy {
  return {
    name,
    rank() {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

export function ids(ranked: readonly Ranked[] | undefined): readonly string[] {
  return (ranked ?? []).map(({ workerId }) => workerId);
}
