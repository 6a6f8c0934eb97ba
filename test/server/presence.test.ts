import { ContactCenterClient } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { inProcessSocket } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { agent, contactCenter, inHand } from './contact-center';

describe('an agent whose link is down', () => {
  it('gets no new offers at once', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    ann.drop();
    await center.start();
    await center.settle();
    expect(ann.of('offer')).toEqual([]);
    await ann.connect(ann.session);
    await center.settle();
    expect(ann.of('offer')).toHaveLength(1);
  });

  it('keeps an open offer for 5 seconds', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await center.start();
    ann.drop();
    await center.clock.advance(4_999);
    await ann.connect(ann.session);
    await center.clock.advance(10_000);
    expect(ann.of('offer-ended')).toEqual([]);

    ann.drop();
    await center.clock.advance(5_000);
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'revoked', reason: 'agent-disconnected' }]);
    const ben = await center.desk('ben');
    expect(ben.of('offer')).toHaveLength(1);
  });

  it('keeps a task for 60 seconds', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId } = await inHand(center, ann);
    ann.drop();
    await center.clock.advance(59_999);
    await ann.connect(ann.session);
    await center.clock.advance(120_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('loses its task after 60 seconds to another agent, with the same id and age', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId, taskId, page, channelId } = await inHand(center, ann);
    const since = ann.offer.task.queuedAt;
    const ben = await center.desk('ben');
    ann.drop();
    await center.clock.advance(60_000);

    expect(page.status).toMatchObject({ phase: 'queued' });
    expect(ben.offer.task).toMatchObject({ id: taskId, conversationId, queuedAt: since });
    expect(ben.offer.why?.waitedMs).toBe(60_000);
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(page.status).toEqual({ phase: 'active', agents: ['ben A.'] });

    await ann.connect(ann.session);
    await center.settle();
    expect(ann.of('conversation-left')).toMatchObject([{ conversationId, reason: 'agent-disconnected' }]);
    expect(ann.record).toMatchObject({ availability: { kind: 'available' } });
    expect(
      await ann.refusal('message/send', { conversationId, channelId, clientId: 'late', text: 'hi' }),
    ).toMatchObject({
      code: 'conversation/not-found',
    });
  });

  it('is not gone as long as another of its pages is there', async () => {
    const center = contactCenter();
    const one = await center.desk('ann');
    const two = await center.desk('ann', false);
    const { conversationId } = await inHand(center, one);
    one.drop();
    await center.clock.advance(300_000);
    expect(two.statuses(conversationId).at(-1)).toBe('assigned');
    expect(two.record.availability).toEqual({ kind: 'available' });
  });

  it('is signed out for good when it does not come back, and its wrap-up is completed', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { taskId, conversationId, started } = await inHand(center, ann);
    await ann.do('task/end', { taskId });
    const page = await center.customer(started);
    ann.drop();
    await center.clock.advance(119_999);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    await center.clock.advance(1);
    expect(() => center.server.explain(taskId)).toThrow();
    expect(page.status.phase).toBe('ended');
    const back = await center.desk('ann', false);
    expect(back.session).not.toBe(ann.session);
    expect(back.of('snapshot')).toMatchObject([{ conversations: [], agent: { load: { tasks: 0, used: 0 } } }]);
  });
});

describe('an agent who comes back', () => {
  it.each<[string, number, boolean]>([
    ['with the same page after 90 seconds', 90_000, true],
    ['with a new page after 14 minutes', 840_000, false],
  ])('%s is as available as before, without a click', async (_, afterMs, samePage) => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    ann.drop();
    await center.clock.advance(afterMs);
    const back = samePage ? ann : await center.desk('ann', false);
    if (samePage) await ann.connect(ann.session);
    await center.settle();
    expect(back.record.availability).toEqual({ kind: 'available' });
    await center.start();
    await center.settle();
    expect(back.of('offer')).toHaveLength(1);
  });

  it('gets the reason back that was chosen before, and what was to come after the work in hand', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await inHand(center, ann);
    const lunch = { kind: 'unavailable', reason: 'lunch' } as const;
    await ann.do('availability/set', { availability: lunch, whenBusy: 'after-current' });
    ann.drop();
    await center.clock.advance(300_000);
    const back = await center.desk('ann', false);
    expect(back.record.availability).toEqual(lunch);
  });

  it('after 15 minutes says anew that work is wanted', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    ann.drop();
    await center.clock.advance(900_000);
    const back = await center.desk('ann', false);
    expect(back.record.availability).toEqual({ kind: 'unavailable' });
  });

  it('after signing out says anew that work is wanted', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await ann.do('session/sign-out', {});
    const back = await center.desk('ann', false);
    expect(back.record.availability).toEqual({ kind: 'unavailable' });
  });
});

