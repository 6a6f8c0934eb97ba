import fc from 'fast-check';
import {
  createRoutingEngine,
  restoreRouting,
  saveRouting,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type SavedRouting,
} from 'onescreen/routing';
import { expect, it } from 'vitest';
import { Desk, offers, refusal } from './desk';
import { commandWish, concrete, queueIds, team, typesOfCommands } from './model/commands';
import { everyPolicy } from './model/every-policy';
import { outcome } from './model/subject';
import { Past } from './model/past';

const written = (engine: RoutingEngine) => JSON.parse(JSON.stringify(saveRouting(engine))) as SavedRouting;

/** Whatever an engine can be asked. Workers of a queue are listed in another order once it is restored. */
function facts(engine: RoutingEngine, now: number): string {
  const tasks = engine.tasks();
  const explained = tasks.map(({ id }) => {
    const { workers, ...rest } = engine.explain(id, now);
    return { ...rest, workers: [...workers].sort((a, b) => (a.workerId < b.workerId ? -1 : 1)) };
  });
  return JSON.stringify([tasks, engine.workers(), explained, queueIds.map((id) => engine.queue(id)), engine.wakeAt]);
}

const step = fc.record({
  wish: commandWish(),
  passed: fc.constantFrom(0, 0, 0, 1, 300, 1_000, 4_000, 16_000, -2_500),
  save: fc.constantFrom(false, false, true),
  wake: fc.boolean(),
});

it('goes on after it was saved and restored as if it had not been, whatever is done and whenever', () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(team, fc.array(step, { minLength: 10, maxLength: 100, size: 'max' }), (first, steps) => {
      const engine = createRoutingEngine(everyPolicy);
      let twin = createRoutingEngine(everyPolicy);
      const past = new Past();
      let now = 1_000_000;
      let savedAfter = 'never';
      const same = (what: string, of: (of: RoutingEngine) => string) => {
        const [restored, unsaved] = [of(twin), of(engine)];
        if (restored === unsaved) return;
        expect(JSON.parse(restored), `${what}, saved and restored last ${savedAfter}`).toEqual(JSON.parse(unsaved));
        throw new Error(`${what}, saved and restored last ${savedAfter}: the order of fields differs`);
      };
      const doBoth = (step: string, command: RoutingCommand, at: number) => {
        const what = `in ${step}, ${JSON.stringify(command)} at ${at}`;
        const expected = outcome(engine, command, at);
        const actual = outcome(twin, command, at);
        same(what, (of) => JSON.stringify(of === engine ? expected : actual));
        if (typeof expected === 'string') return count(`${command.type} refused`);
        count(command.type);
        past.note(expected);
        for (const event of expected) count(event.type);
      };
      for (const command of first) doBoth('the first steps', command, now);
      for (const [number, { wish, passed, save, wake }] of steps.entries()) {
        const until = Math.max(now, now + passed);
        for (let at = engine.wakeAt; wake && at !== undefined && at <= until; at = engine.wakeAt)
          doBoth(`a tick before step ${number}`, { type: 'tick' }, Math.max(at, now));
        now = until;
        doBoth(
          `step ${number}`,
          concrete(wish, { tasks: engine.tasks(), past }, now, number),
          now + Math.min(0, passed),
        );
        if (!save) continue;
        twin = restoreRouting(everyPolicy, written(twin));
        savedAfter = `after step ${number}`;
        count('saved');
        same(`right after step ${number}`, (of) => facts(of, now));
      }
      for (let wakes = 0; engine.wakeAt !== undefined && wakes < 300; wakes += 1)
        doBoth('what was still due', { type: 'tick' }, engine.wakeAt);
      same('in the end', (of) => facts(of, now));
    }),
    { numRuns: 150 },
  );
  const missing = typesOfCommands.filter((type) => (seen.get(type) ?? 0) < 5);
  expect(missing, 'hardly happened').toEqual([]);
  const events: readonly RoutingEvent['type'][] = [
    'task-waiting-for-activation',
    'task-scheduling-failed',
    'task-classified',
    'classification-failed',
    'exception-triggered',
    'queue-opened',
    'queue-closed',
    'task-prioritized',
    'decision-requested',
  ];
  expect(
    events.filter((type) => (seen.get(type) ?? 0) < 5),
    'hardly happened',
  ).toEqual([]);
  expect(seen.get('saved')).toBeGreaterThan(2_000);
}, 240_000);

