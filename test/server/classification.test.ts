import { describe, expect, it } from 'vitest';
import type { Classification, ClassificationPolicy } from 'onescreen/routing';
import { always, byShare, classificationPolicy, jobRouterNames, passThrough, when } from 'onescreen/routing/rules';
import { createServer, type HookContext, type ServerOptions } from 'onescreen/server';
import { agent, contactCenter, type Desk } from './contact-center';
import { begin, callCenter, deskWithPhone } from './scripted-calls';

const byRegion = classificationPolicy({
  id: 'by-region',
  queues: [when({ region: 'eu' }, 'sales')],
  fallbackQueueId: 'support',
  selectors: [passThrough('language')],
  priority: [[{ vip: true }, 10]],
});

const agents = [
  agent('ann', { queues: ['support'] }),
  agent('ben', { queues: ['sales'], labels: { language: 'de' } }),
  agent('eve', { queues: ['sales'] }),
  agent('gus'),
];

/** A contact center whose starts are all classified, and what its vendor is told of failures. */
function classified(policy: ClassificationPolicy, more: Partial<ServerOptions> = {}) {
  const errors: { readonly error: unknown; readonly context: HookContext }[] = [];
  const lines: { readonly event: string; readonly fields: object }[] = [];
  const line = (event: string, fields: object) => void lines.push({ event, fields });
  const center = contactCenter(
    {
      classification: [policy],
      route: () => ({ classificationPolicyId: policy.id }),
      onError: (error, context) => void errors.push({ error, context }),
      logger: { debug: line, info: line, warn: line, error: line },
      ...more,
    },
    agents,
  );
  return { center, errors, lines };
}

/** The task that the desk was last told of. */
function lastTaskOf(desk: Desk, conversationId: string): string {
  return (
    desk
      .entries(conversationId)
      .flatMap((entry) => (entry.type === 'task' ? [entry.task.id] : []))
      .at(-1) ?? ''
  );
}

/** A policy that answers when the test says. */
function slowly(more: Partial<ClassificationPolicy> = {}) {
  const open: { readonly answer: (classification: Classification) => void; readonly fail: (error: unknown) => void }[] =
    [];
  const policy: ClassificationPolicy = {
    id: 'slow',
    classify: () => new Promise((answer, fail) => void open.push({ answer, fail })),
    ...more,
  };
  return { policy, open };
}

/** A customer whose call is classified by a policy that takes its time. */
async function slowCall() {
  const { policy, open } = slowly();
  const { calls, center } = callCenter(
    {},
    { classification: [policy], route: () => ({ classificationPolicyId: 'slow' }), allowCallback: () => true },
    agents,
  );
  const phone = '+14255550123';
  const started = await center.start('Cleo', { channel: 'voice' });
  const page = await center.customer(started);
  await calls.phone({ channelId: started.channel.channelId, phone });
  return { calls, center, open, page, phone, started };
}

