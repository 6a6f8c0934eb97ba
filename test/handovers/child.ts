import { playChild } from '../seeds/play-child';
import { playSeed } from './play-seed';

await playChild(playSeed);