it('saves a value of its own that later commands do not change', () => {
  const desk = new Desk({ id: 'support', releaseCapacityAt: 'wrapping' });
  desk.worker('ada', { capacity: 3 });
  for (const id of ['t1', 't2', 't3']) desk.task(id);
  desk.accept('t1');
  const saved = saveRouting(desk.engine);
  const before = JSON.stringify(saved);
  desk.finish('t1');
  desk.do({ type: 'decline', offerId: desk.offerOf('t2') });
  desk.do({ type: 'update', workerId: 'ada', change: { labels: { tier: 'gold' } } });
  desk.worker('bob');
  desk.pass(60_000);
  expect(JSON.stringify(saved)).toBe(before);
  const restored = restoreRouting({ queues: [{ id: 'support' }] }, saved);
  restored.apply({ type: 'cancel', taskId: 't2', reason: 'over' }, 0);
  expect(JSON.stringify(saved)).toBe(before);
});

it('refuses a saved state of another version, and one that names a queue that is not there', () => {
  const desk = new Desk({ id: 'support' }, { id: 'sales' });
  desk.worker('ada');
  desk.worker('bob', { queues: ['support', 'sales'], available: false });
  desk.task('t1');
  desk.task('t2', { queueId: 'sales' });
  const saved = written(desk.engine);
  const of = (...ids: string[]) => ({ queues: ids.map((id) => ({ id })) });
  expect(refusal(() => restoreRouting(of('support'), saved))).toBe('routing/invalid saved.workers[1].queues');
  desk.do({ type: 'deregister', workerId: 'bob' });
  expect(refusal(() => restoreRouting(of('support'), written(desk.engine)))).toBe(
    'routing/invalid saved.tasks[1].queueId',
  );
  const later = JSON.parse(JSON.stringify(saved).replace('"version":1', '"version":2')) as SavedRouting;
  expect(refusal(() => restoreRouting(of('support', 'sales'), later))).toBe('routing/invalid saved.version');
  for (const [text, field] of [
    ['null', 'saved.version'],
    ['{"version":1}', 'saved.queues'],
    ['{"version":1,"queues":[],"workers":[],"tasks":{}}', 'saved.tasks'],
  ] as const)
    expect(refusal(() => restoreRouting(of('support'), JSON.parse(text) as SavedRouting))).toBe(
      `routing/invalid ${field}`,
    );
  expect(refusal(() => restoreRouting(of(), saved))).toBe('routing/invalid saved.workers[0].queues');
});

it('forgets handling times of a queue that is gone, once nobody names it', () => {
  const desk = new Desk({ id: 'support' }, { id: 'sales' });
  desk.worker('ada', { queues: ['sales'] });
  desk.task('t1', { queueId: 'sales' });
  desk.accept('t1');
  desk.finish('t1');
  desk.do({ type: 'deregister', workerId: 'ada' });
  const engine = restoreRouting({ queues: [{ id: 'support' }] }, written(desk.engine));
  desk.worker('bob');
  engine.apply(
    {
      type: 'register',
      worker: {
        id: 'bob',
        queues: ['support'],
        capacity: 1,
        channels: [{ channel: 'chat', cost: 1 }],
        available: true,
      },
    },
    0,
  );
  expect(offers(engine.apply({ type: 'enqueue', task: { id: 't2', queueId: 'support', channel: 'chat' } }, 0))).toEqual(
    ['t2 -> bob'],
  );
});
