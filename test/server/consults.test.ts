import { describe, expect, it } from 'vitest';
import { memoryStore, type CallHost, type HookContext } from 'onescreen/server';
import type { AgentCommands } from '../../src/protocol/agent-frames';
import type { ConsultRecord, TaskRecord } from '../../src/protocol/log-entry';
import { agent, type ContactCenter, type Desk } from './contact-center';
import { begin, callCenter, deskWithPhone, inCall, type ScriptedCalls } from './scripted-calls';

const phone = { phone: '+4915112345678' };
const never = () => new Promise<never>(() => {});

/** What the log says of consults, as words. */
function consults(desk: Desk, conversationId: string): string[] {
  return desk
    .entries(conversationId)
    .flatMap((entry) =>
      entry.type === 'consult' ? [entry.consult.status, entry.consult.reason].filter(Boolean).join(' ') : [],
    );
}

function lastConsult(desk: Desk, conversationId: string): ConsultRecord {
  const records = desk.entries(conversationId).flatMap((entry) => (entry.type === 'consult' ? entry.consult : []));
  const last = records.at(-1);
  if (last === undefined) throw new Error('nobody was asked');
  return last;
}

function changes(desk: Desk, conversationId: string): string[] {
  return desk.entries(conversationId).flatMap((entry) => (entry.type === 'channel-changed' ? entry.change : []));
}

function taskOf(desk: Desk, conversationId: string, taskId: string): TaskRecord | undefined {
  return desk
    .entries(conversationId)
    .flatMap((entry) => (entry.type === 'task' && entry.task.id === taskId ? entry.task : []))
    .at(-1);
}

/** Who takes part, by what the desk was told of the log. */
function present(desk: Desk, conversationId: string): string[] {
  const here = new Map<string, string>();
  for (const entry of desk.entries(conversationId)) {
    if (entry.type === 'participant-joined') here.set(entry.participant.id, entry.participant.displayName);
    if (entry.type === 'participant-left') here.delete(entry.participantId);
  }
  return [...here.values()];
}

/** Ann talks to a caller; Ben is free. */
async function talking(more: Partial<CallHost> = {}, options: Parameters<typeof callCenter>[1] = {}) {
  const { calls, center } = callCenter(more, { ...options }, [
    agent('ann', { capacity: 2 }),
    agent('ben', { capacity: 2 }),
    agent('cat', { queues: ['sales'] }),
  ]);
  const ann = await deskWithPhone(center, 'ann');
  const held = await inCall(center, calls, ann);
  const ben = await deskWithPhone(center, 'ben');
  calls.asked.length = 0;
  return { calls, center, ann, ben, ...held };
}

type Talking = Awaited<ReturnType<typeof talking>>;

const start = (talk: Talking, to: AgentCommands['consult/start']['args']['to'], more = {}) =>
  talk.ann.do('consult/start', { taskId: talk.taskId, to, ...more });

const act = (
  { ann, conversationId }: Pick<Talking, 'ann' | 'conversationId'>,
  consultId: string,
  action: 'swap' | 'merge' | 'complete' | 'cancel',
) => ann.do('consult/act', { conversationId, consultId, action });

/** The asked agent accepts, and the phone answers. */
async function answers(center: ContactCenter, calls: ScriptedCalls, desk: Desk) {
  const { offer } = desk;
  const accept = begin(desk, 'offer/accept', { offerId: offer.id });
  await center.settle();
  calls.ring.answer();
  await center.settle();
  return { taskId: offer.task.id, accept };
}

/** Ann asks Ben, who is there. */
async function consulting(more: Partial<CallHost> = {}, how: object = {}) {
  const talk = await talking(more);
  const { consultId } = await start(talk, { agent: 'ben' }, how);
  const { taskId: benTask, accept } = await answers(talk.center, talk.calls, talk.ben);
  return { ...talk, consultId, benTask, benAccept: accept };
}

/** Ann asks somebody on the phone, who answers. */
async function phoning(more: Partial<CallHost> = {}, how: object = {}) {
  const talk = await talking(more);
  const { consultId } = await start(talk, phone, how);
  talk.calls.events.joined(talk.channelId, phone);
  await talk.center.settle();
  return { ...talk, consultId };
}

