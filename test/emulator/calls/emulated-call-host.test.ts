import { isContactCenterError, type ParticipantRecord } from 'onescreen';
import { emulatedCallHost } from 'onescreen/emulator';
import type { ArrivedCall, CallHost, HostedChannel } from 'onescreen/server';
import { describe, expect, test } from 'vitest';
import { CallBench, customer, ra, service, type Page } from './call-bench';

const deaf = {
  customerLeft: () => {},
  agentLeft: () => {},
  joined: () => {},
  changed: () => {},
  callbackWanted: () => {},
};

interface Stage {
  readonly bench: CallBench;
  readonly host: CallHost;
  readonly told: unknown[][];
  readonly arrived: ArrivedCall[];
  readonly channel: HostedChannel;
}

function stage(wanted: string | undefined = 'ch-1', onArrived: (stage: Stage) => unknown = () => {}): Stage {
  const bench = new CallBench();
  const host = emulatedCallHost(bench.core, { resourceAccount: ra, phoneNumber: service, endpoint: 'http://here' });
  const told: unknown[][] = [];
  const arrived: ArrivedCall[] = [];
  host.start({
    arrived: async (call) => {
      arrived.push(call);
      await onArrived(set);
      return call.channelId ?? wanted;
    },
    customerLeft: (...rest) => void told.push(['customerLeft', ...rest]),
    agentLeft: (...rest) => void told.push(['agentLeft', ...rest]),
    joined: (...rest) => void told.push(['joined', ...rest]),
    changed: (...rest) => void told.push(['changed', ...rest]),
    callbackWanted: (...rest) => void told.push(['callbackWanted', ...rest]),
  });
  const channel = { conversationId: 'c-1', channelId: 'ch-1', providerRefs: {} };
  const set = { bench, host, told, arrived, channel };
  return set;
}

const person = (acs: string, role: ParticipantRecord['role'] = 'agent'): ParticipantRecord => ({
  id: `p-${acs.slice(-4)}`,
  role,
  displayName: 'Somebody',
  providerRefs: { acs },
});

const rings = (timeoutMs = 20_000, signal: AbortSignal = new AbortController().signal) => {
  const callIds: string[] = [];
  return {
    correlationId: 'offer-1',
    timeoutMs,
    signal,
    callIds,
    ringing: (ids: readonly string[]) => void callIds.push(...ids),
  };
};

/** An agent's page, with the names and the token that the host gives. */
async function agentOf({ bench, host }: Stage, user?: string): Promise<Page> {
  const acs = user ?? (await host.identify!({ id: 'agent-1', providerRefs: {} }))['acs']!;
  const { token, kind } = await host.token!({ acs });
  expect(kind).toBe('tpeAgent');
  const page = bench.open(acs);
  await page.ask({ type: 'register', token, kind: 'TeamsCallAgent' });
  return page;
}

async function talking() {
  const set = stage();
  const phone = set.bench.core.phones.callFrom(customer, { to: service, displayName: 'Cleo' });
  await set.bench.clock.advance(0);
  const agent = await agentOf(set);
  const joined = set.host.join(set.channel, person(agent.user), rings());
  await set.bench.clock.advance(0);
  await agent.accept();
  await joined;
  return { ...set, phone, agent };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (isContactCenterError(error) ? error.code : String(error)),
  );

describe("a customer's call", () => {
  test('is answered at once and hears music, and arrives with what is known', async () => {
    const { bench, arrived } = stage();
    const phone = bench.core.phones.callFrom(customer, { to: service, displayName: 'Cleo' });
    await bench.clock.advance(0);
    expect([phone.state$.value.status, phone.hears()]).toEqual(['connected', ['music']]);
    expect(arrived).toMatchObject([
      {
        customerRefs: { acs: `4:${customer}` },
        displayName: 'Cleo',
        phone: customer,
        called: `28:orgid:${ra}`,
        context: {},
      },
    ]);
    expect(arrived[0]?.channelId).toBeUndefined();
  });

  test('from a page brings the channel that it was opened for', async () => {
    const { bench, host, arrived } = stage();
    const opened = await host.open({
      conversationId: 'c',
      channelId: 'ch-7',
      customer: { ...person('x', 'customer'), providerRefs: {} },
    });
    expect(opened.providerRefs).toEqual({ resourceAccount: ra, endpoint: 'http://here' });
    const acs = opened.customerRefs['acs']!;
    const { token, kind } = await host.token!({ acs });
    expect(kind).toBe('acsUser');
    const page = bench.open(acs);
    await page.ask({ type: 'register', token, kind: 'CallAgent' });
    const context = {
      voipHeaders: [
        { key: 'onescreen-correlation', value: 'ch-7' },
        { key: 'topic', value: 'bill' },
      ],
    };
    await page.start([`28:orgid:${opened.providerRefs['resourceAccount']}`], { context });
    expect(arrived).toMatchObject([{ channelId: 'ch-7', customerRefs: { acs }, context: { topic: 'bill' } }]);
  });

  test('that is not wanted ends', async () => {
    const set = stage();
    set.host.start({ ...deaf, arrived: async () => undefined });
    const phone = set.bench.core.phones.callFrom(customer, { to: service });
    await set.bench.clock.advance(0);
    expect(phone.state$.value).toMatchObject({ status: 'ended', end: { subCode: 5003 } });
  });

  test('that hangs up while it waits is told once', async () => {
    const { bench, told, host, channel } = stage();
    const phone = bench.core.phones.callFrom(customer, { to: service });
    await bench.clock.advance(0);
    phone.hangUp();
    await bench.clock.advance(0);
    expect(told).toEqual([['customerLeft', 'ch-1', 'hung-up']]);
    expect(await codeOf(host.join(channel, person(bench.core.createUser()), rings()))).toBe('call/gone');
    expect(await codeOf(host.close(channel, person('x', 'customer')))).toBe('done');
    expect(bench.core.calls.list()).toEqual([]);
  });

  test('goes nowhere once the host has stopped', async () => {
    const bench = new CallBench();
    const host = emulatedCallHost(bench.core, { resourceAccount: ra, phoneNumber: service });
    host.start({ ...deaf, arrived: async () => 'x' })();
    const phone = bench.core.phones.callFrom(customer, { to: service });
    expect(phone.state$.value.end).toMatchObject({ code: 403, subCode: 10105 });
  });
});

