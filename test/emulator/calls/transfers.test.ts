import { isContactCenterError } from 'onescreen';
import type { ServerCall, ServerCallEvent, ServerIncoming } from 'onescreen/emulator';
import { describe, expect, test } from 'vitest';
import { account, CallBench, customer, ra, service, type Page } from './call-bench';

const cleo = `4:${customer}`;
const expert = '+491702';

/** A customer, a server and an agent in one call. */
async function talking() {
  const bench = new CallBench();
  const incoming: ServerIncoming[] = [];
  bench.core.calls.listen(ra, (call) => incoming.push(call));
  bench.core.calls.assignNumber(service, ra);
  const phone = bench.core.phones.callFrom(customer, { to: service, displayName: 'Cleo' });
  await bench.clock.advance(0);
  const call = incoming[0]!.answer();
  const events: ServerCallEvent[] = [];
  call.events$.subscribe((event) => events.push(event));
  const agent = await added(bench, call);
  return { bench, call, events, phone, agent };
}

async function added(bench: CallBench, call: ServerCall): Promise<Page> {
  const page = await bench.page({ kind: 'tpeAgent' });
  call.add({ target: page.user });
  await page.accept();
  return page;
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (isContactCenterError(error) ? error.code : String(error)),
  );

describe('a transfer by the server', () => {
  test('puts the two together once it is answered, and the others stay without', async () => {
    const { bench, call, events, phone, agent } = await talking();
    const { done, transferee } = call.transfer({ transferee: cleo, target: `4:${expert}` });
    expect([transferee, phone.hears(), agent.hears]).toEqual([cleo, [agent.user], [cleo]]);
    await bench.clock.advance(2_000);
    expect(await outcome(done)).toBe('done');
    expect([phone.state$.value.status, phone.hears()]).toEqual(['connected', [`4:${expert}`]]);
    expect(bench.core.phones.latest(expert)?.hears()).toEqual([cleo]);
    expect([agent.call?.roster, agent.hears, call.participants()]).toMatchObject([
      [{ rawId: cleo, status: 'disconnected' }],
      [],
      [{ rawId: agent.user }],
    ]);
    expect(events.filter(({ kind }) => kind === 'left')).toMatchObject([{ rawId: cleo, end: { subCode: 7015 } }]);
    phone.hangUp();
    expect(bench.core.phones.latest(expert)?.state$.value.status).toBe('ended');
    expect([agent.end, call.end]).toEqual([undefined, undefined]);
  });

  test('of a held customer ends the hold', async () => {
    const { bench, call, phone } = await talking();
    call.hold(cleo);
    call.transfer({ transferee: cleo, target: `4:${expert}` });
    await bench.clock.advance(2_000);
    expect(phone.hears()).toEqual([`4:${expert}`]);
  });

  test('in a call of two means the other one, and the server is out', async () => {
    const { bench, call, events, phone, agent } = await talking();
    expect(() => call.transfer({ target: `4:${expert}` })).toThrow('unable to transfer call');
    call.remove(agent.user);
    const { done } = call.transfer({ target: `4:${expert}` });
    await bench.clock.advance(2_000);
    await done;
    expect([phone.hears(), call.end]).toMatchObject([[`4:${expert}`], { code: 0, subCode: 7015 }]);
    expect(events.at(-1)?.kind).toBe('disconnected');
    expect(bench.core.calls.list()).toHaveLength(1);
  });

  test.each([
    ['busy', 500, 'call/busy'],
    ['decline', 2_000, 'call/declined'],
    ['no-answer', 60_000, 'call/no-answer'],
    ['unknown', 0, 'call/bad-destination'],
  ] as const)('that comes to nothing changes nothing: %s', async (reaction, ms, code) => {
    const { bench, call, events, phone, agent } = await talking();
    bench.core.phones.set(expert, { reaction });
    const before = events.length;
    const { done } = call.transfer({ transferee: cleo, target: `4:${expert}` });
    await bench.clock.advance(ms);
    expect(await outcome(done)).toBe(code);
    expect([phone.hears(), agent.hears, events.length]).toEqual([[agent.user], [cleo], before]);
    expect(bench.core.calls.list()).toHaveLength(1);
    bench.core.phones.clear();
    const again = call.transfer({ transferee: cleo, target: `4:${expert}` });
    await bench.clock.advance(2_000);
    expect(await outcome(again.done)).toBe('done');
  });

  test('ends with the one who would be given away', async () => {
    const { bench, call, phone } = await talking();
    const { done } = call.transfer({ transferee: cleo, target: `4:${expert}` });
    phone.hangUp();
    expect(await outcome(done)).toBe('call/gone');
    await bench.clock.advance(0);
    expect(bench.core.phones.latest(expert)?.state$.value.status).toBe('ended');
  });

  test('is refused twice at once, to somebody who is there, and of somebody who is not', async () => {
    const { call, agent } = await talking();
    expect(() => call.transfer({ transferee: cleo, target: agent.user })).toThrow('participant is in the call');
    expect(() => call.transfer({ transferee: '4:+4900', target: `4:${expert}` })).toThrow('it is over');
    call.transfer({ transferee: cleo, target: `4:${expert}` });
    expect(() => call.transfer({ transferee: cleo, target: '4:+491703' })).toThrow('being transferred');
  });

  test('to a page rings there with the context, in the name of who is given away', async () => {
    const { bench, call, phone } = await talking();
    const page = await bench.page({ kind: 'tpeAgent' });
    const context = { voipHeaders: [{ key: 'topic', value: 'bill' }] };
    call.transfer({ transferee: cleo, target: page.user, context, persona: 'tpeAgent' });
    expect(page.incoming).toMatchObject({ context, from: { rawId: cleo, displayName: 'Cleo' } });
    await page.accept();
    expect([page.hears, phone.hears(), page.call?.oneToOne]).toEqual([[cleo], [page.user], true]);
  });

  test('of a page gives its call another id and keeps its media', async () => {
    const { bench, call, agent } = await talking();
    const before = agent.callId;
    call.transfer({ transferee: agent.user, target: `4:${expert}` });
    await bench.clock.advance(2_000);
    const { from, to } = agent.of('id-changed').at(-1)!;
    expect([from, agent.callId, agent.hears]).toEqual([before, to, [`4:${expert}`]]);
    expect(bench.media.misuse).toEqual([]);
    await agent.ask({ type: 'hang-up', callId: to, forEveryone: false });
    expect([agent.end, bench.core.phones.latest(expert)?.state$.value.status]).toEqual(['0/0', 'ended']);
    expect(call.participants()).toMatchObject([{ rawId: cleo }]);
  });
});

