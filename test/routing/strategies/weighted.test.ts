import { leastLoaded, longestIdle, roundRobin, weighted } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { answering, aQuestion, aWorker, ids } from './ranking';

describe('weighted', () => {
  const ada = aWorker('ada', { consumed: 2, idleSince: 1 });
  const bob = aWorker('bob', { consumed: 1, idleSince: 2 });
  const cyd = aWorker('cyd', { consumed: 0, idleSince: 3 });

  it('blends places: the heavier voice wins, and the score says by how much', async () => {
    const blend = weighted([
      { strategy: longestIdle(), weight: 3 },
      { strategy: leastLoaded(), weight: 1 },
    ]);
    const ranked = await blend.rank?.(aQuestion([cyd, bob, ada]));
    expect(ranked).toEqual([
      { workerId: 'ada', score: 0.75, reason: 'longestIdle 1.00, leastLoaded 0.00' },
      { workerId: 'bob', score: 0.5, reason: 'longestIdle 0.50, leastLoaded 0.50' },
      { workerId: 'cyd', score: 0.25, reason: 'longestIdle 0.00, leastLoaded 1.00' },
    ]);
  });

  it('goes by scores where all are numbers, so that a narrow lead stays narrow', async () => {
    const scores = answering('scores', [
      { workerId: 'ada', score: 100 },
      { workerId: 'bob', score: 99 },
      { workerId: 'cyd', score: 0 },
    ]);
    const blend = weighted([
      { strategy: scores, weight: 1 },
      { strategy: leastLoaded(), weight: 1 },
    ]);
    expect(ids(await blend.rank?.(aQuestion([ada, bob, cyd])))).toEqual(['bob', 'ada', 'cyd']);
  });

  it('goes by place when a score is no number', async () => {
    const scores = answering('scores', [
      { workerId: 'cyd', score: NaN },
      { workerId: 'ada', score: 5 },
    ]);
    const ranked = await weighted([{ strategy: scores, weight: 1 }]).rank?.(aQuestion([ada, bob, cyd]));
    expect(ranked?.map(({ workerId, score }) => [workerId, score])).toEqual([
      ['cyd', 1],
      ['ada', 0],
      ['bob', 0],
    ]);
  });

  it('lets a voice go round: the worker offered last comes last', async () => {
    const history = { lastOffered: 'ada', refusals: [], previousWorkers: [] };
    const turn = weighted([{ strategy: roundRobin(), weight: 1 }]);
    expect(ids(await turn.rank?.(aQuestion([ada, bob, cyd], { history })))).toEqual(['bob', 'cyd', 'ada']);
  });

  it('never names a stranger, nor anybody twice', async () => {
    const strange = answering('strange', [{ workerId: 'eve' }, { workerId: 'bob' }, { workerId: 'bob' }]);
    const ranked = await weighted([{ strategy: strange, weight: 1 }]).rank?.(aQuestion([ada, bob]));
    expect(ids(ranked)).toEqual(['bob', 'ada']);
  });

  it('fails as a voice fails, so that the queue asks its stand-in', async () => {
    const broken = weighted([{ strategy: answering('broken', new Error('no table')), weight: 1 }]);
    await expect(broken.rank?.(aQuestion([ada]))).rejects.toThrow('no table');
  });

  it('refuses no voices, and weights that are none', () => {
    expect(() => weighted([])).toThrow('unable to weigh strategies; there are none');
    for (const weight of [0, -1, NaN, Infinity]) {
      expect(() => weighted([{ strategy: longestIdle(), weight }])).toThrow('parts[0].weight must be above 0');
    }
  });
});
