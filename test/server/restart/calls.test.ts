import { describe, expect, it } from 'vitest';
import { memoryStore, type ConversationStore, type ServerOptions } from 'onescreen/server';
import { seededRandom, virtualClock, type VirtualClock } from 'onescreen/testing';
import type { AgentPush } from '../../../src/protocol/agent-frames';
import { agent, contactCenter, type Desk } from '../contact-center';
import { begin, deskWithPhone, inCall, scriptedCalls } from '../scripted-calls';
import { resumeKey } from './restart-world';

/** One server after the other over one store; what is left of the one before is dead. */
function calling(options: Partial<ServerOptions> = {}) {
  const clock = virtualClock();
  const store = memoryStore();
  let life = { alive: true };
  let runs = 0;
  const start = () => {
    const mine = (life = { alive: true });
    const calls = scriptedCalls();
    const center = contactCenter(
      {
        ...{ calls: [calls.host], resumeKey, allowCallback: () => true, ...options },
        random: seededRandom(`run ${++runs}`),
        clock: mortalClock(clock, mine),
        store: mortalStore(store, mine),
      },
      [agent('ann', { capacity: 3 }), agent('ben')],
    );
    // Only this clock can be moved on.
    return { calls, center: Object.assign(center, { clock, settle: () => clock.advance(0) }) };
  };
  const kill = () => {
    life.alive = false;
  };
  return { clock, store, start, kill };
}

function mortalClock(clock: VirtualClock, life: { readonly alive: boolean }): VirtualClock {
  return Object.assign(Object.create(clock) as VirtualClock, {
    now: () => clock.now(),
    schedule: (ms: number, run: () => void) =>
      clock.schedule(ms, () => {
        if (life.alive) run();
      }),
  });
}

function mortalStore(store: ConversationStore, life: { readonly alive: boolean }): ConversationStore {
  return {
    ...store,
    append: (id, entries) => (life.alive ? store.append(id, entries) : new Promise(() => {})),
  };
}

function callbacksAt(desk: Desk) {
  const said = desk.received.filter(
    (one): one is Extract<AgentPush, { readonly type: 'callbacks' | 'snapshot' }> =>
      one.type === 'callbacks' || one.type === 'snapshot',
  );
  return said.at(-1)?.callbacks ?? [];
}

const caller = { phone: '+4930901820', displayName: 'Cleo' };

