import { describe, expect, test } from 'vitest';
import { customer } from '../../emulator/calls/call-bench';
import { channel, cleo, codeOf, expert, HostStage, person, ring } from './host-stage';

describe('a consult', () => {
  test('holds the customer while the agents talk, swaps, merges and goes on with the other agent', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    const { host } = stage;
    await host.hold!(channel);
    const other = await stage.join();
    const hears = () => [phone.hears(), agent.hears, other.hears];
    expect(hears()).toEqual([['music'], [other.user], [agent.user]]);
    await host.hold!(channel, { acs: other.user });
    await host.resume!(channel);
    expect(hears()).toEqual([[agent.user], [cleo], ['music']]);
    await host.resume!(channel, { acs: other.user });
    expect(hears()).toEqual([
      [agent.user, other.user],
      [cleo, other.user],
      [cleo, agent.user],
    ]);
    await host.leave(channel, person(agent.user));
    await stage.bench.clock.advance(0);
    expect([phone.hears(), other.hears, agent.end]).toEqual([[other.user], [cleo], '0/5000']);
    expect([stage.changes, stage.told.length]).toEqual([['held', 'resumed'], 2]);
  });

  test('with a phone tells when it is there, and when it leaves', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    await stage.host.hold!(channel);
    expect(await stage.host.add!(channel, { phone: expert })).toEqual({ acs: `4:${expert}` });
    expect(await codeOf(stage.host.add!(channel, { phone: expert }))).toBe('command/invalid');
    await stage.bench.clock.advance(2_000);
    expect(stage.told.at(-1)).toEqual(['joined', 'ch-1', { acs: `4:${expert}` }]);
    expect(await codeOf(stage.host.add!(channel, { phone: expert }))).toBe('command/invalid');
    expect([phone.hears(), agent.hears]).toEqual([['music'], [`4:${expert}`]]);
    stage.bench.core.phones.latest(expert)?.hangUp();
    await stage.bench.clock.advance(0);
    expect(stage.told.at(-1)).toEqual(['agentLeft', 'ch-1', { acs: `4:${expert}` }, 'hung-up']);
    expect(phone.hears()).toEqual(['music']);
  });

  test('is withdrawn while it rings, without a word', async () => {
    const stage = new HostStage();
    await stage.talking();
    await stage.host.add!(channel, { phone: expert });
    await stage.host.remove!(channel, { acs: `4:${expert}` });
    await stage.bench.clock.advance(5_000);
    expect([stage.told, stage.bench.core.phones.latest(expert)?.state$.value.status]).toEqual([[], 'ended']);
    expect(await codeOf(stage.host.remove!(channel, { acs: '4:+4900' }))).toBe('done');
  });

  test('whose agents are all gone leaves nobody on hold', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    await stage.host.hold!(channel);
    await agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    await stage.bench.clock.advance(0);
    expect([phone.state$.value.status, phone.hears()]).toEqual(['connected', ['music']]);
    const next = await stage.join();
    expect([phone.hears(), stage.changes]).toEqual([[next.user], ['held', 'resumed']]);
  });

  test('leaves customer and phone together when the agent is lost, and the customer with music when the phone goes', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    const other = await stage.added();
    await stage.host.hold!(channel);
    agent.drop();
    await stage.bench.clock.advance(10_000);
    expect([phone.hears(), stage.told.at(-1)]).toEqual([
      ['music'],
      ['agentLeft', 'ch-1', { acs: agent.user }, 'connection-lost'],
    ]);
    await stage.host.resume!(channel);
    expect([phone.hears(), other.hears()]).toEqual([[`4:${expert}`], [cleo]]);
    await stage.host.remove!(channel, { acs: `4:${expert}` });
    await stage.bench.clock.advance(0);
    expect([phone.state$.value.status, phone.hears()]).toEqual(['connected', ['music']]);
  });
});

