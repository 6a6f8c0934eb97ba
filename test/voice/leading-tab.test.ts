import { createEnvironment, type Broadcast, type Environment } from 'onescreen';
import { createBroadcast, createLocks, seededRandom, virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { joinTabs } from '../../src/voice/tabs';

/** Tabs of one browser: one clock, one set of locks, one broadcast. */
function browser() {
  const clock = virtualClock();
  const locks = createLocks();
  const shared = createBroadcast();
  let seed = 0;
  const open = () => {
    let frozen = false;
    let leave = () => {};
    let comeBack = () => {};
    const broadcast: Broadcast = {
      open: (name, receive) => {
        const line = shared.open(name, (message) => {
          if (!frozen) receive(message);
        });
        return line;
      },
    };
    const environment: Environment = {
      ...createEnvironment(),
      clock,
      locks,
      broadcast,
      random: seededRandom(++seed),
      page: {
        onLeave: (run) => ((leave = run), () => {}),
        onReturn: (run) => ((comeBack = run), () => {}),
      },
    };
    const owner = joinTabs('agent/ada', environment);
    return {
      ...owner,
      get leading() {
        return owner.tabs.state$.value.leading;
      },
      freeze: (value: boolean) => (frozen = value),
      leave: () => leave(),
      comeBack: () => comeBack(),
    };
  };
  return { clock, open };
}

describe('the tabs of one agent', () => {
  it('have one leader, the first', async () => {
    const { clock, open } = browser();
    const [first, second, third] = [open(), open(), open()];
    await clock.advance(0);
    expect([first, second, third].map(({ leading }) => leading)).toEqual([true, false, false]);
    for (const tab of [first, second, third]) tab.close();
  });

  it('hand over at once when the leading one closes', async () => {
    const { clock, open } = browser();
    const [first, second, third] = [open(), open(), open()];
    await clock.advance(0);
    first.close();
    await clock.advance(0);
    expect([second, third].map(({ leading }) => leading)).toEqual([true, false]);
    second.close();
    third.close();
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  it('hand over when the leading page is put aside for a return with "back", which then follows', async () => {
    const { clock, open } = browser();
    const [first, second] = [open(), open()];
    await clock.advance(0);
    first.leave();
    await clock.advance(0);
    expect([first.leading, second.leading]).toEqual([false, true]);
    first.comeBack();
    await clock.advance(10_000);
    expect([first.leading, second.leading]).toEqual([false, true]);
    first.close();
    second.close();
  });

  it('lead again after a return when no other tab is there', async () => {
    const { clock, open } = browser();
    const only = open();
    await clock.advance(0);
    only.leave();
    expect(only.leading).toBe(false);
    only.comeBack();
    await clock.advance(0);
    expect(only.leading).toBe(true);
    only.close();
  });

  it('take the lead from a frozen tab within 6 s, and never let it lead beside them', async () => {
    const { clock, open } = browser();
    const [first, second] = [open(), open()];
    await clock.advance(20_000);
    expect([first.leading, second.leading]).toEqual([true, false]);
    first.freeze(true);
    await clock.advance(6_000);
    expect([first.leading, second.leading]).toEqual([false, true]);
    first.freeze(false);
    await clock.advance(20_000);
    expect([first.leading, second.leading]).toEqual([false, true]);
    second.close();
    await clock.advance(0);
    expect(first.leading).toBe(true);
    first.close();
  });

  it('let one take over when it is asked to', async () => {
    const { clock, open } = browser();
    const [first, second] = [open(), open()];
    await clock.advance(0);
    await second.tabs.takeOver();
    await clock.advance(0);
    expect([first.leading, second.leading]).toEqual([false, true]);
    first.close();
    second.close();
  });

  it('talk to each other, and nobody hears what is not theirs', async () => {
    const { clock, open } = browser();
    const [first, second] = [open(), open()];
    const heard: unknown[] = [];
    second.link.messages$.subscribe((message) => heard.push(message));
    await clock.advance(5_000);
    first.link.post({ hello: 'there' });
    await clock.advance(0);
    expect(heard).toEqual([{ hello: 'there' }]);
    first.close();
    second.close();
  });
});