describe('an agent who consults another', () => {
  it('puts the customer on hold; the other is asked alone, with the age and a note, and is then talked to', async () => {
    const talk = await talking();
    const { center, calls, ann, ben, conversationId, taskId } = talk;
    await center.clock.advance(30_000);
    const { consultId } = await start(talk, { agent: 'ben' }, { note: 'Wants money back' });
    expect(calls.asked).toEqual(['hold']);
    expect(lastConsult(ann, conversationId)).toMatchObject({
      id: consultId,
      taskId,
      purpose: 'consult',
      kind: 'agent',
      displayName: 'ben A.',
      agentId: 'ben',
      status: 'ringing',
    });
    const { task } = ben.offer;
    expect(task).toMatchObject({
      purpose: 'consult',
      from: { agentId: 'ann', displayName: 'ann A.', note: 'Wants money back' },
      queuedAt: taskOf(ann, conversationId, taskId)?.queuedAt,
    });
    const { accept } = await answers(center, calls, ben);
    expect(accept.answer).toMatchObject({ ok: true, result: { taskId: task.id } });
    expect(consults(ann, conversationId)).toEqual(['ringing', 'consulting']);
    expect(present(ann, conversationId)).toEqual(['Caller', 'ann A.', 'ben A.']);
    expect(changes(ann, conversationId)).toEqual(['held']);
    expect(ben.record.load.tasks).toBe(1);
  });

  it('swaps between the two, and merges all', async () => {
    const talk = await consulting();
    const { calls, ann, conversationId, consultId } = talk;
    calls.asked.length = 0;
    await act(talk, consultId, 'swap');
    expect(calls.asked).toEqual(['hold 8:acs:ben A.', 'resume']);
    await act(talk, consultId, 'swap');
    expect(calls.asked).toEqual(['hold 8:acs:ben A.', 'resume', 'hold', 'resume 8:acs:ben A.']);
    await act(talk, consultId, 'swap');
    await act(talk, consultId, 'merge');
    expect(consults(ann, conversationId)).toEqual([
      'ringing',
      'consulting',
      'swapped',
      'consulting',
      'swapped',
      'merged',
    ]);
    expect(changes(ann, conversationId)).toEqual(['held', 'resumed', 'held', 'resumed']);
    expect(calls.asked.at(-1)).toBe('resume 8:acs:ben A.');
  });

  it('gives the customer away, wraps up, and sees the conversation until that has ended', async () => {
    const talk = await consulting();
    const { calls, center, ann, ben, conversationId, consultId, taskId, benTask, call } = talk;
    calls.asked.length = 0;
    await act(talk, consultId, 'complete');
    expect(calls.asked).toEqual(['resume', 'leave']);
    expect(consults(ben, conversationId).at(-1)).toBe('completed');
    expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.']);
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('wrapping');
    expect(ann.of('conversation-left')).toEqual([]);
    expect(await ann.refusal('call/hold', call)).toMatchObject({ code: 'conversation/not-found' });
    await ben.do('call/hold', call);
    await ben.do('call/resume', call);
    expect(changes(ann, conversationId).slice(-2)).toEqual(['held', 'resumed']);
    await ann.do('note/add', { conversationId, text: 'as agreed' });
    const again = await center.desk('ann', false);
    expect(again.of('snapshot')[0]?.conversations).toMatchObject([{ id: conversationId }]);
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    await center.settle();
    expect(ann.of('conversation-left')).toMatchObject([{ conversationId }]);
    expect(ben.of('conversation-left')).toEqual([]);
    expect(taskOf(ben, conversationId, benTask)?.status).toBe('assigned');
    await ben.do('task/end', { taskId: benTask });
    expect(taskOf(ben, conversationId, benTask)?.status).toBe('wrapping');
    expect(calls.asked.at(-1)).toBe('close');
  });

  it('stays with the caller on hold when the other leaves while it talks to somebody else', async () => {
    const { calls, center, ann, ben, conversationId, benTask, call } = await consulting();
    await inCall(center, calls, ann);
    calls.asked.length = 0;
    await ben.do('task/end', { taskId: benTask });
    await center.settle();
    expect(consults(ann, conversationId).at(-1)).toBe('failed left');
    expect(calls.asked).toEqual(['leave']);
    expect(changes(ann, conversationId).at(-1)).toBe('held');
    await ann.do('call/resume', call);
    expect(changes(ann, conversationId).at(-1)).toBe('resumed');
  });

  it('goes on seeing it while it wraps up, also when it is asked again meanwhile and that comes to nothing', async () => {
    const talk = await consulting();
    const { calls, center, ann, ben, conversationId, consultId, taskId, benTask } = talk;
    await act(talk, consultId, 'complete');
    begin(ben, 'consult/start', { taskId: benTask, to: { agent: 'ann' } });
    await center.settle();
    await answers(center, calls, ann);
    await center.settle();
    expect(lastConsult(ben, conversationId)).toMatchObject({ agentId: 'ann', status: 'consulting' });
    await ben.do('consult/act', { conversationId, consultId: lastConsult(ben, conversationId).id, action: 'cancel' });
    await center.settle();
    expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.']);
    expect(ann.of('conversation-left')).toEqual([]);
    await ann.do('note/add', { conversationId, text: 'as agreed' });
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    await center.settle();
    expect(ann.of('conversation-left')).toMatchObject([{ conversationId }]);
  });

  it('completes a merged and a swapped one, too', async () => {
    for (const before of ['merge', 'swap'] as const) {
      const talk = await consulting();
      await act(talk, talk.consultId, before);
      talk.calls.asked.length = 0;
      await act(talk, talk.consultId, 'complete');
      expect(talk.calls.asked).toEqual(before === 'merge' ? ['leave'] : ['resume 8:acs:ben A.', 'leave']);
      expect(consults(talk.ben, talk.conversationId).at(-1)).toBe('completed');
      expect(changes(talk.ben, talk.conversationId).at(-1)).toBe('resumed');
    }
  });

  it('takes it back: the other is out without wrap-up before the customer hears anything', async () => {
    for (const before of [undefined, 'swap', 'merge'] as const) {
      const talk = await consulting();
      const { calls, ann, ben, conversationId, consultId } = talk;
      if (before !== undefined) await act(talk, consultId, before);
      calls.asked.length = 0;
      await act(talk, consultId, 'cancel');
      await talk.center.settle();
      expect(calls.asked).toEqual(before === undefined ? ['leave', 'resume'] : ['leave']);
      expect(consults(ann, conversationId).at(-1)).toBe('cancelled cancelled');
      expect(present(ann, conversationId)).toEqual(['Caller', 'ann A.']);
      expect(ben.of('conversation-left')).toMatchObject([{ conversationId }]);
      expect(ben.record.load.tasks).toBe(0);
      expect(changes(ann, conversationId).at(-1)).toBe('resumed');
      expect(await ann.refusal('consult/act', { conversationId, consultId, action: 'merge' })).toMatchObject({
        code: 'consult/gone',
      });
    }
  });

  it('takes it back while the offer is open, and while the phone rings', async () => {
    const offered = await talking();
    const first = await start(offered, { agent: 'ben' });
    await act(offered, first.consultId, 'cancel');
    await offered.center.settle();
    expect(offered.ben.of('offer-ended')).toMatchObject([{ outcome: 'revoked' }]);
    expect(consults(offered.ann, offered.conversationId)).toEqual(['ringing', 'cancelled cancelled']);
    expect(offered.calls.asked).toEqual(['hold', 'resume']);

    const ringing = await talking();
    const second = await start(ringing, { agent: 'ben' });
    const accept = begin(ringing.ben, 'offer/accept', { offerId: ringing.ben.offer.id });
    await ringing.center.settle();
    await act(ringing, second.consultId, 'cancel');
    await ringing.center.settle();
    expect(ringing.calls.ring.signal.aborted).toBe(true);
    expect(accept.answer).toMatchObject({ ok: false, error: { code: 'offer/gone' } });
    expect(consults(ringing.ann, ringing.conversationId)).toEqual(['ringing', 'cancelled cancelled']);
    expect(changes(ringing.ann, ringing.conversationId)).toEqual(['held', 'resumed']);
    expect(ringing.ben.record.load.tasks).toBe(0);
    expect(ringing.ben.record.availability).toEqual({ kind: 'available' });
  });

  it.each<[string, string, (talk: Talking) => Promise<unknown>]>([
    ['declines', 'declined', ({ ben }) => ben.do('offer/decline', { offerId: ben.offer.id, reason: 'secret' })],
    ['lets the offer expire', 'no-answer', ({ center }) => center.clock.advance(30_000)],
    [
      'becomes unavailable',
      'unavailable',
      ({ ben }) => ben.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' }),
    ],
    ['signs out', 'unavailable', ({ ben }) => ben.do('session/sign-out', {})],
  ])('has the customer again when the other %s', async (_, reason, happens) => {
    const talk = await talking();
    await start(talk, { agent: 'ben' });
    await happens(talk);
    await talk.center.settle();
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', `failed ${reason}`]);
    expect(talk.calls.asked).toEqual(['hold', 'resume']);
    expect(changes(talk.ann, talk.conversationId)).toEqual(['held', 'resumed']);
    expect(taskOf(talk.ann, talk.conversationId, talk.taskId)?.status).toBe('assigned');
    await talk.center.clock.advance(60_000);
    expect(talk.ben.of('offer')).toHaveLength(1);
  });

  it.each([
    ['call/no-answer', 'no-answer'],
    ['call/declined', 'declined'],
    ['call/unreachable', 'unreachable'],
    ['vendor/broken', 'failed'],
  ])('has the customer again when the other’s ring ends with %s', async (code, reason) => {
    const talk = await talking();
    await start(talk, { agent: 'ben' });
    begin(talk.ben, 'offer/accept', { offerId: talk.ben.offer.id });
    await talk.center.settle();
    talk.calls.ring.fail(code);
    await talk.center.settle();
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', `failed ${reason}`]);
    expect(talk.calls.asked.slice(-2)).toContain('resume');
    expect(changes(talk.ann, talk.conversationId)).toEqual(['held', 'resumed']);
    expect(talk.ben.record.load.tasks).toBe(0);
    await talk.center.clock.advance(60_000);
    expect(talk.ben.of('offer')).toHaveLength(1);
  });

  it('has the customer again when the other leaves the call, ends the task or is lost', async () => {
    const ways: ((talk: Awaited<ReturnType<typeof consulting>>) => unknown)[] = [
      ({ calls, channelId }) => calls.events.agentLeft(channelId, { acs: '8:acs:ben A.' }, 'hung-up'),
      ({ ben, benTask }) => ben.do('task/end', { taskId: benTask }),
      ({ ben }) => ben.do('session/sign-out', {}),
    ];
    for (const leaves of ways) {
      const talk = await consulting();
      await leaves(talk);
      await talk.center.settle();
      expect(consults(talk.ann, talk.conversationId).at(-1)).toBe('failed left');
      expect(changes(talk.ann, talk.conversationId)).toEqual(['held', 'resumed']);
      expect(present(talk.ann, talk.conversationId)).toEqual(['Caller', 'ann A.']);
      expect(taskOf(talk.ann, talk.conversationId, talk.benTask)).toMatchObject({ status: 'cancelled' });
      expect(talk.calls.asked).not.toContain('close');
    }
  });

  it('goes on with the customer when the other leaves a merged call', async () => {
    const talk = await consulting();
    await act(talk, talk.consultId, 'merge');
    talk.calls.events.agentLeft(talk.channelId, { acs: '8:acs:ben A.' }, 'hung-up');
    await talk.center.settle();
    expect(consults(talk.ann, talk.conversationId).at(-1)).toBe('failed left');
    expect(taskOf(talk.ann, talk.conversationId, talk.taskId)?.status).toBe('assigned');
  });

  it('is refused for who cannot be asked, with nothing changed', async () => {
    const talk = await talking();
    const { ann, ben, center, calls, taskId } = talk;
    const refused = (to: object) => ann.refusal('consult/start', { taskId, to });
    expect(await refused({ agent: 'nobody' })).toMatchObject({ code: 'agent/unavailable' });
    expect(await refused({ agent: 'ann' })).toMatchObject({ code: 'command/invalid', field: 'to.agent' });
    await ben.do('phone/report', { ready: false, reasons: ['microphone-denied'] });
    expect(await refused({ agent: 'ben' })).toMatchObject({ code: 'agent/unavailable' });
    await ben.do('phone/report', { ready: true, reasons: [] });
    await ben.do('availability/set', { availability: { kind: 'unavailable' }, whenBusy: 'now' });
    expect(await refused({ agent: 'ben' })).toMatchObject({ code: 'agent/unavailable' });
    const cat = await deskWithPhone(center, 'cat');
    await cat.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    await cat.do('call/dial', { to: phone });
    expect(await refused({ agent: 'cat' })).toMatchObject({ code: 'agent/unavailable' });
    expect(await refused({ phone: '123' })).toMatchObject({ code: 'command/invalid', field: 'to.phone' });
    expect(calls.asked).toEqual([]);
    expect(await ben.refusal('consult/start', { taskId, to: phone })).toMatchObject({ code: 'task/gone' });
  });

  it('reaches an agent of another queue', async () => {
    const talk = await talking();
    const cat = await deskWithPhone(talk.center, 'cat');
    await start(talk, { agent: 'cat' });
    expect(cat.offer.task).toMatchObject({ purpose: 'consult', queueId: 'sales' });
    expect(talk.ben.of('offer')).toEqual([]);
  });

  it('is refused while another is being asked, and while an action is under way', async () => {
    const talk = await consulting();
    const { ann, calls, conversationId, consultId, taskId, call, center } = talk;
    expect(await ann.refusal('consult/start', { taskId, to: phone })).toMatchObject({ code: 'task/wrong-state' });
    expect(await ann.refusal('task/transfer', { taskId, to: { agent: 'cat' } })).toMatchObject({
      code: 'task/wrong-state',
    });
    expect(await ann.refusal('call/resume', call)).toMatchObject({ code: 'task/wrong-state' });
    calls.asked.length = 0;
    const one = begin(ann, 'consult/act', { conversationId, consultId, action: 'swap' }, 'one');
    const two = begin(ann, 'consult/act', { conversationId, consultId, action: 'swap' }, 'two');
    await center.settle();
    expect(one.answer).toMatchObject({ ok: true });
    expect(two.answer).toMatchObject({ ok: false, error: { code: 'task/wrong-state' } });
    expect(calls.asked).toEqual(['hold 8:acs:ben A.', 'resume']);
    const pair = [1, 2].map((n) => begin(ann, 'consult/start', { taskId, to: phone }, `start-${n}`));
    await center.settle();
    for (const each of pair) expect(each.answer).toMatchObject({ ok: false, error: { code: 'task/wrong-state' } });
  });

  it('carries out a repeated command once', async () => {
    const talk = await talking();
    const args = { taskId: talk.taskId, to: { agent: 'ben' } };
    const one = await talk.ann.answer('consult/start', args, 'same');
    expect(await talk.ann.answer('consult/start', args, 'same')).toEqual(one);
    expect(talk.calls.asked).toEqual(['hold']);
    expect(talk.ben.of('offer')).toHaveLength(1);
  });

  it('is only the owner’s: the other cannot act on the call or the consult', async () => {
    const { ben, conversationId, consultId, benTask, call } = await consulting();
    expect(await ben.refusal('call/hold', call)).toMatchObject({ code: 'task/gone' });
    expect(await ben.refusal('consult/act', { conversationId, consultId, action: 'cancel' })).toMatchObject({
      code: 'task/gone',
    });
    expect(await ben.refusal('consult/start', { taskId: benTask, to: phone })).toMatchObject({
      code: 'task/wrong-state',
    });
  });

  it('is not for the other to give back to a queue: the customer would wait for nobody', async () => {
    const { ben, ann, calls, conversationId, benTask } = await consulting();
    expect(await ben.refusal('task/requeue', { taskId: benTask })).toMatchObject({ code: 'task/wrong-state' });
    expect(present(ann, conversationId)).toEqual(['Caller', 'ann A.', 'ben A.']);
    expect(calls.asked).not.toContain('leave');
  });

  it('hands on by parking what was completed: the taker is told of a transfer, not of a consult', async () => {
    const talk = await consulting();
    const { center, ben, benTask, consultId } = talk;
    await act(talk, consultId, 'complete');
    await ben.do('task/park', { taskId: benTask, note: 'Wants money back' });
    await center.settle();
    expect(taskOf(ben, talk.conversationId, benTask)).toMatchObject({
      status: 'queued',
      purpose: 'transfer',
      from: { agentId: 'ben', note: 'Wants money back' },
    });
  });

  it('asks a second one once all are merged, and hands all over with the customer', async () => {
    const talk = await consulting();
    const { center, calls, ann, ben, conversationId, consultId, benTask } = talk;
    await act(talk, consultId, 'merge');
    const cat = await deskWithPhone(center, 'cat');
    const second = await start(talk, { agent: 'cat' }, { merge: true });
    const { taskId: catTask } = await answers(center, calls, cat);
    expect(lastConsult(ann, conversationId)).toMatchObject({ id: second.consultId, status: 'merged' });
    await act(talk, consultId, 'complete');
    expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.', 'cat A.']);
    expect(lastConsult(ben, conversationId)).toMatchObject({ id: second.consultId, taskId: benTask });
    await ben.do('consult/act', { conversationId, consultId: second.consultId, action: 'cancel' });
    await center.settle();
    expect(taskOf(ben, conversationId, catTask)?.status).toBe('cancelled');
    expect(cat.of('conversation-left')).toHaveLength(1);
  });
});