describe('joining an agent', () => {
  test('rings with our id and ends the music when the agent is there', async () => {
    const set = stage();
    const phone = set.bench.core.phones.callFrom(customer, { to: service });
    await set.bench.clock.advance(0);
    const agent = await agentOf(set);
    const ring = rings();
    const joined = set.host.join(set.channel, person(agent.user), ring);
    await set.bench.clock.advance(0);
    expect(agent.incoming?.context?.voipHeaders).toEqual([{ key: 'onescreen-correlation', value: 'offer-1' }]);
    expect(ring.callIds).toEqual([agent.incoming?.callId]);
    expect(phone.hears()).toEqual(['music']);
    await agent.accept();
    expect(await joined).toEqual({ acs: agent.user });
    expect(phone.hears()).toEqual([agent.user]);
    expect(await set.host.join(set.channel, person(agent.user), rings())).toEqual({ acs: agent.user });
  });

  test('fails with why nobody came', async () => {
    const set = stage();
    const phone = set.bench.core.phones.callFrom(customer, { to: service });
    await set.bench.clock.advance(0);
    const join = (acs: string, ring = rings()) => codeOf(set.host.join(set.channel, person(acs), ring));
    expect(await join(set.bench.core.createUser())).toBe('call/unreachable');
    const agent = await agentOf(set);
    const late = join(agent.user, rings(5_000));
    await set.bench.clock.advance(5_000);
    expect(await late).toBe('call/no-answer');
    const declined = join(agent.user);
    await set.bench.clock.advance(0);
    await agent.ask({ type: 'reject', callId: agent.incoming?.callId ?? '' });
    expect(await declined).toBe('call/declined');
    const abort = new AbortController();
    const aborted = join(agent.user, rings(20_000, abort.signal));
    await set.bench.clock.advance(0);
    abort.abort();
    expect([await aborted, agent.ringEnd]).toEqual(['command/aborted', '487/0']);
    const left = join(agent.user);
    await set.bench.clock.advance(0);
    await set.host.leave(set.channel, person(agent.user));
    expect(await left).toBe('command/aborted');
    const gone = join(agent.user);
    await set.bench.clock.advance(0);
    phone.hangUp();
    expect([await gone, agent.ringEnd]).toEqual(['call/gone', '487/0']);
  });
});

