import { isContactCenterError } from 'onescreen';
import { erlangA, erlangC } from 'onescreen/testing';
import { describe, expect, it, vi } from 'vitest';
import { distance, distances, givingUp, runTheory, theoryOf, waitingForEver } from './theory';

// A case takes three seconds of a processor, which it may have to share.
vi.setConfig({ testTimeout: 300_000 });

/** Ten seeds for each case, and others for each. */
const seedsOf = (place: number) => Array.from({ length: 10 }, (_, index) => 1_000 * (place + 1) + index);

describe('Erlang C', () => {
  it.each(waitingForEver)('says of $agents agents under $load erlangs what is published', (each) => {
    const { c } = theoryOf(each);
    expect(c.delayed).toBeCloseTo(each.exact.delayed, 5);
    expect(c.speedOfAnswerMs / 1_000).toBeCloseTo(each.exact.speedOfAnswerMs / 1_000, 3);
    expect(c.serviceLevel).toBeCloseTo(each.exact.serviceLevel, 4);
  });

  it('has no answer to more work than there are agents', () => {
    expect(erlangC({ agents: 3, arrivalsPerHour: 36, handleMs: 300_000 })).toEqual({
      delayed: 1,
      speedOfAnswerMs: Infinity,
      serviceLevel: 0,
      occupancy: 1,
    });
  });

  it.each(waitingForEver.map((each, place) => ({ ...each, seeds: seedsOf(place) })))(
    'is what the simulator finds of $agents agents under $load erlangs, within 3 standard errors',
    async ({ seeds, ...each }) => {
      for (const [what, errors] of Object.entries(await distances(each, seeds, 3_000)))
        expect(Math.abs(errors), `${what} is ${errors.toFixed(2)} standard errors off`).toBeLessThan(3);
    },
  );

  it('is not what the simulator finds when one agent more is there', async () => {
    const each = { agents: 11, load: 9, handleMs: 300_000 };
    const found: number[] = [];
    for (const seed of seedsOf(4)) found.push((await runTheory(each, { seed, contacts: 3_000 })).all.delayed);
    expect(distance(found, theoryOf({ ...each, agents: 10 }).c.delayed)).toBeLessThan(-3);
  });
});

describe('Erlang A', () => {
  it.each(givingUp)('says of $agents agents under $load erlangs what is published', (each) => {
    const { a } = theoryOf(each);
    expect(a?.delayed).toBeCloseTo(each.exact.delayed, 5);
    expect(a?.abandonment).toBeCloseTo(each.exact.abandonment, 5);
    expect((a?.waitMs ?? 0) / 1_000).toBeCloseTo(each.exact.waitMs / 1_000, 2);
  });

  it('comes close to Erlang C when hardly anybody gives up', () => {
    const options = { agents: 10, arrivalsPerHour: 96, handleMs: 300_000 };
    const patient = erlangA({ ...options, patienceMs: 1e12 });
    expect(patient.delayed).toBeCloseTo(erlangC(options).delayed, 6);
    expect(patient.waitMs / erlangC(options).speedOfAnswerMs).toBeCloseTo(1, 4);
  });

  it.each(givingUp.map((each, place) => ({ ...each, seeds: seedsOf(20 + place) })))(
    'is what the simulator finds of $agents agents under $load erlangs, within 3 standard errors',
    async ({ seeds, ...each }) => {
      for (const [what, errors] of Object.entries(await distances(each, seeds, 4_000)))
        expect(Math.abs(errors), `${what} is ${errors.toFixed(2)} standard errors off`).toBeLessThan(3);
    },
  );

  it('is refused with the field named when it makes no sense', () => {
    const refused = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return isContactCenterError(error, 'simulation/invalid') ? error.field : error;
      }
      return undefined;
    };
    const options = { agents: 10, arrivalsPerHour: 96, handleMs: 300_000 };
    expect(refused(() => erlangC({ ...options, agents: 1.5 }))).toBe('agents');
    expect(refused(() => erlangC({ ...options, handleMs: 0 }))).toBe('handleMs');
    expect(refused(() => erlangA({ ...options, patienceMs: NaN }))).toBe('patienceMs');
  });
});
