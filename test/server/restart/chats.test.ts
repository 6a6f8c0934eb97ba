import { describe, expect, it } from 'vitest';
import { agent } from '../contact-center';
import { accepted, restartWorld, story, texts } from './restart-world';

const two = [agent('ann', { capacity: 2 }), agent('ben')];

describe('a customer who waits while the server is killed', () => {
  it('waits on, in the same place and with the same age', async () => {
    const world = restartWorld();
    const cleo = await world.chat('Cleo');
    await world.clock.advance(30_000);
    const dora = await world.chat('Dora');
    await world.restart(5_000);
    expect(cleo.state$.value).toMatchObject({ phase: 'queued', position: 1, queueLength: 2, link: 'online' });
    expect(dora.state$.value).toMatchObject({ phase: 'queued', position: 2, queueLength: 2, link: 'online' });
    const ann = await world.desk('ann');
    const task = await accepted(world, ann);
    expect(task.conversation.id).toBe(cleo.conversationId);
    expect(task.sla$.value.waitedMs).toBe(35_000);
    expect(texts(cleo)).toEqual([]);
  });

  it('keeps priority, labels and selectors, those that expire included', async () => {
    const skills = [agent('ann', { labels: { french: 5 } }), agent('ben')];
    const world = restartWorld(
      {
        route: ({ context }) => ({
          priority: Number(context['priority'] ?? 0),
          labels: { vip: true },
          selectors:
            context['french'] === true
              ? [{ key: 'french', operator: 'greaterThanOrEqual', value: 1, expiresAfterMs: 60_000 }]
              : [],
        }),
      },
      skills,
    );
    await world.chat('Cleo', { context: { french: true, priority: 5 } });
    await world.chat('Dora', { context: { priority: 1 } });
    await world.clock.advance(20_000);
    await world.restart();
    const ben = await world.desk('ben');
    const first = await accepted(world, ben);
    expect(first).toMatchObject({ priority: 1, labels: { vip: true } });
    const begun = world.clock.now();
    await first.end();
    await first.wrapUp.complete({ disposition: 'solved' });
    const second = await accepted(world, ben);
    expect(second.priority).toBe(5);
    // 60 s from the beginning, 22 of which had passed when the other server took over.
    expect(world.clock.now() - begun).toBeGreaterThan(30_000);
    expect(world.clock.now() - begun).toBeLessThanOrEqual(38_000);
  });

  it('and leaves meanwhile is not waited for', async () => {
    const world = restartWorld();
    const cleo = await world.chat();
    world.kill();
    const ended = cleo.end();
    await world.clock.advance(1_000);
    world.start();
    await world.clock.advance(10_000);
    await ended;
    expect(cleo.state$.value).toMatchObject({ phase: 'ended', reason: 'customer-left' });
    const ann = await world.desk('ann');
    expect(ann.offers$.value).toEqual([]);
  });

  it('and never comes back is given up after a while, as ever', async () => {
    const world = restartWorld({ abandonAfterMs: 60_000 });
    const cleo = await world.chat();
    world.kill();
    await cleo.close();
    world.start();
    await world.clock.advance(59_000);
    expect((await world.log(cleo.conversationId)).at(-1)).not.toMatchObject({ type: 'conversation-ended' });
    await world.clock.advance(2_000);
    const log = await world.log(cleo.conversationId);
    expect(log).toContainEqual(expect.objectContaining({ type: 'channel-closed', reason: 'abandoned' }));
    expect(log.at(-1)).toMatchObject({ type: 'conversation-ended' });
  });

  it('who never had a page there is waited for', async () => {
    const world = restartWorld({ abandonAfterMs: 60_000 });
    await world.server.handle(
      new Request('http://cc.example/conversations', {
        method: 'POST',
        body: JSON.stringify({ customer: { displayName: 'Cleo' } }),
      }),
    );
    await world.restart();
    await world.clock.advance(600_000);
    const ann = await world.desk('ann');
    expect(ann.offers$.value).toHaveLength(1);
  });
});

