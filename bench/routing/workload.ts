import type { Selector } from 'onescreen';
import { skill, type TaskSpec, type WorkerChannel, type WorkerSpec } from 'onescreen/routing';
import { chance, exponential, pick, zipf } from './chance';

/** How many workers and tasks a world has. */
export interface Size {
  readonly workers: number;
  readonly tasks: number;
}

/** The sizes that are measured. */
export const sizes = {
  S: { workers: 100, tasks: 1_000 },
  M: { workers: 1_000, tasks: 10_000 },
  L: { workers: 10_000, tasks: 100_000 },
  XL: { workers: 100_000, tasks: 1_000_000 },
} as const satisfies Readonly<Record<string, Size>>;

export type SizeName = keyof typeof sizes;

export const sizeNames = ['S', 'M', 'L', 'XL'] as const;

interface ChannelFacts extends WorkerChannel {
  readonly max: number;
  /** Of all tasks. */
  readonly share: number;
  readonly meanMs: number;
}

/** By the number that tasks have in {@link World.channel}. Every worker serves all of them. */
export const channels: readonly ChannelFacts[] = [
  { channel: 'voice', cost: 100, max: 1, share: 0.5, meanMs: 300_000 },
  { channel: 'chat', cost: 33, max: 3, share: 0.4, meanMs: 600_000 },
  { channel: 'email', cost: 20, max: 5, share: 0.1, meanMs: 300_000 },
];

export const capacity = 100;
export const skillCount = 20;
export const languageCount = 8;
export const skillsPerTask = 3;
export const priorities = 10;

/** How long an offer stands, and how soon it is answered at the latest. */
export const offerTtlMs = 15_000;
const answerWithinMs = 14_999;

/** Epoch milliseconds at which every world begins, so that times are as large as real ones. */
export const startAt = Date.UTC(2026, 0, 5, 8);

/** Capacity times milliseconds that the mean task takes. */
const meanWork = channels.reduce((sum, { share, cost, meanMs }) => sum + share * cost * meanMs, 0);

/** The skill that a task does not ask for. */
export const none = 255;

/** Who works and what comes in. Numbers in columns, by worker or task, so that a million tasks fit. */
export interface World extends Size {
  readonly seed: number;
  /** Levels 1 to 5, {@link skillCount} for each worker; 0 for a skill that it lacks. */
  readonly level: Uint8Array;
  /** One bit for each language that the worker speaks. */
  readonly speaks: Uint8Array;
  /** Milliseconds after {@link startAt}, whole, in order. */
  readonly arrivesAt: Float64Array;
  readonly channel: Uint8Array;
  /** {@link skillsPerTask} for each task; {@link none} where it asks for fewer. */
  readonly skills: Uint8Array;
  readonly minLevel: Uint8Array;
  readonly language: Uint8Array;
  readonly priority: Uint8Array;
  readonly handleMs: Float64Array;
}

/** Streams of chance; those of an offer's answer depend on the task and on how often it was offered, never on the worker. */
const stream = {
  workerSkills: 1,
  workerSkill: 2,
  workerLevel: 3,
  workerLanguages: 4,
  workerLanguage: 5,
  arrival: 10,
  channel: 11,
  template: 12,
  taskSkills: 13,
  taskSkill: 14,
  taskLevel: 15,
  taskLanguage: 16,
  priority: 17,
  handling: 18,
  answer: 20,
  answerDelay: 21,
} as const;

const skillWeights = zipf(skillCount, 0.8);
const languageWeights = zipf(languageCount, 1);

/** Makes a world. `load` is the share of all capacity that its tasks take on average; 0.8 where speed is measured. */
export function createWorld({ workers, tasks }: Size, seed: number, load = 0.8): World {
  const level = new Uint8Array(workers * skillCount);
  const speaks = new Uint8Array(workers);
  for (let worker = 0; worker < workers; worker++) {
    const count = 1 + Math.floor(chance(seed, stream.workerSkills, worker) * 5);
    for (const [index, each] of distinct(count, seed, stream.workerSkill, worker, skillWeights).entries()) {
      level[worker * skillCount + each] = 1 + Math.floor(chance(seed, stream.workerLevel, worker, index) * 5);
    }
    const spoken = 1 + Math.floor(chance(seed, stream.workerLanguages, worker) * 2);
    for (const each of distinct(spoken, seed, stream.workerLanguage, worker, languageWeights)) {
      speaks[worker] = (speaks[worker] ?? 0) | (1 << each);
    }
  }
  const world: World = {
    seed,
    workers,
    tasks,
    level,
    speaks,
    arrivesAt: new Float64Array(tasks),
    channel: new Uint8Array(tasks),
    skills: new Uint8Array(tasks * skillsPerTask).fill(none),
    minLevel: new Uint8Array(tasks * skillsPerTask),
    language: new Uint8Array(tasks),
    priority: new Uint8Array(tasks),
    handleMs: new Float64Array(tasks),
  };
  const betweenMs = meanWork / (load * workers * capacity);
  let at = 0;
  for (let task = 0; task < tasks; task++) {
    at += exponential(chance(seed, stream.arrival, task), betweenMs);
    world.arrivesAt[task] = Math.round(at);
    drawTask(world, task);
  }
  return world;
}

