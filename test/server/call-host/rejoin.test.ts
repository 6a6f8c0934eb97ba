import { describe, expect, test } from 'vitest';
import { channel, cleo, codeOf, HostStage, person, ring } from './host-stage';

/** An agent's page is loaded anew while the part of the old one still counts as in the call. */
async function reloaded(tellsLost: boolean) {
  const stage = new HostStage();
  stage.tellsLost = tellsLost;
  const { phone, agent } = await stage.talking();
  agent.drop();
  await stage.bench.clock.advance(10);
  return { stage, phone, agent, page: await stage.bench.page({ kind: 'tpeAgent', user: agent.user }) };
}

describe.each([
  ['tells whose page is lost', true],
  ['cannot tell whose page is lost', false],
])('an agent who comes back on another page, where the control %s', (_, tellsLost) => {
  test('is rung there, without a word about the old part, and the customer hears music meanwhile', async () => {
    const { stage, phone, agent, page } = await reloaded(tellsLost);
    const joined = stage.host.join(channel, person(agent.user), ring());
    await stage.bench.clock.advance(0);
    expect([phone.hears(), page.incoming?.context?.voipHeaders]).toEqual([
      ['music'],
      [{ key: 'onescreen-correlation', value: 'offer-1' }],
    ]);
    await page.accept();
    expect(await joined).toEqual({ acs: agent.user });
    await stage.bench.clock.advance(30_000);
    expect([phone.hears(), page.hears, stage.told]).toEqual([[agent.user], [cleo], []]);
  });

  test('is told of as gone when the new page is', async () => {
    const { stage, agent, page } = await reloaded(tellsLost);
    const joined = stage.host.join(channel, person(agent.user), ring());
    await stage.bench.clock.advance(0);
    await page.accept();
    await joined;
    await page.ask({ type: 'hang-up', callId: page.callId, forEveryone: false });
    await stage.bench.clock.advance(0);
    expect(stage.told).toEqual([['agentLeft', 'ch-1', { acs: agent.user }, 'hung-up']]);
  });

  test('can be tried again when nobody answers', async () => {
    const { stage, phone, agent, page } = await reloaded(tellsLost);
    const unanswered = codeOf(stage.host.join(channel, person(agent.user), ring(5_000)));
    await stage.bench.clock.advance(5_000);
    expect([await unanswered, phone.hears(), stage.told]).toEqual(['call/no-answer', ['music'], []]);
    const joined = codeOf(stage.host.join(channel, person(agent.user), ring()));
    await stage.bench.clock.advance(0);
    await page.accept();
    expect([await joined, phone.hears()]).toEqual(['done', [agent.user]]);
  });
});

describe('where the control cannot tell whose page is lost', () => {
  test('a part that cannot be taken out stays, and the join says why', async () => {
    const { stage, agent } = await reloaded(false);
    stage.failing.set('remove', 2);
    expect(await codeOf(stage.host.join(channel, person(agent.user), ring()))).toBe('call/service');
    await stage.bench.clock.advance(30_000);
    expect(stage.told).toEqual([['agentLeft', 'ch-1', { acs: agent.user }, 'connection-lost']]);
  });

  test('a join that is given up while the old part goes rings nobody', async () => {
    const { stage, agent, page } = await reloaded(false);
    const given = new AbortController();
    stage.before = (step) => {
      if (step === 'remove') given.abort();
    };
    expect(await codeOf(stage.host.join(channel, person(agent.user), ring(5_000, given.signal)))).toBe(
      'command/aborted',
    );
    await stage.bench.clock.advance(0);
    expect([page.incoming, stage.told]).toEqual([undefined, []]);
  });
});

test('a join where the control tells that the agent’s page is there rings nobody', async () => {
  const stage = new HostStage();
  const { agent } = await stage.talking();
  await stage.host.join(channel, person(agent.user), ring());
  expect([agent.end, stage.told]).toEqual([undefined, []]);
});