describe('a transfer to outside', () => {
  test('connects the two and ends the call for us, without telling that the customer left', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    const given = stage.host.transfer!(channel, { phone: expert });
    expect(phone.hears()).toEqual([agent.user]);
    await stage.bench.clock.advance(2_000);
    expect(await codeOf(given)).toBe('done');
    expect([phone.hears(), agent.end, stage.told]).toEqual([[`4:${expert}`], '0/5003', []]);
    expect(await codeOf(stage.host.hold!(channel))).toBe('call/gone');
    expect(await codeOf(stage.host.close(channel, person('x')))).toBe('done');
    expect(phone.state$.value.status).toBe('connected');
  });

  test('changes nothing when it fails', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    stage.bench.core.phones.set(expert, { reaction: 'busy' });
    const given = codeOf(stage.host.transfer!(channel, { phone: expert }));
    await stage.bench.clock.advance(1_000);
    expect([await given, phone.hears(), stage.told]).toEqual(['call/busy', [agent.user], []]);
    phone.hangUp();
    await stage.bench.clock.advance(0);
    expect(stage.told).toEqual([['customerLeft', 'ch-1', 'hung-up']]);
  });

  test('tells of a customer who hangs up meanwhile', async () => {
    const stage = new HostStage();
    const { phone } = await stage.talking();
    const given = codeOf(stage.host.transfer!(channel, { phone: expert }));
    phone.hangUp();
    await stage.bench.clock.advance(0);
    expect([await given, stage.told]).toEqual(['call/gone', [['customerLeft', 'ch-1', 'hung-up']]]);
    expect(stage.bench.core.calls.list()).toEqual([]);
  });

  test('gives way to the end of the call', async () => {
    const stage = new HostStage();
    await stage.talking();
    const given = codeOf(stage.host.transfer!(channel, { phone: expert }));
    await stage.host.close(channel, person('x'));
    await stage.bench.clock.advance(5_000);
    expect([await given, stage.told, stage.bench.core.calls.list()]).toEqual(['call/gone', [], []]);
  });

  test('to Teams users takes an option, and an agent is no such target', async () => {
    const stage = new HostStage();
    await stage.talking();
    expect(stage.host.actions).not.toContain('transferToTeamsUser');
    expect(await codeOf(stage.host.transfer!(channel, { teamsUser: 'u' }))).toBe('command/invalid');
    expect(await codeOf(stage.host.add!(channel, { teamsUser: 'u' }))).toBe('command/invalid');
    const open = new HostStage({ teamsUsers: true, muteParticipants: true });
    await open.talking();
    expect(open.host.actions).toEqual(
      expect.arrayContaining(['transferToTeamsUser', 'addTeamsUser', 'muteParticipant']),
    );
    expect(await codeOf(open.host.add!(channel, { teamsUser: 'u' }))).toBe('call/unreachable');
  });
});

describe('a release', () => {
  test('leaves the customer and the other together until one of them goes', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    const other = await stage.added();
    await stage.host.hold!(channel);
    stage.told.length = 0;
    await stage.host.release!(channel);
    expect([phone.hears(), other.hears(), agent.end]).toEqual([[`4:${expert}`], [cleo], '0/5000']);
    other.hangUp();
    await stage.bench.clock.advance(0);
    expect(phone.state$.value.status).toBe('ended');
    expect(stage.told).toEqual([['changed', 'ch-1', 'resumed']]);
  });

  test('needs somebody to stay with the customer', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    expect(await codeOf(stage.host.release!(channel))).toBe('call/gone');
    expect(phone.hears()).toEqual([agent.user]);
  });
});

