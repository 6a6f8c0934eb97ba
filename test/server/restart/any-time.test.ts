import { delay, isContactCenterError, type ContactCenterClient, type Task } from 'onescreen';
import type { LogEntry } from 'onescreen';
import type { CustomerChat } from 'onescreen/customer';
import type { ServerOptions } from 'onescreen/server';
import type { SeededRandom } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { agent } from '../contact-center';
import { restartWorld, type RestartWorld } from './restart-world';

/** How many days are played; `RESTART_DAYS` for more. */
const days = Number(process.env['RESTART_DAYS'] ?? 80);

const first = Number(process.env['RESTART_FROM'] ?? 1);

interface Customer {
  readonly chat: CustomerChat;
  readonly said: string[];
  readonly startedAt: number;
}

interface Day {
  readonly world: RestartWorld;
  readonly random: SeededRandom;
  readonly customers: Customer[];
  /** By conversation: what agents said in it, in order. */
  readonly answers: Map<string, string[]>;
  readonly requeued: Set<string>;
  over: boolean;
}

/** Errors of the product are a part of the day; anything else is not. */
async function attempt<T>(command: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await command;
  } catch (error) {
    if (!isContactCenterError(error)) throw error;
    return undefined;
  }
}

/** Sends until it has been sent, as a person would who looks at the screen. */
async function said(
  day: Day,
  chat: Pick<CustomerChat, 'send' | 'retry' | 'timeline$'> | undefined,
  text: string,
): Promise<boolean> {
  if (chat === undefined) return false;
  for (let tries = 0; tries < 10; tries++) {
    const mine = [...chat.timeline$.value].find((item) => item.kind === 'message' && item.text === text);
    const sent = await attempt(mine?.kind === 'message' ? chat.retry(mine.id) : chat.send(text));
    if (sent !== undefined) return true;
    await delay(day.world.clock, 2_000);
  }
  return false;
}

async function visit(day: Day, name: string): Promise<void> {
  const { world, random } = day;
  await delay(world.clock, random.integer(0, 60_000));
  const startedAt = world.clock.now();
  let chat: CustomerChat | undefined;
  for (let tries = 0; chat === undefined && tries < 5; tries++) {
    chat = await attempt(world.customer().start({ displayName: name }));
    if (chat === undefined) await delay(world.clock, 3_000);
  }
  if (chat === undefined) return;
  const customer: Customer = { chat, said: [], startedAt };
  day.customers.push(customer);
  const lines = random.integer(1, 4);
  for (let line = 1; line <= lines; line++) {
    const text = `${name} ${line}`;
    if (chat.state$.value.phase === 'ended') return;
    if (await said(day, chat, text)) customer.said.push(text);
    await delay(world.clock, random.integer(1_000, 20_000));
  }
}

async function work(day: Day, task: Task): Promise<void> {
  const { world, random, answers } = day;
  const { conversation, status$ } = task;
  const mine = answers.get(conversation.id) ?? [];
  answers.set(conversation.id, mine);
  const lines = random.integer(1, 3);
  for (let line = 1; line <= lines && status$.value === 'assigned'; line++) {
    await delay(world.clock, random.integer(1_000, 15_000));
    const chat = conversation.channel('chat');
    if (status$.value !== 'assigned' || chat === undefined) continue;
    const text = `${task.id} ${mine.length + 1}`;
    mine.push(text);
    const session = { send: chat.send.bind(chat), retry: chat.retry.bind(chat), timeline$: conversation.timeline$ };
    if (!(await said(day, session, text))) mine.splice(mine.indexOf(text), 1);
  }
  if (random.next() < 0.2 && status$.value === 'assigned') await attempt(task.transfer({ queue: 'sales' }));
  // Whoever gives it back is not asked again: once at most, or nobody would be left.
  else if (random.next() < 0.1 && task.purpose === undefined && !day.requeued.has(conversation.id)) {
    day.requeued.add(conversation.id);
    await attempt(task.requeue());
  }
  while (status$.value === 'assigned') {
    await attempt(task.end());
    await delay(world.clock, random.integer(1_000, 5_000));
  }
  while (status$.value === 'wrapping') {
    await delay(world.clock, random.integer(1_000, 20_000));
    await attempt(task.wrapUp.complete({ notes: `done ${task.id}` }));
  }
}

function serve(day: Day, desk: ContactCenterClient): void {
  const { world, random } = day;
  let known = new Set<string>();
  desk.tasks$.subscribe((tasks) => {
    for (const task of tasks) if (!known.has(task.id)) void work(day, task);
    known = new Set(tasks.map(({ id }) => id));
  });
  desk.offered$.subscribe((offer) => {
    const mood = random.next();
    void delay(world.clock, random.integer(500, 6_000)).then(() =>
      attempt<unknown>(
        mood < 0.1 && !day.over ? offer.decline() : mood < 0.15 && !day.over ? undefined : offer.accept(),
      ),
    );
  });
  desk.agent.state$.subscribe(({ availability, next }) => {
    if (availability.kind === 'available' || next !== undefined) return;
    void delay(world.clock, random.integer(1_000, 10_000)).then(() =>
      attempt(desk.agent.setAvailability({ kind: 'available' })),
    );
  });
}

/** A policy that takes up to eight seconds and fails now and then; one that is asked before the server is killed answers nobody. */
function byCustomer(world: () => RestartWorld, seed: number): Partial<ServerOptions> {
  return {
    classification: [
      {
        id: 'by-customer',
        async classify(_, chance) {
          await delay(world().clock, chance * 8_000);
          if (chance > 0.9) throw new Error('no such customer');
          return { queueId: chance < 0.5 ? 'support' : 'sales', priority: Math.floor(chance * 10) + (seed % 3) };
        },
      },
    ],
    classificationTimeoutMs: 6_000,
    route: () => ({ classificationPolicyId: 'by-customer' }),
  };
}

