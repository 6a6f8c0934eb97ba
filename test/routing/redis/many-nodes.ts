import fc from 'fast-check';
import { isContactCenterError, systemClock, type Clock } from 'onescreen';
import type { RoutingCommand, RoutingEvent, WorkerSnapshot } from 'onescreen/routing';
import { redisRouting, type RedisRouting } from 'onescreen/routing/redis';
import { seededRandom } from 'onescreen/testing';
import { commandWish, concrete, team } from '../model/commands';
import { leftOut, subjectQueues } from '../model/drive';
import { Past } from '../model/past';
import { faultyClient, type FaultyClient } from './faulty-client';
import { until } from './nodes';
import { startRedis } from './redis-server';

export interface Played {
  readonly commands: number;
  readonly answered: number;
  readonly crashes: number;
  readonly pauses: number;
  readonly events: number;
  /** By type, how often it happened. */
  readonly happened: Readonly<Record<string, number>>;
}

interface Member {
  readonly node: RedisRouting;
  readonly client: FaultyClient;
  seq: number;
}

/** Commands that are under way together, on all nodes. */
const wave = 100;

/**
 * Drives three nodes with any commands, many at once, while nodes vanish, leaders stand still and come back, and what is
 * written is written twice. Throws where two nodes tell different stories, an event is missing, a worker has more than it
 * may, a task is in two hands, or one is lost.
 */
export async function play(commands: number, seed: number): Promise<Played> {
  const random = seededRandom(seed);
  const server = await startRedis();
  const redis = server.client();
  let offset = 0;
  const time: Clock = { now: () => systemClock.now() + offset, schedule: (ms, run) => systemClock.schedule(ms, run) };
  const past = new Past();
  const story: string[] = [];
  const happened: Record<string, number> = {};
  const living = new Set<string>();
  const hands = new Map<string, string>();
  const limited = new Set<string>();
  const faults: string[] = [];
  const counts = { commands: 0, answered: 0, crashes: 0, pauses: 0 };

  const hear = (member: Member, events: readonly RoutingEvent[]) => {
    for (const event of events) {
      if (event.seq !== member.seq + 1) faults.push(`event ${event.seq} follows ${member.seq}`);
      member.seq = event.seq;
      const text = JSON.stringify(event);
      const known = story[event.seq];
      if (known === undefined) tell(event, text);
      else if (known !== text) faults.push(`event ${event.seq} is ${known} and ${text}`);
    }
  };
  // The first who tells of an event adds to the story; all others have to tell the same.
  const tell = (event: RoutingEvent, text: string) => {
    story[event.seq] = text;
    past.note([event]);
    happened[event.type] = (happened[event.type] ?? 0) + 1;
    if (event.type === 'task-queued') living.add(event.taskId);
    if (event.type === 'task-assigned') {
      const holder = hands.get(event.taskId);
      if (holder !== undefined) faults.push(`${event.taskId} is in the hands of ${holder} and ${event.workerId}`);
      hands.set(event.taskId, event.workerId);
    }
    if (event.type === 'task-requeued' || event.type === 'task-closed' || event.type === 'task-cancelled')
      hands.delete(event.taskId);
    if (event.type === 'task-closed' || event.type === 'task-cancelled') living.delete(event.taskId);
  };
  const hire = async (): Promise<Member> => {
    const client = faultyClient(redis, time);
    client.stutter(() => random.next() < 0.05);
    const early: RoutingEvent[] = [];
    const heard: { member?: Member } = {};
    const node = await redisRouting({
      ...{ redis: client, domain: 'model', queues: subjectQueues, clock: client.clock },
      ...{ leaseMs: 250, commandTimeoutMs: 10_000, snapshotEvery: 3_000 },
      onEvents: (events) => {
        if (heard.member === undefined) early.push(...events);
        else hear(heard.member, events);
      },
      onSkipped: ({ from, to }) => {
        if (heard.member !== undefined) heard.member.seq = to;
        happened['events skipped'] = (happened['events skipped'] ?? 0) + to - from + 1;
      },
    });
    const member = { node, client, seq: (early[0]?.seq ?? node.seq + 1) - 1 };
    heard.member = member;
    hear(member, early);
    return member;
  };
  const check = ({ node }: Member) => {
    const tasks = node.view.tasks();
    const there = new Set(tasks.map(({ id }) => id));
    for (const id of living) if (!there.has(id)) faults.push(`${id} is lost`);
    if (there.size !== tasks.length || there.size !== living.size) faults.push('there are tasks that nobody enqueued');
    const held = new Set<string>();
    for (const worker of node.view.workers()) {
      if (hasTooMuch(worker, limited)) faults.push(`${worker.id} has ${worker.consumed} of ${worker.capacity}`);
      for (const id of worker.taskIds) {
        if (held.has(id)) faults.push(`${id} is held twice`);
        held.add(id);
      }
    }
  };

  try {
    let members: readonly [Member, ...Member[]] = await Promise.all([hire(), hire(), hire()]);
    const [first = []] = fc.sample(team, { numRuns: 1, seed });
    for (const command of first) await members[0].node.apply(command);
    const wishes = commandWish(...leftOut);
    while (counts.commands < commands) {
      const known = { tasks: members[0].node.view.tasks(), past };
      const asked = fc.sample(wishes, { numRuns: wave, seed: seed + counts.commands }).map((wish, index) => {
        const command = concrete(wish, known, time.now(), counts.commands + index);
        if (command.type === 'update') limited.add(command.workerId);
        if (command.type === 'register') limited.add(command.worker.id);
        return tried(random.pick(members).node, command);
      });
      counts.commands += wave;
      const chance = random.next();
      if (chance < 0.02) {
        const gone = random.pick(members);
        await pause(random.next() * 5);
        gone.client.drop();
        counts.crashes += 1;
        const fresh = await hire();
        const [oldest = fresh, ...others] = members.filter((each) => each !== gone);
        members = [oldest, ...others, fresh];
      } else if (chance < 0.04) {
        const held = members.find(({ node }) => node.leading) ?? members[0];
        held.client.hold(true);
        counts.pauses += 1;
        await pause(400);
        held.client.hold(false);
      }
      for (const answer of await Promise.all(asked)) if (answer) counts.answered += 1;
      const most = Math.max(...members.map(({ node }) => node.seq));
      await until(() => members.every(({ node }) => node.seq >= most), 10_000);
      await until(() => new Set(members.map(({ node }) => node.seq)).size === 1, 10_000);
      for (const member of members) check(member);
      if (faults.length > 0) throw new Error(`after ${counts.commands} commands: ${faults.slice(0, 5).join('; ')}`);
      offset += random.pick([0, 0, 0, 1, 300, 1_500, 7_500]);
    }
    await Promise.all(members.map(({ node }) => node.close()));
    return { ...counts, events: story.length - 1, happened };
  } finally {
    await server.close();
  }
}

// Whether it was answered, by what it did or by a refusal that says why.
async function tried(node: RedisRouting, command: RoutingCommand): Promise<boolean> {
  try {
    await node.apply(command);
    return true;
  } catch (error) {
    if (isContactCenterError(error)) return !error.retryable;
    throw error;
  }
}

// Whose own limits were changed may be left with more than it may have, but then without offers.
function hasTooMuch({ id, consumed, capacity, offerIds }: WorkerSnapshot, limited: ReadonlySet<string>): boolean {
  return consumed > capacity && (!limited.has(id) || offerIds.length > 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
