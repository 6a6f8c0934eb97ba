import type { ContactCenterClient, Task } from 'onescreen';
import type { QueueOptions, ServerOptions } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import { agent } from '../server/contact-center';
import { restartWorld, type RestartWorld } from '../server/restart/restart-world';

const lunch = { kind: 'unavailable', reason: 'lunch' } as const;
const dispositions = [
  { code: 'solved', label: 'Solved' },
  { code: 'open', label: 'Still open' },
];

function world(wrapUp: QueueOptions['wrapUp'] = { required: true, dispositions }, more: Partial<ServerOptions> = {}) {
  return restartWorld(
    { queues: [{ id: 'support', wrapUp }], reasons: [{ code: 'lunch', label: 'Lunch' }], ...more },
    [agent('ann', { capacity: 2 }), agent('ben')],
    'wrap-up',
  );
}

/** Lets the command come to its end. */
async function done<T>(here: RestartWorld, command: Promise<T>): Promise<T> {
  command.catch(() => {});
  await here.settle();
  return command;
}

function taskIn(client: ContactCenterClient): Task {
  const [task] = client.tasks$.value;
  if (task === undefined) throw new Error('there is no task');
  return task;
}

async function inHand(here: RestartWorld, client: ContactCenterClient, customer = 'Cleo'): Promise<Task> {
  await here.chat(customer);
  const [offer] = client.offers$.value;
  if (offer === undefined) throw new Error('there is no offer');
  return done(here, offer.accept());
}

describe('a wrap-up', () => {
  it('is denied as long as the disposition is missing that its queue asks for, and says so', async () => {
    const here = world();
    const ann = await here.desk('ann');
    const task = await inHand(here, ann);
    expect(task.can('wrapUp')).toMatchObject({ allowed: false, reason: 'wrong-state' });
    await done(here, task.end());
    expect(task.can('wrapUp')).toEqual({ allowed: false, reason: 'disposition-required' });
    await expect(done(here, task.wrapUp.complete())).rejects.toMatchObject({
      code: 'command/invalid',
      field: 'disposition',
    });
    task.wrapUp.save({ disposition: 'solved' });
    expect(task.can('wrapUp')).toEqual({ allowed: true });
    await done(here, task.wrapUp.complete());
    expect(task.wrapUp.state$.value.status).toBe('completed');
  });

  it('needs none where its queue does not ask, and takes one that is given at the end', async () => {
    const here = world({ dispositions });
    const ann = await here.desk('ann');
    const first = await inHand(here, ann);
    await done(here, first.end());
    expect(first.can('wrapUp')).toEqual({ allowed: true });
    await done(here, first.wrapUp.complete());

    const strict = world();
    const ben = await strict.desk('ben');
    const second = await inHand(strict, ben);
    await done(strict, second.end());
    await done(strict, second.wrapUp.complete({ disposition: 'open' }));
    expect(second.wrapUp.state$.value.status).toBe('completed');
  });

  it('shows its limit, what happens there, and how often it can be put off', async () => {
    const here = world({ dispositions, limitMs: 60_000, atLimit: 'complete', maxExtensions: 1 });
    const ann = await here.desk('ann');
    const task = await inHand(here, ann);
    expect(task.can('extendWrapUp')).toMatchObject({ reason: 'wrong-state' });
    await done(here, task.end());
    const endsAt = here.clock.now() + 60_000;
    expect(task.wrapUp.state$.value).toMatchObject({
      ...{ endsAt: new Date(endsAt), atLimit: 'complete', extensionsLeft: 1 },
    });
    expect(task.can('extendWrapUp')).toEqual({ allowed: true });
    await done(here, task.wrapUp.extend());
    expect(task.wrapUp.state$.value).toMatchObject({ endsAt: new Date(endsAt + 60_000), extensionsLeft: 0 });
    expect(task.can('extendWrapUp')).toEqual({ allowed: false, reason: 'no-extension-left' });
    await expect(done(here, task.wrapUp.extend())).rejects.toMatchObject({
      ...{ code: 'command/not-allowed', reason: 'no-extension-left' },
    });
    task.wrapUp.save({ notes: 'no time left' });
    await here.clock.advance(120_000);
    expect(ann.tasks$.value).toEqual([]);
    const log = await here.log(task.conversationId);
    expect(log.filter(({ type }) => type === 'note')).toMatchObject([{ text: 'no time left' }]);
  });

  it('that is completed at its limit is so after a restart, too', async () => {
    const here = world({ dispositions, limitMs: 60_000, atLimit: 'complete' });
    const ann = await here.desk('ann');
    const task = await inHand(here, ann);
    await done(here, task.end());
    task.wrapUp.save({ notes: 'before the restart' });
    await here.clock.advance(10_000);
    await here.restart();
    await here.clock.advance(47_000);
    expect(task.status$.value).toBe('wrapping');
    await here.clock.advance(2_000);
    expect(ann.tasks$.value).toEqual([]);
    const log = await here.log(task.conversationId);
    expect(log.filter(({ type }) => type === 'note')).toMatchObject([{ text: 'before the restart' }]);
  });
});