/** What is wrong with a day, in words. */
async function play(seed: number): Promise<string[]> {
  const world = restartWorld(
    {
      ...(seed % 4 === 0 && byCustomer(() => world, seed)),
      queues: [
        { id: 'support', offerTtlMs: 10_000 },
        { id: 'sales', offerTtlMs: 10_000 },
      ],
    },
    ['ann', 'ben'].map((id) => agent(id, { queues: ['support', 'sales'], capacity: 2 })),
    `day ${seed}`,
  );
  const random = world.random.fork('day');
  const day: Day = { world, random, customers: [], answers: new Map(), requeued: new Set(), over: false };
  const desks = [await world.desk('ann'), await world.desk('ben')];
  for (const desk of desks) serve(day, desk);
  for (let customer = 1; customer <= 4; customer++) void visit(day, `customer ${customer}`);
  const restarts = random.integer(1, 3);
  for (let restart = 0; restart < restarts; restart++) {
    await world.clock.advance(random.integer(1_000, 40_000));
    if (random.next() < 0.5) {
      const killed = world.killOnce(random.pick(['message', 'task', 'participant-joined', 'channel-closed', 'note']));
      let isKilled = false;
      void killed.then(() => (isKilled = true));
      await world.clock.runUntil(() => isKilled, 60_000).catch(() => world.kill());
    } else world.kill();
    await world.clock.advance(random.integer(100, 8_000));
    world.start();
  }
  day.over = true;
  await world.clock.advance(600_000);
  const wrong: string[] = [];
  if (day.customers.length < 4) wrong.push(`${day.customers.length} of 4 could start`);
  for (const { chat, said: own, startedAt } of day.customers) {
    const { conversationId } = chat;
    const log = await world.log(conversationId);
    const expected = [...chat.timeline$.value].flatMap((item) =>
      item.kind === 'message' && !['failed', 'sending', 'queued'].includes(item.state) ? [item.text] : [],
    );
    const stored = log.flatMap((entry) => (entry.type === 'message' ? [entry.message.text] : []));
    const of = (mine: readonly string[]) => stored.filter((text) => mine.includes(text));
    const complain = (what: string) => wrong.push(`${conversationId}: ${what}`);
    if (chat.state$.value.phase !== 'ended') complain(`the customer is ${chat.state$.value.phase}`);
    if (JSON.stringify(expected) !== JSON.stringify(stored))
      complain(`the page has ${expected.join()} and the log ${stored.join()}`);
    if (JSON.stringify(of(own)) !== JSON.stringify(own)) complain(`said ${own.join()} and stored ${of(own).join()}`);
    const answers = day.answers.get(conversationId) ?? [];
    if (new Set(stored).size !== stored.length) complain('a message is there twice');
    if (answers.some((text) => !stored.includes(text))) complain('an answer is missing');
    if (log.at(-1)?.type !== 'conversation-ended') complain('it has not ended');
    wrong.push(...defectsOf(log, startedAt).map((what) => `${conversationId}: ${what}`));
  }
  if (((await world.store.open?.()) ?? []).length > 0) wrong.push('conversations are left open');
  for (const desk of desks) {
    if (desk.tasks$.value.length > 0) wrong.push('a task is left in hand');
    if (desk.agent.state$.value.load.used > 0) wrong.push('capacity is left in use');
  }
  for (const desk of desks) await desk.close();
  world.kill();
  return wrong;
}

function defectsOf(log: readonly LogEntry[], startedAt: number): string[] {
  const wrong: string[] = [];
  const count = (type: string) => log.filter((entry) => entry.type === type).length;
  if (log.some(({ seq }, index) => seq !== index + 1)) wrong.push('its numbers have gaps');
  if (count('conversation-opened') !== 1) wrong.push('it was opened more than once');
  if (count('conversation-ended') > 1) wrong.push('it was ended more than once');
  const present = new Set<string>();
  const notes: string[] = [];
  const tasks = new Map<string, number>();
  const statuses = new Map<string, string>();
  for (const entry of log) {
    if (entry.type === 'participant-joined') {
      if (present.has(entry.participant.id)) wrong.push('somebody joined who was there');
      present.add(entry.participant.id);
    } else if (entry.type === 'participant-left') {
      if (!present.delete(entry.participantId)) wrong.push('somebody left who was not there');
    } else if (entry.type === 'note') notes.push(entry.text);
    else if (entry.type === 'task') {
      const { id, queuedAt, status } = entry.task;
      const before = tasks.get(id);
      if (before !== undefined && before !== queuedAt) wrong.push('a task has another age than before');
      if (before === undefined && queuedAt - startedAt > 15_000)
        wrong.push('a task is younger than its customer’s wait');
      tasks.set(id, queuedAt);
      if (status === 'assigned' && statuses.get(id) === 'assigned') wrong.push('a task was assigned twice');
      statuses.set(id, status);
    }
  }
  if (present.size > 0) wrong.push('somebody is left in it');
  if (new Set(notes).size !== notes.length) wrong.push('a note is there twice');
  for (const status of statuses.values())
    if (status !== 'closed' && status !== 'cancelled') wrong.push(`a task is left ${status}`);
  return wrong;
}

describe('a day of chats whose server is killed at any time', () => {
  it('strands nobody, says everything once and in order, and keeps ages and places', { timeout: 300_000 }, async () => {
    const found: string[] = [];
    for (let seed = first; seed < first + days && found.length < 5; seed++) {
      for (const what of await play(seed)) found.push(`day ${seed}: ${what}`);
    }
    expect(found).toEqual([]);
  });
});
