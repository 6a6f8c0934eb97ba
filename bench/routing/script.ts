import { readFileSync, writeFileSync } from 'node:fs';
import { step } from './agenda';
import type { Contender } from './matcher';
import { play } from './play';
import type { World } from './workload';

/** A whole run written down: every call, and the offers that it led to. Engines that decide alike can be played by it. */
export interface Script {
  readonly calls: number;
  readonly offers: number;
  /** Hash over all offers. */
  readonly trace: string;
  readonly waiting: number;
  /** By call: what, of which task, and milliseconds since the world began. */
  readonly what: Uint8Array;
  readonly task: Int32Array;
  readonly at: Float64Array;
  /** By call: how many offers were made in all, once it had returned. */
  readonly offersAfter: Int32Array;
  readonly offeredTask: Int32Array;
  readonly offeredWorker: Int32Array;
}

const columns = ['what', 'task', 'at', 'offersAfter', 'offeredTask', 'offeredWorker'] as const;

/** Plays a world and writes it down. */
export function record(world: World, contender: Contender): Script {
  // A task comes, and is offered, answered and ended a few times; there is room for more.
  const most = world.tasks * 6 + 1_000;
  const script = {
    what: new Uint8Array(most),
    task: new Int32Array(most),
    at: new Float64Array(most),
    offersAfter: new Int32Array(most),
    offeredTask: new Int32Array(most),
    offeredWorker: new Int32Array(most),
  };
  let calls = 0;
  let offers = 0;
  const { trace, waiting } = play(world, contender, {
    step(what, task, at) {
      if (calls === most) throw new Error('the script is full');
      if (calls > 0) script.offersAfter[calls - 1] = offers;
      script.what[calls] = what;
      script.task[calls] = task;
      script.at[calls] = at;
      calls += 1;
    },
    offer(task, worker) {
      script.offeredTask[offers] = task;
      script.offeredWorker[offers] = worker;
      offers += 1;
    },
  });
  if (calls > 0) script.offersAfter[calls - 1] = offers;
  return {
    calls,
    offers,
    trace,
    waiting,
    what: script.what.slice(0, calls),
    task: script.task.slice(0, calls),
    at: script.at.slice(0, calls),
    offersAfter: script.offersAfter.slice(0, calls),
    offeredTask: script.offeredTask.slice(0, offers),
    offeredWorker: script.offeredWorker.slice(0, offers),
  };
}

/** Writes a script to a file, its columns one after the other. */
export function saveScript(script: Script, file: string): void {
  const { calls, offers, trace, waiting } = script;
  const head = Buffer.alloc(256);
  head.write(JSON.stringify({ calls, offers, trace, waiting }));
  const bodies = columns.map((name) =>
    Buffer.from(script[name].buffer, script[name].byteOffset, script[name].byteLength),
  );
  writeFileSync(file, Buffer.concat([head, ...bodies]));
}

/** Reads what {@link saveScript} wrote. */
export function loadScript(file: string): Script {
  const bytes = readFileSync(file);
  const head: unknown = JSON.parse(bytes.subarray(0, 256).toString().replace(/\0+$/, ''));
  if (!isHead(head)) throw new Error('this is not a script');
  const { calls, offers } = head;
  let from = 256;
  const take = (length: number) => Uint8Array.from(bytes.subarray(from, (from += length))).buffer;
  return {
    ...head,
    what: new Uint8Array(take(calls)),
    task: new Int32Array(take(calls * 4)),
    at: new Float64Array(take(calls * 8)),
    offersAfter: new Int32Array(take(calls * 4)),
    offeredTask: new Int32Array(take(offers * 4)),
    offeredWorker: new Int32Array(take(offers * 4)),
  };
}

/** The first call that is made after so many tasks have come. */
export function callAfterArrivals(script: Script, arrivals: number): number {
  let seen = 0;
  for (let call = 0; call < script.calls; call++) {
    if (script.what[call] === step.arrive && seen++ === arrivals) return call;
  }
  return script.calls;
}

function isHead(value: unknown): value is Pick<Script, 'calls' | 'offers' | 'trace' | 'waiting'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'calls' in value &&
    typeof value.calls === 'number' &&
    'offers' in value &&
    typeof value.offers === 'number' &&
    'trace' in value &&
    typeof value.trace === 'string' &&
    'waiting' in value &&
    typeof value.waiting === 'number'
  );
}