describe('a call that is in progress when the server is killed', () => {
  it('is closed as lost, and its agent wraps up', async () => {
    const { start, kill, store, clock } = calling();
    const before = start();
    const ann = await deskWithPhone(before.center, 'ann');
    const { conversationId, taskId } = await inCall(before.center, before.calls, ann, caller);
    kill();
    const after = start();
    await after.center.server.ready;
    const again = await deskWithPhone(after.center, 'ann');
    expect(again.statuses(conversationId).at(-1)).toBe('wrapping');
    const log = await store.read(conversationId);
    expect(log.filter(({ type }) => type === 'channel-closed')).toMatchObject([{ reason: 'lost' }]);
    expect(again.record.load).toMatchObject({ tasks: 1, used: 1, capacity: 3 });
    const { callbackId } = await again.do('callback/schedule', { conversationId, at: clock.now() + 600_000 });
    await again.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(callbacksAt(again)).toMatchObject([{ id: callbackId, phone: caller.phone, status: 'scheduled' }]);
  });

  it('takes its consult and whoever was asked with it', async () => {
    const { start, kill, store } = calling();
    const before = start();
    const ann = await deskWithPhone(before.center, 'ann');
    const { conversationId, taskId } = await inCall(before.center, before.calls, ann, caller);
    const ben = await deskWithPhone(before.center, 'ben');
    await ann.do('consult/start', { taskId, to: { agent: 'ben' } });
    await before.center.settle();
    begin(ben, 'offer/accept', { offerId: ben.offer.id });
    await before.center.settle();
    before.calls.ring.answer();
    await before.center.settle();
    expect(before.calls.asked).toContain('hold');
    kill();
    const after = start();
    const [annAgain, benAgain] = [await deskWithPhone(after.center, 'ann'), await deskWithPhone(after.center, 'ben')];
    await after.center.settle();
    const log = await store.read(conversationId);
    const consults = log.flatMap((entry) => (entry.type === 'consult' ? [entry.consult.status] : []));
    expect(consults.at(-1)).toBe('cancelled');
    expect(annAgain.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(benAgain.record.load).toMatchObject({ tasks: 0, used: 0 });
    expect(log.filter(({ type }) => type === 'participant-left')).toHaveLength(2);
  });

  it('of somebody who waits becomes a callback in their place', async () => {
    const { start, kill, clock, store } = calling();
    const before = start();
    await before.calls.phone(caller);
    await clock.advance(40_000);
    const [open] = (await store.open?.()) ?? [];
    kill();
    await clock.advance(5_000);
    const after = start();
    await after.center.server.ready;
    await after.center.settle();
    const ann = await deskWithPhone(after.center, 'ann');
    await after.center.settle();
    expect(ann.offer.task).toMatchObject({
      conversationId: open?.id,
      purpose: 'callback',
      queuedAt: clock.now() - 45_000,
    });
    const accept = begin(ann, 'offer/accept', { offerId: ann.offer.id });
    await after.center.settle();
    after.calls.ring.answer();
    await after.center.settle();
    expect(accept.answer).toMatchObject({ ok: true });
    expect(after.calls.dials.map(({ to }) => to)).toEqual([{ phone: caller.phone }]);
  });

  it('of somebody whose number is not known ends, with nobody left to wait for them', async () => {
    const { start, kill, store } = calling();
    const before = start();
    await before.calls.phone({ displayName: 'Cleo' });
    await before.center.settle();
    const [open] = (await store.open?.()) ?? [];
    kill();
    const after = start();
    await after.center.server.ready;
    await after.center.settle();
    const log = await store.read(open?.id ?? '');
    expect(log.at(-1)).toMatchObject({ type: 'conversation-ended' });
    expect(log.filter(({ type }) => type === 'channel-closed')).toMatchObject([{ reason: 'lost' }]);
    const ann = await deskWithPhone(after.center, 'ann');
    expect(ann.of('offer')).toEqual([]);
  });

  it('that was parked becomes a callback as well', async () => {
    const { start, kill, clock } = calling();
    const before = start();
    const ann = await deskWithPhone(before.center, 'ann');
    const { taskId } = await inCall(before.center, before.calls, ann, caller);
    await ann.do('task/park', { taskId });
    kill();
    const after = start();
    const again = await deskWithPhone(after.center, 'ann');
    await clock.advance(1_000);
    expect(again.offer.task.purpose).toBe('callback');
  });

  it('leaves the chat that it was added to', async () => {
    const { start, kill, store } = calling();
    const before = start();
    const ann = await deskWithPhone(before.center, 'ann');
    const started = await before.center.start('Cleo', { context: { phone: caller.phone } });
    await before.center.customer(started);
    await before.center.settle();
    const { taskId } = await ann.do('offer/accept', { offerId: ann.offer.id });
    await ann.do('task/escalate', { taskId, to: 'voice', invite: 'call' });
    await before.center.settle();
    before.calls.ring.answer();
    await before.center.settle();
    before.calls.dials.at(-1)?.setUp({ acs: '4:+4930901820' });
    await before.center.settle();
    expect(ann.record.load).toMatchObject({ tasks: 1, used: 2 });
    kill();
    const after = start();
    const again = await after.center.desk('ann', false);
    const page = await after.center.customer(started);
    await page.say('still here');
    const { conversationId } = started;
    expect(again.statuses(conversationId)).not.toContain('wrapping');
    expect(again.record.load).toMatchObject({ tasks: 1, used: 1 });
    expect(page.status).toMatchObject({ phase: 'active' });
    const log = await store.read(conversationId);
    expect(log.filter(({ type }) => type === 'channel-closed')).toMatchObject([{ reason: 'lost' }]);
    const invitations = log.flatMap((entry) => (entry.type === 'invitation' ? [entry.invitation.status] : []));
    expect(invitations).toEqual(['open', 'withdrawn']);
    await again.do('task/end', { taskId });
  });
});

describe('a page that was told to call', () => {
  it('may call another server', async () => {
    const { start, kill } = calling();
    const before = start();
    const started = await before.center.start('Cleo', { channel: 'voice' });
    kill();
    const after = start();
    await after.center.server.ready;
    const { channelId } = started.channel;
    const arrived = await after.calls.phone({ channelId });
    expect(arrived).toBe(channelId);
    const ann = await deskWithPhone(after.center, 'ann');
    await after.center.settle();
    expect(ann.offer.task).toMatchObject({ conversationId: started.conversationId, channel: 'voice' });
  });

  it('and does not is given up in the end', async () => {
    const { start, kill, clock, store } = calling();
    const before = start();
    const started = await before.center.start('Cleo', { channel: 'voice' });
    kill();
    start();
    await clock.advance(61_000);
    expect((await store.read(started.conversationId)).at(-1)).toMatchObject({ type: 'conversation-ended' });
  });
});

describe('a promised callback', () => {
  it('is kept at its time, with its age, note and number', async () => {
    const { start, kill, clock } = calling();
    const before = start();
    const started = await before.center.start('Cleo');
    const page = await before.center.customer(started);
    const at = clock.now() + 300_000;
    await page.do('callback/request', { phone: '+4930901821', at });
    const requestedAt = clock.now();
    kill();
    await clock.advance(60_000);
    const after = start();
    const again = await after.center.customer(started);
    expect(again.status).toEqual({ phase: 'callback', dueAt: at });
    const ann = await deskWithPhone(after.center, 'ann');
    expect(callbacksAt(ann)).toMatchObject([{ phone: '+4930901821', dueAt: at, status: 'scheduled' }]);
    await clock.advance(239_000);
    expect(ann.of('offer')).toEqual([]);
    await clock.advance(1_000);
    expect(ann.offer.task).toMatchObject({ purpose: 'callback', queuedAt: requestedAt });
  });

  it('that fell due while nothing ran is due at once, and is queued once', async () => {
    const { start, kill, clock, store } = calling();
    const before = start();
    const started = await before.center.start('Cleo');
    const page = await before.center.customer(started);
    await page.do('callback/request', { phone: '+4930901821', at: clock.now() + 10_000 });
    kill();
    await clock.advance(60_000);
    for (let turn = 0; turn < 3; turn++) {
      const center = start();
      await center.center.server.ready;
      await center.center.settle();
      kill();
    }
    const after = start();
    const ann = await deskWithPhone(after.center, 'ann');
    await after.center.settle();
    expect(ann.of('offer')).toHaveLength(1);
    const log = await store.read(started.conversationId);
    const tasks = new Set(log.flatMap((entry) => (entry.type === 'task' ? [entry.task.id] : [])));
    expect(tasks.size).toBe(2);
    const statuses = log.flatMap((entry) => (entry.type === 'callback' ? [entry.callback.status] : []));
    expect(statuses).toEqual(['scheduled', 'queued']);
  });

  it('can be taken back after a restart', async () => {
    const { start, kill, clock, store } = calling();
    const before = start();
    const started = await before.center.start('Cleo');
    const page = await before.center.customer(started);
    await page.do('callback/request', { phone: '+4930901821', at: clock.now() + 600_000 });
    kill();
    const after = start();
    const again = await after.center.customer(started);
    await again.do('chat/end', {});
    await after.center.settle();
    expect(again.status.phase).toBe('ended');
    expect((await store.read(started.conversationId)).at(-1)).toMatchObject({ type: 'conversation-ended' });
  });
});

describe('an invitation that is open when the server is killed', () => {
  async function invited() {
    const world = calling();
    const before = world.start();
    const ann = await deskWithPhone(before.center, 'ann');
    const started = await before.center.start('Cleo');
    await before.center.customer(started);
    await before.center.settle();
    const { taskId } = await ann.do('offer/accept', { offerId: ann.offer.id });
    const { channelId } = await ann.do('task/escalate', { taskId, to: 'voice', close: true });
    await world.clock.advance(20_000);
    world.kill();
    const after = world.start();
    const page = await after.center.customer(started);
    const again = await deskWithPhone(after.center, 'ann');
    return { ...world, ...after, page, ann: again, channelId, started };
  }

  it('can be accepted, and its channel takes the place of the one before', async () => {
    const { center, calls, page, ann, channelId, started } = await invited();
    const { conversationId } = started;
    expect(page.entries(conversationId).some((entry) => 'channelId' in entry && entry.channelId === channelId)).toBe(
      false,
    );
    const invitation = page
      .entries(conversationId)
      .flatMap((entry) => (entry.type === 'invitation' ? [entry.invitation] : []))
      .at(-1);
    expect(invitation).toMatchObject({ status: 'open', channelId });
    const answer = await page.do('invitation/answer', { invitationId: invitation?.id ?? '', accept: true });
    expect(answer.channel).toMatchObject({ channelId });
    expect(await calls.phone({ channelId })).toBe(channelId);
    await center.settle();
    calls.ring.answer();
    await center.settle();
    const closed = ann.entries(conversationId).filter(({ type }) => type === 'channel-closed');
    expect(closed).toMatchObject([{ channelId: started.channel.channelId, reason: 'escalated' }]);
  });

  it('lapses when it would have', async () => {
    const { clock, ann, channelId, started } = await invited();
    await clock.advance(99_000);
    expect(ann.entries(started.conversationId).at(-1)?.type).not.toBe('channel-closed');
    await clock.advance(2_000);
    const closed = ann.entries(started.conversationId).filter(({ type }) => type === 'channel-closed');
    expect(closed).toMatchObject([{ channelId, reason: 'expired' }]);
  });
});
