import { describe, expect, it } from 'vitest';
import { memoryStore, type ConversationStore, type LogFields } from 'onescreen/server';
import { seededRandom } from 'onescreen/testing';
import { agent, contactCenter, type Desk } from './contact-center';

/** An hour of three agents and a customer every half minute; returns every log. */
async function hour(seed: string): Promise<unknown> {
  const logs: unknown[] = [];
  const memory = memoryStore();
  const store: ConversationStore = {
    ...memory,
    async append(id, entries) {
      const added = await memory.append(id, entries);
      logs.push([id, added]);
      return added;
    },
  };
  const random = seededRandom(seed);
  const names = ['ann', 'ben', 'cid'];
  const center = contactCenter(
    { store, random: seededRandom(`${seed}/server`) },
    names.map((name) => agent(name)),
  );
  const desks = await Promise.all(names.map((name) => center.desk(name)));
  const handled = new Set<string>();
  const work = async (desk: Desk) => {
    const ended = new Set(desk.of('offer-ended').map(({ offerId }) => offerId));
    const offer = desk.of('offer').find(({ offer: { id } }) => !ended.has(id) && !handled.has(id))?.offer;
    if (desk.record.availability.kind === 'unavailable') {
      await desk.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    }
    if (offer === undefined || random.next() < 0.3) return;
    handled.add(offer.id);
    if (random.next() < 0.2) {
      await desk.answer('offer/decline', { offerId: offer.id });
      return;
    }
    const answer = await desk.answer('offer/accept', { offerId: offer.id });
    if (!answer.ok) return;
    center.clock.schedule(random.integer(20_000, 90_000), () => {
      void desk
        .do('task/end', { taskId: offer.task.id })
        .then(() => desk.do('wrap-up/complete', { taskId: offer.task.id, disposition: 'solved' }));
    });
  };
  for (let turn = 0; turn < 360; turn++) {
    if (turn % 3 === 0 && turn < 300) await center.start(`customer ${turn}`);
    for (const desk of desks) await work(desk);
    if (random.next() < 0.02) {
      const desk = random.pick(desks);
      desk.drop();
      await center.clock.advance(random.integer(1_000, 8_000));
      await desk.connect(desk.session);
    }
    await center.clock.advance(10_000);
  }
  await center.server.close();
  return logs;
}

describe('the server', () => {
  it('writes the same logs twice with the same seed, and others with another', async () => {
    const [one, two, other] = [await hour('a'), await hour('a'), await hour('b')];
    expect(two).toEqual(one);
    expect(other).not.toEqual(one);
  }, 60_000);

  it('tells its logger of no token, message or name', async () => {
    const lines: string[] = [];
    const take = (event: string, fields: LogFields) => lines.push(`${event} ${JSON.stringify(fields)}`);
    const logger = { debug: take, info: take, warn: take, error: take };
    const center = contactCenter({ logger }, [agent('ann', { displayName: 'Ann Secretname' })]);
    const ann = await center.desk('ann');
    const started = await center.start('Cleo Secretname', { context: { phone: '+15550100' } });
    const page = await center.customer(started);
    await center.settle();
    await ann.do('offer/accept', { offerId: ann.offer.id });
    await page.say('my secret');
    page.frame({ type: 'nonsense', text: 'my secret' });
    await ann.refusal('note/add', { conversationId: 7, text: 'my secret' });
    await expect(center.desk('badtoken')).rejects.toThrow();
    page.drop();
    ann.drop();
    await center.clock.advance(900_000);
    expect(lines.length).toBeGreaterThan(5);
    const text = lines.join('\n');
    for (const secret of ['Secretname', 'secret', '5550100', started.resumeToken, 'badtoken']) {
      expect(text).not.toContain(secret);
    }
  });
});
