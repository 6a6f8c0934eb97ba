import fc from 'fast-check';
import { isContactCenterError } from 'onescreen';
import {
  createRoutingEngine,
  restoreRouting,
  saveRouting,
  type RoutingCommand,
  type SavedRouting,
} from 'onescreen/routing';
import { expect, it } from 'vitest';
import { commandWish, concrete, team } from './model/commands';
import { everyPolicy } from './model/every-policy';
import { Past } from './model/past';

const anything = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, undefined, NaN, Infinity, -1, 0.5, '', [], {}, [null], '__proto__', 'constructor'),
);

/** Puts `value` somewhere into a command: at the `at`th of its fields, counted through all that it holds. */
function spoiled(command: unknown, at: number, value: unknown): unknown {
  const places: { readonly holder: object; readonly key: string }[] = [];
  const copy: unknown = structuredClone(command);
  const collect = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [key, each] of Object.entries(holder)) {
      places.push({ holder, key });
      collect(each);
    }
  };
  collect(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place !== undefined) Object.assign(place.holder, { [place.key]: value });
  return copy;
}

const step = fc.record({
  wish: commandWish(),
  at: fc.nat(60),
  value: anything,
  whole: fc.boolean(),
  passed: fc.constantFrom(0, 0, 900),
});

it('refuses garbage with a code and a field, or makes something of it, and serves the next good task all the same', () => {
  const seen = { refused: 0, accepted: 0 };
  fc.assert(
    fc.property(team, fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (first, steps) => {
      let engine = createRoutingEngine(everyPolicy);
      const past = new Past();
      let now = 1_000_000;
      const apply = (command: unknown): void => {
        const before = JSON.stringify(saveRouting(engine));
        try {
          past.note(engine.apply(command as RoutingCommand, now));
          seen.accepted += 1;
        } catch (error) {
          if (!isContactCenterError(error)) throw error;
          if (error.code === 'routing/invalid') expect(error.field).toMatch(/./);
          expect(JSON.stringify(saveRouting(engine))).toBe(before);
          seen.refused += 1;
        }
      };
      for (const command of first) apply(command);
      for (const [number, { wish, at, value, whole, passed }] of steps.entries()) {
        now += passed;
        const good = concrete(wish, { tasks: engine.tasks(), past }, now, number);
        apply(whole && number % 5 === 0 ? value : spoiled(good, at, value));
        apply(good);
        for (const { id } of engine.tasks()) engine.explain(id, now);
      }
      engine = restoreRouting(everyPolicy, JSON.parse(JSON.stringify(saveRouting(engine))) as SavedRouting);
      const channels = [{ channel: 'proof', cost: 1 }];
      engine.apply(
        { type: 'register', worker: { id: 'proof', queues: ['support'], capacity: 1, channels, available: true } },
        now,
      );
      const task = { id: 'proof', queueId: 'support', channel: 'proof', priority: 1_000, only: ['proof'] };
      const events = [
        ...engine.apply({ type: 'enqueue', task }, now),
        ...Array.from({ length: 30 }, () => engine.apply({ type: 'tick' }, now)).flat(),
      ];
      expect(events.some((event) => event.type === 'offer-issued' && event.taskId === 'proof')).toBe(true);
    }),
    { numRuns: 150 },
  );
  expect(seen.refused).toBeGreaterThan(1_000);
  expect(seen.accepted).toBeGreaterThan(1_000);
}, 240_000);