describe('a customer', () => {
  it('who hangs up ends it at any point: no wrap-up for the one who was asked', async () => {
    const points: (() => Promise<Talking>)[] = [
      async () => {
        const talk = await talking();
        await start(talk, { agent: 'ben' });
        return talk;
      },
      async () => {
        const talk = await talking();
        await start(talk, { agent: 'ben' });
        begin(talk.ben, 'offer/accept', { offerId: talk.ben.offer.id });
        await talk.center.settle();
        return talk;
      },
      consulting,
      async () => {
        const talk = await consulting();
        await act(talk, talk.consultId, 'swap');
        return talk;
      },
      async () => {
        const talk = await consulting();
        await act(talk, talk.consultId, 'merge');
        return talk;
      },
      phoning,
    ];
    for (const point of points) {
      const talk = await point();
      talk.calls.events.customerLeft(talk.channelId, 'hung-up');
      await talk.center.settle();
      await talk.center.clock.advance(1);
      expect(consults(talk.ann, talk.conversationId).at(-1)).toBe('cancelled customer-left');
      expect(taskOf(talk.ann, talk.conversationId, talk.taskId)?.status).toBe('wrapping');
      expect(talk.ben.record.load.tasks).toBe(0);
      expect(talk.ben.of('conversation-left').length).toBe(talk.ben.of('conversation').length);
      await talk.ann.do('wrap-up/complete', { taskId: talk.taskId, disposition: 'solved' });
      await talk.center.clock.advance(200_000);
      expect(talk.ben.of('offer').length).toBeLessThanOrEqual(1);
    }
  });

  it('sees only who talks to them: a consulted agent once merged, a number never', async () => {
    const { calls, center } = callCenter({}, {}, [agent('ann'), agent('ben')]);
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    const { channelId } = started.channel;
    const held = await inCall(center, calls, ann, { channelId, customerRefs: { acs: '8:acs:c' } });
    const ben = await deskWithPhone(center, 'ben');
    const talk = { ann, conversationId: held.conversationId };
    const names = async () => {
      const later = await center.customer(started);
      const seen = [page, later].map((one) =>
        one
          .entries(started.conversationId)
          .flatMap((entry) => (entry.type === 'participant-joined' ? entry.participant.displayName : [])),
      );
      expect(seen[0]).toEqual(seen[1]);
      return seen[0];
    };
    const { consultId } = await ann.do('consult/start', { taskId: held.taskId, to: { agent: 'ben' } });
    await answers(center, calls, ben);
    expect(page.status).toEqual({ phase: 'active', agents: ['ann A.'] });
    expect(await names()).toEqual(['Cleo', 'ann A.']);
    await act(talk, consultId, 'merge');
    expect(page.status).toEqual({ phase: 'active', agents: ['ann A.', 'ben A.'] });
    expect(await names()).toEqual(['Cleo', 'ann A.', 'ben A.']);
    await act(talk, consultId, 'complete');
    expect(page.status).toEqual({ phase: 'active', agents: ['ben A.'] });
    const benTask = ben.offer.task.id;
    const second = await ben.do('consult/start', { taskId: benTask, to: phone });
    calls.events.joined(channelId, phone);
    await center.settle();
    expect(await names()).toEqual(['Cleo', 'ann A.', 'ben A.']);
    await ben.do('consult/act', { conversationId: held.conversationId, consultId: second.consultId, action: 'merge' });
    expect(await names()).toEqual(['Cleo', 'ann A.', 'ben A.', 'Participant']);
    const all = JSON.stringify([page.received, (await center.customer(started)).received]);
    expect(all).not.toContain(phone.phone);
    expect(all).not.toContain('"consult"');
  });

  it('is not told of a consulted agent who comes and goes', async () => {
    const { calls, center } = callCenter();
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    const { channelId } = started.channel;
    const held = await inCall(center, calls, ann, { channelId, customerRefs: { acs: '8:acs:c' } });
    const ben = await deskWithPhone(center, 'ben');
    const { consultId } = await ann.do('consult/start', { taskId: held.taskId, to: { agent: 'ben' } });
    await answers(center, calls, ben);
    await act({ ann, conversationId: held.conversationId }, consultId, 'cancel');
    await center.settle();
    const later = await center.customer(started);
    for (const one of [page, later]) expect(JSON.stringify(one.received)).not.toContain('ben A.');
  });
});