describe('the draft of a wrap-up', () => {
  it('is the same in a second tab, whichever of the two writes', async () => {
    const here = world();
    const one = await here.desk('ann');
    const two = await here.desk('ann', false);
    await inHand(here, one);
    taskIn(one).wrapUp.save({ notes: 'wants a refund' });
    await here.clock.advance(1_000);
    expect(taskIn(two).wrapUp.draft$.value).toEqual({ notes: 'wants a refund' });
    taskIn(two).wrapUp.save({ disposition: 'solved' });
    await here.clock.advance(1_000);
    expect(taskIn(one).wrapUp.draft$.value).toEqual({ notes: 'wants a refund', disposition: 'solved' });
    await done(here, taskIn(one).end());
    await done(here, taskIn(one).wrapUp.complete());
    expect(two.tasks$.value).toEqual([]);
  });

  it('survives a reload, with what was written in the last moment', async () => {
    const here = world();
    const before = await here.desk('ann');
    await inHand(here, before);
    for (const notes of ['w', 'wa', 'wants', 'wants a refund']) taskIn(before).wrapUp.save({ notes });
    await done(here, before.close());
    const after = await here.desk('ann', false);
    expect(taskIn(after).wrapUp.draft$.value).toEqual({ notes: 'wants a refund' });
    expect(before.tasks$.value).toEqual([]);
  });

  it('is told once for many keys', async () => {
    const here = world();
    const one = await here.desk('ann');
    const two = await here.desk('ann', false);
    await inHand(here, one);
    const seen: unknown[] = [];
    taskIn(two).wrapUp.draft$.subscribe(({ notes }) => seen.push(notes));
    for (let keys = 1; keys <= 20; keys++) {
      taskIn(one).wrapUp.save({ notes: 'x'.repeat(keys) });
      await here.clock.advance(20);
    }
    await here.clock.advance(1_000);
    expect(seen.at(-1)).toBe('x'.repeat(20));
    expect(seen.length).toBeLessThan(6);
  });

  it('that is written in both tabs at once is not lost where one has not been told yet', async () => {
    const here = world();
    const one = await here.desk('ann');
    const two = await here.desk('ann', false);
    await inHand(here, one);
    taskIn(one).wrapUp.save({ notes: 'first tab' });
    taskIn(two).wrapUp.save({ disposition: 'open' });
    taskIn(two).wrapUp.save({ labels: { refund: true } });
    await here.clock.advance(1_000);
    for (const tab of [one, two])
      expect(taskIn(tab).wrapUp.draft$.value).toEqual({
        ...{ notes: 'first tab', disposition: 'open', labels: { refund: true } },
      });
  });

  it('survives a restart of the server, and what is written meanwhile as well', async () => {
    const here = world();
    const one = await here.desk('ann');
    await inHand(here, one);
    taskIn(one).wrapUp.save({ notes: 'before' });
    await here.settle();
    here.kill();
    taskIn(one).wrapUp.save({ disposition: 'open' });
    await here.clock.advance(40_000);
    await here.restart();
    await here.clock.advance(10_000);
    const two = await here.desk('ann', false);
    expect(taskIn(two).wrapUp.draft$.value).toEqual({ notes: 'before', disposition: 'open' });
  });

  it('of a task that comes back to the agent is a new one', async () => {
    const here = world();
    const ann = await here.desk('ann');
    const task = await inHand(here, ann);
    task.wrapUp.save({ notes: 'for the first time' });
    await done(here, task.requeue());
    await done(here, ann.agent.setAvailability({ kind: 'unavailable' }));
    await done(here, ann.agent.setAvailability({ kind: 'available' }));
    const again = await done(here, ann.offers$.value[0]?.accept() ?? Promise.reject(new Error('no offer')));
    expect(again.id).toBe(task.id);
    expect(again.wrapUp.draft$.value).toEqual({});
    task.wrapUp.save({ notes: 'by an old button' });
    await here.clock.advance(1_000);
    expect(again.wrapUp.draft$.value).toEqual({});
  });
});

