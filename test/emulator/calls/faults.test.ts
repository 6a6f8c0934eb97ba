import { describe, expect, test } from 'vitest';
import { CallBench, customer } from './call-bench';

describe('a fault', () => {
  test('drops the signalling of a user', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    expect(bench.core.faults.calls.dropSignalling(anna.user)).toBe(1);
    expect([anna.closed, ben.closed]).toEqual(['terminated', undefined]);
    await bench.clock.advance(10_000);
    expect(ben.end).toBe('0/4521');
  });

  test('makes the media of a user bad, until it is taken back', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    await anna.media();
    expect(bench.core.faults.calls.impairMedia(ben.user, { loss: 0.3 })).toBe(1);
    expect([...bench.media.impairments]).toEqual([[ben.call?.participantId, { loss: 0.3 }]]);
    bench.core.faults.clear();
    expect([...bench.media.impairments]).toEqual([]);
  });

  test('delays a ring', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    bench.core.faults.calls.delayRings(3_000);
    await anna.start([ben.user]);
    expect([anna.call?.status, ben.incoming]).toEqual(['connecting', undefined]);
    await bench.clock.advance(3_000);
    expect(anna.call?.status).toBe('ringing');
    await ben.accept();
    expect(anna.call?.status).toBe('connected');
  });

  test('loses a custom context', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    bench.core.faults.calls.loseContexts();
    const context = { voipHeaders: [{ key: 'a', value: 'b' }] };
    await anna.start([ben.user], { context });
    expect(ben.incoming?.context).toBeUndefined();
    await anna.ask({ type: 'hang-up', callId: anna.callId, forEveryone: false });
    await anna.start([ben.user], { context, callId: 'second' });
    expect(ben.incoming?.context).toEqual(context);
  });

  test('lets the next call reach nobody', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    bench.core.faults.calls.loseRings();
    await anna.start([ben.user]);
    await bench.clock.advance(85_000);
    expect([anna.statuses, anna.end, ben.incoming]).toEqual([
      ['connecting', 'ringing', 'disconnected'],
      '487/10004',
      undefined,
    ]);
  });

  test('expires the registration of a user', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    bench.core.faults.expireTokens(anna.user);
    expect(anna.closed).toEqual({ code: 4401, reason: 'invalidToken' });
  });
});

describe('the control surface', () => {
  const open = () => {
    const bench = new CallBench();
    const post = async (path: string, body: object = {}): Promise<unknown> => {
      const request = new Request(`http://control.invalid${path}`, { method: 'POST', body: JSON.stringify(body) });
      return (await bench.core.control(request)).json();
    };
    return { bench, post };
  };

  test('makes calls go wrong, too', async () => {
    const { bench, post } = open();
    const [anna, ben] = await bench.pair();
    expect(await post('/calls/media', { user: ben.user, cut: true })).toEqual({ legs: 1 });
    expect([...bench.media.impairments.values()]).toEqual([{ cut: true }]);
    await post('/calls/media', { user: ben.user });
    expect([...bench.media.impairments]).toEqual([]);
    await post('/calls/fail-adds', { code: 503, subCode: 1, times: 1 });
    await anna.ask({ type: 'add', callId: anna.callId, target: `4:${customer}` });
    expect(anna.call?.roster.at(-1)?.end).toMatchObject({ code: 503 });
    for (const path of ['/calls/delay-rings', '/calls/lose-rings', '/calls/lose-contexts'])
      expect(await post(path, { ms: 10 })).toEqual({});
    expect(await post('/calls/drop', { user: anna.user })).toEqual({ pages: 1 });
    expect(await post('/calls/fail-adds', { code: 'x' })).toMatchObject({ error: { target: 'code' } });
    expect(await post('/calls/media', { user: ben.user, loss: 2 })).toMatchObject({ error: { target: 'loss' } });
  });

  test('tells of calls, and uses phones', async () => {
    const { bench, post } = open();
    const [anna] = await bench.pair();
    await post('/phones/set', { number: customer, reaction: 'answer', afterMs: 10, speaks: false });
    await anna.ask({ type: 'add', callId: anna.callId, target: `4:${customer}` });
    await bench.clock.advance(10);
    const response = await bench.core.control(new Request('http://control.invalid/calls'));
    expect(await response.json()).toMatchObject({
      value: [{ parties: [{}, {}, { kind: 'phone', status: 'connected' }] }],
    });
    expect(await post('/phones/hang-up', { number: customer })).toEqual({});
    expect(anna.call?.roster).not.toContainEqual(
      expect.objectContaining({ status: 'connected', rawId: `4:${customer}` }),
    );
    expect(await post('/phones/call', { from: customer, to: '+491799' })).toMatchObject({ status: 'ended' });
    expect(await post('/phones/hang-up', { number: '+491700' })).toMatchObject({ error: { code: 'NotFound' } });
  });
});
