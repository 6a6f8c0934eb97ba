import { playChild } from '../seeds/play-child';
import { shutRealWorldOut, uncaughtErrors } from '../seeds/real-world';
import { playSeed } from './play-seed';

shutRealWorldOut();
await playChild(playSeed, uncaughtErrors);
