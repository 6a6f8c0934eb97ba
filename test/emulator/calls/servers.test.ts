import { isContactCenterError } from 'onescreen';
import type { ServerCall, ServerCallEvent, ServerIncoming } from 'onescreen/emulator';
import { describe, expect, test } from 'vitest';
import { account, CallBench, customer, ra, service } from './call-bench';

/** A customer's call that a server has answered. */
async function answered(bench = new CallBench()) {
  const incoming: ServerIncoming[] = [];
  bench.core.calls.listen(ra, (call) => incoming.push(call));
  bench.core.calls.assignNumber(service, ra);
  const phone = bench.core.phones.callFrom(customer, { to: service, displayName: 'Cleo' });
  await bench.clock.advance(0);
  const call = incoming[0]!.answer();
  const events = record(call);
  await bench.clock.advance(0);
  return { bench, call, events, phone, incoming: incoming[0]! };
}

function record(call: ServerCall): ServerCallEvent[] {
  const events: ServerCallEvent[] = [];
  call.events$.subscribe((event) => events.push(event));
  return events;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) =>
      isContactCenterError(error)
        ? `${error.code} ${error.provider?.code ?? ''}/${error.provider?.subCode ?? ''}`
        : 'another error',
  );

describe('a call to a resource account', () => {
  test('comes to its server with who calls and what they bring', async () => {
    const bench = new CallBench();
    const incoming: ServerIncoming[] = [];
    bench.core.calls.listen(ra, (call) => incoming.push(call));
    const page = await bench.page({ displayName: 'Cleo' });
    const context = { voipHeaders: [{ key: 'onescreen-correlation', value: 'ch-1' }] };
    await page.start([account], { context });
    expect(incoming[0]).toMatchObject({ from: { rawId: page.user, displayName: 'Cleo' }, to: account, context });
    expect(page.call?.status).toBe('ringing');
    incoming[0]!.answer();
    expect(page.call).toMatchObject({ status: 'connected', oneToOne: false, roster: [{ rawId: account }] });
  });

  test('ends for the caller when the server does not answer within 30 s', async () => {
    const bench = new CallBench();
    const incoming: ServerIncoming[] = [];
    bench.core.calls.listen(ra, (call) => incoming.push(call));
    const page = await bench.page();
    await page.start([account]);
    await bench.clock.advance(30_000);
    expect(page.end).toBe('487/10004');
    expect(() => incoming[0]!.answer()).toThrow('it is over');
  });

  test('is rejected by the server', async () => {
    const bench = new CallBench();
    bench.core.calls.listen(ra, (call) => call.reject());
    const page = await bench.page();
    await page.start([account]);
    expect(page.end).toBe('603/0');
  });

  test('on its behalf does not ring the callee, but goes to the server', async () => {
    const bench = new CallBench();
    const incoming: ServerIncoming[] = [];
    bench.core.calls.listen(ra, (call) => incoming.push(call));
    const agent = await bench.page({ kind: 'tpeAgent' });
    await agent.start([`4:${customer}`], { onBehalfOf: ra });
    expect(incoming[0]).toMatchObject({ from: { rawId: agent.user }, to: `4:${customer}`, onBehalfOf: account });
    expect(bench.core.phones.latest(customer)).toBeUndefined();
    const call = incoming[0]!.answer();
    const { answered: joined } = call.add({ target: `4:${customer}` });
    await bench.clock.advance(2_000);
    await expect(joined).resolves.toMatchObject({ rawId: `4:${customer}` });
    expect(agent.call?.roster).toMatchObject([{ rawId: `4:${customer}`, status: 'connected' }]);
  });

  test('on its behalf needs a Teams identity and the account, not its number', async () => {
    const bench = new CallBench();
    const agent = await bench.page({ kind: 'tpeAgent' });
    const guest = await bench.page();
    const start = { type: 'start', callId: 'c', targets: [`4:${customer}`], muted: false } as const;
    expect(await guest.tried({ ...start, onBehalfOf: ra })).toBe('400/8523');
    expect(await agent.tried({ ...start, onBehalfOf: service })).toBe('422/0');
    await agent.start([`4:${customer}`], { onBehalfOf: ra });
    expect(agent.end).toBe('403/10105');
    await agent.start([`4:${customer}`], { callId: 'other' });
    expect(agent.end).toBe('403/510403');
  });
});