describe('a classification policy of a server', () => {
  it('decides about queue, priority and selectors, at once', async () => {
    const { center } = classified(byRegion);
    const eve = await center.desk('eve');
    const ben = await center.desk('ben');
    const started = await center.start('Cleo', { context: { region: 'eu', vip: true, language: 'de' } });
    await center.settle();
    expect(eve.of('offer')).toEqual([]);
    expect(ben.offer.task).toMatchObject({ queueId: 'sales', priority: 10, labels: { language: 'de' } });
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(ben.statuses(started.conversationId)).toEqual(['queued', 'offered', 'assigned']);
  });

  it('sends to its fallback queue what it names no queue for, whatever queue was asked for', async () => {
    const { center } = classified(byRegion);
    const ann = await center.desk('ann');
    await center.start('Cleo', { context: { region: 'us' }, queueId: 'sales' });
    await center.settle();
    expect(ann.offer.task).toMatchObject({ queueId: 'support', priority: 0 });
  });

  it('leaves the queue to the start where neither it nor the decision names one, and keeps the rest', async () => {
    const { center } = classified(classificationPolicy({ id: 'only-priority', priority: 7 }));
    const eve = await center.desk('eve');
    await center.start('Cleo', { queueId: 'sales' });
    await center.settle();
    expect(eve.offer.task).toMatchObject({ queueId: 'sales', priority: 7 });
  });

  it('gives shares of what comes to queues, the same for the same task each time', async () => {
    const { center } = classified(
      classificationPolicy({ id: 'shares', queues: [byShare([0.3, 'sales'], [0.7, 'support'])] }),
    );
    for (let count = 0; count < 200; count++) await center.start(`Cleo ${count}`);
    const inSales = center.server.waiting({ queueId: 'sales', limit: 200 }).length;
    expect(inSales).toBeGreaterThan(40);
    expect(inSales).toBeLessThan(80);
    expect(center.server.waiting({ queueId: 'support', limit: 200 })).toHaveLength(200 - inSales);
  });

  it('may take its time: the customer waits without a place, and is told of one as soon as there is one', async () => {
    const { policy, open } = slowly();
    const { center } = classified(policy);
    const eve = await center.desk('eve', false);
    const page = await center.customer(await center.start());
    await center.settle();
    expect(page.status).toEqual({ phase: 'queued' });
    expect(center.server.waiting()).toMatchObject([{ waitsFor: 'classification' }]);
    open[0]?.answer({ queueId: 'sales', priority: 3 });
    await center.clock.advance(500);
    expect(page.status).toMatchObject({ phase: 'queued', position: 1, queueLength: 1 });
    await eve.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    await center.settle();
    const { conversation } = await eve.do('offer/accept', { offerId: eve.offer.id });
    const tasks = conversation.entries.flatMap((entry) => (entry.type === 'task' ? [entry.task] : []));
    expect(tasks[0]).toMatchObject({ status: 'queued', reason: 'classifying', queueId: 'support', priority: 0 });
    expect(tasks[1]).toMatchObject({ status: 'queued', queueId: 'sales', priority: 3 });
    expect(tasks[1]).not.toHaveProperty('reason');
  });

  it('and a customer who leaves meanwhile is gone, whatever it answers then', async () => {
    const { policy, open } = slowly();
    const { center } = classified(policy);
    const eve = await center.desk('eve');
    const page = await center.customer(await center.start());
    await page.do('chat/end', {});
    open[0]?.answer({ queueId: 'sales' });
    await center.clock.advance(10_000);
    expect(page.status).toMatchObject({ phase: 'ended' });
    expect(eve.of('offer')).toEqual([]);
  });

  it('is asked about calls as well, and again when one that it did not answer about is called back', async () => {
    const { calls, center, open, page, phone } = await slowCall();
    await center.settle();
    expect(open).toHaveLength(1);
    expect(page.status).toEqual({ phase: 'queued' });
    await page.do('callback/request', { phone, at: center.clock.now() + 3_600_000 });
    open[0]?.answer({ queueId: 'support' });
    await center.clock.advance(3_600_000);
    expect(open).toHaveLength(2);
    open[1]?.answer({ queueId: 'sales' });
    const eve = await deskWithPhone(center, 'eve');
    expect(eve.offer.task).toMatchObject({ queueId: 'sales', purpose: 'callback' });
    begin(eve, 'offer/accept', { offerId: eve.offer.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    expect(calls.dials).toHaveLength(1);
  });

  it('is not waited for by an agent who takes a callback, and can give it back', async () => {
    const { calls, center, open, page, phone, started } = await slowCall();
    await page.do('callback/request', { phone, at: center.clock.now() + 60_000 });
    await center.clock.advance(60_000);
    const ann = await deskWithPhone(center, 'ann');
    const [callback] = ann.of('callbacks').at(-1)?.callbacks ?? ann.of('snapshot').at(-1)?.callbacks ?? [];
    const taken = begin(ann, 'callback/take', { callbackId: callback?.id });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    calls.dials.at(-1)?.setUp();
    await center.settle();
    expect(taken.answer).toMatchObject({ ok: true });
    open[1]?.answer({ queueId: 'sales', priority: 5 });
    await center.settle();
    await ann.do('task/requeue', { taskId: lastTaskOf(ann, started.conversationId), queueId: 'support' });
    expect(ann.record.load).toMatchObject({ tasks: 0, used: 0 });
    expect(ann.of('conversation-left')).toHaveLength(1);
    const gus = await deskWithPhone(center, 'gus');
    expect(gus.offer.task).toMatchObject({ queueId: 'support', purpose: 'callback' });
  });

  it('is asked anew about a callback that an agent could not take', async () => {
    const { policy, open } = slowly();
    const { calls, center } = callCenter(
      {},
      { classification: [policy], route: () => ({ classificationPolicyId: 'slow' }), allowCallback: () => true },
      agents,
    );
    const phone = '+14255550123';
    const ann = await deskWithPhone(center, 'ann');
    await center.start('Dora');
    open[0]?.answer({ queueId: 'support' });
    await center.settle();
    await ann.do('offer/accept', { offerId: ann.offer.id });
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    await calls.phone({ channelId: started.channel.channelId, phone });
    await page.do('callback/request', { phone, at: center.clock.now() + 60_000 });
    await center.clock.advance(60_000);
    const callbackId = ann.of('callbacks').at(-1)?.callbacks[0]?.id;
    expect(await ann.refusal('callback/take', { callbackId })).toMatchObject({ code: 'agent/no-capacity' });
    open.at(-1)?.answer({ queueId: 'sales', priority: 5 });
    await center.settle();
    const eve = await deskWithPhone(center, 'eve');
    expect(eve.offer.task).toMatchObject({ queueId: 'sales', priority: 5 });
  });

  it('is told of under its old names', async () => {
    const told: string[] = [];
    const { center } = classified(byRegion, {
      onEvents: (events) => void told.push(...events.flatMap((event) => jobRouterNames(event))),
    });
    await center.start();
    expect(told.map((name) => name.replace('Microsoft.Communication.', ''))).toEqual([
      ...['RouterJobReceived', 'RouterJobClassified', 'RouterJobQueued'],
    ]);
  });

  it('brings the wrap-up that its queue asks for', async () => {
    const { center } = classified(classificationPolicy({ id: 'always', queues: [always('sales')] }), {
      queues: [
        { id: 'support', wrapUp: { limitMs: 1_000 } },
        { id: 'sales', wrapUp: { limitMs: 2_000 } },
      ],
    });
    const eve = await center.desk('eve');
    await center.start();
    await center.settle();
    expect(eve.offer.task.wrapUp).toMatchObject({ limitMs: 2_000 });
  });
});

describe('a classification that fails', () => {
  const told = { hook: 'classification', policyId: 'slow', taskId: expect.any(String) };

  it('by taking too long goes to the fallback queue, and the vendor is told', async () => {
    const { policy, open } = slowly({ fallbackQueueId: 'sales' });
    const { center, errors, lines } = classified(policy, { classificationTimeoutMs: 2_000 });
    const eve = await center.desk('eve');
    const { conversationId } = await center.start();
    await center.clock.advance(1_999);
    expect(eve.of('offer')).toEqual([]);
    await center.clock.advance(1);
    expect(eve.offer.task).toMatchObject({ queueId: 'sales' });
    expect(errors).toMatchObject([
      {
        error: {
          code: 'command/timed-out',
          message: 'unable to classify task; its policy did not answer within 2000 ms',
        },
        context: { ...told, conversationId },
      },
    ]);
    expect(lines).toContainEqual({
      event: 'classification-failed',
      fields: expect.objectContaining({ policyId: 'slow', reason: 'timed-out' }),
    });
    open[0]?.answer({ queueId: 'support', priority: 5 });
    await center.settle();
    const { conversation } = await eve.do('offer/accept', { offerId: eve.offer.id });
    const tasks = conversation.entries.flatMap((entry) => (entry.type === 'task' ? [entry.task] : []));
    expect(tasks.map(({ status, reason, queueId }) => [status, reason, queueId])).toEqual([
      ['queued', 'classifying', 'sales'],
      ['queued', 'classification-failed', 'sales'],
      ['offered', undefined, 'sales'],
      ['assigned', undefined, 'sales'],
    ]);
  });

  it('without a fallback queue of the policy goes where the decision says', async () => {
    const { policy, open } = slowly();
    const { center, errors, lines } = classified(policy, {
      route: () => ({ classificationPolicyId: 'slow', fallbackQueueId: 'sales' }),
    });
    const eve = await center.desk('eve');
    await center.start();
    const down = new Error('the CRM is down');
    open[0]?.fail(down);
    await center.settle();
    expect(eve.offer.task).toMatchObject({ queueId: 'sales' });
    expect(errors).toMatchObject([{ error: down, context: told }]);
    expect(lines.filter(({ event }) => event === 'classification-failed')).toMatchObject([
      { fields: { reason: 'threw', policyId: 'slow' } },
    ]);
  });

  it.each([
    ['names a queue that there is none of', { queueId: 'nowhere' }],
    ['names a priority that is no number', { queueId: 'sales', priority: NaN }],
  ])('because it %s goes to the first queue where no other is named', async (_, answer) => {
    const { center, errors } = classified({ id: 'slow', classify: () => answer });
    const ann = await center.desk('ann');
    await center.start();
    await center.settle();
    expect(ann.offer.task).toMatchObject({ queueId: 'support', priority: 0 });
    expect(errors).toMatchObject([{ error: { code: 'routing/invalid' }, context: told }]);
  });
});

describe('a decision of route', () => {
  it.each([
    ['a policy that there is none of', { classificationPolicyId: 'nobody' }, 'classificationPolicyId'],
    ['both a queue and a policy', { queueId: 'support', classificationPolicyId: 'by-region' }, 'queueId'],
    ['a fallback queue and no policy', { fallbackQueueId: 'support' }, 'fallbackQueueId'],
    [
      'a fallback queue that there is none of',
      { classificationPolicyId: 'by-region', fallbackQueueId: 'nowhere' },
      'fallbackQueueId',
    ],
  ])('that names %s is refused', async (_, decision, field) => {
    const { center, errors } = classified(byRegion, { route: () => decision });
    const answer = await center.post('/conversations', { customer: { displayName: 'Cleo' } });
    expect(answer).toMatchObject({ body: { error: { code: 'routing/invalid', field } } });
    expect(errors).toMatchObject([{ error: { code: 'routing/invalid', field }, context: { hook: 'route' } }]);
  });
});

describe('policies that make no sense', () => {
  it.each([
    ['two of one id', { classification: [byRegion, byRegion] }],
    ['one that falls back to no queue', { classification: [{ ...byRegion, fallbackQueueId: 'nowhere' }] }],
    ['a time-out of nothing', { classification: [byRegion], classificationTimeoutMs: 0 }],
  ])('refuse the server: %s', (_, options) => {
    const create = () =>
      createServer({ authenticate: () => undefined, queues: [{ id: 'support' }, { id: 'sales' }], ...options });
    expect(create).toThrow(expect.objectContaining({ code: 'routing/invalid' }));
  });
});

describe('a rule that has a task classified anew', () => {
  const late = {
    id: 'late',
    when: { type: 'waitTime', afterMs: 60_000 },
    actions: [{ type: 'reclassify', labels: { region: 'eu' } }],
  } as const;

  it('asks the policy that it has, with more labels, and moves it', async () => {
    const asked: unknown[] = [];
    const { center } = classified(
      {
        ...byRegion,
        classify(task, chance) {
          asked.push(task.queueId);
          return byRegion.classify(task, chance);
        },
      },
      { queues: [{ id: 'support', exceptions: [late] }, { id: 'sales' }] },
    );
    const page = await center.customer(await center.start('Cleo', { context: { vip: true } }));
    const other = await center.customer(await center.start('Dora'));
    await center.clock.advance(1_000);
    expect(other.status).toMatchObject({ position: 2 });
    await center.clock.advance(60_000);
    expect(asked).toEqual(['support', 'support', 'support', 'support']);
    expect(page.status).toMatchObject({ position: 1, queueLength: 2 });
    const eve = await center.desk('eve');
    expect(eve.offer.task).toMatchObject({ queueId: 'sales', priority: 10, labels: { vip: true, region: 'eu' } });
  });

  it('takes it back from who is asked for it', async () => {
    const { policy, open } = slowly();
    const { center } = classified(policy, {
      queues: [{ id: 'support', offerTtlMs: 120_000, exceptions: [late] }, { id: 'sales' }],
    });
    const { conversationId } = await center.start();
    open[0]?.answer({ queueId: 'support' });
    await center.settle();
    const ann = await center.desk('ann');
    const { id: offerId } = ann.offer;
    await center.clock.advance(60_000);
    expect(ann.of('offer-ended')).toMatchObject([{ offerId, outcome: 'revoked' }]);
    open[1]?.answer({ queueId: 'sales' });
    const eve = await center.desk('eve');
    const { conversation } = await eve.do('offer/accept', { offerId: eve.offer.id });
    const tasks = conversation.entries.flatMap((entry) => (entry.type === 'task' ? [entry.task] : []));
    expect(tasks.map(({ status, reason, queueId }) => [status, reason, queueId])).toEqual([
      ['queued', 'classifying', 'support'],
      ['queued', undefined, 'support'],
      ['offered', undefined, 'support'],
      ['queued', 'classifying', 'support'],
      ['queued', 'classified', 'sales'],
      ['offered', undefined, 'sales'],
      ['assigned', undefined, 'sales'],
    ]);
    expect(eve.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('leaves it where it is when the policy fails, and does not go on for ever', async () => {
    const { policy, open } = slowly();
    const { center, errors } = classified(policy, {
      queues: [{ id: 'support', exceptions: [late] }, { id: 'sales' }],
    });
    const page = await center.customer(await center.start());
    open[0]?.answer({ queueId: 'support' });
    await center.clock.advance(60_000);
    expect(page.status).toEqual({ phase: 'queued' });
    open[1]?.fail(new Error('down'));
    await center.clock.advance(1_000);
    expect(page.status).toMatchObject({ position: 1, queueLength: 1 });
    await center.clock.advance(600_000);
    expect(open).toHaveLength(2);
    expect(errors).toHaveLength(1);
    const ann = await center.desk('ann');
    expect(ann.offer.task).toMatchObject({ queueId: 'support', labels: { region: 'eu' } });
  });

  it('tells of its failure also where the policy threw too late the time before', async () => {
    const { policy, open } = slowly();
    const { center, errors } = classified(policy, {
      queues: [{ id: 'support', exceptions: [late] }, { id: 'sales' }],
      classificationTimeoutMs: 2_000,
    });
    await center.customer(await center.start());
    await center.clock.advance(2_000);
    const down = new Error('down');
    open[0]?.fail(down);
    await center.clock.advance(59_000);
    expect(open).toHaveLength(2);
    expect(errors).toMatchObject([{ error: { code: 'command/timed-out' } }, { error: down }]);
    await center.clock.advance(2_000);
    expect(errors.slice(2)).toMatchObject([{ error: { code: 'command/timed-out' } }]);
  });
});
