import { playMain } from '../seeds/play-main';
import { official } from './official';
import { report } from './report';

// npm run call-events -- --seeds 1000 [--from 1], or -- --seed 34
await playMain(new URL('child.ts', import.meta.url), report, official);
