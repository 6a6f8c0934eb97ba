import { bookkeeping } from './contenders/bookkeeping';
import { contender, type MatcherName } from './contenders/contenders';
import { driver } from './contenders/driver';
import { jsonLogic } from './contenders/json-logic';
import { naive, type NaiveMatcher } from './contenders/naive';
import { step } from './agenda';
import type { Job, Report } from './job';
import type { Matcher, Offered } from './matcher';
import { play } from './play';
import { policies } from './policies';
import { Replay, TraceDiffers } from './replay';
import { callAfterArrivals, loadScript, record, saveScript, type Script } from './script';
import { createWorld, sizes, type World } from './workload';

// One job in a process of its own: `measure.ts <job as JSON>` prints its report as JSON.

/** Calls between two looks at the clock; what a caller has in hand of their tasks is made ready before, off the clock. */
const callsPerChunk = 4_096;

/** Small worlds are played again and again: so many decisions first that do not count, then as many as this that do. */
const unmeasured = 60_000;
const wanted = 60_000;

/** No more repetitions once so much CPU time was measured, in microseconds. */
const enoughUs = 1_000_000;

const isJob = (value: unknown): value is Job => typeof value === 'object' && value !== null && 'kind' in value;

function run(job: Job): Report {
  const world = createWorld(sizes[job.size], job.seed);
  const strategy = policies[job.policy];
  switch (job.kind) {
    case 'record': {
      const script = record(world, contender(whole(job), strategy));
      saveScript(script, job.script);
      return { trace: script.trace, waiting: script.waiting, decisions: script.offers };
    }
    case 'trace': {
      const { trace, waiting, offers } = play(world, contender(whole(job), strategy));
      return { trace, waiting, decisions: offers };
    }
    case 'cpu':
      return timeCpu(job, world, loadScript(job.script), job.most);
    case 'latency':
      return timeEach(job, world, loadScript(job.script), job.most);
  }
}

function whole({ contender: name }: Job): MatcherName {
  if (name === 'driver' || name === 'bookkeeping') throw new Error(`${name} decides nothing`);
  return name;
}

/** A replay that has just got to where measuring begins, and the calls before which to stop. */
function warmedUp(job: Job, world: World, script: Script, most: number, wrap = (matcher: Matcher) => matcher) {
  const strategy = policies[job.policy];
  const from = callAfterArrivals(script, world.tasks * 0.6);
  const to = lastCall(script, from, most);
  let replay: Replay;
  if (job.contender === 'driver') {
    replay = new Replay(script, driver(script));
    advance(replay, from);
  } else if (job.contender === 'bookkeeping') {
    const make = bookkeeping(() => replay.due());
    replay = new Replay(script, (offered) => wrap(make(world, offered)));
    advance(replay, from);
  } else if (job.contender === 'naive' || job.contender === 'jsonLogic') {
    // To decide all that by itself would take hours where worlds are large.
    const make = naive(strategy, ...(job.contender === 'jsonLogic' ? [jsonLogic()] : []));
    let matcher: NaiveMatcher | undefined;
    replay = new Replay(script, (offered: Offered) => wrap((matcher = make(world, offered))));
    matcher?.follow(() => replay.due());
    advance(replay, from);
    matcher?.follow(undefined);
  } else {
    const make = contender(job.contender, strategy);
    replay = new Replay(script, (offered) => wrap(make(world, offered)));
    advance(replay, from);
  }
  return { replay, to };
}

function advance(replay: Replay, to: number): void {
  while (replay.call < to) {
    const until = Math.min(to, replay.call + callsPerChunk);
    replay.prepare(until);
    replay.run(until);
  }
}

// Behind the last arrival, the load falls off.
function lastCall(script: Script, from: number, most: number): number {
  const offersBefore = script.offersAfter[from - 1] ?? 0;
  let last = from;
  for (let call = from; call < script.calls; call++) {
    if (script.what[call] === step.arrive) last = call + 1;
    if (script.offersAfter[call]! - offersBefore >= most) return call + 1;
  }
  return last;
}

function timeCpu(job: Job, world: World, script: Script, most: number): Report {
  let cpuUs = 0;
  let decisions = 0;
  const warmUp = new WarmUp(script);
  while (decisions < Math.min(wanted, most) && cpuUs < enoughUs) {
    const { replay, to } = warmedUp(job, world, script, most);
    const before = replay.offers;
    let spent = 0;
    while (replay.call < to) {
      const until = Math.min(to, replay.call + callsPerChunk);
      replay.prepare(until);
      const start = process.cpuUsage();
      replay.run(until);
      spent += cpuSince(start);
    }
    if (!warmUp.done(replay.offers)) continue;
    cpuUs += spent;
    decisions += replay.offers - before;
    if (most < script.offers) break;
    advance(replay, script.calls);
    replay.check();
  }
  return { cpuUs, decisions };
}

/** Small worlds are played a few times before anything counts; in large ones the first 60 % of arrivals suffice. */
class WarmUp {
  readonly #began = process.cpuUsage();
  #left: number;

  constructor({ offers }: Script) {
    this.#left = offers >= unmeasured ? 0 : unmeasured;
  }

  /** To be told of every run and its offers: true for one that counts. */
  done(offers: number): boolean {
    const counts = this.#left <= 0 || cpuSince(this.#began) > enoughUs;
    this.#left = counts ? 0 : this.#left - offers;
    return counts;
  }
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function timeEach(job: Job, world: World, script: Script, most: number): Report {
  let times: number[] = [];
  let measuring = false;
  const wrap = (matcher: Matcher): Matcher => {
    const timed =
      <What>(call: (what: What, now: number) => void) =>
      (what: What, now: number): void => {
        if (!measuring) return call(what, now);
        const start = performance.now();
        call(what, now);
        times.push((performance.now() - start) * 1_000);
      };
    return {
      prepare: (from, to) => matcher.prepare?.(from, to),
      arrive: timed((task, now) => matcher.arrive(task, now)),
      accept: (task, now) => matcher.accept(task, now),
      decline: timed((task, now) => matcher.decline(task, now)),
      expire: timed((tasks, now) => matcher.expire(tasks, now)),
      end: timed((task, now) => matcher.end(task, now)),
      check: (waiting) => matcher.check(waiting),
    };
  };
  const heapBefore = heap();
  let heapBytes = 0;
  const warmUp = new WarmUp(script);
  const kept: number[] = [];
  const began = process.cpuUsage();
  while (kept.length < Math.min(wanted, most) && (kept.length === 0 || cpuSince(began) < 3 * enoughUs)) {
    const { replay, to } = warmedUp(job, world, script, most, wrap);
    if (heapBytes === 0) heapBytes = heap() - heapBefore;
    times = [];
    measuring = true;
    advance(replay, to);
    measuring = false;
    if (!warmUp.done(replay.offers)) continue;
    for (const each of times) kept.push(each);
  }
  kept.sort((a, b) => a - b);
  return { p99Us: kept[Math.floor(kept.length * 0.99)] ?? 0, decisions: kept.length, heapBytes };
}

function heap(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const job: unknown = JSON.parse(process.argv[2] ?? 'null');
if (!isJob(job)) throw new Error('usage: measure.ts <job as JSON>');
try {
  console.log(JSON.stringify(run(job)));
} catch (error) {
  if (!(error instanceof TraceDiffers)) throw error;
  console.log(JSON.stringify({ differs: error.message } satisfies Report));
}
