import type { AcsChatModule } from 'onescreen/acs/chat';
import { openBareClient, type OfficialModule } from './bare-client';
import { openDesk } from './desk';
import { play, type Outcome } from './play';
import { drawSchedule } from './schedule';
import type { Side } from './side';
import { tokenSource, type TokenSource } from './token-source';
import { openWorld, type World } from './world';

/** One line of a child process's output. */
export interface SeedResult {
  readonly seed: number;
  readonly acsChat: Outcome;
  /** The official client by itself, on the same schedule. */
  readonly bare: Outcome;
}

/** `calm`: the talk of the schedule without its faults. */
export async function playSeed(
  seed: number,
  official: OfficialModule & AcsChatModule,
  { calm }: { readonly calm: boolean },
): Promise<SeedResult> {
  const drawn = drawSchedule(seed);
  const schedule = calm ? { ...drawn, actions: drawn.actions.filter(({ type }) => type !== 'fault') } : drawn;
  const playWith = async (open: (world: World, tokens: TokenSource) => Side): Promise<Outcome> => {
    const world = await openWorld(seed);
    const tokens = tokenSource(world, schedule.tokenLifeMs);
    return play(schedule, world, open(world, tokens), tokens);
  };
  return {
    seed,
    acsChat: await playWith((world, tokens) => openDesk(world, { loadChat: async () => official, tokens })),
    bare: await playWith((world, tokens) => openBareClient(world, official, tokens)),
  };
}
