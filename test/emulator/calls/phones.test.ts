import { describe, expect, test } from 'vitest';
import { account, CallBench, customer, ra, service } from './call-bench';

describe('a phone that is called', () => {
  const called = async (bench: CallBench) => {
    const anna = await bench.page();
    await anna.start([`4:${customer}`]);
    return anna;
  };

  test('answers after 2 s and speaks with its own voice', async () => {
    const bench = new CallBench();
    const anna = await called(bench);
    await anna.media();
    expect(anna.hears).toEqual(['ringback']);
    await bench.clock.advance(2_000);
    expect(anna.call?.status).toBe('connected');
    expect(anna.hears).toEqual([`4:${customer}`]);
    expect([...bench.media.sounds.values()]).toEqual([{ kind: 'speech', seed: 491701 }]);
    expect(bench.core.phones.latest(customer)?.hears()).toEqual([anna.user]);
    bench.media.loud = 0.5;
    expect(bench.core.phones.latest(customer)?.heardLevel()).toBe(0.5);
  });

  test.each([
    ['busy', 500, '486/560486'],
    ['decline', 2_000, '603/560603'],
    ['no-answer', 115_000, '408/560408'],
    ['unknown', 0, '404/560404'],
  ] as const)('reacts as it is told: %s', async (reaction, ms, end) => {
    const bench = new CallBench();
    bench.core.phones.set(customer, { reaction });
    const anna = await called(bench);
    await bench.clock.advance(ms);
    expect(anna.end).toBe(end);
    expect(bench.core.phones.calls).toEqual([]);
  });

  test('is silent and hangs up when told so', async () => {
    const bench = new CallBench();
    bench.core.phones.set(customer, { afterMs: 100, speaks: false, hangsUpAfterMs: 5_000 });
    const anna = await called(bench);
    await anna.media();
    await bench.clock.advance(100);
    expect([anna.call?.status, anna.hears]).toEqual(['connected', []]);
    bench.core.phones.latest(customer)?.speak(9);
    expect(anna.hears).toEqual([`4:${customer}`]);
    await bench.clock.advance(5_000);
    expect(anna.end).toBe('0/560000');
    bench.core.phones.clear();
    await anna.start([`4:${customer}`], { callId: 'again' });
    await bench.clock.advance(1_000);
    expect(anna.call?.status).toBe('ringing');
  });

  test('hears music while the other side of a one-to-one call holds', async () => {
    const bench = new CallBench();
    const anna = await called(bench);
    await bench.clock.advance(2_000);
    await anna.ask({ type: 'hold', callId: anna.callId, held: true });
    expect(bench.core.phones.latest(customer)?.hears()).toEqual(['music']);
    expect(bench.core.phones.latest(customer)?.state$.value.status).toBe('held');
  });

  test('joins a call that it is added to', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    await anna.media();
    await anna.ask({ type: 'add', callId: anna.callId, target: `4:${customer}` });
    await bench.clock.advance(2_000);
    expect(ben.hears).toEqual([anna.user, `4:${customer}`]);
    expect(await anna.tried({ type: 'mute-participant', callId: anna.callId, target: `4:${customer}` })).toBe(
      '405/8520',
    );
  });
});

describe('a phone that calls', () => {
  test('reaches nobody where no server answers', async () => {
    const bench = new CallBench();
    const page = await bench.page();
    const { phones } = bench.core;
    const endsOf = (to: string) => phones.callFrom(customer, { to }).state$.value.end;
    expect(endsOf(service)).toMatchObject({ code: 404, subCode: 560404 });
    expect(endsOf(account)).toMatchObject({ code: 403, subCode: 10105 });
    expect(endsOf(page.user)).toMatchObject({ code: 404 });
    expect(() => phones.callFrom('0123', { to: account })).toThrow('unable to use phone');
  });

  test('gives up before anybody answers', async () => {
    const bench = new CallBench();
    bench.core.calls.listen(ra, () => {});
    const phone = bench.core.phones.callFrom(customer, { to: account });
    expect(phone.hears()).toEqual(['ringback']);
    phone.hangUp();
    phone.hangUp();
    expect(phone.state$.value).toMatchObject({ status: 'ended', end: { code: 0 } });
    expect(() => phone.sendTones('1')).toThrow('it is over');
    expect(bench.core.calls.list()).toEqual([]);
  });
});
