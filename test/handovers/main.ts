import { playMain } from '../seeds/play-main';
import { report } from './report';

// npm run handovers -- --seeds 10000 [--from 1], or -- --seed 34
await playMain(new URL('child.ts', import.meta.url), report);
