import { createCallHost, type CallHostOptions } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import {
  account,
  agent,
  answerOf,
  customer,
  listed,
  person,
  scripted,
  standing,
} from '../call-automation/scripted-api';
import { channel, person as agentOf, ring } from './host-stage';

/** A host over a scripted Call Automation, whose caller has been answered. */
async function called(options: Partial<CallHostOptions> = {}) {
  const world = scripted({ speechEndpoint: 'https://speech.example' });
  const { clock, service, post } = world;
  const host = createCallHost({ control: world.automation, resourceAccount: account, clock, ...options });
  const changes: unknown[] = [];
  host.start({
    arrived: async () => channel.channelId,
    customerLeft: () => {},
    agentLeft: () => {},
    joined: () => {},
    changed: (_, change) => void changes.push(change),
    callbackWanted: () => {},
  });
  await world.ring();
  await clock.advance(0);
  await post(['CallConnected'], ['ParticipantsUpdated', { sequenceNumber: 1, participants: listed(customer) }]);
  const join = async (sequenceNumber = 2, who = agent) => {
    const joined = host.join(channel, agentOf(who), ring());
    await clock.advance(0);
    await post(['ParticipantsUpdated', { sequenceNumber, participants: listed(customer, who) }]);
    await joined;
    await clock.advance(1_000);
  };
  const since = (what: string) => service.commands.slice(service.commands.lastIndexOf(what) + 1);
  return { ...world, host, changes, join, since };
}

/** The service has put the customer on hold, and nobody can be asked whether it has. */
async function heldUnseen() {
  const stage = await called();
  await stage.join();
  const { clock, service, host } = stage;
  service.people = [person(customer, true), person(agent)];
  service.fail('read', ...Array.from({ length: 20 }, () => answerOf(503, 0)));
  service.fail('unhold', answerOf(503, 0));
  const held = standing(host.hold!(channel));
  await clock.advance(30_000);
  expect([held(), stage.since('hold'), stage.changes]).toEqual(['command/timed-out', ['unhold'], []]);
  service.failures.clear();
  return stage;
}

/** The service tells that the latest end of a hold has been carried out. */
async function resumed({ post, service }: Awaited<ReturnType<typeof called>>) {
  await post(['HoldAudioCompleted', { operationContext: service.last('unhold').context }]);
}

describe('a hold of which nobody knows what became', () => {
  it('is taken back', async () => {
    const stage = await called();
    await stage.join();
    const held = standing(stage.host.hold!(channel));
    stage.service.fail('read', ...Array.from({ length: 20 }, () => answerOf(503, 0)));
    await stage.clock.advance(8_000);
    expect(stage.since('hold')).toEqual(['unhold']);
    await resumed(stage);
    expect([held(), stage.changes]).toEqual(['command/timed-out', []]);
    await stage.host.resume!(channel);
    expect(stage.since('hold')).toEqual(['unhold']);
  });

  it('is ended when somebody resumes the call, though it never was held as far as we know', async () => {
    const stage = await heldUnseen();
    const done = standing(stage.host.resume!(channel));
    await stage.clock.advance(0);
    await resumed(stage);
    expect([stage.since('hold'), done()]).toEqual([['unhold', 'unhold'], 'done']);
    await stage.host.resume!(channel);
    expect(stage.since('hold')).toEqual(['unhold', 'unhold']);
  });

  it('is ended when the next agent comes', async () => {
    const stage = await heldUnseen();
    await stage.join(3, '8:acs:r1_next');
    expect(stage.since('add')).toEqual(expect.arrayContaining(['unhold']));
  });
});

describe('an agent of whom the service knows nothing', () => {
  it('cannot be reached, and the customer waits on', async () => {
    const { host, clock, post, service } = await called();
    const joined = standing(host.join(channel, agentOf(agent), ring()));
    await clock.advance(0);
    const resultInformation = { code: 404, subCode: 5300, message: 'User not found.' };
    await post(['AddParticipantFailed', { operationContext: service.last('add').context, resultInformation }]);
    expect([joined(), service.commands]).toEqual(['call/unreachable', ['answer', 'play', 'add']]);
  });
});

describe('a greeting that takes too long', () => {
  it('asks the customer nothing any more once an agent is there', async () => {
    const { clock, join, service } = await called({
      greet: async (call) => {
        await call.collect({ prompt: { text: 'Press one.' }, most: 9, forMs: 1_000_000 });
        return undefined;
      },
    });
    await clock.advance(46_000);
    await join();
    expect(service.commands).toEqual(['answer', 'recognise', 'stopMedia', 'play', 'add', 'stopMedia']);
  });
});
