import { ContactCenterClient, type Capability, type Task, type VoiceProvider } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { inProcessSocket, scriptedVoice } from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { afterEach, describe, expect, it } from 'vitest';
import { agent, type ContactCenter } from '../server/contact-center';
import { callCenter } from '../server/scripted-calls';

const executor: Capability = { supported: true, executor: 'controlPlane' };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** An agent at a desk of their own, with a phone that answers what the server rings. */
async function desk(center: ContactCenter, calls: ReturnType<typeof callCenter>['calls'], id: string) {
  const { clock, server } = center;
  const voice = scriptedVoice();
  const provider: VoiceProvider = {
    channel: 'voice',
    name: 'scripted',
    tokenKinds: ['tpeAgent'],
    open: (context) => createVoice(context, { tokenKinds: ['tpeAgent'], open: voice.open }),
  };
  const client = new ContactCenterClient({
    controlPlane: controlPlane('https://cc.example'),
    tokens: async ({ audience }) => ({
      token: audience === 'controlPlane' ? id : 'opaque',
      expiresOn: clock.now() + 8 * 3_600_000,
      kind: 'tpeAgent',
    }),
    providers: [provider, serverChat()],
    environment: { clock, random: center.random.fork(id), socket: inProcessSocket(server, clock) },
  });
  closing.push(() => client.close());
  const signingIn = client.signIn();
  await clock.advance(100);
  await signingIn;
  void client.agent.setAvailability({ kind: 'available' });
  await clock.advance(100);
  return {
    client,
    /** Accepts the open offer, and answers the phone when it is for a call. */
    async accept(): Promise<Task> {
      const [offer] = client.offers$.value;
      if (offer === undefined) throw new Error(`${id} has no offer`);
      const accepting = offer.accept();
      await clock.advance(10);
      if (offer.task.channel === 'voice') {
        const ring = voice.ring({ correlationId: calls.ring.correlationId });
        await clock.advance(10);
        calls.ring.answer({ acs: `8:acs:${id}` });
        const other = { status: 'connected', muted: false, speaking: false, providerRefs: {} } as const;
        ring.call?.setParticipants([{ id: 'other', ...other }]);
        ring.call?.setCapabilities({ hold: executor, resume: executor, addParticipant: executor });
      }
      await clock.advance(10);
      return accepting;
    },
    /** The server has taken this side out of the call. */
    async dropped() {
      for (const call of voice.calls) call.end();
      await clock.advance(10);
    },
  };
}

async function twoDesks() {
  const { center, calls } = callCenter({}, {}, [agent('ann'), agent('ben')]);
  closing.push(() => center.server.close());
  const ann = await desk(center, calls, 'ann');
  const call = async () => {
    await calls.phone();
    await center.clock.advance(100);
    const annTask = await ann.accept();
    const ben = await desk(center, calls, 'ben');
    return { task: annTask, ben };
  };
  return { center, calls, ann, call };
}

const allowed = (task: Task, ...actions: readonly string[]) => actions.filter((action) => task.can(action).allowed);