describe('the disposition of a draft', () => {
  it('is one of its queue or none; what is refused keeps nothing else from being saved', async () => {
    const here = world();
    const ann = await here.desk('ann');
    const task = await inHand(here, ann);
    await done(here, task.end());
    expect(() => task.wrapUp.save({ disposition: 'unheard-of', notes: 'n' })).toThrow(
      expect.objectContaining({ code: 'command/invalid', field: 'disposition' }),
    );
    task.wrapUp.save({ disposition: '' });
    expect(task.wrapUp.draft$.value).toEqual({ notes: 'n' });
    expect(task.can('wrapUp')).toEqual({ allowed: false, reason: 'disposition-required' });
    for (const disposition of ['', 'unheard-of'])
      await expect(done(here, task.wrapUp.complete({ disposition }))).rejects.toMatchObject({
        ...{ code: 'command/invalid', field: 'disposition' },
      });
    expect(task.wrapUp.state$.value.status).toBe('active');
  });

  it('can be taken back, for other tabs and after a reload as well', async () => {
    const here = world();
    const one = await here.desk('ann');
    const two = await here.desk('ann', false);
    const task = await inHand(here, one);
    await done(here, task.end());
    task.wrapUp.save({ disposition: 'solved', notes: 'n' });
    await here.clock.advance(1_000);
    expect(taskIn(two).can('wrapUp')).toEqual({ allowed: true });
    task.wrapUp.save({ disposition: '' });
    await here.clock.advance(1_000);
    for (const tab of [one, two, await here.desk('ann', false)]) {
      expect(taskIn(tab).wrapUp.draft$.value).toEqual({ notes: 'n' });
      expect(taskIn(tab).can('wrapUp').allowed).toBe(false);
    }
  });

  it.each([
    ['in the last moment', { disposition: '' }, {}],
    ['with the last command', {}, { disposition: '' }],
  ])('that is taken back %s is none in the log', async (_, change, result) => {
    const here = world({ dispositions });
    const ann = await here.desk('ann');
    const task = await inHand(here, ann);
    await done(here, task.end());
    task.wrapUp.save({ disposition: 'solved' });
    await here.clock.advance(1_000);
    task.wrapUp.save(change);
    await done(here, task.wrapUp.complete(result));
    const log = await here.log(task.conversationId);
    const last = log.flatMap((entry) => (entry.type === 'task' ? [entry.task] : [])).at(-1);
    expect(last?.status).toBe('closed');
    expect(last).not.toHaveProperty('disposition');
  });

  it('is saved although another field that was written with it is refused', async () => {
    const here = world();
    const one = await here.desk('ann');
    const two = await here.desk('ann', false);
    const task = await inHand(here, one);
    task.wrapUp.save({ disposition: 'open', notes: 'x'.repeat(16_385), labels: { refund: true } });
    await here.clock.advance(1_000);
    expect(taskIn(two).wrapUp.draft$.value).toEqual({ disposition: 'open', labels: { refund: true } });
  });
});

