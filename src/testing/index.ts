export { virtualClock } from './virtual-clock';
export type { VirtualClock } from './virtual-clock';
export { seededRandom } from './seeded-random';
export type { SeededRandom } from './seeded-random';