describe('an offer that is out when the server is killed', () => {
  it('is issued anew', async () => {
    const world = restartWorld();
    const ann = await world.desk('ann');
    const cleo = await world.chat();
    const [before] = ann.offers$.value;
    await world.restart();
    expect(ann.session$.value.status).toBe('online');
    const [offer] = ann.offers$.value;
    expect(offer?.task.id).toBe(before?.task.id);
    expect(offer?.id).not.toBe(before?.id);
    const task = await accepted(world, ann);
    expect(task.conversation.id).toBe(cleo.conversationId);
    expect(cleo.state$.value).toMatchObject({ phase: 'active' });
    expect(story(task.conversation).filter((word) => /joined|opened/.test(word))).toEqual([
      'channel opened',
      'Cleo joined',
      'ann A. joined',
    ]);
  });

  it('and is accepted while nothing listens is refused, and comes again', async () => {
    const world = restartWorld();
    const ann = await world.desk('ann');
    await world.chat();
    const [offer] = ann.offers$.value;
    world.kill();
    const refused = expect(offer?.accept()).rejects.toMatchObject({ code: 'offer/gone' });
    world.start();
    await world.clock.advance(10_000);
    await refused;
    expect((await accepted(world, ann)).status$.value).toBe('assigned');
  });

  it('and whose acceptance was taken down is the agent’s, whichever answer was lost', async () => {
    const world = restartWorld();
    const ann = await world.desk('ann');
    const cleo = await world.chat();
    const [offer] = ann.offers$.value;
    const killed = world.killOnce('participant-joined');
    const task = offer?.accept();
    await killed;
    world.start();
    await world.clock.advance(10_000);
    expect((await task)?.status$.value).toBe('assigned');
    expect(cleo.state$.value).toMatchObject({ phase: 'active', agents: ['ann A.'] });
    expect(ann.tasks$.value).toHaveLength(1);
  });
});

describe('a chat that goes on while the server is killed', () => {
  async function chatting() {
    const world = restartWorld({}, two);
    const ann = await world.desk('ann');
    const cleo = await world.chat();
    const task = await accepted(world, ann);
    return { world, ann, cleo, task };
  }

  it('goes on with the same agent, and nothing is said twice', async () => {
    const { world, ann, cleo, task } = await chatting();
    await cleo.send('hello');
    await task.conversation.channel('chat')?.send('hi');
    await task.conversation.setContext({ order: 7 });
    await world.settle();
    const before = story(task.conversation);
    await world.restart();
    expect(ann.tasks$.value.map(({ id, status$ }) => [id, status$.value])).toEqual([[task.id, 'assigned']]);
    expect(cleo.state$.value).toMatchObject({ phase: 'active', link: 'online' });
    await cleo.send('still there?');
    await task.conversation.channel('chat')?.send('yes');
    await world.settle();
    const said = ['hello', 'hi', 'still there?', 'yes'];
    expect(texts(cleo)).toEqual(said);
    expect(texts(task.conversation)).toEqual(said);
    expect(story(task.conversation)).toEqual(before);
    expect(task.conversation.context$.value).toMatchObject({ order: 7 });
    const log = await world.log(task.conversation.id);
    expect(log.filter(({ type }) => type === 'conversation-opened')).toHaveLength(1);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  });

  it('keeps the agent’s capacity in use, and the availability', async () => {
    const { world, ann } = await chatting();
    await world.restart();
    expect(ann.agent.state$.value).toMatchObject({
      availability: { kind: 'available' },
      load: { tasks: 1, used: 1, capacity: 2 },
    });
    await world.chat('Dora');
    await world.chat('Emil');
    await world.settle();
    expect(ann.offers$.value).toHaveLength(1);
  });

  it('takes a message once that was sent and not acknowledged', async () => {
    const { world, cleo, task } = await chatting();
    const killed = world.killOnce('message');
    const sent = cleo.send('did it arrive?');
    await killed;
    const fromAgent = task.conversation.channel('chat')?.send('one moment');
    world.start();
    await world.clock.advance(10_000);
    expect(await sent).toMatchObject({ state: 'sent' });
    expect(await fromAgent).toMatchObject({ state: 'sent' });
    const said = ['did it arrive?', 'one moment'];
    expect(texts(cleo)).toEqual(said);
    expect(texts(task.conversation)).toEqual(said);
  });

  it('is given back when its agent has not returned within the grace', async () => {
    const { world, ann, cleo, task } = await chatting();
    world.kill();
    await ann.close();
    world.start();
    const ben = await world.desk('ben');
    await world.clock.advance(59_000);
    expect(ben.offers$.value).toEqual([]);
    await world.clock.advance(2_000);
    const next = await accepted(world, ben);
    expect(next.id).toBe(task.id);
    expect(cleo.state$.value).toMatchObject({ phase: 'active', agents: ['ben A.'] });
    const left = (await world.log(next.conversation.id)).filter(({ type }) => type === 'participant-left');
    expect(left).toMatchObject([{ reason: 'agent-disconnected' }]);
  });

  it('is its agent’s who was away already, as long as the grace says', async () => {
    const { world, cleo, ann } = await chatting();
    world.kill();
    await world.clock.advance(10_000);
    world.start();
    await world.clock.advance(10_000);
    expect(ann.tasks$.value).toHaveLength(1);
    expect(cleo.state$.value).toMatchObject({ phase: 'active', agents: ['ann A.'] });
  });

  it('is ended once, with the wrap-up that follows', async () => {
    const { world, cleo, task } = await chatting();
    const killed = world.killOnce('channel-closed');
    const ended = task.end().catch((error: unknown) => error);
    await killed;
    world.start();
    await world.clock.advance(10_000);
    await ended;
    expect(task.status$.value).toBe('wrapping');
    expect(cleo.state$.value).toMatchObject({ phase: 'ended', reason: 'agent-ended' });
  });

  it('can be read by its customer after its end, also by another server', async () => {
    const { world, cleo, task } = await chatting();
    await cleo.send('hello');
    await task.end();
    await task.wrapUp.complete({ disposition: 'solved' });
    await world.settle();
    const { resumeToken } = cleo;
    await cleo.close();
    await world.restart();
    const again = await world.customer().resume(resumeToken);
    await world.settle();
    expect(again?.state$.value).toMatchObject({ phase: 'ended', reason: 'agent-ended' });
    expect(again === undefined ? [] : texts(again)).toEqual(['hello']);
  });

  it('is not opened by a token of another key', async () => {
    const { world, cleo } = await chatting();
    await world.restart(1_000, { resumeKey: 'another secret of thirty-two chars' });
    await world.clock.advance(10_000);
    expect(cleo.state$.value).toMatchObject({ phase: 'ended', reason: 'session/unauthorized' });
  });
});

