import type { Matcher, Offered } from '../matcher';
import {
  capacity,
  channels,
  languageCount,
  none,
  priorities,
  skillCount,
  skillsPerTask,
  type World,
} from '../workload';

// Longest time since activity, with an index and nothing else: no ids, no objects, no errors, no events. Workers are
// kept by channel x skill in the order of their activity, waiting tasks by channel x rarest skill x priority as they
// came. Both are rings of links with a head of their own, in typed arrays laid out so that one task, or one worker's
// facts, is one read of memory.

/** What a worker has at most. */
const mostSkills = 5;
const mostLanguages = 2;

/** Bytes of a worker's record: levels by skill, then these. */
const workerBytes = 64;
const slotsAt = skillCount;
const slotCountAt = slotsAt + mostSkills * mostLanguages;
/** What it has in hand, as one number; see {@link inHandOf}. */
const inHandAt = slotCountAt + 1;
const speaksAt = inHandAt + 1;

/** A task's record in words of 32 bits: next, previous, its worker, its list, and then bytes. */
const taskBytes = 32;
const taskWords = taskBytes / 4;
const workerWord = 2;
const listWord = 3;
const skillsAt = 16;
const minLevelsAt = skillsAt + skillsPerTask;
const refusedAt = minLevelsAt + skillsPerTask;
const languageAt = refusedAt + 1;

/** How much one more task of each channel adds to the number for what a worker has in hand. */
const inHandOf = [24, 6, 1];

/** One bit for each channel of which there is room, by what a worker has in hand. */
const roomFor = Uint8Array.from({ length: 48 }, (_, inHand) => {
  const counts = [Math.floor(inHand / 24), Math.floor((inHand % 24) / 6), inHand % 6];
  const used = counts.reduce((sum, count, channel) => sum + count * channels[channel]!.cost, 0);
  return channels.reduce(
    (bits, { cost, max }, channel) => bits | (used + cost <= capacity && counts[channel]! < max ? 1 << channel : 0),
    0,
  );
});

/** Lists by channel and skill, as they are usually kept. */
export function floor(world: World, offered: Offered): Matcher {
  return indexed(world, offered, 1);
}

/** Lists by language as well: fewer who do not fit are passed, for more lists to keep. */
export function finerFloor(world: World, offered: Offered): Matcher {
  return indexed(world, offered, languageCount);
}

