import { describe, expect, test } from 'vitest';
import { channel, codeOf, HostStage, person } from './host-stage';

describe('a control that fails', () => {
  test('once at music or at ending a hold is asked again', async () => {
    const stage = new HostStage();
    stage.failing.set('play', 1);
    const { phone, agent } = await stage.talking();
    await stage.host.hold!(channel);
    stage.failing.set('unhold', 1);
    await stage.host.resume!(channel);
    expect(phone.hears()).toEqual([agent.user]);
    stage.failing.set('play', 1);
    stage.failing.set('unhold', 1);
    await stage.host.hold!(channel);
    await agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    await stage.bench.clock.advance(0);
    expect(phone.hears()).toEqual(['music']);
    expect(stage.logged.map(([event]) => event)).toEqual(['call-sound-failed', 'call-sound-failed']);
  });

  test('twice at music is logged, and the call goes on', async () => {
    const stage = new HostStage();
    stage.failing.set('play', 2);
    const { phone, agent } = await stage.talking();
    expect([phone.hears(), stage.logged]).toMatchObject([
      [agent.user],
      [
        ['call-sound-failed', { again: true, code: 'call/service' }],
        ['call-sound-failed', { again: false }],
      ],
    ]);
  });

  test('at ending the hold of a customer left alone leaves the music of the hold, and the next agent ends it', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    await stage.host.hold!(channel);
    stage.failing.set('unhold', 2);
    await agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    await stage.bench.clock.advance(0);
    expect([phone.hears(), stage.logged]).toMatchObject([['music'], [['call-step-failed', { step: 'unhold' }]]]);
    const next = await stage.join();
    await stage.bench.clock.advance(0);
    expect([phone.hears(), stage.changes]).toEqual([[next.user], ['held', 'resumed']]);
  });

  test('at a hold, or twice at ending one, refuses it', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    stage.failing.set('hold', 1);
    expect(await codeOf(stage.host.hold!(channel))).toBe('call/service');
    expect([phone.hears(), stage.changes]).toEqual([[agent.user], []]);
    await stage.host.hold!(channel);
    stage.failing.set('unhold', 2);
    expect(await codeOf(stage.host.resume!(channel))).toBe('call/service');
    await stage.host.resume!(channel);
    expect([phone.hears(), stage.changes]).toEqual([[agent.user], ['held', 'resumed']]);
  });

  test('at taking an agent out says so, and the agent stays', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    stage.failing.set('remove', 2);
    expect(await codeOf(stage.host.leave(channel, person(agent.user)))).toBe('call/service');
    expect(phone.hears()).toEqual([agent.user]);
    await agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    await stage.bench.clock.advance(0);
    expect(stage.told).toEqual([['agentLeft', 'ch-1', { acs: agent.user }, 'hung-up']]);
  });

  test.each(['add', 'transfer', 'record'] as const)('at %s changes nothing', async (step) => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    stage.failing.set(step, 1);
    const tried = {
      add: () => stage.host.add!(channel, { phone: '+491702' }),
      transfer: () => stage.host.transfer!(channel, { phone: '+491702' }),
      record: () => stage.host.record!(channel, 'start'),
    };
    expect(await codeOf(tried[step]())).toBe('call/service');
    expect([phone.hears(), stage.told]).toEqual([[agent.user], []]);
    expect(await codeOf(stage.host.add!(channel, { phone: '+491702' }))).toBe('done');
  });
});

describe('whoever leaves while something is under way', () => {
  test.each(['hold', 'unhold', 'add', 'transfer', 'remove', 'sendTones', 'record'] as const)(
    'the customer, at %s: it is over, and told once',
    async (step) => {
      const stage = new HostStage();
      const { phone, agent } = await stage.talking();
      if (step === 'unhold') await stage.host.hold!(channel);
      stage.told.length = 0;
      stage.before = (now) => {
        if (now === step) phone.hangUp();
      };
      const { host } = stage;
      const tried = {
        hold: () => host.hold!(channel),
        unhold: () => host.resume!(channel),
        add: () => host.add!(channel, { phone: '+491702' }),
        transfer: () => host.transfer!(channel, { phone: '+491702' }),
        remove: () => host.leave(channel, person(agent.user)),
        sendTones: () => host.sendTones!(channel, '1'),
        record: () => host.record!(channel, 'start'),
      };
      await codeOf(tried[step]());
      await stage.bench.clock.advance(120_000);
      expect(stage.told.filter(([what]) => what === 'customerLeft')).toEqual([['customerLeft', 'ch-1', 'hung-up']]);
      expect(stage.bench.core.calls.list()).toEqual([]);
    },
  );

  test('the agent, at a hold: the customer is taken from it again', async () => {
    const stage = new HostStage();
    const { phone, agent } = await stage.talking();
    stage.before = (step) => {
      if (step === 'hold') void agent.ask({ type: 'hang-up', callId: agent.callId, forEveryone: false });
    };
    await stage.host.hold!(channel);
    await stage.bench.clock.advance(0);
    expect([phone.state$.value.status, phone.hears()]).toEqual(['connected', ['music']]);
    stage.before = () => undefined;
    const next = await stage.join();
    expect(phone.hears()).toEqual([next.user]);
  });
});