describe('an agent who transfers to another', () => {
  it('has given the call away as soon as the other is there', async () => {
    const talk = await talking();
    const { calls, center, ann, ben, conversationId, taskId } = talk;
    const { consultId } = await ann.do('task/transfer', {
      taskId,
      to: { agent: 'ben' },
      note: 'yours',
      labels: { vip: true },
    });
    expect(consultId).toEqual(expect.any(String));
    expect(ben.offer.task).toMatchObject({ purpose: 'transfer', labels: { vip: true }, from: { note: 'yours' } });
    const { taskId: benTask } = await answers(center, calls, ben);
    expect(calls.asked).toEqual(['hold', 'join', 'resume', 'leave']);
    expect(consults(ben, conversationId)).toEqual(['ringing', 'completed']);
    expect(changes(ben, conversationId)).toEqual(['held', 'resumed']);
    expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.']);
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('wrapping');
    expect(taskOf(ann, conversationId, benTask)?.status).toBe('assigned');
    calls.events.customerLeft(talk.channelId, 'hung-up');
    await center.settle();
    expect(taskOf(ben, conversationId, benTask)?.status).toBe('wrapping');
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('wrapping');
  });

  it('has the customer again when nobody answers', async () => {
    const talk = await talking();
    await talk.ann.do('task/transfer', { taskId: talk.taskId, to: { agent: 'ben' } });
    await talk.center.clock.advance(30_000);
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', 'failed no-answer']);
    expect(changes(talk.ann, talk.conversationId)).toEqual(['held', 'resumed']);
    expect(talk.ben.record.availability).toMatchObject({ reason: 'offer-expired' });
  });

  it('may get it back, and keeps it when the first wrap-up ends', async () => {
    const talk = await talking();
    const { calls, center, ann, ben, conversationId, taskId } = talk;
    await ann.do('task/transfer', { taskId, to: { agent: 'ben' } });
    const { taskId: benTask } = await answers(center, calls, ben);
    await ben.do('task/transfer', { taskId: benTask, to: { agent: 'ann' } });
    const { taskId: third } = await answers(center, calls, ann);
    calls.asked.length = 0;
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    await center.settle();
    expect(calls.asked).toEqual([]);
    expect(ann.of('conversation-left')).toEqual([]);
    expect(taskOf(ann, conversationId, third)?.status).toBe('assigned');
    expect(present(ann, conversationId)).toEqual(['Caller', 'ann A.']);
  });

  it('gives a chat away without hold', async () => {
    const { center } = callCenter();
    const ann = await center.desk('ann');
    const started = await center.start();
    const page = await center.customer(started);
    await center.settle();
    const { taskId } = await ann.do('offer/accept', { offerId: ann.offer.id });
    const ben = await center.desk('ben');
    const { conversationId } = started;
    expect(await ann.refusal('consult/start', { taskId, to: { agent: 'ben' } })).toMatchObject({
      code: 'command/not-allowed',
    });
    await ann.do('task/transfer', { taskId, to: { agent: 'ben' } });
    await ben.do('offer/accept', { offerId: ben.offer.id });
    await center.settle();
    expect(page.status).toEqual({ phase: 'active', agents: ['ben A.'] });
    const message = { conversationId, channelId: started.channel.channelId, clientId: 'x', text: 'hello' };
    expect(await ann.refusal('message/send', message)).toMatchObject({ code: 'conversation/not-found' });
    await ben.do('message/send', message);
    await page.say('hi');
    expect(ann.entries(conversationId).filter(({ type }) => type === 'message')).toHaveLength(2);
  });
});

