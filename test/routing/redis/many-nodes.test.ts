import { expect, it } from 'vitest';
import { play } from './many-nodes';

it(
  'loses nothing and doubles nothing, whatever is commanded and whoever vanishes, stands still or says it twice',
  {
    timeout: 150_000,
  },
  async () => {
    const played = await play(20_000, 1);
    expect(played.crashes).toBeGreaterThan(0);
    expect(played.pauses).toBeGreaterThan(0);
    expect(played.answered).toBeGreaterThan(0.9 * played.commands);
    expect(played.happened['offer-accepted']).toBeGreaterThan(100);
  },
);
