import { pathToFileURL } from 'node:url';
import type { AcsChatModule } from 'onescreen/acs/chat';
import type { OfficialModule } from './bare-client';
import { installInProcessNetwork } from './in-process-network';
import { playSeed } from './play-seeds';
import { playScenario } from './scenarios';
import { installVirtualGlobals } from '../seeds/virtual-globals';

// Usage: child.mjs <bundle of the official client> seeds 1 2 3 | calm 1 2 3 | scenario <name>. One JSON line for each.
const [officialFile = '', job, ...names] = process.argv.slice(2);
installVirtualGlobals();
installInProcessNetwork();
// Only now: the official client must not see other globals.
const official: OfficialModule & AcsChatModule = await import(pathToFileURL(officialFile).href);

for (const name of names) {
  const result =
    job === 'scenario'
      ? await playScenario(name, official)
      : await playSeed(Number(name), official, { calm: job === 'calm' });
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(result)}\n`, resolve));
}
process.exit(0);