describe('an agent who transfers to a queue', () => {
  it('wraps up; the task waits with its age and the note for anybody else, the caller hearing music', async () => {
    const talk = await talking();
    const { calls, center, ann, ben, conversationId, taskId, call } = talk;
    await ann.do('call/hold', call);
    calls.asked.length = 0;
    expect(await ann.do('task/transfer', { taskId, to: { queue: 'support' }, note: 'rest' })).toEqual({});
    expect(calls.asked).toEqual(['leave']);
    expect(ann.of('offer')).toHaveLength(1);
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('wrapping');
    expect(ben.offer.task).toMatchObject({
      purpose: 'transfer',
      queueId: 'support',
      queuedAt: taskOf(ann, conversationId, taskId)?.queuedAt,
      from: { agentId: 'ann', note: 'rest' },
    });
    expect(changes(ann, conversationId)).toEqual(['held', 'resumed']);
    const { taskId: next } = await answers(center, calls, ben);
    expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.']);
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
    expect(taskOf(ben, conversationId, next)?.status).toBe('assigned');
  });

  it('takes out whoever was added, so that the caller is not left with them', async () => {
    const { calls, ann, conversationId, taskId, call } = await talking();
    await ann.do('call/add', { ...call, to: phone });
    calls.asked.length = 0;
    await ann.do('task/transfer', { taskId, to: { queue: 'support' } });
    expect(calls.asked).toEqual([`remove ${JSON.stringify(phone)}`, 'leave']);
    expect(present(ann, conversationId)).toEqual(['Caller']);
  });

  it('does so with a chat', async () => {
    const { center } = callCenter({}, {}, [agent('ann'), agent('cat', { queues: ['sales'] })]);
    const ann = await center.desk('ann');
    const page = await center.customer(await center.start());
    await center.settle();
    const { taskId } = await ann.do('offer/accept', { offerId: ann.offer.id });
    await ann.do('task/transfer', { taskId, to: { queue: 'sales' } });
    expect(page.status).toMatchObject({ phase: 'queued' });
    const cat = await center.desk('cat');
    await cat.do('offer/accept', { offerId: cat.offer.id });
    expect(page.status).toEqual({ phase: 'active', agents: ['cat A.'] });
  });

  it('lets go whom it consults first, and keeps the customer when the host does not let it leave', async () => {
    const talk = await consulting();
    await talk.ann.do('task/transfer', { taskId: talk.taskId, to: { queue: 'sales' } });
    await talk.center.settle();
    expect(consults(talk.ann, talk.conversationId).at(-1)).toBe('cancelled transferred');
    expect(talk.ben.record.load.tasks).toBe(0);

    const stuck = await talking({ leave: () => Promise.reject(new Error('no')) });
    expect(await stuck.ann.refusal('task/transfer', { taskId: stuck.taskId, to: { queue: 'sales' } })).toMatchObject({
      code: 'channel/unavailable',
    });
    expect(await stuck.ann.refusal('task/transfer', { taskId: stuck.taskId, to: { queue: 'none' } })).toMatchObject({
      code: 'command/invalid',
      field: 'to.queue',
    });
    expect(taskOf(stuck.ann, stuck.conversationId, stuck.taskId)?.status).toBe('assigned');
    expect(present(stuck.ann, stuck.conversationId)).toEqual(['Caller', 'ann A.']);
  });
});