// `languages`: how many lists there are for each channel and skill.
function indexed(world: World, offered: Offered, languages: number): Matcher {
  const slots = mostSkills * (languages === 1 ? 1 : mostLanguages);
  const pairs = skillCount * languages;
  const nodesPerWorker = slots * channels.length;
  const workerLists = channels.length * pairs;
  const taskLists = workerLists * priorities;
  const facts = new Uint8Array(world.workers * workerBytes);
  const idleSince = new Float64Array(world.workers);
  const listed = new Uint8Array(world.workers);
  const links = new Int32Array((workerLists + world.workers * nodesPerWorker) * 2);
  const appendedAt = new Float64Array(workerLists);
  const tasks = new Uint8Array((taskLists + world.tasks) * taskBytes);
  const words = new Int32Array(tasks.buffer);
  const waitingIn = new Uint16Array(workerLists);
  const rarity = new Uint32Array(pairs);
  const refusals = new Map<number, number[]>();
  let waitingCount = 0;

  for (let list = 0; list < workerLists; list++) links[2 * list] = links[2 * list + 1] = list;
  for (let list = 0; list < taskLists; list++) words[list * taskWords] = words[list * taskWords + 1] = list;
  for (let worker = 0; worker < world.workers; worker++) enlist(worker);

  function enlist(worker: number): void {
    const at = worker * workerBytes;
    let count = 0;
    for (let skill = 0; skill < skillCount; skill++) {
      const level = world.level[worker * skillCount + skill]!;
      facts[at + skill] = level;
      for (let language = 0; level > 0 && language < languages; language++) {
        if (languages > 1 && (world.speaks[worker]! & (1 << language)) === 0) continue;
        const pair = skill * languages + language;
        facts[at + slotsAt + count++] = pair;
        rarity[pair]! += 1;
      }
    }
    facts[at + speaksAt] = world.speaks[worker]!;
    facts[at + slotCountAt] = count;
    append(worker, roomFor[0]!, 0);
  }

  // Puts a worker last in the lists of these channels; among those of the same time, in the order of their numbers.
  function append(worker: number, room: number, now: number): void {
    idleSince[worker] = now;
    listed[worker] = room;
    const at = worker * workerBytes;
    const count = facts[at + slotCountAt]!;
    for (let channel = 0; channel < channels.length; channel++) {
      if ((room & (1 << channel)) === 0) continue;
      let node = workerLists + worker * nodesPerWorker + channel * slots;
      for (let slot = 0; slot < count; slot++, node++) {
        const list = channel * pairs + facts[at + slotsAt + slot]!;
        let before = links[2 * list + 1]!;
        if (appendedAt[list] === now) before = placeBefore(before, worker, now);
        else appendedAt[list] = now;
        const after = links[2 * before]!;
        links[2 * node] = after;
        links[2 * node + 1] = before;
        links[2 * before] = node;
        links[2 * after + 1] = node;
      }
    }
  }

  function placeBefore(last: number, worker: number, now: number): number {
    let before = last;
    while (before >= workerLists) {
      const other = ((before - workerLists) / nodesPerWorker) | 0;
      if (idleSince[other]! < now || other < worker) break;
      before = links[2 * before + 1]!;
    }
    return before;
  }

  function remove(worker: number, room: number): void {
    const count = facts[worker * workerBytes + slotCountAt]!;
    for (let channel = 0; channel < channels.length; channel++) {
      if ((room & (1 << channel)) === 0) continue;
      let node = workerLists + worker * nodesPerWorker + channel * slots;
      for (let slot = 0; slot < count; slot++, node++) {
        const after = links[2 * node]!;
        const before = links[2 * node + 1]!;
        links[2 * before] = after;
        links[2 * after + 1] = before;
      }
    }
  }

  function matches(task: number, worker: number): boolean {
    const at = worker * workerBytes;
    const of = (taskLists + task) * taskBytes;
    if ((facts[at + speaksAt]! & tasks[of + languageAt]!) === 0) return false;
    for (let index = 0; index < skillsPerTask; index++) {
      const skill = tasks[of + skillsAt + index]!;
      if (skill === none) break;
      if (facts[at + skill]! < tasks[of + minLevelsAt + index]!) return false;
    }
    return tasks[of + refusedAt] === 0 || !refusals.get(task)!.includes(worker);
  }

  function offer(task: number, worker: number): void {
    const at = worker * workerBytes + inHandAt;
    const channel = world.channel[task]!;
    const inHand = facts[at]! + inHandOf[channel]!;
    facts[at] = inHand;
    words[(taskLists + task) * taskWords + workerWord] = worker;
    const room = roomFor[inHand]!;
    const gone = listed[worker]! & ~room;
    if (gone !== 0) {
      remove(worker, gone);
      listed[worker] = room;
    }
    offered(task, worker);
  }

  // True when somebody was found. The task is not in line.
  function findWorker(task: number): boolean {
    const list = words[(taskLists + task) * taskWords + listWord]!;
    for (let node = links[2 * list]!; node !== list; node = links[2 * node]!) {
      const worker = ((node - workerLists) / nodesPerWorker) | 0;
      if (!matches(task, worker)) continue;
      offer(task, worker);
      return true;
    }
    return false;
  }

  function wait(task: number): void {
    waitingCount += 1;
    const list = words[(taskLists + task) * taskWords + listWord]!;
    const priority = world.priority[task]!;
    const head = list * priorities + priority;
    waitingIn[list]! |= 1 << priority;
    // Those who come back are older than nearly all others.
    const node = taskLists + task;
    let after = head;
    if (words[head * taskWords + 1]! > node) {
      after = words[head * taskWords]!;
      while (after < node) after = words[after * taskWords]!;
    }
    const before = words[after * taskWords + 1]!;
    words[node * taskWords] = after;
    words[node * taskWords + 1] = before;
    words[before * taskWords] = node;
    words[after * taskWords + 1] = node;
  }

  function leave(task: number): void {
    waitingCount -= 1;
    const node = taskLists + task;
    const after = words[node * taskWords]!;
    const before = words[node * taskWords + 1]!;
    words[before * taskWords] = after;
    words[after * taskWords + 1] = before;
    // Only a head is left.
    if (after === before) {
      const list = words[node * taskWords + listWord]!;
      waitingIn[list]! &= ~(1 << world.priority[task]!);
    }
  }

  /** The first task in order that the worker can do, or -1. */
  function propose(worker: number): number {
    const room = listed[worker]!;
    const at = worker * workerBytes;
    const count = facts[at + slotCountAt]!;
    let bits = 0;
    for (let channel = 0; channel < channels.length; channel++) {
      if ((room & (1 << channel)) === 0) continue;
      for (let slot = 0; slot < count; slot++) bits |= waitingIn[channel * pairs + facts[at + slotsAt + slot]!]!;
    }
    while (bits !== 0) {
      const priority = 31 - Math.clz32(bits);
      bits &= ~(1 << priority);
      let best = 0x7fffffff;
      for (let channel = 0; channel < channels.length; channel++) {
        if ((room & (1 << channel)) === 0) continue;
        for (let slot = 0; slot < count; slot++) {
          const list = channel * pairs + facts[at + slotsAt + slot]!;
          if ((waitingIn[list]! & (1 << priority)) === 0) continue;
          const head = list * priorities + priority;
          let node = words[head * taskWords]!;
          while (node !== head && node < best) {
            if (matches(node - taskLists, worker)) {
              best = node;
              break;
            }
            node = words[node * taskWords]!;
          }
        }
      }
      if (best !== 0x7fffffff) return best - taskLists;
    }
    return -1;
  }

  function free(task: number, now: number): number {
    const worker = words[(taskLists + task) * taskWords + workerWord]!;
    const at = worker * workerBytes + inHandAt;
    const inHand = facts[at]! - inHandOf[world.channel[task]!]!;
    facts[at] = inHand;
    remove(worker, listed[worker]!);
    append(worker, roomFor[inHand]!, now);
    return worker;
  }

  function serve(worker: number): void {
    for (let task = propose(worker); task !== -1; task = propose(worker)) {
      leave(task);
      offer(task, worker);
    }
  }

  function precedes(task: number, other: number): boolean {
    const byPriority = world.priority[task]! - world.priority[other]!;
    return byPriority > 0 || (byPriority === 0 && task < other);
  }

  function refuse(task: number, now: number): number {
    const worker = free(task, now);
    tasks[(taskLists + task) * taskBytes + refusedAt] = 1;
    const known = refusals.get(task);
    if (known === undefined) refusals.set(task, [worker]);
    else known.push(worker);
    return worker;
  }

  // Tasks that were refused and the workers who did, in the order of the tasks that come out.
  function rematch(open: number[], freed: readonly number[]): void {
    open.sort((a, b) => (precedes(a, b) ? -1 : 1));
    for (;;) {
      let next = -1;
      for (const worker of freed) {
        const task = propose(worker);
        if (task !== -1 && (next === -1 || precedes(task, next))) next = task;
      }
      const refused = open[0];
      if (refused !== undefined && (next === -1 || precedes(refused, next))) {
        open.shift();
        if (!findWorker(refused)) wait(refused);
        continue;
      }
      if (next === -1) return;
      // Nobody else has room for it: of those who were freed, at the same time, the first by number.
      const channel = 1 << world.channel[next]!;
      let taker = -1;
      for (const worker of freed)
        if ((taker === -1 || worker < taker) && (listed[worker]! & channel) !== 0 && matches(next, worker))
          taker = worker;
      leave(next);
      offer(next, taker);
    }
  }

  return {
    arrive(task) {
      const of = (taskLists + task) * taskBytes;
      const language = world.language[task]!;
      let rarest = 0;
      let fewest = 0xffffffff;
      for (let index = 0; index < skillsPerTask; index++) {
        const skill = world.skills[task * skillsPerTask + index]!;
        tasks[of + skillsAt + index] = skill;
        if (skill === none) break;
        tasks[of + minLevelsAt + index] = world.minLevel[task * skillsPerTask + index]!;
        const pair = skill * languages + (languages === 1 ? 0 : language);
        if (rarity[pair]! >= fewest) continue;
        fewest = rarity[pair]!;
        rarest = pair;
      }
      tasks[of + languageAt] = 1 << language;
      words[(taskLists + task) * taskWords + listWord] = world.channel[task]! * pairs + rarest;
      if (!findWorker(task)) wait(task);
    },
    accept() {},
    decline(task, now) {
      rematch([task], [refuse(task, now)]);
    },
    expire(refused, now) {
      const freed = refused.map((task) => refuse(task, now));
      rematch([...refused], freed);
    },
    end(task, now) {
      serve(free(task, now));
    },
    check(waiting) {
      if (waitingCount !== waiting) throw new Error(`${waitingCount} tasks wait, not ${waiting}`);
      for (let worker = 0; worker < world.workers; worker++)
        if (facts[worker * workerBytes + inHandAt] !== 0) throw new Error('a worker still has work');
    },
  };
}
