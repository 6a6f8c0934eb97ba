import type { GreetedCall } from 'onescreen/server';
import { describe, expect, test } from 'vitest';
import { customer, ra } from '../../emulator/calls/call-bench';
import { channel, cleo, codeOf, HostStage } from './host-stage';

const welcome = { text: 'Welcome' };

describe('a greeting', () => {
  test('is heard before the call is told of, and what was asked goes with it', async () => {
    const facts: Partial<GreetedCall>[] = [];
    const stage = new HostStage({
      greet: async (call) => {
        facts.push({ from: call.from, called: call.called });
        await call.play(welcome);
        const topic = await call.collect({ prompt: { text: 'Press one for bills' }, most: 1, forMs: 5_000 });
        return { context: { topic } };
      },
    });
    const phone = await stage.waiting();
    expect([phone.hears(), stage.arrived]).toEqual([['speech'], []]);
    await stage.bench.clock.advance(1_000);
    phone.sendTones('1');
    await stage.bench.clock.advance(0);
    expect([phone.hears(), stage.arrived]).toMatchObject([['music'], [{ context: { topic: '1' }, phone: customer }]]);
    expect(facts).toEqual([{ from: { rawId: cleo, displayName: 'Cleo' }, called: `28:orgid:${ra}` }]);
  });

  test('that hangs up, or whose customer does, is told to nobody', async () => {
    const refused = new HostStage({ greet: async () => 'hang-up' });
    const phone = await refused.waiting();
    expect([phone.state$.value.status, refused.arrived]).toEqual(['ended', []]);
    const outcomes: Promise<string>[] = [];
    const impatient = new HostStage({
      greet: async (call) => {
        outcomes.push(codeOf(call.play(welcome)));
        await outcomes[0];
        outcomes.push(codeOf(call.collect({ most: 1, forMs: 5_000 })));
        await outcomes[1];
        return undefined;
      },
    });
    const caller = await impatient.waiting();
    caller.hangUp();
    await impatient.bench.clock.advance(0);
    expect(await Promise.all(outcomes)).toEqual(['call/gone', 'call/gone']);
    expect([impatient.arrived, impatient.told, impatient.bench.core.calls.list()]).toEqual([[], [], []]);
  });

  test('that fails or takes too long is over, and the call goes on', async () => {
    const broken = new HostStage({
      greet: async () => {
        throw new Error('no greeting');
      },
    });
    const phone = await broken.waiting();
    expect([phone.hears(), broken.arrived.length, broken.logged[0]?.[0]]).toEqual([['music'], 1, 'greeting-failed']);
    const endless = new HostStage({
      greet: async (call) => {
        await call.collect({ prompt: welcome, most: 9, forMs: 1_000_000 });
        return undefined;
      },
    });
    const caller = await endless.waiting();
    await endless.bench.clock.advance(44_000);
    expect(endless.arrived).toEqual([]);
    await endless.bench.clock.advance(1_000);
    expect([caller.hears(), endless.arrived.length]).toEqual([['music'], 1]);
  });
});

describe('while waiting', () => {
  test('the customer is told how the wait stands, and hears music again', async () => {
    const stage = new HostStage();
    const phone = await stage.waiting();
    const standing = { position: 2, queueLength: 4, estimatedWaitMs: 120_000 };
    const said = stage.host.announce!(channel, standing, new AbortController().signal);
    await stage.bench.clock.advance(0);
    expect(phone.hears()).toEqual(['speech']);
    await stage.bench.clock.advance(10_000);
    await said;
    expect(phone.hears()).toEqual(['music']);
    const abort = new AbortController();
    const cut = stage.host.announce!(channel, standing, abort.signal);
    await stage.bench.clock.advance(0);
    abort.abort();
    await cut;
    await stage.bench.clock.advance(0);
    expect(phone.hears()).toEqual(['music']);
    const interrupted = stage.host.announce!(channel, standing, new AbortController().signal);
    const agent = await stage.join();
    await interrupted;
    await stage.bench.clock.advance(0);
    expect(phone.hears()).toEqual([agent.user]);
    await stage.host.announce!(channel, standing, new AbortController().signal);
    expect(phone.hears()).toEqual([agent.user]);
  });

  test('a key of the menu asks to be called back, and only then', async () => {
    const stage = new HostStage({ queueMenu: { callbackKey: '9', prompt: { text: 'Press nine to be called back' } } });
    const phone = await stage.waiting();
    expect(phone.hears()).toEqual(['speech']);
    phone.sendTones('19');
    await stage.bench.clock.advance(5_000);
    expect([phone.hears(), stage.told]).toEqual([['music'], [['callbackWanted', 'ch-1']]]);
    await stage.join();
    phone.sendTones('9');
    await stage.bench.clock.advance(0);
    expect(stage.told).toHaveLength(1);
  });
});