describe('wrap-up', () => {
  it('goes on with its limit, draft and capacity, and is completed once', async () => {
    const world = restartWorld();
    const ann = await world.desk('ann');
    await world.chat();
    const task = await accepted(world, ann);
    await task.end();
    await world.settle();
    const { endsAt } = task.wrapUp.state$.value;
    task.wrapUp.save({ notes: 'a draft' });
    await world.chat('Dora');
    await world.restart();
    expect(ann.offers$.value).toEqual([]);
    expect(task.status$.value).toBe('wrapping');
    expect(task.wrapUp.state$.value.endsAt).toEqual(endsAt);
    expect(task.wrapUp.draft$.value).toEqual({ notes: 'a draft' });
    await task.wrapUp.complete({ disposition: 'solved' });
    await world.settle();
    expect(ann.offers$.value).toHaveLength(1);
    const log = await world.log(task.conversation.id);
    expect(log.filter((entry) => entry.type === 'note')).toMatchObject([{ text: 'a draft' }]);
    expect(log.at(-1)).toMatchObject({ type: 'conversation-ended' });
    await world.restart();
    expect(ann.tasks$.value).toEqual([]);
  });

  it('that is completed and closes later keeps its capacity until then', async () => {
    const world = restartWorld();
    const ann = await world.desk('ann');
    await world.chat();
    const task = await accepted(world, ann);
    await task.end();
    const closeAt = new Date(world.clock.now() + 120_000);
    await task.wrapUp.complete({ disposition: 'solved', closeAt });
    await world.chat('Dora');
    await world.restart();
    await world.clock.advance(closeAt.getTime() - world.clock.now() - 1_000);
    expect(ann.offers$.value).toEqual([]);
    await world.clock.advance(2_000);
    expect(ann.offers$.value).toHaveLength(1);
  });
});

describe('a command whose answer is lost with the server', () => {
  it('is not carried out twice', async () => {
    const world = restartWorld({}, [agent('ann'), agent('ben', { queues: ['sales'] })]);
    const ann = await world.desk('ann');
    await world.chat();
    const task = await accepted(world, ann);
    const across = async (type: string, run: () => Promise<unknown>) => {
      const killed = world.killOnce(type);
      const done = run();
      await killed;
      world.start();
      await world.clock.advance(10_000);
      await done;
    };
    await across('context-changed', () => task.conversation.setContext({ order: 7 }));
    await across('task', () => task.transfer({ queue: 'sales' }, { note: 'wants to buy' }));
    await across('note', () => task.wrapUp.complete({ disposition: 'solved', notes: 'as agreed' }));
    await world.settle();
    const log = await world.log(task.conversation.id);
    expect(log.flatMap((entry) => (entry.type === 'note' ? [entry.text] : []))).toEqual(['as agreed']);
    const tasks = new Set(log.flatMap((entry) => (entry.type === 'task' ? [entry.task.id] : [])));
    expect(tasks.size).toBe(2);
    expect(ann.tasks$.value).toEqual([]);
    expect(log.at(-1)).not.toMatchObject({ type: 'conversation-ended' });
  });
});