describe('moving participants', () => {
  test('brings them over from another call, with what they hear', async () => {
    const { bench, call, events, phone, agent } = await talking();
    const other = bench.core.calls.create({ account: ra, targets: [`4:${expert}`] });
    const left: ServerCallEvent[] = [];
    other.events$.subscribe((event) => left.push(event));
    await bench.clock.advance(2_000);
    call.moveHere([`4:${expert}`], other);
    await bench.clock.advance(0);
    expect(phone.hears()).toEqual([agent.user, `4:${expert}`]);
    expect(events.at(-1)).toMatchObject({ kind: 'participants', participants: [{}, {}, { rawId: `4:${expert}` }] });
    expect(left.slice(-2)).toMatchObject([{ kind: 'left', rawId: `4:${expert}` }, { kind: 'disconnected' }]);
    expect(bench.media.misuse).toEqual([]);
  });

  test('needs them to be there, and not here', async () => {
    const { bench, call } = await talking();
    const other = bench.core.calls.create({ account: ra, targets: [`4:${expert}`] });
    expect(() => call.moveHere([`4:${expert}`], other)).toThrow('it is over');
    await bench.clock.advance(2_000);
    expect(() => call.moveHere(['4:+4900'], other)).toThrow('it is over');
    const page = await bench.page({ kind: 'tpeAgent' });
    other.add({ target: page.user });
    await page.accept();
    call.moveHere([page.user], other);
    expect(page.hears).toEqual(call.participants().flatMap(({ rawId }) => (rawId === page.user ? [] : [rawId])));
  });
});

describe('a call that rings at a server', () => {
  const ringing = async () => {
    const bench = new CallBench();
    const incoming: ServerIncoming[] = [];
    bench.core.calls.listen(ra, (call) => incoming.push(call));
    const page = await bench.page();
    await page.start([account]);
    return { bench, page, incoming: incoming[0]! };
  };

  test('is redirected to somebody else', async () => {
    const { bench, page, incoming } = await ringing();
    const other = await bench.page();
    incoming.redirect(other.user);
    expect(page.call?.status).toBe('ringing');
    await other.accept();
    expect([page.call?.status, page.call?.roster]).toMatchObject(['connected', [{ rawId: other.user }]]);
    expect(() => incoming.answer()).toThrow('it is over');
    expect(() => incoming.redirect(other.user)).toThrow('it is over');
  });

  test('ends when there is nobody where it is redirected to', async () => {
    const { bench, page, incoming } = await ringing();
    incoming.redirect(bench.core.createUser());
    expect(page.end).toBe('480/10037');
  });

  test.each([
    ['none', '603/0'],
    ['busy', '486/0'],
    ['forbidden', '403/0'],
  ] as const)('is rejected for a reason: %s', async (reason, end) => {
    const { page, incoming } = await ringing();
    incoming.reject(reason);
    expect(page.end).toBe(end);
  });
});