describe('somebody outside', () => {
  it('is consulted as an agent is, without a task; complete leaves the two together', async () => {
    const talk = await phoning();
    const { calls, center, ann, conversationId, consultId, taskId } = talk;
    expect(calls.asked).toEqual(['hold', 'add']);
    expect(calls.added).toEqual([phone]);
    expect(lastConsult(ann, conversationId)).toMatchObject({
      kind: 'phone',
      displayName: phone.phone,
      status: 'consulting',
      participantId: expect.any(String) as unknown,
    });
    expect(present(ann, conversationId)).toEqual(['Caller', 'ann A.', 'Participant']);
    await act(talk, consultId, 'swap');
    expect(calls.asked.slice(-2)).toEqual([`hold ${phone.phone}`, 'resume']);
    await act(talk, consultId, 'complete');
    expect(calls.asked.slice(-2)).toEqual([`resume ${phone.phone}`, 'release']);
    await center.settle();
    expect(consults(ann, conversationId).at(-1)).toBe('completed');
    expect(ann.entries(conversationId)).toContainEqual(
      expect.objectContaining({ type: 'channel-closed', reason: 'transferred' }),
    );
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('wrapping');
    expect(calls.asked).not.toContain('close');
  });

  it.each([
    ['busy', 'busy'],
    ['declined', 'declined'],
    ['no-answer', 'no-answer'],
    ['bad-destination', 'bad-destination'],
    ['whatever', 'unreachable'],
  ])('who is %s gives the customer back', async (said, reason) => {
    const talk = await talking();
    await start(talk, phone);
    talk.calls.events.agentLeft(talk.channelId, phone, said);
    await talk.center.settle();
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', `failed ${reason}`]);
    expect(changes(talk.ann, talk.conversationId)).toEqual(['held', 'resumed']);
  });

  it('of whom nothing is heard gives the customer back after two minutes', async () => {
    const talk = await talking();
    await start(talk, phone);
    await talk.center.clock.advance(120_000);
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', 'failed no-answer']);
    expect(talk.calls.asked).toEqual(['hold', 'add', `remove ${JSON.stringify(phone)}`, 'resume']);
  });

  it('who cannot be called at all gives the customer back', async () => {
    const talk = await talking();
    talk.calls.fails('add', 'call/bad-destination');
    await start(talk, phone);
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', 'failed bad-destination']);
    expect(changes(talk.ann, talk.conversationId)).toEqual(['held', 'resumed']);
  });

  it('whom the host turns down, as being in the call already, gives the customer back, and is no fault of the host', async () => {
    const faults: unknown[] = [];
    const talk = await talking({}, { onError: (_: unknown, { hook }: HookContext) => void faults.push(hook) });
    talk.calls.fails('add', 'command/invalid');
    await start(talk, phone);
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', 'failed failed']);
    expect(changes(talk.ann, talk.conversationId)).toEqual(['held', 'resumed']);
    await talk.ann.do('task/transfer', { taskId: talk.taskId, to: phone });
    talk.calls.transfers[0]?.fail('command/invalid');
    await talk.center.settle();
    expect(consults(talk.ann, talk.conversationId).slice(2)).toEqual(['ringing', 'failed failed']);
    expect(await talk.ann.refusal('call/add', { ...talk.call, to: phone })).toMatchObject({ code: 'command/invalid' });
    expect(faults).toEqual([]);
    talk.calls.fails('add', 'host/broken');
    await start(talk, phone);
    expect(faults).toEqual(['host.add']);
  });

  it('who hangs up leaves the customer to the agent', async () => {
    for (const merge of [false, true]) {
      const talk = await phoning({}, { merge });
      talk.calls.events.agentLeft(talk.channelId, phone, 'hung-up');
      await talk.center.settle();
      expect(consults(talk.ann, talk.conversationId).at(-1)).toBe('failed left');
      expect(present(talk.ann, talk.conversationId)).toEqual(['Caller', 'ann A.']);
      expect(changes(talk.ann, talk.conversationId)).toEqual(merge ? [] : ['held', 'resumed']);
    }
  });

  it('is let go while it rings, when talking, and by removing the participant of a conference', async () => {
    const ringing = await talking();
    const { consultId } = await start(ringing, phone);
    await act(ringing, consultId, 'cancel');
    expect(ringing.calls.asked).toEqual(['hold', 'add', `remove ${JSON.stringify(phone)}`, 'resume']);
    ringing.calls.events.joined(ringing.channelId, phone);
    await ringing.center.settle();
    expect(present(ringing.ann, ringing.conversationId)).toEqual(['Caller', 'ann A.']);

    const merged = await phoning({}, { merge: true });
    expect(merged.calls.asked).toEqual(['add']);
    expect(consults(merged.ann, merged.conversationId)).toEqual(['ringing', 'merged']);
    await merged.ann.do('call/remove', { ...merged.call, participantId: `4:${phone.phone}` });
    expect(consults(merged.ann, merged.conversationId).at(-1)).toBe('cancelled cancelled');
    expect(present(merged.ann, merged.conversationId)).toEqual(['Caller', 'ann A.']);
  });

  it('is given the customer at once by a transfer, the two talking until it is accepted', async () => {
    const talk = await talking();
    const { calls, center, ann, conversationId, taskId, call } = talk;
    const { consultId = '' } = await ann.do('task/transfer', { taskId, to: phone });
    expect(calls.asked).toEqual(['transfer']);
    expect(await ann.refusal('call/hold', call)).toMatchObject({ code: 'task/wrong-state' });
    expect(await ann.refusal('task/requeue', { taskId })).toMatchObject({ code: 'task/wrong-state' });
    expect(await ann.refusal('consult/act', { conversationId, consultId, action: 'cancel' })).toMatchObject({
      code: 'command/not-allowed',
    });
    await ann.do('note/add', { conversationId, text: 'rings' });
    calls.transfers[0]?.accept();
    await center.settle();
    expect(consults(ann, conversationId)).toEqual(['ringing', 'completed']);
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('wrapping');
    expect(calls.asked).toEqual(['transfer']);
  });

  it('who does not accept a transfer changes nothing', async () => {
    const talk = await talking();
    await talk.ann.do('task/transfer', { taskId: talk.taskId, to: { teamsUser: 'oid' } });
    talk.calls.transfers[0]?.fail('call/busy');
    await talk.center.settle();
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', 'failed busy']);
    await talk.ann.do('call/hold', talk.call);
    const silent = await talking();
    await silent.ann.do('task/transfer', { taskId: silent.taskId, to: phone });
    await silent.center.clock.advance(120_000);
    expect(consults(silent.ann, silent.conversationId)).toEqual(['ringing', 'failed failed']);
  });

  it('who is being given the customer does not keep either from hanging up', async () => {
    for (const ends of ['customer', 'agent'] as const) {
      const talk = await talking();
      await talk.ann.do('task/transfer', { taskId: talk.taskId, to: phone });
      if (ends === 'customer') talk.calls.events.customerLeft(talk.channelId, 'hung-up');
      else await talk.ann.do('task/end', { taskId: talk.taskId });
      await talk.center.settle();
      expect(consults(talk.ann, talk.conversationId).at(-1)).toBe(
        ends === 'customer' ? 'cancelled customer-left' : 'cancelled agent-ended',
      );
      expect(taskOf(talk.ann, talk.conversationId, talk.taskId)?.status).toBe('wrapping');
      talk.calls.transfers[0]?.accept();
      await talk.center.settle();
      expect(consults(talk.ann, talk.conversationId)).toHaveLength(2);
    }
  });

  it('is not reached where the host cannot', async () => {
    const talk = await talking({ actions: ['addParticipant'] });
    const { ann, taskId } = talk;
    for (const to of [phone, { agent: 'ben' }, { teamsUser: 'oid' }]) {
      expect(await ann.refusal('consult/start', { taskId, to })).toMatchObject({ code: 'command/not-allowed' });
    }
    for (const to of [phone, { agent: 'ben' }, { teamsUser: 'oid' }, { voicemail: 'oid' }]) {
      expect(await ann.refusal('task/transfer', { taskId, to })).toMatchObject({ code: 'command/not-allowed' });
    }
    await start(talk, phone, { merge: true });
    expect(talk.calls.asked).toEqual(['add']);
  });
});

