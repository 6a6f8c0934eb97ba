import { describe, expect, test } from 'vitest';
import { CallBench, endOf } from './call-bench';

describe('a call between two pages', () => {
  test('rings, is accepted and connects, under an id that changes on the way', async () => {
    const bench = new CallBench();
    const anna = await bench.page({ displayName: 'Anna' });
    const ben = await bench.page();
    const own = await anna.start([ben.user]);
    expect(ben.incoming).toMatchObject({ from: { rawId: anna.user, displayName: 'Anna' }, oneToOne: true });
    await ben.accept();
    expect(anna.statuses).toEqual(['connecting', 'ringing', 'connected']);
    expect(anna.of('id-changed')).toEqual([{ type: 'id-changed', from: own, to: anna.callId }]);
    expect(anna.call).toMatchObject({ oneToOne: true, roster: [{ rawId: ben.user, status: 'connected' }] });
    expect(ben.statuses).toEqual(['connected']);
    expect(anna.call?.serverCallId).toBe(ben.call?.serverCallId);
  });

  test('takes commands under the old id while it changes', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    const own = await anna.start([ben.user]);
    expect(await anna.tried({ type: 'mute', callId: own, muted: true })).toBe('ok');
    expect(anna.call?.muted).toBe(true);
  });

  test('rings at every page of the callee, and one answer silences the others', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const first = await bench.page();
    const second = await bench.page({ user: first.user });
    await anna.start([first.user]);
    await second.accept();
    expect(first.ringEnd).toBe('487/10003');
    expect(await first.tried({ type: 'accept', callId: first.incoming?.callId ?? '', muted: false })).toBe('400/41006');
    expect(anna.call?.roster).toHaveLength(1);
  });

  test('is declined for all pages of the callee', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const first = await bench.page();
    const second = await bench.page({ user: first.user });
    await anna.start([first.user]);
    expect(await first.tried({ type: 'reject', callId: first.incoming?.callId ?? '' })).toBe('ok');
    expect([anna.end, second.ringEnd]).toEqual(['603/0', '487/10024']);
    expect(await second.tried({ type: 'reject', callId: second.incoming?.callId ?? '' })).toBe('400/41007');
  });

  test('rings for 85 s', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    await anna.start([ben.user]);
    await bench.clock.advance(84_999);
    expect(anna.end).toBeUndefined();
    await bench.clock.advance(1);
    expect([anna.end, ben.ringEnd]).toEqual(['487/10004', '487/10004']);
  });

  test('is given up by the caller', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    await anna.start([ben.user]);
    await anna.ask({ type: 'hang-up', callId: anna.callId, forEveryone: false });
    expect([anna.end, ben.ringEnd]).toEqual(['0/0', '487/0']);
    expect(bench.core.calls.list()).toEqual([]);
  });

  test('given up before it rings does not ring', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    await anna.ask({ type: 'start', callId: 'own', targets: [ben.user], muted: false });
    await anna.ask({ type: 'hang-up', callId: 'own', forEveryone: false });
    await bench.clock.advance(1_000);
    expect([anna.end, ben.incoming]).toEqual(['0/0', undefined]);
  });

  test('does not find who is not registered, or a number that nobody has', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    await anna.start([bench.core.createUser()]);
    expect(anna.end).toBe('480/10037');
    await anna.start(['28:orgid:nobody'], { callId: 'two' });
    expect(anna.end).toBe('403/10105');
    await anna.start(['nonsense'], { callId: 'three' });
    expect(anna.end).toBe('404/560404');
    expect(await anna.tried({ type: 'start', callId: 'four', targets: [anna.user], muted: false })).toBe('400/8523');
  });

  test('ends for both when one hangs up; again is no fault', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    await ben.ask({ type: 'hang-up', callId: ben.callId, forEveryone: false });
    expect([anna.end, ben.end]).toEqual(['0/7000', '0/0']);
    expect(await ben.tried({ type: 'hang-up', callId: ben.callId, forEveryone: false })).toBe('ok');
    expect(await ben.tried({ type: 'mute', callId: ben.callId, muted: true })).toBe('400/41015');
    expect(await ben.tried({ type: 'hold', callId: ben.callId, held: false })).toBe('400/41034');
  });

  test('is held by one side, by both, and resumed by both', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    await anna.media();
    const hold = (page: typeof anna, held: boolean) => page.ask({ type: 'hold', callId: page.callId, held });
    expect([anna.hears, ben.hears]).toEqual([[ben.user], [anna.user]]);
    await hold(anna, true);
    expect([anna.call?.status, ben.call?.status]).toEqual(['local-hold', 'remote-hold']);
    expect([anna.hears, ben.hears]).toEqual([[], []]);
    await hold(ben, true);
    await hold(anna, false);
    expect([anna.call?.status, ben.call?.status]).toEqual(['remote-hold', 'local-hold']);
    await hold(ben, false);
    expect([anna.hears, ben.hears]).toEqual([[ben.user], [anna.user]]);
  });

  test('carries tones, and nothing that is none', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    for (const tone of ['1', 'Num2', 'Star', 'Pound', 'A']) await anna.ask({ type: 'dtmf', callId: anna.callId, tone });
    expect(ben.of('tone').map(({ tone, from }) => [tone, from === anna.user])).toEqual(
      ['1', '2', '*', '#', 'A'].map((tone) => [tone, true]),
    );
    expect(await anna.tried({ type: 'dtmf', callId: anna.callId, tone: 'Q' })).toBe('400/8523');
  });
});

