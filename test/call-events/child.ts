import { playChild } from '../seeds/play-child';
import { installVirtualGlobals, uncaughtErrors } from '../seeds/virtual-globals';
import { installWebCrypto } from './web-crypto';
import { installSites } from './sites';

installVirtualGlobals();
installWebCrypto();
installSites();
// Only now: the official client must not see other globals.
const { playSeed } = await import('./play-seed');
await playChild(playSeed, () => uncaughtErrors().slice());