describe('the owner of a call with a consult', () => {
  it('who ends the task ends it for all', async () => {
    const talk = await consulting();
    await talk.ann.do('task/end', { taskId: talk.taskId });
    await talk.center.settle();
    expect(talk.calls.asked).toContain('close');
    expect(consults(talk.ann, talk.conversationId).at(-1)).toBe('cancelled agent-ended');
    expect(talk.ben.record.load.tasks).toBe(0);
    expect(taskOf(talk.ann, talk.conversationId, talk.taskId)?.status).toBe('wrapping');
  });

  it('who ends the task while it rings is not kept waiting', async () => {
    const talk = await talking();
    await start(talk, { agent: 'ben' });
    begin(talk.ben, 'offer/accept', { offerId: talk.ben.offer.id });
    await talk.center.settle();
    await talk.ann.do('task/end', { taskId: talk.taskId });
    await talk.center.settle();
    expect(talk.calls.ring.signal.aborted).toBe(true);
    expect(consults(talk.ann, talk.conversationId)).toEqual(['ringing', 'cancelled agent-ended']);
    expect(talk.ben.record.load.tasks).toBe(0);
  });

  it('who requeues or parks lets the other go first', async () => {
    const requeued = await consulting();
    await requeued.ann.do('task/requeue', { taskId: requeued.taskId });
    await requeued.center.settle();
    expect(consults(requeued.ann, requeued.conversationId).at(-1)).toBe('cancelled agent-requeued');
    expect(requeued.ben.offer.task.id).toBe(requeued.taskId);
    expect(present(requeued.ben, requeued.conversationId)).toEqual(['Caller', 'ann A.']);

    const parked = await consulting();
    await parked.ann.do('task/park', { taskId: parked.taskId });
    await parked.center.settle();
    expect(consults(parked.ann, parked.conversationId).at(-1)).toBe('cancelled parked');
    expect(parked.ben.of('parked').at(-1)?.parked).toMatchObject([{ taskId: parked.taskId }]);
    expect(parked.ben.record.load.tasks).toBe(0);
  });

  it('who is lost leaves the customer with the other, merged; after the grace it is the other’s', async () => {
    for (const before of [undefined, 'swap', 'merge'] as const) {
      const talk = await consulting();
      const { calls, center, ann, ben, conversationId, taskId, benTask, channelId } = talk;
      if (before !== undefined) await act(talk, talk.consultId, before);
      calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'lost');
      await center.settle();
      expect(consults(ben, conversationId).at(-1)).toBe('merged');
      expect(changes(ben, conversationId).at(-1)).toBe('resumed');
      await center.clock.advance(59_999);
      expect(taskOf(ann, conversationId, taskId)?.status).toBe('assigned');
      await center.clock.advance(1);
      await center.settle();
      expect(consults(ben, conversationId).at(-1)).toBe('completed agent-lost');
      expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.']);
      expect(taskOf(ann, conversationId, taskId)?.status).toBe('wrapping');
      expect(taskOf(ben, conversationId, benTask)?.status).toBe('assigned');
      await ben.do('call/hold', talk.call);
      await ben.do('task/end', { taskId: benTask });
    }
  });

  it('who is lost may come back within the grace, and still owns the call', async () => {
    const talk = await consulting();
    const { calls, center, ann, conversationId, channelId, call, consultId } = talk;
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'lost');
    await center.settle();
    const rejoin = begin(ann, 'call/rejoin', call);
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect(rejoin.answer).toMatchObject({ ok: true });
    await center.clock.advance(120_000);
    expect(consults(ann, conversationId).at(-1)).toBe('merged');
    await act(talk, consultId, 'cancel');
  });

  it('who is lost while the other is asked is merged with them once they are there', async () => {
    const talk = await talking();
    const { calls, center, conversationId, channelId, ben } = talk;
    await start(talk, { agent: 'ben' });
    calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'lost');
    await center.settle();
    await answers(center, calls, ben);
    expect(consults(ben, conversationId)).toEqual(['ringing', 'merged']);
    expect(changes(ben, conversationId)).toEqual(['held', 'resumed']);
  });

  it('who is lost in a talk with somebody outside ends that; the call waits for the agent as ever', async () => {
    for (const answered of [true, false]) {
      const talk = answered ? await phoning() : await talking();
      if (!answered) await start(talk, phone);
      const { calls, center, ann, ben, conversationId, channelId, taskId } = talk;
      calls.events.agentLeft(channelId, { acs: '8:acs:ann A.' }, 'lost');
      await center.settle();
      expect(consults(ann, conversationId).at(-1)).toBe('cancelled agent-lost');
      expect(changes(ann, conversationId)).toEqual(['held', 'resumed']);
      await center.clock.advance(60_000);
      expect(ben.offer.task.id).toBe(taskId);
    }
  });

  it('who signs out, or vanishes for good, leaves the customer to the other', async () => {
    const out = await consulting();
    await out.ann.do('session/sign-out', {});
    await out.center.settle();
    expect(consults(out.ben, out.conversationId).at(-1)).toBe('completed agent-lost');
    expect(changes(out.ben, out.conversationId)).toEqual(['held', 'resumed']);
    expect(present(out.ben, out.conversationId)).toEqual(['Caller', 'ben A.']);
    expect(taskOf(out.ben, out.conversationId, out.taskId)?.status).toBe('closed');
    await out.ben.do('task/end', { taskId: out.benTask });

    const gone = await consulting();
    gone.ann.drop();
    await gone.center.clock.advance(60_000);
    expect(consults(gone.ben, gone.conversationId).at(-1)).toBe('completed agent-lost');
    expect(taskOf(gone.ben, gone.conversationId, gone.benTask)?.status).toBe('assigned');
  });

  it('who signs out while the other is asked gives the call back to its queue', async () => {
    const talk = await talking();
    await start(talk, { agent: 'ben' });
    await talk.ann.do('session/sign-out', {});
    await talk.center.settle();
    expect(talk.ben.offer.task.id).toBe(talk.taskId);
    await answers(talk.center, talk.calls, talk.ben);
    expect(consults(talk.ben, talk.conversationId)).toEqual(['ringing', 'cancelled agent-lost']);
    expect(present(talk.ben, talk.conversationId)).toEqual(['Caller', 'ben A.']);
  });
});

describe('a host that fails', () => {
  it('at hold refuses the consult; nothing has changed', async () => {
    const talk = await talking();
    talk.calls.fails('hold', 'vendor/broken');
    expect(await talk.ann.refusal('consult/start', { taskId: talk.taskId, to: { agent: 'ben' } })).toMatchObject({
      code: 'channel/unavailable',
    });
    expect(consults(talk.ann, talk.conversationId)).toEqual([]);
    expect(talk.ben.of('offer')).toEqual([]);
    expect(talk.calls.asked).toEqual(['hold', 'resume']);
    talk.calls.fails('hold', undefined);
    await start(talk, { agent: 'ben' });
  });

  it('at resume after a decline is asked again; the customer is on hold in the log as in truth, and can be resumed', async () => {
    const talk = await talking();
    const { calls, center, ann, ben, conversationId, call } = talk;
    await start(talk, { agent: 'ben' });
    calls.fails('resume', 'vendor/broken');
    await ben.do('offer/decline', { offerId: ben.offer.id });
    await center.settle();
    expect(consults(ann, conversationId).at(-1)).toBe('failed declined');
    expect(calls.asked).toEqual(['hold', 'resume', 'resume']);
    expect(changes(ann, conversationId)).toEqual(['held']);
    calls.fails('resume', undefined);
    await ann.do('call/resume', call);
    expect(changes(ann, conversationId)).toEqual(['held', 'resumed']);
  });

  it('at a swap leaves all as it was', async () => {
    const talk = await consulting();
    const { calls, ann, conversationId, consultId } = talk;
    calls.fails('resume', 'vendor/broken');
    const swap = { conversationId, consultId, action: 'swap' };
    expect(await ann.refusal('consult/act', swap)).toMatchObject({ code: 'channel/unavailable' });
    // Not even the other could be resumed: the agent is not left alone with two who wait.
    expect(consults(ann, conversationId).at(-1)).toBe('failed failed');
    expect(changes(ann, conversationId)).toEqual(['held']);
    expect(present(ann, conversationId)).toEqual(['Caller', 'ann A.']);

    const other = await consulting();
    other.calls.fails('hold', 'vendor/broken');
    expect(
      await other.ann.refusal('consult/act', {
        ...swap,
        conversationId: other.conversationId,
        consultId: other.consultId,
      }),
    ).toMatchObject({ code: 'channel/unavailable' });
    expect(consults(other.ann, other.conversationId).at(-1)).toBe('consulting');
  });

  it('at leaving keeps the agent in a merged call, who can try again', async () => {
    let broken = true;
    const talk = await consulting({
      leave: () => (broken ? Promise.reject(new Error('no')) : Promise.resolve()),
    });
    const { ann, conversationId, consultId, taskId } = talk;
    expect(await ann.refusal('consult/act', { conversationId, consultId, action: 'complete' })).toMatchObject({
      code: 'channel/unavailable',
    });
    expect(consults(ann, conversationId).at(-1)).toBe('merged');
    expect(changes(ann, conversationId)).toEqual(['held', 'resumed']);
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('assigned');
    broken = false;
    await act(talk, consultId, 'complete');
    expect(consults(ann, conversationId).at(-1)).toBe('completed');
  });

  it('at releasing keeps the call, merged', async () => {
    const talk = await phoning();
    talk.calls.fails('release', 'vendor/broken');
    const { ann, conversationId, consultId } = talk;
    expect(await ann.refusal('consult/act', { conversationId, consultId, action: 'complete' })).toMatchObject({
      code: 'channel/unavailable',
    });
    expect(consults(ann, conversationId).at(-1)).toBe('merged');
  });

  it('at the end of a transfer gives the customer back', async () => {
    for (const step of ['resume', 'leave'] as const) {
      const talk = await talking();
      await talk.ann.do('task/transfer', { taskId: talk.taskId, to: { agent: 'ben' } });
      talk.calls.fails(step, 'vendor/broken');
      await answers(talk.center, talk.calls, talk.ben);
      expect(consults(talk.ann, talk.conversationId).at(-1)).toBe('failed failed');
      expect(taskOf(talk.ann, talk.conversationId, talk.taskId)?.status).toBe('assigned');
      expect(talk.ben.record.load.tasks).toBe(0);
      expect(changes(talk.ann, talk.conversationId)).toEqual(step === 'resume' ? ['held'] : ['held', 'resumed']);
    }
  });

  it('by never answering keeps nobody for good, and the customer may hang up meanwhile', async () => {
    const talk = await talking({ hold: never });
    const asked = begin(talk.ann, 'consult/start', { taskId: talk.taskId, to: { agent: 'ben' } });
    await talk.center.clock.advance(10_000);
    expect(asked.answer).toMatchObject({ ok: false, error: { code: 'channel/unavailable' } });
    const ringing = await talking({ add: never });
    begin(ringing.ann, 'consult/start', { taskId: ringing.taskId, to: phone });
    await ringing.center.settle();
    ringing.calls.events.customerLeft(ringing.channelId, 'hung-up');
    await ringing.center.clock.advance(10_000);
    expect(taskOf(ringing.ann, ringing.conversationId, ringing.taskId)?.status).toBe('wrapping');
  });

  it('whose store fails as well refuses the consult and takes the customer off hold', async () => {
    const memory = memoryStore();
    let broken = false;
    const talk = await talking(
      {},
      {
        store: {
          ...memory,
          append: (id, entries) => (broken ? Promise.reject(new Error('disk')) : memory.append(id, entries)),
        },
      },
    );
    broken = true;
    await talk.ann.refusal('consult/start', { taskId: talk.taskId, to: { agent: 'ben' } });
    broken = false;
    expect(talk.calls.asked).toEqual(['hold', 'resume']);
    await start(talk, { agent: 'ben' });
  });
});