describe('a call that one desk gives to another, over the server', () => {
  it('is the other’s once they have answered; who gave it wraps up and sees it until then', async () => {
    const { center, ann, call } = await twoDesks();
    const { task, ben } = await call();
    let given = false;
    const giving = task.transfer({ agent: 'ben' }, { note: 'wants a refund' }).then(() => (given = true));
    await center.clock.advance(100);
    expect(task.consults$.value.map(({ state$ }) => state$.value.status)).toEqual(['ringing']);
    expect(allowed(task, 'transfer', 'hold', 'park', 'cancelConsult')).toEqual(['cancelConsult']);
    expect(given).toBe(false);
    const bens = await ben.accept();
    await ann.dropped();
    await giving;
    expect(bens).toMatchObject({ purpose: 'transfer', from: { agentId: 'ann', note: 'wants a refund' } });
    expect(allowed(bens, 'transfer', 'hold', 'park')).toEqual(['transfer', 'hold', 'park']);
    expect(task.status$.value).toBe('wrapping');
    expect(task.conversation.channel('voice')?.state$.value.status).toBe('closed');
    expect(ann.client.tasks$.value).toEqual([task]);
    task.wrapUp.save({ disposition: 'solved' });
    expect(allowed(task, 'transfer', 'hold', 'end', 'rejoin', 'wrapUp')).toEqual(['wrapUp']);
    void task.wrapUp.complete();
    await center.clock.advance(100);
    expect(ann.client.tasks$.value).toEqual([]);
    expect(ben.client.tasks$.value).toEqual([bens]);
    const told = [...bens.conversation.timeline$.value].flatMap((item) => (item.kind === 'consult' ? item.status : []));
    expect(told).toEqual(['ringing', 'completed']);
  });

  it('is the first one’s again when the other declines', async () => {
    const { center, call } = await twoDesks();
    const { task, ben } = await call();
    const giving = expect(task.transfer({ agent: 'ben' })).rejects.toMatchObject({
      code: 'transfer/failed',
      reason: 'declined',
    });
    await center.clock.advance(100);
    void ben.client.offers$.value[0]?.decline();
    await center.clock.advance(100);
    await giving;
    expect(task.status$.value).toBe('assigned');
    expect(allowed(task, 'transfer', 'hold', 'park')).toEqual(['transfer', 'hold', 'park']);
  });

  it('can be talked over first: asked, swapped, and left to the other', async () => {
    const { center, ann, call } = await twoDesks();
    const { task, ben } = await call();
    const asking = task.consult({ agent: 'ben' });
    await center.clock.advance(100);
    const consult = await asking;
    const bens = await ben.accept();
    expect(consult.state$.value).toMatchObject({ status: 'consulting', displayName: 'ben A.' });
    expect(allowed(bens, 'transfer', 'hold', 'mute', 'end')).toEqual(['mute', 'end']);
    const swapping = consult.swap();
    await center.clock.advance(100);
    await swapping;
    expect(consult.state$.value.status).toBe('swapped');
    const completing = consult.complete();
    await center.clock.advance(100);
    await completing;
    await ann.dropped();
    expect(consult.state$.value.status).toBe('completed');
    expect(task.status$.value).toBe('wrapping');
    expect(allowed(bens, 'transfer', 'hold', 'mute', 'end')).toEqual(['transfer', 'hold', 'mute', 'end']);
  });

  it('can be left by the one who was asked, without ending it for the customer', async () => {
    const { center, calls, call } = await twoDesks();
    const { task, ben } = await call();
    const asking = task.consult({ agent: 'ben' });
    await center.clock.advance(100);
    const consult = await asking;
    const bens = await ben.accept();
    void bens.end();
    await center.clock.advance(100);
    expect(consult.state$.value).toMatchObject({ status: 'failed', reason: 'left' });
    expect(ben.client.tasks$.value).toEqual([]);
    expect(task.status$.value).toBe('assigned');
    expect(calls.asked).not.toContain('close');
  });

  it('can be parked by one and taken by another', async () => {
    const { center, ann, calls, call } = await twoDesks();
    const { task, ben } = await call();
    void task.park({ note: 'looking for the file' });
    await center.clock.advance(100);
    await ann.dropped();
    expect(ben.client.parked$.value).toMatchObject([
      { by: 'ann A.', note: 'looking for the file', customer: 'Caller' },
    ]);
    const [parked] = ben.client.parked$.value;
    const taking = ben.client.takeParked(parked?.taskId ?? '');
    await center.clock.advance(100);
    calls.ring.answer({ acs: '8:acs:ben' });
    await center.clock.advance(100);
    const bens = await taking;
    expect(ben.client.tasks$.value).toEqual([bens]);
    expect(ben.client.parked$.value).toEqual([]);
    expect(ann.client.parked$.value).toEqual([]);
  });
});

describe('a promise to call back, over the server', () => {
  it('ends the call, is seen by every agent of the queue and is kept by whoever takes it', async () => {
    const { center, ann, calls, call } = await twoDesks();
    const { task, ben } = await call();
    const promising = task.callBack({ phone: '+4915112345678', at: new Date(center.clock.now() + 3_600_000) });
    await center.clock.advance(100);
    await promising;
    await ann.dropped();
    expect(task.status$.value).toBe('wrapping');
    expect(ann.client.callbacks$.value).toMatchObject([{ customer: 'Caller', status: 'scheduled' }]);
    expect(ben.client.callbacks$.value).toEqual(ann.client.callbacks$.value);
    const taking = ben.client.takeCallback(ben.client.callbacks$.value[0]?.id ?? '');
    await center.clock.advance(100);
    calls.ring.answer({ acs: '8:acs:ben' });
    await center.clock.advance(100);
    const bens = await taking;
    expect(bens).toMatchObject({ purpose: 'callback', conversationId: task.conversationId });
    const told = [...bens.conversation.timeline$.value].flatMap((item) =>
      item.kind === 'callback' ? item.status : [],
    );
    expect(told.slice(0, 1)).toEqual(['scheduled']);
    expect(told).toContain('calling');
    expect(calls.dials.map(({ to }) => to)).toEqual([{ phone: '+4915112345678' }]);
  });
});

describe('a chat that one desk gives to another, over the server', () => {
  it('is the other’s, with everything that was said', async () => {
    const { center, ann, calls } = await twoDesks();
    await center.start('Cleo');
    await center.clock.advance(100);
    const task = await ann.accept();
    void task.conversation.channel('chat')?.send('Hello');
    await center.clock.advance(100);
    const ben = await desk(center, calls, 'ben');
    const giving = task.transfer({ agent: 'ben' });
    await center.clock.advance(100);
    const bens = await ben.accept();
    await giving;
    expect(task.status$.value).toBe('wrapping');
    expect(task.can('send')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    expect(bens.can('send')).toEqual({ allowed: true });
    const texts = [...bens.conversation.timeline$.value].flatMap((item) => (item.kind === 'message' ? item.text : []));
    expect(texts).toEqual(['Hello']);
  });
});