describe('a page that comes back', () => {
  it('gets what it missed and no snapshot', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { page, conversationId } = await inHand(center, ann);
    ann.drop();
    await page.say('are you there?');
    const link = await ann.connect(ann.session);
    expect(link.recovered).toBe(true);
    expect(ann.of('snapshot')).toHaveLength(1);
    expect(ann.entries(conversationId).at(-1)).toMatchObject({ type: 'message', message: { text: 'are you there?' } });
  });

  it('gets a snapshot with everything when its session is not known', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann', false);
    const first = await center.desk('ann');
    const { page, conversationId } = await inHand(center, first);
    await page.say('hello');
    const link = await ann.connect('unheard-of');
    expect(link.recovered).toBe(false);
    const snapshot = ann.of('snapshot').at(-1);
    expect(snapshot?.conversations[0]?.entries).toEqual(first.entries(conversationId));
    expect(snapshot?.agent.load).toEqual({ tasks: 1, used: 1, capacity: 1 });
  });

  it('does not get another agent’s session', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const ben = await center.desk('ben');
    const link = await ben.connect(ann.session);
    expect(link.recovered).toBe(false);
  });

  it('gets a snapshot of the newest 200 messages, and older ones on request', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { page, conversationId } = await inHand(center, ann);
    for (let index = 1; index <= 450; index++) await page.say(`m${index}`);
    const other = await center.desk('ann', false);
    const record = other.of('snapshot')[0]?.conversations[0];
    const texts = (entries: ReturnType<typeof ann.entries>) =>
      entries.flatMap((entry) => (entry.type === 'message' ? entry.message.text : []));
    expect(record?.more).toBe(true);
    expect(texts([...record!.entries])).toEqual(Array.from({ length: 200 }, (_, index) => `m${index + 251}`));
    expect(record?.entries.some(({ type }) => type === 'conversation-opened')).toBe(true);

    const seq = record!.entries.find(({ type }) => type === 'message')!.seq;
    const older = await other.do('log/before', { conversationId, seq, pageSize: 150 });
    expect(texts([...older.entries])).toEqual(Array.from({ length: 150 }, (_, index) => `m${index + 101}`));
    expect(older.more).toBe(true);
    const oldest = await other.do('log/before', { conversationId, seq: older.entries[0]!.seq, pageSize: 200 });
    expect(texts([...oldest.entries])).toEqual(Array.from({ length: 100 }, (_, index) => `m${index + 1}`));
    expect(oldest.more).toBe(false);
  });
});

describe('availability', () => {
  it('changes after the current work when asked to, and stops offers meanwhile', async () => {
    const center = contactCenter({}, [agent('ann', { capacity: 2 })]);
    const ann = await center.desk('ann');
    const { taskId } = await inHand(center, ann);
    const lunch = { kind: 'unavailable', reason: 'lunch' } as const;
    const answer = await ann.do('availability/set', { availability: lunch, whenBusy: 'after-current' });
    expect(answer).toMatchObject({ status: 'queued', agent: { availability: { kind: 'available' }, next: lunch } });

    await center.start('Dora');
    await center.settle();
    expect(ann.of('offer')).toHaveLength(1);
    await ann.do('task/end', { taskId });
    expect(ann.record.availability).toEqual({ kind: 'available' });
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(ann.record.availability).toEqual(lunch);
    expect(ann.record.next).toBeUndefined();
  });

  it('stays when the change that waits is cleared', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { taskId } = await inHand(center, ann);
    await ann.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'after-current' });
    const { agent: record } = await ann.do('availability/clear-next', {});
    expect(record.next).toBeUndefined();
    await ann.do('task/end', { taskId });
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(ann.record.availability).toEqual({ kind: 'available' });
  });

  it('changes at once with nothing in hand', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const answer = await ann.do('availability/set', {
      availability: { kind: 'unavailable' },
      whenBusy: 'after-current',
    });
    expect(answer).toMatchObject({ status: 'updated', agent: { availability: { kind: 'unavailable' } } });
  });

  it('takes only reasons that the server knows', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const args = { availability: { kind: 'unavailable', reason: 'golf' }, whenBusy: 'now' };
    expect(await ann.refusal('availability/set', args)).toMatchObject({
      code: 'command/invalid',
      field: 'availability.reason',
    });
  });
});