describe('a custom context', () => {
  test('arrives, but for surplus SIP headers', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    const sipHeaders = Array.from({ length: 7 }, (_, index) => ({ key: `X-MS-Custom-${index}`, value: 'v' }));
    const voipHeaders = [{ key: 'topic', value: 'bill' }];
    await anna.start([ben.user], {
      context: { voipHeaders, sipHeaders: [...sipHeaders, { key: 'User-To-User', value: 'u' }] },
    });
    expect(ben.incoming?.context).toEqual({
      voipHeaders,
      sipHeaders: [...sipHeaders.slice(0, 5), { key: 'User-To-User', value: 'u' }],
    });
  });

  test.each([
    { voipHeaders: Array.from({ length: 1001 }, (_, index) => ({ key: String(index), value: '' })) },
    { voipHeaders: [{ key: 'k'.repeat(65), value: '' }] },
    { voipHeaders: [{ key: 'k', value: 'v'.repeat(1025) }] },
    { sipHeaders: [{ key: 'Other', value: 'v' }] },
    { sipHeaders: [{ key: 'X-MS-Custom-a', value: 'v'.repeat(257) }] },
    { sipHeaders: [{ key: `X-MS-Custom-${'a'.repeat(60)}`, value: 'v' }] },
  ])('beyond its limits is refused (%#)', async (context) => {
    const page = await new CallBench().page();
    expect(await page.tried({ type: 'start', callId: 'c', targets: ['4:+4915'], muted: false, context })).toBe(
      '400/8523',
    );
  });
});