describe('a start', () => {
  it('that is sent again to another server starts one conversation', async () => {
    const world = restartWorld();
    const killed = world.killOnce('task');
    const starting = world.customer().start({ displayName: 'Cleo' });
    await killed;
    world.start();
    await world.clock.advance(20_000);
    const chat = await starting;
    expect((await world.store.open?.())?.map(({ id }) => id)).toEqual([chat.conversationId]);
    const ann = await world.desk('ann');
    expect((await accepted(world, ann)).conversation.id).toBe(chat.conversationId);
  });

  it('that was cut off before its task is queued all the same', async () => {
    const world = restartWorld();
    const killed = world.killOnce('conversation-opened');
    const starting = world.customer().start({ displayName: 'Cleo' });
    await killed;
    world.start();
    await world.clock.advance(20_000);
    const chat = await starting;
    const ann = await world.desk('ann');
    expect((await accepted(world, ann)).conversation.id).toBe(chat.conversationId);
    expect((await world.store.open?.())?.length).toBe(1);
  });
});

describe('agents', () => {
  it('are as available as they were, or not at all', async () => {
    const world = restartWorld({ reasons: [{ code: 'lunch', label: 'Lunch' }] });
    const ann = await world.desk('ann');
    const ben = await world.desk('ben', false);
    await ben.agent.setAvailability({ kind: 'unavailable', reason: 'lunch' });
    await world.restart();
    expect(ann.agent.state$.value.availability).toEqual({ kind: 'available' });
    expect(ben.agent.state$.value.availability).toEqual({ kind: 'unavailable', reason: 'lunch' });
  });

  it('who come back too late are unavailable', async () => {
    const world = restartWorld({ grace: { returnMs: 60_000 } });
    const ann = await world.desk('ann');
    world.kill();
    await world.clock.advance(1_000);
    world.start();
    for (const link of [ann]) await link.close();
    await world.clock.advance(61_000);
    const again = await world.desk('ann', false);
    expect(again.agent.state$.value.availability.kind).toBe('unavailable');
  });
});

describe('a transfer', () => {
  it('to a queue is there for whoever takes it, and the one before wraps up', async () => {
    const world = restartWorld({}, [agent('ann'), agent('ben', { queues: ['sales'] })]);
    const ann = await world.desk('ann');
    const cleo = await world.chat();
    const task = await accepted(world, ann);
    await world.clock.advance(10_000);
    await task.transfer({ queue: 'sales' }, { note: 'wants to buy' });
    await world.restart();
    expect(task.status$.value).toBe('wrapping');
    const ben = await world.desk('ben');
    const next = await accepted(world, ben);
    expect(next).toMatchObject({ purpose: 'transfer', from: { agentId: 'ann', note: 'wants to buy' } });
    expect(cleo.state$.value).toMatchObject({ phase: 'active', agents: ['ben A.'] });
    await cleo.send('I want to buy');
    await world.settle();
    expect(texts(task.conversation)).toEqual(['I want to buy']);
    await task.wrapUp.complete({ disposition: 'solved' });
  });

  it('to an agent that is under way comes about after all', async () => {
    const world = restartWorld();
    const ann = await world.desk('ann');
    const ben = await world.desk('ben', false);
    const cleo = await world.chat();
    const task = await accepted(world, ann);
    await ben.agent.setAvailability({ kind: 'available' });
    const transferred = task.transfer({ agent: 'ben' });
    await world.settle();
    expect(ben.offers$.value).toHaveLength(1);
    await world.restart();
    const next = await accepted(world, ben);
    await world.clock.advance(1_000);
    await transferred;
    expect(next.status$.value).toBe('assigned');
    expect(task.status$.value).toBe('wrapping');
    expect(cleo.state$.value).toMatchObject({ phase: 'active', agents: ['ben A.'] });
  });

  it('to an agent who does not come back leaves the customer with the one before', async () => {
    const world = restartWorld();
    const ann = await world.desk('ann');
    const ben = await world.desk('ben', false);
    const cleo = await world.chat();
    const task = await accepted(world, ann);
    await ben.agent.setAvailability({ kind: 'available' });
    const refused = expect(task.transfer({ agent: 'ben' })).rejects.toMatchObject({ code: expect.any(String) });
    await world.settle();
    world.kill();
    await ben.close();
    world.start();
    await world.clock.advance(62_000);
    await refused;
    expect(task.status$.value).toBe('assigned');
    expect(cleo.state$.value).toMatchObject({ phase: 'active', agents: ['ann A.'] });
  });
});
