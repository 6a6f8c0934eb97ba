import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reduce, type ConversationFold } from '../../src/conversation/reduce';
import { history, joinedFold, readOf, shuffled, snapshotOf, told } from './histories';

/** Histories for each property; `HISTORIES=100000` looks longer. */
const numRuns = Number(process.env['HISTORIES'] ?? 3_700);

const keys = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 });

describe('any history of a conversation', { timeout: 180_000 }, () => {
  it('ends in one state in any order, each event once or more often', () => {
    fc.assert(
      fc.property(history, keys, fc.nat(20), ({ log, items }, order, twice) => {
        const all = [...log, ...items];
        const expected = told(snapshotOf(all.reduce(reduce, joinedFold())));
        const arrived = shuffled([...all, ...all.slice(0, twice)], order);
        expect(told(snapshotOf(arrived.reduce(reduce, joinedFold())))).toBe(expected);
      }),
      { numRuns },
    );
  });

  it('ends in the same state when some of it was lost and read later', () => {
    fc.assert(
      fc.property(
        history,
        keys,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
        ({ log, items }, order, lost) => {
          const expected = told(snapshotOf([...log, ...items].reduce(reduce, joinedFold())));
          const got = items.filter((_, index) => lost[index % lost.length] !== true);
          const arrived = [...shuffled([...log, ...got], order), ...shuffled(readOf(items), order)];
          expect(told(snapshotOf(arrived.reduce(reduce, joinedFold())))).toBe(expected);
        },
      ),
      { numRuns },
    );
  });

  it('never changes a snapshot that was taken, and tells nothing new of what is known', () => {
    fc.assert(
      fc.property(history, keys, ({ log, items }, order) => {
        let fold: ConversationFold = joinedFold();
        const taken: { readonly fold: ConversationFold; readonly copy: string }[] = [];
        for (const event of shuffled([...log, ...items], order)) {
          fold = reduce(fold, event);
          taken.push({ fold, copy: told(snapshotOf(fold)) });
        }
        for (const event of [...log, ...items]) expect(reduce(fold, event)).toBe(fold);
        for (const { fold: then, copy } of taken) expect(told(snapshotOf(then))).toBe(copy);
      }),
      { numRuns: Math.ceil(numRuns / 12) },
    );
  });
});