describe('signing out', () => {
  it('gives back what is in hand at once', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const tab = await center.desk('ann', false);
    const { taskId } = await inHand(center, ann);
    const ben = await center.desk('ben');
    await ann.do('session/sign-out', { reason: 'shift over' });
    expect(tab.of('signed-out')).toEqual([{ type: 'signed-out', reason: 'shift over' }]);
    expect(ben.offer.task).toMatchObject({ id: taskId, status: 'offered' });
    expect(await ann.refusal('availability/clear-next', {})).toMatchObject({ code: 'session/signed-out' });
  });

  it('tells nobody else why in the agent’s own words', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { started } = await inHand(center, ann);
    const page = await center.customer(started);
    await ann.do('session/sign-out', { reason: 'fed up with Cleo' });
    expect(page.entries(started.conversationId)).toContainEqual(
      expect.objectContaining({ type: 'participant-left', reason: 'signed-out' }),
    );
    expect(JSON.stringify(page.received)).not.toContain('fed up');
  });

  it('waits for the work in hand when draining', async () => {
    const center = contactCenter({}, [agent('ann', { capacity: 2 })]);
    const ann = await center.desk('ann');
    const { taskId } = await inHand(center, ann);
    await ann.do('session/sign-out', { drain: true });
    await center.start('Dora');
    await center.settle();
    expect(ann.of('offer')).toHaveLength(1);
    expect(ann.of('signed-out')).toEqual([]);
    await ann.do('task/end', { taskId });
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(ann.of('signed-out')).toHaveLength(1);
    // Whoever is told leaves: the command that was the last comes to its answer first.
    expect(ann.received.slice(-2)).toMatchObject([{ type: 'answer', ok: true }, { type: 'signed-out' }]);
  });

  it('is signed out when it vanishes while draining, and its work is given back', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId } = await inHand(center, ann);
    const ben = await center.desk('ben');
    await ann.do('session/sign-out', { drain: true });
    ann.drop();
    await center.clock.advance(60_000);
    expect(ben.offer.task.conversationId).toBe(conversationId);
    expect((await center.desk('ann')).record.load).toMatchObject({ tasks: 0, used: 0 });
  });

  it('lets a desk that drains complete its last wrap-up', async () => {
    const center = contactCenter();
    const { clock, random } = center;
    const client = new ContactCenterClient({
      controlPlane: controlPlane('http://cc.example'),
      tokens: async () => ({ token: 'ann', expiresOn: Date.UTC(2100, 0) }),
      providers: [serverChat()],
      environment: { clock, random, socket: inProcessSocket(center.server, clock) },
    });
    const done = async <T>(command: Promise<T> | undefined) => {
      const settled = Promise.allSettled([command]);
      await center.settle();
      return (await settled)[0];
    };
    await done(client.signIn());
    await done(client.agent.setAvailability({ kind: 'available' }));
    await center.start();
    await center.settle();
    await done(client.offers$.value[0]?.accept());
    const [task] = client.tasks$.value;
    await done(client.signOut({ drain: true }));
    await done(task?.end());
    expect(await done(task?.wrapUp.complete({ disposition: 'solved' }))).toEqual({ status: 'fulfilled' });
    expect(client.session$.value.status).toBe('signed-out');
  });

  it('answers what is under way on all pages before it says good-bye', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const tab = await center.desk('ann', false);
    const { conversationId } = await inHand(center, ann);
    tab.frame({ type: 'command', id: 'note', name: 'note/add', args: { conversationId, text: 'almost done' } });
    await ann.do('session/sign-out', {});
    for (const page of [ann, tab]) {
      expect(page.received.slice(-2)).toMatchObject([{ type: 'answer', ok: true }, { type: 'signed-out' }]);
    }
  });

  it('leaves nothing running', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await ann.do('session/sign-out', {});
    await center.clock.advance(1_000);
    expect(center.clock.pending).toBe(0);
  });
});

describe('closing the server', () => {
  it('leaves nothing running and lets nobody in', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { page } = await inHand(center, ann);
    ann.drop();
    page.drop();
    await center.server.close();
    await center.server.close();
    expect(center.clock.pending).toBe(0);
    await expect(center.desk('ann')).rejects.toMatchObject({ code: 'session/closed' });
  });

  it('refuses what the pages that are open still ask for, and requests', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { page, conversationId, channelId } = await inHand(center, ann);
    await center.server.close();
    const closed = { code: 'session/closed', retryable: false };
    expect(await ann.refusal('note/add', { conversationId, text: 'late' })).toMatchObject(closed);
    const message = { conversationId, channelId, clientId: 'late', text: 'late' };
    expect(await page.refusal('message/send', message)).toMatchObject(closed);
    const start = await center.post('/conversations', { customer: { displayName: 'Dora' } });
    expect(start).toMatchObject({ status: 503, body: { error: closed } });
    expect(center.clock.pending).toBe(0);
  });

  it('turns away who was still being asked about', async () => {
    let answer = () => {};
    const center = contactCenter({
      authenticate: () => new Promise((resolve) => (answer = () => resolve(agent('ann')))),
    });
    const desk = center.desk('ann');
    const refused = expect(desk).rejects.toMatchObject({ code: expect.stringMatching(/^session\//) as unknown });
    await center.settle();
    await center.server.close();
    answer();
    await refused;
    expect(center.clock.pending).toBe(0);
  });
});
