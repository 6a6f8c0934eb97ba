import { createRoutingEngine, skill, type RoutingCommand, type RoutingEngine } from 'onescreen/routing';
import { expect, test } from 'vitest';
import { verdictWords, waitsForWords } from '../../examples/one-screen/agent/waiting-words';

const channels = [{ channel: 'chat', cost: 1 }];

function engineWith(...commands: readonly RoutingCommand[]): RoutingEngine {
  const engine = createRoutingEngine({ queues: [{ id: 'support' }] });
  for (const command of commands) engine.apply(command, 0);
  return engine;
}

function worker(id: string, more: object = {}): RoutingCommand {
  const spec = { id, queues: ['support'], capacity: 1, channels, available: true, ...more };
  return { type: 'register', worker: spec };
}

function task(id: string, more: object = {}): RoutingCommand {
  return { type: 'enqueue', task: { id, queueId: 'support', channel: 'chat', ...more } };
}

function why(engine: RoutingEngine, id: string): string {
  return waitsForWords(engine.explain(id, 0));
}

test('says that nobody is there', () => {
  expect(why(engineWith(task('t')), 't')).toBe('nobody is signed in');
});

test('counts what speaks against the agents, the most frequent first', () => {
  const engine = engineWith(
    worker('ada', { labels: { billing: 5 }, available: false }),
    worker('ben'),
    worker('cyd'),
    task('t', { selectors: [skill('billing', 3)] }),
  );
  expect(why(engine, 't')).toBe('2 of 3 agents: no billing at least 3; 1 of 3 agents: not available');
});

test('says that an agent is being asked, and who that is', () => {
  const engine = engineWith(worker('ada'), task('t1'), task('t2'));
  expect(why(engine, 't1')).toBe('an agent is being asked');
  expect(engine.explain('t1', 0).workers.map(verdictWords)).toEqual(['is being asked']);
  expect(why(engine, 't2')).toBe('1 of 1 agents: busy');
});

test('says that a task is set aside', () => {
  expect(why(engineWith(task('t', { suspend: true })), 't')).toBe('it is set aside');
});

test('says who declined', () => {
  const engine = engineWith(worker('ada'), task('t'));
  engine.apply({ type: 'decline', offerId: engine.task('t')?.offers[0]?.id ?? '' }, 0);
  expect(engine.explain('t', 0).workers.map(verdictWords)).toEqual(['declined it']);
});