/** What becomes of a task's offer number `attempt` (from 0), and after how many milliseconds. */
export function answerTo(
  { seed }: World,
  task: number,
  attempt: number,
): { readonly kind: 'accept' | 'decline' | 'expire'; readonly afterMs: number } {
  const u = chance(seed, stream.answer, task, attempt);
  if (u >= 0.97) return { kind: 'expire', afterMs: offerTtlMs };
  const afterMs = Math.round(exponential(chance(seed, stream.answerDelay, task, attempt), 3_000));
  return { kind: u < 0.92 ? 'accept' : 'decline', afterMs: Math.min(afterMs, answerWithinMs) };
}

const numbers = Array.from({ length: skillCount }, (_, index) => index);
const skillNames = numbers.map((index) => `skill-${index}`);
const languageNames = numbers.slice(0, languageCount).map((index) => `language-${index}`);

/** Ids in the order of the numbers, also as text. */
export function workerId(worker: number): string {
  return `w${String(worker).padStart(6, '0')}`;
}

export function taskId(task: number): string {
  return `t${String(task).padStart(7, '0')}`;
}

/** The number in one of our ids. */
export function numberOf(id: string): number {
  let number = 0;
  for (let at = 1; at < id.length; at++) number = number * 10 + id.charCodeAt(at) - 48;
  return number;
}

const workerChannels: readonly WorkerChannel[] = channels.map(({ channel, cost, max }) => ({ channel, cost, max }));

/** A worker as it is registered. */
export function workerSpec({ level, speaks }: World, worker: number, queueId: string): WorkerSpec {
  const labels: Record<string, number | boolean> = {};
  for (const each of numbers) {
    const held = level[worker * skillCount + each] ?? 0;
    if (held > 0) labels[skillNames[each] ?? ''] = held;
  }
  for (const [index, name] of languageNames.entries()) {
    if (((speaks[worker] ?? 0) & (1 << index)) !== 0) labels[name] = true;
  }
  return { id: workerId(worker), labels, queues: [queueId], capacity, channels: workerChannels, available: true };
}

/** A task as it is enqueued. */
export function taskSpec(world: World, task: number, queueId: string): TaskSpec {
  return {
    id: taskId(task),
    queueId,
    channel: channels[world.channel[task] ?? 0]?.channel ?? '',
    priority: world.priority[task] ?? 0,
    selectors: selectorsOf(world, task),
  };
}

/** What a task asks of a worker: its skills, then its language. */
export function selectorsOf(world: World, task: number): readonly Selector[] {
  const selectors: Selector[] = [];
  for (let index = task * skillsPerTask; index < (task + 1) * skillsPerTask; index++) {
    const wanted = world.skills[index] ?? none;
    if (wanted !== none) selectors.push(skill(skillNames[wanted] ?? '', world.minLevel[index]));
  }
  selectors.push({ key: languageNames[world.language[task] ?? 0] ?? '', operator: 'equal', value: true });
  return selectors;
}

// Asks for what one worker, drawn at random, can do, so that somebody can serve it.
function drawTask(world: World, task: number): void {
  const { seed, workers, level, speaks } = world;
  const channel = pick(
    chance(seed, stream.channel, task),
    channels.map((each) => each.share),
  );
  world.channel[task] = channel;
  const template = Math.floor(chance(seed, stream.template, task) * workers);
  const skills = numbers.filter((each) => (level[template * skillCount + each] ?? 0) > 0);
  const count = 1 + pick(chance(seed, stream.taskSkills, task), [0.7, 0.25, 0.05]);
  for (let index = 0; index < count && skills.length > 0; index++) {
    const [each = 0] = skills.splice(Math.floor(chance(seed, stream.taskSkill, task, index) * skills.length), 1);
    const highest = level[template * skillCount + each] ?? 1;
    world.skills[task * skillsPerTask + index] = each;
    world.minLevel[task * skillsPerTask + index] =
      1 + Math.floor(chance(seed, stream.taskLevel, task, index) * highest);
  }
  const languages = numbers.slice(0, languageCount).filter((each) => ((speaks[template] ?? 0) & (1 << each)) !== 0);
  world.language[task] = languages[Math.floor(chance(seed, stream.taskLanguage, task) * languages.length)] ?? 0;
  world.priority[task] = Math.floor(chance(seed, stream.priority, task) * priorities);
  const handleMs = exponential(chance(seed, stream.handling, task), channels[channel]?.meanMs ?? 0);
  world.handleMs[task] = Math.max(1, Math.round(handleMs));
}

// Draws until there are so many different ones.
function distinct(
  count: number,
  seed: number,
  from: number,
  index: number,
  weights: readonly number[],
): ReadonlySet<number> {
  const drawn = new Set<number>();
  for (let attempt = 0; drawn.size < count; attempt++) drawn.add(pick(chance(seed, from, index, attempt), weights));
  return drawn;
}
