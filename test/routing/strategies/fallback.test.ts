import {
  createRouter,
  createRoutingEngine,
  fallback,
  longestIdle,
  type RoutingEvent,
  type RoutingStrategy,
} from 'onescreen/routing';
import { virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { answering, aQuestion, aWorker, ids } from './ranking';

const [ada, bob] = [aWorker('ada', { idleSince: 2 }), aWorker('bob', { idleSince: 1 })];
const silent: RoutingStrategy = { name: 'silent', rank: () => new Promise(() => {}) };

describe('fallback', () => {
  it('takes the first answer that names somebody', async () => {
    const strategies = [answering('first', [{ workerId: 'ada' }]), longestIdle()];
    expect(await fallback(strategies).rank?.(aQuestion([ada, bob]))).toEqual([{ workerId: 'ada' }]);
  });

  it('passes over one that throws and one that names nobody, and says so with the winner', async () => {
    const failures: unknown[] = [];
    const strategies = [answering('broken', new Error('no table')), answering('empty', []), longestIdle()];
    const ranked = await fallback(strategies, {
      onFailure: (name, error) => failures.push([name, String(error)]),
    }).rank?.(aQuestion([ada, bob]));
    expect(ids(ranked)).toEqual(['bob', 'ada']);
    expect(ranked?.[0]?.reason).toBe('broken failed; empty named nobody; 0 % busy, idle for 0 s');
    expect(failures).toEqual([['broken', 'Error: no table']]);
  });

  it('passes over one that is late, and aborts it', async () => {
    const clock = virtualClock(0);
    let aborted: unknown;
    const slow: RoutingStrategy = {
      name: 'slow',
      rank({ signal }) {
        signal.addEventListener('abort', () => {
          aborted = signal.reason;
        });
        return new Promise(() => {});
      },
    };
    const answer = fallback([slow, longestIdle()], { clock, timeoutMs: 200 }).rank?.(aQuestion([ada, bob]));
    await clock.advance(200);
    const ranked = await answer;
    expect(ids(ranked)).toEqual(['bob', 'ada']);
    expect(ranked?.[0]?.reason).toMatch(/^slow did not answer within 200 ms; /);
    expect(aborted).toMatchObject({ code: 'command/timed-out' });
  });

  it('stops when the answer is no longer wanted, without asking the others', async () => {
    const controller = new AbortController();
    const asked: string[] = [];
    const last: RoutingStrategy = {
      name: 'last',
      rank() {
        asked.push('last');
        return [];
      },
    };
    const input = aQuestion([ada], { signal: controller.signal });
    const answer = fallback([silent, last], { clock: virtualClock(0) }).rank?.(input);
    controller.abort(new Error('no longer wanted'));
    await expect(answer).rejects.toThrow('no longer wanted');
    expect(asked).toEqual([]);
  });

  it('fails as the last one fails, and the queue asks its stand-in', async () => {
    const clock = virtualClock(0);
    const events: RoutingEvent[] = [];
    const strategy = fallback([answering('one', new Error('1')), answering('two', new Error('2'))], { clock });
    const router = createRouter({
      engine: createRoutingEngine({ queues: [{ id: 'support', strategy }] }),
      ...{ clock, onEvents: (more: readonly RoutingEvent[]) => events.push(...more) },
    });
    const channels = [{ channel: 'chat', cost: 1 }];
    router.apply({
      type: 'register',
      worker: { id: 'ada', queues: ['support'], capacity: 1, channels, available: true },
    });
    router.apply({ type: 'enqueue', task: { id: 't', queueId: 'support', channel: 'chat' } });
    await clock.advance(1);
    expect(events.at(-1)).toMatchObject({
      type: 'offer-issued',
      explanation: { strategy: 'longestIdle', fallback: 'fallback(one, two) threw an error' },
    });
    router.close();
  });

  it('refuses no strategies, and a time that is none', () => {
    expect(() => fallback([])).toThrow('unable to fall back; there are no strategies');
    expect(() => fallback([longestIdle()], { timeoutMs: 0 })).toThrow('timeoutMs must be above 0');
  });
});