describe('a command that lets go of a task', () => {
  it('succeeds again for whoever has not heard the answer', async () => {
    const here = world({ dispositions });
    const ann = await here.desk('ann');
    const completed = await inHand(here, ann);
    await done(here, completed.end());
    const last = { disposition: 'solved', closeAt: new Date(here.clock.now() + 60_000) };
    await done(here, Promise.all([completed.wrapUp.complete(last), completed.wrapUp.complete(last)]));
    await done(here, completed.wrapUp.complete(last));
    const requeued = await inHand(here, ann, 'Dora');
    await done(here, Promise.all([requeued.requeue(), requeued.requeue()]));
    expect(requeued.status$.value).toBe('queued');
    await done(here, requeued.requeue());
    expect(ann.tasks$.value).toEqual([completed]);
  });
});

describe('a change of availability after the work in hand', () => {
  async function waiting(here: RestartWorld) {
    const ann = await here.desk('ann');
    const task = await inHand(here, ann);
    const answer = await done(here, ann.agent.setAvailability(lunch, { whenBusy: 'after-current' }));
    expect(answer).toEqual({ status: 'queued', current: { kind: 'available' }, next: lunch });
    return { ann, task };
  }

  async function finish(here: RestartWorld, client: ContactCenterClient) {
    for (const task of client.tasks$.value) {
      if (task.status$.value === 'assigned') await done(here, task.end());
      await done(here, task.wrapUp.complete({ disposition: 'solved' }));
    }
  }

  it('comes when the last task in hand is wrapped up, and no offer comes before', async () => {
    const here = world();
    const { ann } = await waiting(here);
    await here.chat('Dora');
    expect(ann.offers$.value).toEqual([]);
    await finish(here, ann);
    expect(ann.agent.state$.value).toMatchObject({ availability: lunch });
    expect(ann.agent.state$.value.next).toBeUndefined();
    expect(ann.offers$.value).toEqual([]);
  });

  it('is taken back, and offers come again', async () => {
    const here = world();
    const { ann } = await waiting(here);
    await here.chat('Dora');
    await done(here, ann.agent.clearNextAvailability());
    expect(ann.offers$.value).toHaveLength(1);
    await finish(here, ann);
    expect(ann.agent.state$.value.availability).toEqual({ kind: 'available' });
  });

  it('gives way to one that is wanted at once', async () => {
    const here = world();
    const { ann } = await waiting(here);
    const answer = await done(here, ann.agent.setAvailability({ kind: 'available' }));
    expect(answer).toEqual({ status: 'updated', current: { kind: 'available' } });
    await finish(here, ann);
    expect(ann.agent.state$.value.availability).toEqual({ kind: 'available' });
  });

  it('is known in a second tab, which can take it back', async () => {
    const here = world();
    const { ann } = await waiting(here);
    const two = await here.desk('ann', false);
    expect(two.agent.state$.value.next).toEqual(lunch);
    await done(here, two.agent.clearNextAvailability());
    expect(ann.agent.state$.value.next).toBeUndefined();
  });

  it('survives a reload', async () => {
    const here = world();
    const { ann } = await waiting(here);
    await done(here, ann.close());
    await here.clock.advance(5_000);
    const again = await here.desk('ann', false);
    expect(again.agent.state$.value).toMatchObject({ availability: { kind: 'available' }, next: lunch });
    await finish(here, again);
    expect(again.agent.state$.value.availability).toEqual(lunch);
  });

  it('survives a restart of the server, and still waits for the work in hand', async () => {
    const here = world();
    const { ann } = await waiting(here);
    await here.restart();
    await here.clock.advance(10_000);
    expect(ann.session$.value.status).toBe('online');
    expect(ann.agent.state$.value).toMatchObject({ availability: { kind: 'available' }, next: lunch });
    await finish(here, ann);
    expect(ann.agent.state$.value.availability).toEqual(lunch);
  });

  it('survives a link that was down so long that the work in hand went back to the queue', async () => {
    const here = world();
    const { ann, task } = await waiting(here);
    here.kill();
    await here.restart(70_000);
    await here.clock.advance(80_000);
    expect(ann.session$.value.status).toBe('online');
    expect(task.conversation.id).toBeDefined();
    await finish(here, ann);
    expect(ann.agent.state$.value.availability).toEqual(lunch);
  });
});