describe('two things at the same moment', () => {
  /** A step of the host that waits for `go`. */
  const gate = () => {
    let go = () => {};
    let waits = false;
    const opened = new Promise<void>((resolve) => (go = resolve));
    return { go: () => go(), arm: () => (waits = true), step: () => (waits ? opened : Promise.resolve()) };
  };

  it('the agent signs out while the customer is being put on hold: the customer waits for somebody else', async () => {
    const hold = gate();
    const resumed: string[] = [];
    const talk = await talking({ hold: hold.step, resume: async () => void resumed.push('resume') });
    hold.arm();
    begin(talk.ann, 'consult/start', { taskId: talk.taskId, to: { agent: 'ben' } });
    await talk.center.settle();
    await talk.ann.answer('session/sign-out', {}).catch(() => {});
    hold.go();
    await talk.center.settle();
    expect(resumed).toEqual(['resume']);
    expect(talk.ben.of('offer').map(({ offer }) => offer.task.id)).toEqual([talk.taskId]);
    expect(consults(talk.ann, talk.conversationId)).toEqual([]);
  });

  it('the other signs out while the agent leaves: the agent may come back, else the call goes to its queue', async () => {
    const leave = gate();
    const talk = await consulting({ leave: leave.step });
    const { ann, ben, center, conversationId, consultId, taskId } = talk;
    leave.arm();
    const complete = begin(ann, 'consult/act', { conversationId, consultId, action: 'complete' });
    await center.settle();
    ben.frame({ type: 'command', id: 'out', name: 'session/sign-out', args: {} });
    await center.settle();
    leave.go();
    await center.settle();
    expect(complete.answer).toMatchObject({ ok: false, error: { code: 'consult/gone' } });
    expect(consults(ann, conversationId).at(-1)).toBe('failed left');
    expect(taskOf(ann, conversationId, taskId)?.status).toBe('assigned');
    const again = await deskWithPhone(center, 'ben');
    await center.clock.advance(60_000);
    expect(again.offer.task.id).toBe(taskId);
  });

  it('the agent signs out while leaving for the other: the call is the other’s, once', async () => {
    const leave = gate();
    const talk = await consulting({ leave: leave.step });
    const { ann, ben, center, conversationId, consultId, benTask, taskId } = talk;
    leave.arm();
    begin(ann, 'consult/act', { conversationId, consultId, action: 'complete' });
    await center.settle();
    ann.frame({ type: 'command', id: 'out', name: 'session/sign-out', args: {} });
    await center.settle();
    leave.go();
    await center.settle();
    expect(consults(ben, conversationId).filter((words) => words.startsWith('completed'))).toHaveLength(1);
    expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.']);
    expect(taskOf(ben, conversationId, taskId)?.status).toBe('closed');
    expect(taskOf(ben, conversationId, benTask)?.status).toBe('assigned');
    await ben.do('task/end', { taskId: benTask });
  });

  it('the agent gives the call to a queue and requeues it: the second is refused', async () => {
    const leave = gate();
    const talk = await talking({ leave: leave.step });
    const { ann, ben, center, taskId } = talk;
    leave.arm();
    const first = begin(ann, 'task/transfer', { taskId, to: { queue: 'support' } }, 'first');
    await center.settle();
    const second = begin(ann, 'task/requeue', { taskId }, 'second');
    await center.settle();
    leave.go();
    await center.settle();
    expect(first.answer).toMatchObject({ ok: true });
    expect(second.answer).toMatchObject({ ok: false, error: { code: 'task/wrong-state' } });
    expect(ben.of('offer')).toHaveLength(1);
  });

  it('the agent signs out while giving the call to a queue: it waits there once', async () => {
    const leave = gate();
    const talk = await talking({ leave: leave.step });
    const { ann, ben, center, taskId, conversationId, calls } = talk;
    leave.arm();
    begin(ann, 'task/transfer', { taskId, to: { queue: 'support' } });
    await center.settle();
    ann.frame({ type: 'command', id: 'out', name: 'session/sign-out', args: {} });
    await center.settle();
    leave.go();
    await center.settle();
    expect(ben.of('offer').map(({ offer }) => offer.task.id)).toEqual([taskId]);
    await answers(center, calls, ben);
    expect(present(ben, conversationId)).toEqual(['Caller', 'ben A.']);
  });

  it('who is let go in the moment of answering is taken out of the call', async () => {
    const talk = await talking();
    const { consultId } = await start(talk, phone);
    await act(talk, consultId, 'cancel');
    talk.calls.asked.length = 0;
    talk.calls.events.joined(talk.channelId, phone);
    await talk.center.settle();
    expect(talk.calls.asked).toEqual([`remove ${JSON.stringify(phone)}`]);
  });

  it('what the host does too late is undone', async () => {
    const hold = gate();
    const resumed: string[] = [];
    const talk = await talking({ hold: hold.step, resume: async () => void resumed.push('resume') });
    hold.arm();
    begin(talk.ann, 'consult/start', { taskId: talk.taskId, to: { agent: 'ben' } });
    await talk.center.clock.advance(10_000);
    expect(resumed).toEqual(['resume']);
    hold.go();
    await talk.center.settle();
    expect(resumed).toEqual(['resume', 'resume']);

    let ring = (_: Record<string, string>) => {};
    const slow = await talking({ add: () => new Promise((resolve) => (ring = resolve)) });
    begin(slow.ann, 'consult/start', { taskId: slow.taskId, to: phone });
    await slow.center.clock.advance(10_000);
    expect(consults(slow.ann, slow.conversationId)).toEqual(['ringing', 'failed failed']);
    ring(phone);
    await slow.center.settle();
    expect(slow.calls.asked.at(-1)).toBe(`remove ${JSON.stringify(phone)}`);
  });
});
