import { playChild } from '../seeds/play-child';
import { allowMicrophone } from '../seeds/real-world';
import { installVirtualGlobals, uncaughtErrors } from '../seeds/virtual-globals';
import { installWebCrypto } from './web-crypto';
import { installSites } from './sites';

installVirtualGlobals();
installWebCrypto();
installSites();
allowMicrophone();
// Only now: the official client must not see other globals.
const { playSeed } = await import('./play-seed');
await playChild(playSeed, () => uncaughtErrors().slice());