describe('a group call', () => {
  const three = async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    const cleo = await bench.page();
    await anna.media();
    await anna.ask({ type: 'add', callId: anna.callId, target: cleo.user });
    return { bench, anna, ben, cleo };
  };

  test('comes of a one-to-one call when somebody is added', async () => {
    const { anna, ben, cleo } = await three();
    expect(cleo.incoming).toMatchObject({ oneToOne: false, from: { rawId: anna.user } });
    expect(anna.call?.roster.map(({ status }) => status)).toEqual(['connected', 'ringing']);
    await cleo.accept();
    expect([anna, ben, cleo].map(({ call }) => call?.oneToOne)).toEqual([false, false, false]);
    expect(anna.hears).toEqual([ben.user, cleo.user]);
    expect(cleo.hears).toEqual([anna.user, ben.user]);
  });

  test('tells only who added somebody why that one is gone', async () => {
    const { anna, ben, cleo } = await three();
    await cleo.ask({ type: 'reject', callId: cleo.incoming?.callId ?? '' });
    const gone = (page: typeof anna) => page.call?.roster.find(({ rawId }) => rawId === cleo.user);
    expect(gone(anna)).toMatchObject({ status: 'disconnected', end: { code: 603 } });
    expect(gone(ben)).toMatchObject({ status: 'disconnected' });
    expect(gone(ben)?.end).toBeUndefined();
  });

  test('goes on when one leaves, and ends for the last', async () => {
    const { anna, ben, cleo } = await three();
    await cleo.accept();
    await ben.ask({ type: 'hang-up', callId: ben.callId, forEveryone: false });
    expect([anna.end, cleo.end]).toEqual([undefined, undefined]);
    await anna.ask({ type: 'hang-up', callId: anna.callId, forEveryone: false });
    expect(cleo.end).toBe('0/7000');
  });

  test('is ended for everyone, and for who still rings', async () => {
    const { anna, ben, cleo } = await three();
    await ben.ask({ type: 'hang-up', callId: ben.callId, forEveryone: true });
    expect([ben.end, anna.end, cleo.ringEnd]).toEqual(['0/0', '0/5003', '487/0']);
  });

  test('lets one remove and mute others, who can unmute', async () => {
    const { anna, ben, cleo } = await three();
    await cleo.accept();
    await anna.ask({ type: 'mute-participant', callId: anna.callId, target: ben.user });
    expect(ben.call).toMatchObject({ muted: true, mutedByOthers: true });
    expect(cleo.hears).toEqual([anna.user]);
    await ben.ask({ type: 'mute', callId: ben.callId, muted: false });
    expect(ben.call).toMatchObject({ muted: false, mutedByOthers: false });
    await anna.ask({ type: 'remove', callId: anna.callId, target: ben.user });
    expect(ben.end).toBe('0/5300');
    expect(await anna.tried({ type: 'remove', callId: anna.callId, target: ben.user })).toBe('404/8522');
  });

  test('stops ringing whom one removes before they answer', async () => {
    const { anna, cleo } = await three();
    await anna.ask({ type: 'remove', callId: anna.callId, target: cleo.user });
    expect(cleo.ringEnd).toBe('487/0');
  });

  test('is held by one side for that side alone', async () => {
    const { anna, ben, cleo } = await three();
    await cleo.accept();
    await anna.ask({ type: 'hold', callId: anna.callId, held: true });
    expect([anna.call?.status, ben.call?.status]).toEqual(['local-hold', 'connected']);
    expect([anna.hears, ben.hears, cleo.hears]).toEqual([[], [cleo.user], [ben.user]]);
    expect(ben.call?.roster.find(({ rawId }) => rawId === anna.user)?.status).toBe('hold');
  });

  test('is what a call to several starts as, and lives when one of them answers', async () => {
    const bench = new CallBench();
    const [anna, ben, cleo] = [await bench.page(), await bench.page(), await bench.page()];
    await anna.start([ben.user, cleo.user]);
    expect(anna.call?.oneToOne).toBe(false);
    await ben.ask({ type: 'reject', callId: ben.incoming?.callId ?? '' });
    expect(anna.end).toBeUndefined();
    await cleo.accept();
    expect(anna.call?.status).toBe('connected');
  });

  test('refuses what only one-to-one or only group calls have', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    expect(await anna.tried({ type: 'mute-participant', callId: anna.callId, target: ben.user })).toBe('400/8501');
    expect(await anna.tried({ type: 'add', callId: anna.callId, target: ben.user })).toBe('409/8519');
  });
});