describe('a server', () => {
  test('adds an agent with a context, and hears of it', async () => {
    const { bench, call, events, phone } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    const context = { voipHeaders: [{ key: 'onescreen-correlation', value: 'offer-1' }] };
    const invitation = call.add({ target: agent.user, context, timeoutMs: 20_000, persona: 'tpeAgent' });
    expect(agent.incoming).toMatchObject({ callId: invitation.callId, context, oneToOne: false });
    await agent.accept();
    await expect(invitation.answered).resolves.toMatchObject({ rawId: agent.user, onHold: false });
    expect(agent.call?.roster).toEqual([
      { rawId: `4:${customer}`, displayName: 'Cleo', status: 'connected', muted: false },
    ]);
    expect(phone.hears()).toEqual([agent.user]);
    expect(agent.hears).toEqual([`4:${customer}`]);
    expect(events.at(-1)).toMatchObject({ kind: 'participants', participants: [{}, { rawId: agent.user }] });
  });

  test('learns in which way an add failed', async () => {
    const { bench, call } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    const guest = await bench.page();
    const add = (target: string, more = {}) => call.add({ target, persona: 'tpeAgent', timeoutMs: 20_000, ...more });
    expect(await failure(add(bench.core.createUser()).answered)).toBe('call/unreachable 480/10037');
    expect(await failure(add(guest.user).answered)).toBe('call/unreachable 408/10057');
    const unanswered = failure(add(agent.user).answered);
    await bench.clock.advance(20_000);
    expect([await unanswered, agent.ringEnd]).toEqual(['call/no-answer 487/10004', '487/10004']);
    const declined = failure(add(agent.user).answered);
    await agent.ask({ type: 'reject', callId: agent.incoming?.callId ?? '' });
    expect(await declined).toBe('call/declined 603/0');
    const cancelled = add(agent.user);
    expect([cancelled.cancel(), cancelled.cancel()]).toEqual([true, false]);
    expect([await failure(cancelled.answered), agent.ringEnd]).toEqual(['command/aborted 487/5234', '487/0']);
    bench.core.faults.calls.failAdds({ code: 403, subCode: 7504 }, 2);
    expect(await failure(add(agent.user).answered)).toBe('call/forbidden 403/7504');
    expect(await failure(add(agent.user).answered)).toBe('call/forbidden 403/7504');
    expect(() => add(account)).toThrow('unable to add participant');
    const voipHeaders = [{ key: 'k'.repeat(65), value: '' }];
    expect(() => add(agent.user, { context: { voipHeaders } })).toThrow('unable to add participant');
    expect(call.participants()).toHaveLength(1);
  });

  test('puts one on hold with music, which a sound for that one interrupts', async () => {
    const { bench, call, phone } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    call.add({ target: agent.user });
    await agent.accept();
    call.hold(`4:${customer}`);
    expect([phone.state$.value.status, phone.hears(), agent.hears]).toEqual(['held', ['music'], []]);
    expect(agent.call?.roster[0]?.status).toBe('hold');
    const { stop } = call.play({ kind: 'tone', frequency: 440 }, `4:${customer}`);
    expect(phone.hears()).toEqual(['tone']);
    stop();
    call.unhold(`4:${customer}`);
    expect([phone.hears(), agent.hears]).toEqual([[agent.user], [`4:${customer}`]]);
    expect(() => call.hold('4:+49')).toThrow('unable to hold participant');
  });

  test('plays music to everybody until it stops', async () => {
    const { bench, call, phone } = await answered();
    const { stop } = call.play({ kind: 'music' });
    expect(phone.hears()).toEqual(['music']);
    const page = await bench.page();
    call.add({ target: page.user });
    await page.accept();
    expect(page.hears).toEqual([`4:${customer}`, 'music']);
    stop();
    expect(phone.hears()).toEqual([page.user]);
    expect([...bench.media.sounds.values()].map(({ kind }) => kind)).toEqual(['speech']);
  });

  test('sends tones to one and hears those of others', async () => {
    const { bench, call, events, phone } = await answered();
    call.sendTones(`4:${customer}`, '12#');
    phone.sendTones('7*');
    await bench.clock.advance(0);
    expect(phone.tones).toBe('12#');
    expect(events.filter(({ kind }) => kind === 'tone')).toEqual([
      { kind: 'tone', from: `4:${customer}`, tone: '7' },
      { kind: 'tone', from: `4:${customer}`, tone: '*' },
    ]);
    expect(() => call.sendTones(`4:${customer}`, 'x')).toThrow('unable to send tones');
  });

  test('mutes pages, not phones', async () => {
    const { bench, call } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    call.add({ target: agent.user });
    await agent.accept();
    call.mute(agent.user);
    expect(agent.call).toMatchObject({ muted: true, mutedByOthers: true });
    expect(() => call.mute(`4:${customer}`)).toThrow('unable to mute participant');
  });

  test('removes one, who reads so; the call goes on', async () => {
    const { bench, call, events, phone } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    call.add({ target: agent.user });
    await agent.accept();
    call.remove(agent.user);
    await bench.clock.advance(0);
    expect([agent.end, phone.state$.value.status]).toEqual(['0/5000', 'connected']);
    expect(events).toContainEqual({ kind: 'left', rawId: agent.user, end: expect.objectContaining({ subCode: 5000 }) });
  });

  test('shows everybody that it records', async () => {
    const { bench, call, events } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    call.add({ target: agent.user });
    await agent.accept();
    call.startRecording();
    expect(agent.call?.recording).toBe(true);
    call.stopRecording();
    await bench.clock.advance(0);
    expect(agent.call?.recording).toBe(false);
    expect(events.filter(({ kind }) => kind === 'recording')).toEqual([
      { kind: 'recording', state: 'on' },
      { kind: 'recording', state: 'off' },
    ]);
  });

  test('learns that the customer hung up, and is out then', async () => {
    const { bench, call, events, phone } = await answered();
    phone.hangUp();
    await bench.clock.advance(0);
    expect(events.slice(-2)).toMatchObject([
      { kind: 'left', rawId: `4:${customer}`, end: { subCode: 0 } },
      { kind: 'disconnected', end: { code: 0, subCode: 540000 } },
    ]);
    expect(bench.core.calls.connection(call.id)).toBeUndefined();
    expect(() => call.play({ kind: 'music' })).toThrow('unable to play sound');
    call.hangUp({ forEveryone: true });
  });

  test('leaves for itself, or ends the call for everyone', async () => {
    const first = await answered();
    const agent = await first.bench.page({ kind: 'tpeAgent' });
    first.call.add({ target: agent.user });
    await agent.accept();
    first.call.hold(`4:${customer}`);
    first.call.hangUp({ forEveryone: false });
    expect([agent.call?.status, first.phone.hears()]).toEqual(['connected', [agent.user]]);
    const second = await answered();
    second.call.hangUp({ forEveryone: true });
    expect(second.phone.state$.value).toMatchObject({ status: 'ended', end: { code: 0, subCode: 5003 } });
  });

  test('keeps ringing an agent when the customer hangs up, until it ends the call', async () => {
    const { bench, call, phone } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    const { answered: outcome } = call.add({ target: agent.user });
    phone.hangUp();
    expect(agent.ringEnd).toBeUndefined();
    call.hangUp({ forEveryone: true });
    expect([agent.ringEnd, await failure(outcome)]).toEqual(['487/0', 'call/cancelled 487/0']);
    expect(bench.core.calls.list()).toEqual([]);
  });

  test('calls somebody itself', async () => {
    const bench = new CallBench();
    const call = bench.core.calls.create({ account: ra, targets: [`4:${customer}`] });
    const events = record(call);
    await bench.clock.advance(2_000);
    expect(events.map(({ kind }) => kind)).toEqual(['connected', 'participants']);
    bench.core.phones.latest(customer)?.hangUp();
    await bench.clock.advance(0);
    expect(events.at(-1)).toMatchObject({ kind: 'disconnected', end: { subCode: 560000 } });
    bench.core.phones.set('+491702', { reaction: 'busy' });
    const busy = record(bench.core.calls.create({ account: ra, targets: ['4:+491702'] }));
    await bench.clock.advance(1_000);
    expect(busy).toMatchObject([{ kind: 'disconnected', end: { code: 486 } }]);
  });

  test('adds somebody anew whose page has lost its connection', async () => {
    const { bench, call } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    call.add({ target: agent.user });
    await agent.accept();
    expect(() => call.add({ target: agent.user })).toThrow('unable to add participant');
    agent.drop();
    const back = await bench.page({ kind: 'tpeAgent', user: agent.user });
    call.add({ target: agent.user });
    await back.accept();
    expect(call.participants().map(({ rawId }) => rawId)).toEqual([`4:${customer}`, agent.user]);
    await bench.clock.advance(20_000);
    expect(back.call?.status).toBe('connected');
  });
});

describe('a Teams Phone extension agent in a group call', () => {
  test('cannot dial tones, and holds for itself alone', async () => {
    const { bench, call, phone } = await answered();
    const agent = await bench.page({ kind: 'tpeAgent' });
    call.add({ target: agent.user });
    await agent.accept();
    expect(await agent.tried({ type: 'dtmf', callId: agent.callId, tone: '1' })).toBe('400/8501');
    await agent.ask({ type: 'hold', callId: agent.callId, held: true });
    expect([agent.call?.status, phone.state$.value.status, phone.hears()]).toEqual(['local-hold', 'connected', []]);
  });
});
