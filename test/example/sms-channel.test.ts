import { readFile } from 'node:fs/promises';
import { ContactCenterClient, isChatChannel, type Task, type Timeline } from 'onescreen';
import { controlPlane } from 'onescreen/control-plane';
import { createServer, type AgentIdentity } from 'onescreen/server';
import { inProcessFetch, inProcessSocket, seededRandom, virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { simulatedCarrier } from '../../examples/one-screen/sms/sms-carrier';
import { smsHost, startSmsGateway } from '../../examples/one-screen/sms/sms-gateway';
import { smsProvider } from '../../examples/one-screen/sms/sms-provider';

const phone = '+4915100000001';

/** Ann and Ben take two text messages each; Carl takes chats alone. */
const agents: readonly AgentIdentity[] = [
  ...['ann', 'ben'].map((id) => ({ id, channels: [{ channel: 'sms', cost: 1 }], capacity: 2 })),
  { id: 'carl', channels: [{ channel: 'chat', cost: 1 }], capacity: 5 },
].map((agent) => ({ ...agent, displayName: agent.id, queues: ['support'] }));

function world() {
  const clock = virtualClock();
  const random = seededRandom('sms');
  const carrier = simulatedCarrier();
  const server = createServer({
    authenticate: (request) => agents.find(({ id }) => request.headers.get('authorization') === `Bearer ${id}`),
    queues: [{ id: 'support' }],
    chats: [smsHost],
    ...{ clock, random },
  });
  const gateway = startSmsGateway({
    server: 'https://cc.example',
    carrier,
    environment: { clock, random: random.fork('gateway'), socket: inProcessSocket(server, clock) },
    fetch: inProcessFetch(server),
  });
  const desk = async (id: string) => {
    const client = new ContactCenterClient({
      controlPlane: controlPlane('https://cc.example'),
      tokens: async () => ({ token: id, expiresOn: Date.UTC(2100, 0) }),
      providers: [smsProvider()],
      environment: { clock, random: random.fork(id), socket: inProcessSocket(server, clock) },
    });
    const agent = await client.signIn();
    await agent.setAvailability({ kind: 'available' });
    return client;
  };
  const accept = async (client: ContactCenterClient): Promise<Task> => {
    await clock.runUntil(() => client.offers$.value.length > 0);
    const [offer] = client.offers$.value;
    if (offer === undefined) throw new Error('there is no offer');
    return offer.accept();
  };
  return { clock, carrier, server, gateway, desk, accept };
}

function texts(timeline: Timeline): readonly string[] {
  return [...timeline].flatMap((item) => (item.kind === 'message' ? [item.text] : []));
}

function sms(task: Task) {
  const channel = task.conversation.channel('sms');
  if (!isChatChannel(channel)) throw new Error('there is no text channel');
  return channel;
}

describe('a fourth channel that a vendor adds', () => {
  it('is routed to agents who take it, stands in the timeline both ways, and ends', async () => {
    const { clock, carrier, desk, accept, gateway, server } = world();
    const [ann, carl] = [await desk('ann'), await desk('carl')];
    carrier.receive(phone, 'Where is my order?');
    const task = await accept(ann);
    expect(carl.offers$.value).toEqual([]);
    expect(task.channel).toBe('sms');
    expect(task.conversation.state$.value.customer?.displayName).toBe(phone);
    await sms(task).send('On its way.');
    carrier.receive(phone, 'Thanks!');
    await clock.advance(1_000);
    expect(texts(task.conversation.timeline$.value)).toEqual(['Where is my order?', 'On its way.', 'Thanks!']);
    expect(carrier.sent).toEqual([{ to: phone, text: 'On its way.' }]);
    await task.end();
    await clock.advance(1_000);
    carrier.receive(phone, 'One more thing');
    await task.wrapUp.complete({});
    const next = await accept(ann);
    expect(next.conversationId).not.toBe(task.conversationId);
    await Promise.all([gateway.close(), ann.close(), carl.close()]);
    await server.close();
  });

  it('says what a text message cannot do, and keeps to its length', async () => {
    const { carrier, desk, accept } = world();
    const ann = await desk('ann');
    carrier.receive(phone, 'hello');
    const task = await accept(ann);
    expect(task.can('send')).toEqual({ allowed: true });
    expect(task.can('edit')).toMatchObject({ allowed: false, reason: 'not-supported' });
    expect(task.can('hold')).toMatchObject({ allowed: false, reason: 'not-supported' });
    await expect(sms(task).send('x'.repeat(1_601))).rejects.toMatchObject({ code: 'message/too-large' });
  });

  it('takes capacity of its own, and waits where there is none', async () => {
    const { clock, carrier, desk, accept } = world();
    const ann = await desk('ann');
    for (const last of [1, 2, 3]) carrier.receive(`+491510000000${last}`, 'hello');
    await accept(ann);
    await accept(ann);
    await clock.advance(1_000);
    expect(ann.agent.state$.value.load).toMatchObject({ used: 2, capacity: 2 });
    expect(ann.offers$.value).toEqual([]);
    const ben = await desk('ben');
    expect((await accept(ben)).channel).toBe('sms');
  });

  it('is transferred with all that was said', async () => {
    const { clock, carrier, desk, accept } = world();
    const ann = await desk('ann');
    carrier.receive(phone, 'hello');
    const task = await accept(ann);
    await sms(task).send('I ask Ben.');
    const ben = await desk('ben');
    const given = task.transfer({ agent: 'ben' }, { note: 'wants a refund' });
    const next = await accept(ben);
    await given;
    expect(next.conversationId).toBe(task.conversationId);
    expect(next.from).toMatchObject({ note: 'wants a refund' });
    await sms(next).send('Ben here.');
    await clock.advance(1_000);
    expect(texts(next.conversation.timeline$.value)).toEqual(['hello', 'I ask Ben.', 'Ben here.']);
    expect(carrier.sent.map(({ text }) => text)).toEqual(['I ask Ben.', 'Ben here.']);
  });

  it('is written as its guide shows it', async () => {
    const guide = await readFile('docs/own-channel.md', 'utf8');
    for (const file of ['sms-provider', 'sms-gateway']) {
      const source = await readFile(`examples/one-screen/sms/${file}.ts`, 'utf8');
      expect(guide).toContain(`\`\`\`ts\n${source}\`\`\``);
    }
  });
});