describe('an agent in a call', () => {
  test('who leaves is told, and the customer hears music until the next one', async () => {
    const { bench, agent, phone, told } = await talking();
    await agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    await bench.clock.advance(0);
    expect(told).toEqual([['agentLeft', 'ch-1', { acs: agent.user }, 'hung-up']]);
    expect(phone.hears()).toEqual(['music']);
  });

  test('who is taken out is not told of', async () => {
    const { bench, host, channel, agent, phone, told } = await talking();
    await host.leave(channel, person(agent.user));
    await bench.clock.advance(0);
    expect([told, agent.end, phone.hears()]).toEqual([[], '0/5000', ['music']]);
  });

  test('whose page is lost comes back on another one, and is there once', async () => {
    const set = await talking();
    set.agent.drop();
    const back = await agentOf(set, set.agent.user);
    const joined = set.host.join(set.channel, person(back.user), rings());
    await set.bench.clock.advance(0);
    expect(set.phone.hears()).toEqual(['music']);
    await back.accept();
    await joined;
    await set.bench.clock.advance(20_000);
    expect([set.told, set.phone.hears()]).toEqual([[], [back.user]]);
    expect(set.bench.core.calls.list()[0]?.parties).toHaveLength(3);
  });

  test('whose page is lost for good is told of after a while', async () => {
    const { bench, agent, told, phone } = await talking();
    agent.drop();
    await bench.clock.advance(10_000);
    expect(told).toEqual([['agentLeft', 'ch-1', { acs: agent.user }, 'connection-lost']]);
    expect(phone.hears()).toEqual(['music']);
  });

  test('holds the customer, with music, resumes, and sends tones', async () => {
    const { host, channel, agent, phone, told } = await talking();
    await host.hold!(channel);
    await host.hold!(channel);
    expect([phone.hears(), agent.hears]).toEqual([['music'], []]);
    await host.resume!(channel);
    await host.sendTones!(channel, '12');
    expect([phone.hears(), phone.tones]).toEqual([[agent.user], '12']);
    expect(told.map(([, , change]) => change)).toEqual(['held', 'resumed']);
  });

  test('adds and removes others, and learns of those who do not come', async () => {
    const { bench, host, channel, phone, told, agent } = await talking();
    await host.add!(channel, { phone: '+491702' });
    await bench.clock.advance(2_000);
    expect(phone.hears()).toEqual([agent.user, '4:+491702']);
    await host.remove!(channel, { acs: '4:+491702' });
    bench.core.phones.set('+491703', { reaction: 'busy' });
    await host.add!(channel, { phone: '+491703' });
    await bench.clock.advance(1_000);
    expect(told).toEqual([
      ['joined', 'ch-1', { acs: '4:+491702' }],
      ['agentLeft', 'ch-1', { acs: '4:+491703' }, 'busy'],
    ]);
    bench.core.phones.set('+491704', { reaction: 'unknown' });
    expect(await codeOf(host.add!(channel, { phone: '+491704' }))).toBe('call/bad-destination');
  });

  test('ends the call for everyone', async () => {
    const { bench, host, channel, agent, phone, told } = await talking();
    await host.close(channel, person('x', 'customer'));
    await host.close(channel, person('x', 'customer'));
    await bench.clock.advance(0);
    expect([agent.end, phone.state$.value.status, told]).toEqual(['0/5003', 'ended', []]);
    expect(bench.media.size).toBe(0);
  });

  test('sees that a server records', async () => {
    const { bench, told, agent } = await talking();
    const id = bench.core.calls.list()[0]?.parties.find(({ kind }) => kind === 'server')?.id ?? '';
    bench.core.calls.connection(id)?.startRecording();
    await bench.clock.advance(0);
    expect([agent.call?.recording, told]).toEqual([true, [['changed', 'ch-1', 'recording-started']]]);
  });
});

describe('an outbound call', () => {
  const dialled = async (onArrived?: (stage: Stage) => unknown) => {
    const set = stage('ch-1', onArrived);
    const agent = await agentOf(set);
    const context = { voipHeaders: [{ key: 'onescreen-correlation', value: 'ch-1' }] };
    const { onBehalfOf = '' } = set.host.desksDial ?? {};
    await agent.start([`4:${customer}`], { onBehalfOf, context });
    await agent.media();
    return { ...set, agent };
  };

  test('arrives from the agent, then reaches the customer', async () => {
    const { bench, host, channel, agent, arrived, told } = await dialled();
    expect(arrived).toMatchObject([{ channelId: 'ch-1', customerRefs: { acs: `4:${customer}` }, phone: customer }]);
    expect(await host.dial!(channel, { phone: customer })).toEqual({ acs: `4:${customer}` });
    expect(agent.hears).toEqual(['ringback']);
    await bench.clock.advance(2_000);
    expect(agent.hears).toEqual([`4:${customer}`]);
    bench.core.phones.latest(customer)?.hangUp();
    await bench.clock.advance(0);
    const answered = ['joined', 'ch-1', { acs: `4:${customer}` }];
    expect([agent.end, told]).toEqual(['0/5003', [answered, ['customerLeft', 'ch-1', 'hung-up']]]);
  });

  test.each([
    ['busy', 500, 'busy'],
    ['decline', 2_000, 'declined'],
    ['no-answer', 115_000, 'no-answer'],
    ['unknown', 0, 'bad-destination'],
  ] as const)('ends with why the customer did not answer: %s', async (reaction, ms, reason) => {
    const { bench, host, channel, agent, told } = await dialled();
    bench.core.phones.set(customer, { reaction });
    await host.dial!(channel, { phone: customer });
    await bench.clock.advance(ms);
    expect([told, agent.end]).toEqual([[['customerLeft', 'ch-1', reason]], '0/5003']);
  });

  test.each([
    ['busy', 'busy'],
    ['unknown', 'bad-destination'],
  ] as const)(
    'ends with why even when the server dials before it answers for the arrival: %s',
    async (reaction, why) => {
      const { bench, agent, told } = await dialled(({ bench: { core, clock }, host, channel }) => {
        core.phones.set(customer, { reaction });
        void host.dial!(channel, { phone: customer });
        return new Promise<void>((answer) => clock.schedule(1_000, answer));
      });
      await bench.clock.advance(1_000);
      expect([told, agent.end]).toEqual([[['customerLeft', 'ch-1', why]], '0/5003']);
    },
  );

  test('has lost its point when the agent hangs up first', async () => {
    const { bench, host, channel, agent } = await dialled();
    await host.dial!(channel, { phone: customer });
    await agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    await bench.clock.advance(0);
    expect(bench.core.phones.latest(customer)?.state$.value.status).toBe('ended');
    expect(bench.core.calls.list()).toEqual([]);
  });
});
