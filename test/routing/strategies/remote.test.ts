import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { longestIdle, remote } from 'onescreen/routing';
import { virtualClock, type VirtualClock } from 'onescreen/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { aQuestion, aTask, aWorker, ids } from './ranking';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Asked {
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** A service of a vendor's, on this machine; undefined: it never answers. */
async function service(answer: (asked: Asked) => { status?: number; body: unknown } | undefined): Promise<string> {
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const reply = answer({ body, authorization: request.headers.authorization });
      if (reply === undefined) return;
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply.body));
    });
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/rank`;
}

/** Never answers, and lets time pass once it is asked. */
function silent(clock: VirtualClock): () => undefined {
  return () => void clock.advance(50);
}

const [ada, bob] = [aWorker('ada', { idleSince: 2 }), aWorker('bob', { idleSince: 1 })];

describe('remote', () => {
  it('asks the service about the task and the workers, and follows its answer', async () => {
    const asked: Asked[] = [];
    const url = await service((one) => {
      asked.push(one);
      return { body: { ranked: [{ workerId: 'ada', score: 7, reason: 'knows the case' }] } };
    });
    const strategy = remote(url, { headers: { authorization: 'Bearer secret' } });
    const input = aQuestion([ada, bob], { task: aTask({ labels: { case: 4711 } }), options: { model: 2 } });
    expect(await strategy.rank?.(input)).toEqual([{ workerId: 'ada', score: 7, reason: 'knows the case' }]);
    expect(asked).toMatchObject([
      {
        authorization: 'Bearer secret',
        body: {
          task: { id: 't', labels: { case: 4711 } },
          candidates: [{ id: 'ada' }, { id: 'bob' }],
          now: '1970-01-01T00:00:00.000Z',
          options: { model: 2 },
        },
      },
    ]);
  });

  it('makes headers anew for each request, and sends no more workers than it may', async () => {
    const asked: Asked[] = [];
    const url = await service((one) => {
      asked.push(one);
      return { body: [{ workerId: 'ada' }] };
    });
    let count = 0;
    const headers = async () => ({ authorization: `Bearer ${(count += 1)}` });
    const strategy = remote(url, { headers, maxCandidates: 1 });
    await strategy.rank?.(aQuestion([ada, bob]));
    expect(ids(await strategy.rank?.(aQuestion([ada, bob])))).toEqual(['ada']);
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer 1', 'Bearer 2']);
    expect(asked[0]?.body).toMatchObject({ candidates: [{ id: 'ada' }] });
  });

  it.each([
    ['fails', () => ({ status: 503, body: {} }), 'the service answered 503'],
    ['answers with something else', () => ({ body: { ranked: 'ada' } }), 'it is not a list of workers'],
    ['is late', undefined, 'remote is late'],
  ])('rejects when the service %s', async (_case, answer, message) => {
    const clock = virtualClock(0);
    const strategy = remote(await service(answer ?? silent(clock)), { timeoutMs: 50, clock });
    await expect(strategy.rank?.(aQuestion([ada]))).rejects.toThrow(message);
  });

  it('asks the fallback instead, tells the winner’s reason, and reports the failure', async () => {
    const failures: unknown[] = [];
    const clock = virtualClock(0);
    const url = await service(silent(clock));
    const strategy = remote(url, {
      ...{ timeoutMs: 50, fallback: longestIdle(), clock },
      onFailure: (_name, error) => failures.push(error),
    });
    expect(strategy.name).toBe('remote(longestIdle)');
    const ranked = await strategy.rank?.(aQuestion([ada, bob]));
    expect(ids(ranked)).toEqual(['bob', 'ada']);
    expect(ranked?.[0]?.reason).toMatch(/^remote did not answer within 50 ms; /);
    expect(failures).toMatchObject([{ code: 'command/timed-out' }]);
  });

  it('asks the fallback when nobody listens at the address', async () => {
    const url = await service(() => undefined);
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    const ranked = await remote(url, { fallback: longestIdle() }).rank?.(aQuestion([ada, bob]));
    expect(ranked?.[0]).toMatchObject({ workerId: 'bob', reason: expect.stringMatching(/^remote failed; /) });
  });

  it('refuses an address that is none, and a limit that is none', () => {
    expect(() => remote('somewhere')).toThrow('unable to ask service; its address is not valid');
    expect(() => remote('http://localhost', { maxCandidates: 0 })).toThrow('maxCandidates must be above 0');
  });
});
