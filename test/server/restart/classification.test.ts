import { describe, expect, it } from 'vitest';
import type { Classification, ClassificationPolicy } from 'onescreen/routing';
import { agent } from '../contact-center';
import { accepted, restartWorld } from './restart-world';

/** A policy whose answers are the test's, over all servers that ask it. */
function asked() {
  const labels: unknown[] = [];
  const open: ((classification: Classification) => void)[] = [];
  const policy: ClassificationPolicy = {
    id: 'asked',
    classify(task) {
      labels.push(task.labels);
      return new Promise((answer) => void open.push(answer));
    },
  };
  return { policy, labels, answer: (at: number, classification: Classification) => open[at]?.(classification) };
}

const agents = [
  agent('ann', { queues: ['support', 'sales'], capacity: 2 }),
  agent('eve', { queues: ['sales'], labels: { german: true }, capacity: 2 }),
];

function world(policy: ClassificationPolicy, more: Parameters<typeof restartWorld>[0] = {}) {
  const route = () => ({ classificationPolicyId: policy.id, labels: { region: 'eu' } });
  return restartWorld({ classification: [policy], route, ...more }, agents);
}

/** Kills the server as soon as it has written that there is a conversation. */
async function opened(center: ReturnType<typeof world>): Promise<void> {
  const killed = center.killOnce('conversation-opened');
  center
    .customer()
    .start({ displayName: 'Cleo' })
    .catch(() => {});
  await center.clock.advance(0);
  await killed;
}

describe('a task that is being classified when the server is killed', () => {
  it('is classified by the next one, and keeps its age', async () => {
    const { policy, labels, answer } = asked();
    const center = world(policy);
    const cleo = await center.chat();
    await center.clock.advance(2_000);
    await center.restart(3_000);
    expect(labels).toEqual([{ region: 'eu' }, { region: 'eu' }]);
    expect(cleo.state$.value).toMatchObject({ phase: 'queued', link: 'online' });
    expect(cleo.state$.value).not.toHaveProperty('position');
    answer(0, { queueId: 'support', priority: 9 });
    answer(1, { queueId: 'sales', priority: 5 });
    const eve = await center.desk('eve');
    const task = await accepted(center, eve);
    expect(task).toMatchObject({ queueId: 'sales', priority: 5 });
    expect(task.sla$.value.waitedMs).toBe(5_000);
  });

  it('has as long as ever for the answer, and goes to the fallback queue after it', async () => {
    const { policy, answer } = asked();
    const center = world({ ...policy, fallbackQueueId: 'sales' });
    await center.chat();
    await center.clock.advance(4_000);
    await center.restart(1_000);
    await center.clock.advance(4_900);
    const eve = await center.desk('eve');
    expect(eve.offers$.value).toEqual([]);
    const task = await accepted(center, eve);
    answer(1, { queueId: 'support' });
    expect(task).toMatchObject({ queueId: 'sales' });
  });

  it('is asked about although the policy answers at once', async () => {
    const { policy } = asked();
    const center = world(policy);
    await center.chat();
    const atOnce = { id: 'asked', classify: () => ({ queueId: 'sales', priority: 4 }) };
    await center.restart(1_000, { classification: [atOnce] });
    const eve = await center.desk('eve');
    expect(await accepted(center, eve)).toMatchObject({ queueId: 'sales', priority: 4 });
  });

  it('goes where it would without an answer when the next server has no such policy', async () => {
    const { policy } = asked();
    const center = world(policy);
    const cleo = await center.chat();
    await center.restart(1_000, { classification: [], route: () => ({}) });
    const ann = await center.desk('ann');
    const task = await accepted(center, ann);
    expect(task).toMatchObject({ queueId: 'support' });
    const log = await center.log(cleo.conversationId);
    expect(log.flatMap((entry) => (entry.type === 'task' ? [entry.task.reason] : []))).toEqual([
      ...['classifying', 'server-restarted', undefined, undefined],
    ]);
  });

  it('of whom only the conversation is known is classified', async () => {
    const { policy, answer } = asked();
    const center = world(policy);
    await opened(center);
    center.start();
    await center.clock.advance(1_000);
    answer(0, { queueId: 'sales' });
    const eve = await center.desk('eve');
    expect(await accepted(center, eve)).toMatchObject({ queueId: 'sales', labels: { region: 'eu' } });
  });

  it('of whom only the conversation is known waits where it would without an answer when the policy is gone', async () => {
    const center = world(asked().policy);
    await opened(center);
    center.start({ classification: [], route: () => ({}) });
    const ann = await center.desk('ann');
    expect(await accepted(center, ann)).toMatchObject({ queueId: 'support', labels: { region: 'eu' } });
  });
});

describe('a task that was classified before the server was killed', () => {
  const german = { key: 'german', operator: 'equal', value: true, expiresAfterMs: 60_000 } as const;

  it('stays as it was decided, and its policy is not asked again', async () => {
    const { policy, labels, answer } = asked();
    const center = world(policy);
    const cleo = await center.chat();
    answer(0, { queueId: 'sales', priority: 5, selectors: [german] });
    await center.clock.advance(20_000);
    await center.restart();
    await center.restart();
    expect(labels).toHaveLength(1);
    expect(cleo.state$.value).toMatchObject({ phase: 'queued', position: 1, queueLength: 1 });
    const ann = await center.desk('ann');
    await center.clock.advance(35_000);
    expect(ann.offers$.value).toEqual([]);
    // 60 s from the answer.
    await center.clock.advance(1_000);
    expect(ann.offers$.value).toHaveLength(1);
    const task = await accepted(center, ann);
    expect(task).toMatchObject({ queueId: 'sales', priority: 5 });
    expect(labels).toHaveLength(1);
  });

  it('stays with its agent, and knows its policy when it waits again', async () => {
    const { policy, labels, answer } = asked();
    const late = {
      id: 'late',
      when: { type: 'waitTime', afterMs: 60_000 },
      actions: [{ type: 'reclassify' }],
    } as const;
    const queues = [{ id: 'support', exceptions: [late] }, { id: 'sales' }];
    const center = world(policy, { queues });
    await center.chat();
    answer(0, { queueId: 'support' });
    const ann = await center.desk('ann');
    const task = await accepted(center, ann);
    await center.restart();
    expect(ann.tasks$.value).toMatchObject([{ id: task.id, queueId: 'support' }]);
    expect(task.status$.value).toBe('assigned');
    expect(labels).toHaveLength(1);
    await ann.tasks$.value[0]?.requeue();
    await center.clock.advance(60_000);
    expect(labels).toHaveLength(2);
    answer(1, { queueId: 'sales' });
    const eve = await center.desk('eve');
    expect(await accepted(center, eve)).toMatchObject({ queueId: 'sales' });
  });

  it('and failed is not asked about again', async () => {
    const { policy, labels } = asked();
    const center = world(policy);
    await center.chat();
    await center.clock.advance(5_000);
    await center.restart();
    await center.clock.advance(10_000);
    expect(labels).toHaveLength(1);
    const ann = await center.desk('ann');
    expect(await accepted(center, ann)).toMatchObject({ queueId: 'support' });
  });
});
