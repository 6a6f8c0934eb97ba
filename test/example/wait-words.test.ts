import { expect, test } from 'vitest';
import { waitWords } from '../../examples/one-screen/customer/wait-words';

test.each([
  [{ open: true, estimatedWaitMs: 0 }, 'Somebody is free now.'],
  [{ open: true, estimatedWaitMs: 300_000 }, 'About 5 min to wait, or have us call you back.'],
  [{ open: true }, 'Nobody is here just now. Write to us, and we call you back.'],
  [{ open: false, estimatedWaitMs: 3_600_000 }, 'We are closed now. Write to us, and we call you back.'],
])('says %o in words', (estimate, words) => {
  expect(waitWords(estimate)).toBe(words);
});