describe('what a server plays', () => {
  test('ends by itself, or is stopped, or goes on until the end', async () => {
    const { bench, call, phone } = await talking();
    const once = call.play({ kind: 'speech', seed: 1 }, cleo, { durationMs: 1_000 });
    const stopped = call.play({ kind: 'music' }, undefined, { durationMs: 60_000 });
    const looped = call.play({ kind: 'ringback' }, undefined, { durationMs: 10, loop: true });
    await bench.clock.advance(1_000);
    expect([await once.done, phone.hears()]).toEqual(['completed', expect.not.arrayContaining(['speech'])]);
    stopped.stop();
    expect([await stopped.done, phone.hears()]).toEqual(['stopped', expect.arrayContaining(['ringback'])]);
    call.hangUp({ forEveryone: false });
    expect(await looped.done).toBe('stopped');
  });

  test('to one alone interrupts the music on hold, and ends when that one leaves', async () => {
    const { bench, call, events, phone } = await talking();
    call.hold(cleo);
    const { stop } = call.play({ kind: 'speech', seed: 1 }, cleo);
    expect(phone.hears()).toEqual(['speech']);
    stop();
    expect(phone.hears()).toEqual(['music']);
    call.unhold(cleo);
    const { done } = call.play({ kind: 'speech', seed: 1 }, cleo);
    phone.hangUp();
    expect(await done).toBe('stopped');
    await bench.clock.advance(0);
    expect(events.flatMap((event) => (event.kind === 'hold-music' ? [event.state] : []))).toEqual([
      'on',
      'paused',
      'on',
      'off',
    ]);
  });
});

describe('keys', () => {
  test('that phones and pages press reach the server, also of those on hold, whom nobody else hears', async () => {
    const { bench, call, events, phone, agent } = await talking();
    const guest = await bench.page();
    call.add({ target: guest.user });
    await guest.accept();
    await guest.ask({ type: 'dtmf', callId: guest.callId, tone: 'Num7' });
    call.hold(cleo);
    phone.sendTones('4');
    await bench.clock.advance(0);
    const tones = events.flatMap((event) => (event.kind === 'tone' ? [[event.from, event.tone]] : []));
    expect(tones).toEqual([
      [guest.user, '7'],
      [cleo, '4'],
    ]);
    expect(agent.of('tone').map(({ tone }) => tone)).toEqual(['7']);
  });

  test('are taken down until there are enough, or nobody presses any more, or the customer is gone', async () => {
    const { bench, call, phone } = await talking();
    const enough = call.collect(cleo, { most: 2, forMs: 5_000 });
    phone.sendTones('12');
    phone.sendTones('3');
    expect(await enough.done).toEqual({ tones: '12', end: 'enough' });
    const silence = call.collect(cleo, { most: 2, forMs: 5_000 });
    await bench.clock.advance(4_000);
    phone.sendTones('9');
    await bench.clock.advance(5_000);
    expect(await silence.done).toEqual({ tones: '9', end: 'silence' });
    const gone = call.collect(cleo, { most: 2, forMs: 5_000 });
    phone.hangUp();
    expect(await gone.done).toEqual({ tones: '', end: 'gone' });
  });
});

describe('a recording', () => {
  test('pauses and goes on, and pages see it only while it runs', async () => {
    const { bench, call, events, agent } = await talking();
    const seen: (boolean | undefined)[] = [];
    for (const step of ['startRecording', 'pauseRecording', 'resumeRecording', 'stopRecording'] as const) {
      call[step]();
      seen.push(agent.call?.recording);
    }
    await bench.clock.advance(0);
    expect(seen).toEqual([true, false, true, false]);
    expect(events.flatMap((event) => (event.kind === 'recording' ? [event.state] : []))).toEqual([
      'on',
      'paused',
      'on',
      'off',
    ]);
    for (const step of ['pauseRecording', 'resumeRecording', 'stopRecording'] as const)
      expect(() => call[step]()).toThrow('unable to');
    call.startRecording();
    expect(() => call.startRecording()).toThrow('being recorded');
  });
});

describe('a second server', () => {
  test('connects to a call and has a part of its own', async () => {
    const { bench, call, phone, agent } = await talking();
    const second = bench.core.calls.connect(ra, call.serverCallId);
    expect([second.id === call.id, second.participants()]).toEqual([false, call.participants()]);
    second.play({ kind: 'music' });
    call.hold(cleo);
    second.hangUp({ forEveryone: false });
    expect([phone.hears(), agent.hears]).toEqual([['music'], []]);
    call.hangUp({ forEveryone: false });
    expect(phone.hears()).toEqual([agent.user]);
    expect(() => bench.core.calls.connect(ra, 'nowhere')).toThrow('it is over');
  });
});
