import { pathToFileURL } from 'node:url';
import type { AcsChatModule } from 'onescreen/acs/chat';
import { openBareClient, type OfficialModule } from './bare-client';
import { openDesk } from './desk';
import { installInProcessNetwork } from './in-process-network';
import { play, type Outcome } from './play';
import { drawSchedule } from './schedule';
import { tokenSource } from './token-source';
import { installVirtualGlobals } from './virtual-globals';
import { openWorld } from './world';

/** One line of a child process's output. */
export interface SeedResult {
  readonly seed: number;
  readonly acsChat: Outcome;
  readonly bare: Outcome;
}

const [officialFile = '', ...seeds] = process.argv.slice(2);
installVirtualGlobals();
installInProcessNetwork();
const official: OfficialModule & AcsChatModule = await import(pathToFileURL(officialFile).href);

for (const seed of seeds.map(Number)) {
  const schedule = drawSchedule(seed);
  const result: SeedResult = {
    seed,
    acsChat: await playWith(seed, (world, tokens) => openDesk(world, { loadChat: async () => official, tokens })),
    bare: await playWith(seed, (world, tokens) => openBareClient(world, official, tokens)),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);

  async function playWith(
    name: number,
    open: (world: Awaited<ReturnType<typeof openWorld>>, tokens: ReturnType<typeof tokenSource>) => Parameters<typeof play>[2],
  ): Promise<Outcome> {
    const world = await openWorld(name);
    const tokens = tokenSource(world, schedule.tokenLifeMs);
    return play(schedule, world, open(world, tokens), tokens);
  }
}
process.exit(0);
