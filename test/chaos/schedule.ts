import { seededRandom, type SeededRandom } from 'onescreen/testing';
import { drawFaults, type Fault } from './fault';

/** Who does what and when, milliseconds from the start. `pick` in [0, 1) chooses among the own messages so far. */
export type Action = { readonly at: number } & (
  | { readonly type: 'send'; readonly by: 'customer' | 'agent'; readonly text: string }
  | { readonly type: 'edit'; readonly by: 'customer' | 'agent'; readonly pick: number; readonly text: string }
  | { readonly type: 'delete'; readonly by: 'customer' | 'agent'; readonly pick: number }
  | { readonly type: 'fault'; readonly fault: Fault }
);

export interface Schedule {
  readonly actions: readonly Action[];
  /** When all faults are lifted. */
  readonly endsAt: number;
  /** Life of a token. */
  readonly tokenLifeMs: number;
}

/** A few minutes of chat in which things go wrong: the same for the same seed. */
export function drawSchedule(seed: number | string): Schedule {
  const random = seededRandom(seed).fork('schedule');
  const endsAt = random.integer(90_000, 240_000);
  const actions = [
    ...drawTalk(random, 'customer', endsAt),
    ...drawTalk(random, 'agent', endsAt),
    ...Array.from({ length: random.integer(2, 7) }, (): readonly Action[] => {
      // Some are there before the agent is.
      const at = random.next() < 0.1 ? 0 : random.integer(0, endsAt);
      return drawFaults(random).map((fault) => ({ at, type: 'fault', fault }));
    }).flat(),
  ];
  return {
    actions: actions.sort((a, b) => a.at - b.at),
    endsAt,
    tokenLifeMs: random.pick([60_000, 300_000, 3_600_000, 86_400_000]),
  };
}

/** About eight messages a minute each, with edits and deletions: two thirds of what the service lets through. */
function drawTalk(random: SeededRandom, by: 'customer' | 'agent', endsAt: number): readonly Action[] {
  const actions: Action[] = [];
  const initial = by.slice(0, 1);
  for (let at = random.integer(0, 8_000), count = 1; at < endsAt; at += random.integer(1_000, 16_000), count += 1) {
    const chance = random.next();
    if (chance < 0.75) actions.push({ at, type: 'send', by, text: `${initial}${count}` });
    else if (chance < 0.9) actions.push({ at, type: 'edit', by, pick: random.next(), text: `edit ${initial}${count}` });
    else actions.push({ at, type: 'delete', by, pick: random.next() });
  }
  return actions;
}
