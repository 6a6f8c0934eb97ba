import { Agenda, step, type Step } from './agenda';
import type { Contender } from './matcher';
import { Trace } from './trace';
import { answerTo, startAt, type World } from './workload';

/** Hears of a run as it goes. */
export interface Observer {
  /** A call is about to be made. `at`: milliseconds since the world began. */
  step(what: Step, task: number, at: number): void;
  offer(task: number, worker: number): void;
}

/** How a world went. */
export interface Played {
  readonly offers: number;
  /** Hash over all offers, in order. */
  readonly trace: string;
  /** Tasks that nobody has in the end: everybody who could serve them has refused. */
  readonly waiting: number;
}

/** Plays a whole world against a matcher: what it offers decides what happens next. */
export function play(world: World, contender: Contender, observer?: Observer): Played {
  const agenda = new Agenda(world.tasks);
  const attempts = new Uint8Array(world.tasks);
  const trace = new Trace();
  let now = 0;
  let ended = 0;
  const matcher = contender(world, (task, worker) => {
    trace.add(task, worker, now);
    observer?.offer(task, worker);
    const attempt = attempts[task] ?? 0;
    attempts[task] = attempt + 1;
    const { kind, afterMs } = answerTo(world, task, attempt);
    agenda.add(now + afterMs, step[kind], task);
  });
  let arrived = 0;
  for (;;) {
    const arrivesAt = arrived < world.tasks ? (world.arrivesAt[arrived] ?? 0) : Infinity;
    const { nextAt } = agenda;
    if (arrivesAt === Infinity && nextAt === Infinity) break;
    if (arrivesAt < nextAt || (arrivesAt === nextAt && agenda.nextStep !== step.expire)) {
      now = arrivesAt;
      observer?.step(step.arrive, arrived, now);
      matcher.prepare?.(arrived, arrived + 1);
      matcher.arrive(arrived++, startAt + now);
      continue;
    }
    now = nextAt;
    const what = agenda.nextStep;
    const task = agenda.take();
    if (what === step.accept) {
      observer?.step(step.accept, task, now);
      agenda.add(now + (world.handleMs[task] ?? 0), step.end, task);
      matcher.accept(task, startAt + now);
    } else if (what === step.decline) {
      observer?.step(step.decline, task, now);
      matcher.decline(task, startAt + now);
    } else if (what === step.end) {
      observer?.step(step.end, task, now);
      ended += 1;
      matcher.end(task, startAt + now);
    } else {
      const tasks = [task];
      while (agenda.nextAt === now && agenda.nextStep === step.expire) tasks.push(agenda.take());
      for (const each of tasks) observer?.step(step.expire, each, now);
      matcher.expire(tasks, startAt + now);
    }
  }
  const waiting = world.tasks - ended;
  matcher.check(waiting);
  return { offers: trace.count, trace: trace.hash, waiting };
}
