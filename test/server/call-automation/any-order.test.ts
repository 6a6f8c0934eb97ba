import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connected, customer, listed, person } from './scripted-api';

const others = ['8:acs:r1_a', '8:acs:r1_b', '4:+491702'] as const;

/** Who comes and goes, one after the other, and in which order which of the lists about it are delivered. */
const story = fc.array(fc.constantFrom(...others), { minLength: 1, maxLength: 10 }).chain((toggles) =>
  fc.record({
    toggles: fc.constant(toggles),
    deliveries: fc.array(fc.nat({ max: toggles.length - 1 }), { maxLength: 20 }),
  }),
);

describe('lists of who is in a call, delivered in any order, twice or never', () => {
  it('tell of nobody’s leaving more often than they left, and of the truth in the end', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ toggles, deliveries }) => {
        const { post, events, call, service, clock } = await connected();
        const inside = new Set<string>();
        const leaves = new Map<string, number>();
        const lists = toggles.map((rawId) => {
          if (inside.delete(rawId)) leaves.set(rawId, (leaves.get(rawId) ?? 0) + 1);
          else inside.add(rawId);
          return [customer, ...inside];
        });
        for (const at of deliveries) {
          const participants = listed(...(lists[at] ?? []));
          await post(['ParticipantsUpdated', { id: `list-${at}`, sequenceNumber: at + 2, participants }]);
        }
        service.people = [customer, ...inside].map((rawId) => person(rawId));
        await clock.advance(31_000);
        for (const rawId of others) {
          const told = events.filter((one) => one.kind === 'left' && one.rawId === rawId).length;
          expect(told).toBeLessThanOrEqual(leaves.get(rawId) ?? 0);
        }
        expect(new Set(call.participants().map(({ rawId }) => rawId))).toEqual(new Set([customer, ...inside]));
        const last = events.filter((one) => one.kind === 'participants').at(-1);
        expect(last).toEqual({ kind: 'participants', participants: call.participants() });
      }),
      { numRuns: 60 },
    );
  });
});