describe('a page whose connection is lost', () => {
  test('stays in its calls for a while, as a ghost, and then is gone for the others', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    anna.drop();
    await bench.clock.advance(9_999);
    expect(ben.end).toBeUndefined();
    await bench.clock.advance(1);
    expect(ben.end).toBe('0/4521');
    expect(bench.media.size).toBe(0);
  });

  test('comes back to its calls, and learns what it missed', async () => {
    const bench = new CallBench();
    const anna = await bench.page({ endpoint: 'page-1' });
    const ben = await bench.page();
    await anna.start([ben.user]);
    anna.drop();
    await ben.accept();
    const back = await bench.page({ user: anna.user, endpoint: 'page-1' });
    expect(back.frames.map(({ type }) => type)).toEqual(['answer', 'call', 'call', 'recovered']);
    expect(back.call).toMatchObject({ callId: anna.callId, status: 'connected' });
    await bench.clock.advance(20_000);
    expect(back.call?.status).toBe('connected');
  });

  test('rings no more: nothing can reach it', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    await anna.start([ben.user]);
    ben.drop();
    await bench.clock.advance(10_000);
    expect(anna.end).toBe('480/10037');
  });

  test('is not replaced mid-ring by a page that registers later, unless asked for', async () => {
    for (const ringLate of [false, true]) {
      const bench = new CallBench({ calls: { ringLate } });
      const anna = await bench.page();
      const ben = await bench.page();
      await anna.start([ben.user]);
      const later = await bench.page({ user: ben.user });
      expect(later.incoming !== undefined).toBe(ringLate);
    }
  });
});

describe('media', () => {
  test('are answered, and who waits hears it ring', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    const ben = await bench.page();
    await anna.start([ben.user]);
    expect((await anna.ask({ type: 'media', callId: anna.callId, sdp: 'hello' })).sdp).toBe('answer to hello');
    expect(anna.hears).toEqual(['ringback']);
    await ben.accept();
    expect([anna.hears, ben.hears]).toEqual([[ben.user], [anna.user]]);
    expect([...bench.media.sounds]).toEqual([]);
    expect(bench.media.misuse).toEqual([]);
  });

  test('that are no good are refused with the reason', async () => {
    const bench = new CallBench();
    const [anna] = await bench.pair();
    const { error } = await anna.ask({ type: 'media', callId: anna.callId, sdp: 'bad' });
    expect(error?.message).toContain('there is no audio line');
    expect(await anna.tried({ type: 'media', callId: 'other', sdp: 'x' })).toBe('404/8522');
  });

  test('without a unit are refused with the reason, and the call goes on', async () => {
    const without = new CallBench({ media: async () => Promise.reject(new Error('werift is not installed')) });
    const [anna] = await without.pair();
    const { error } = await anna.ask({ type: 'media', callId: anna.callId, sdp: 'x' });
    expect(error).toMatchObject({ code: 503, message: expect.stringContaining('werift is not installed') });
    expect(anna.call?.status).toBe('connected');
  });

  test('tell who is loud, five times a second, only what changed, only while there are legs', async () => {
    const bench = new CallBench();
    const [anna, ben] = await bench.pair();
    await anna.media();
    bench.media.loud = 0.444;
    await bench.clock.advance(1_000);
    expect(anna.of('levels')).toEqual([{ type: 'levels', callId: anna.callId, levels: { [ben.user]: 0.44 } }]);
    bench.media.loud = 0.5;
    await ben.ask({ type: 'mute', callId: ben.callId, muted: true });
    await bench.clock.advance(200);
    expect(anna.of('levels').at(-1)?.levels).toEqual({ [ben.user]: 0 });
    await anna.ask({ type: 'hang-up', callId: anna.callId, forEveryone: false });
    await bench.clock.advance(1_000);
    expect(bench.clock.pending).toBe(2);
    expect(bench.media.size).toBe(0);
  });
});

test('ends are words that people understand, too', async () => {
  const bench = new CallBench();
  const [anna, ben] = await bench.pair();
  await anna.ask({ type: 'hang-up', callId: anna.callId, forEveryone: false });
  expect([endOf(ben.call?.end), ben.call?.end?.message]).toEqual(['0/7000', 'The other side hung up.']);
});