describe('a recording', () => {
  test('ends when our agents leave the customer to somebody outside; else all stay', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    const other = await stage.added();
    await stage.host.record!(channel, 'start');
    stage.failing.set('record', 2);
    expect(await codeOf(stage.host.release!(channel))).toBe('call/service');
    expect([agent.end, agent.call?.recording]).toEqual([undefined, true]);
    await stage.host.release!(channel);
    await stage.bench.clock.advance(0);
    expect([phone.hears(), other.hears()]).toEqual([[`4:${expert}`], [cleo]]);
    expect(stage.changes).toEqual(['recording-started', 'recording-stopped']);
  });

  test('starts, pauses, goes on and stops, and is told of', async () => {
    const stage = new HostStage();
    const { agent } = await stage.talking();
    const seen: (boolean | undefined)[] = [];
    for (const step of ['start', 'pause', 'resume', 'stop'] as const) {
      await stage.host.record!(channel, step);
      seen.push(agent.call?.recording);
    }
    await stage.bench.clock.advance(0);
    expect(seen).toEqual([true, false, true, false]);
    expect(stage.changes).toEqual(['recording-started', 'recording-paused', 'recording-resumed', 'recording-stopped']);
    expect(await codeOf(stage.host.record!(channel, 'pause'))).toBe('command/invalid');
  });
});

describe('a call that begins with the agent', () => {
  const made = async () => {
    const stage = new HostStage();
    const agent = await stage.join();
    return { stage, agent };
  };

  test('rings the agent with our id, then the customer, whom the agent hears ring', async () => {
    const { stage, agent } = await made();
    expect(agent.incoming?.context?.voipHeaders).toEqual([{ key: 'onescreen-correlation', value: 'offer-1' }]);
    expect(await stage.host.dial!(channel, { phone: customer })).toEqual({ acs: cleo });
    expect(agent.hears).toEqual(['ringback']);
    await stage.bench.clock.advance(2_000);
    expect(agent.hears).toEqual([cleo]);
    await stage.host.hold!(channel);
    await stage.host.resume!(channel);
    stage.bench.core.phones.latest(customer)?.hangUp();
    await stage.bench.clock.advance(0);
    expect([agent.end, stage.told.at(-1)]).toEqual(['0/5003', ['customerLeft', 'ch-1', 'hung-up']]);
    expect(await codeOf(stage.host.join(channel, person(agent.user), ring()))).toBe('call/gone');
  });

  test('ends when the customer does not answer, or the agent goes before', async () => {
    const busy = await made();
    busy.stage.bench.core.phones.set(customer, { reaction: 'busy' });
    await busy.stage.host.dial!(channel, { phone: customer });
    await busy.stage.bench.clock.advance(1_000);
    expect(busy.stage.told).toEqual([['customerLeft', 'ch-1', 'busy']]);
    const { stage, agent } = await made();
    await stage.host.dial!(channel, { phone: customer });
    await agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    await stage.bench.clock.advance(0);
    expect([stage.told, stage.bench.core.calls.list()]).toEqual([
      [['agentLeft', 'ch-1', { acs: agent.user }, 'hung-up']],
      [],
    ]);
  });

  test('comes to nothing when the agent does not answer, and can be tried again', async () => {
    const stage = new HostStage();
    const page = await stage.bench.page({ kind: 'tpeAgent' });
    const join = (signal?: AbortSignal) => codeOf(stage.host.join(channel, person(page.user), ring(5_000, signal)));
    const unanswered = join();
    await stage.bench.clock.advance(5_000);
    expect(await unanswered).toBe('call/no-answer');
    const abort = new AbortController();
    const aborted = join(abort.signal);
    await stage.bench.clock.advance(0);
    abort.abort();
    await stage.bench.clock.advance(0);
    const left = join();
    await stage.bench.clock.advance(0);
    await stage.host.leave(channel, person(page.user));
    const closed = join();
    await stage.bench.clock.advance(0);
    await stage.host.close(channel, person('x'));
    expect(await Promise.all([aborted, left, closed])).toEqual(Array(3).fill('command/aborted'));
    expect(await codeOf(stage.host.dial!(channel, { phone: customer }))).toBe('call/gone');
    const joined = join();
    await stage.bench.clock.advance(0);
    await page.accept();
    expect([await joined, stage.told]).toEqual(['done', []]);
  });
});
