import { systemClock, type Clock } from 'onescreen';
import {
  createRoutingEngine,
  routingRules,
  type PendingDecision,
  type QueuePolicy,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
} from 'onescreen/routing';
import type { Acceptance, Retries } from './acceptance';
import { answerDecision, type Patience } from './answer-decision';
import { counterRandom, type ChanceStream } from './counter-random';
import { checkContact, checkOptions } from './check-options';
import { EventHeap } from './event-heap';
import { constant, drawn } from './distribution';
import { refuseSimulation } from './refuse';
import type { SimulationReport } from './report';
import type { SimulatedContact } from './simulated-contact';
import { workingTimes, type Period, type SimulatedWorker } from './simulated-worker';
import { OccupancyTally, WorkerLoad, type ContactOutcome } from './tally';
import { writeReport } from './write-report';

const minute = 60_000;
const halfHour = 30 * minute;

/** Four calls in five within 20 s is the service level that most centres set themselves. */
const usualThreshold = 20_000;

const usualWaitMs = 10_000;

export interface SimulationOptions {
  /** Who comes when. A function is given the seed. */
  readonly traffic: readonly SimulatedContact[] | ((seed: string | number) => readonly SimulatedContact[]);
  readonly workers: readonly SimulatedWorker[];
  readonly queues: readonly QueuePolicy[];
  /** Decides what workers do with offers, and who tries again. Default 1. */
  readonly seed?: string | number;
  /** What the report calls it. Default: the strategies' names. */
  readonly name?: string;
  /** Default: every offer is accepted at once. */
  readonly acceptance?: Acceptance;
  /** Default: who gave up does not try again. */
  readonly retries?: Retries;
  /** Contacts that arrive in the first so many milliseconds are served and not reported, nor is what workers do then. Default 0. */
  readonly warmUpMs?: number;
  /** Within how many milliseconds a contact is to be answered, for each channel or for all. Default 20 000. */
  readonly serviceLevelMs?: number | Readonly<Record<string, number>>;
  /** Length of the report's intervals. Default half an hour. */
  readonly intervalMs?: number;
  /** How long after the last arrival the simulation ends for contacts that still wait; Infinity: when nobody does. Default 4 hours. */
  readonly drainMs?: number;
  /**
   * How many milliseconds of real time a strategy that promises an answer is waited for, each time; above 0. One that
   * is later has failed: the longest idle worker is asked when the queue's `strategyTimeoutMs` have passed in virtual
   * time. Default 10 000.
   */
  readonly strategyWaitMs?: number;
  /** Measures `strategyWaitMs`. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Told what the engine did, as it does it. */
  readonly observe?: (events: readonly RoutingEvent[]) => void;
  /** Told how it went for each contact that is reported, in the order of arrival. */
  readonly observeOutcome?: (outcome: ContactOutcome) => void;
}

/**
 * Runs the routing engine over a stretch of traffic in virtual time: the same options give the same report. Throws
 * `simulation/invalid` for what makes no sense, and `routing/invalid` for what the engine refuses.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const simulation = new Simulation(options);
  await simulation.run();
  return simulation.report();
}

/** A contact on its way. */
interface Visit {
  readonly contact: SimulatedContact;
  /** Its number in the order of arrival: chance goes by it, not by who is asked when. */
  readonly index: number;
  readonly attempt: number;
  offers: number;
  delayed: boolean;
  result: ContactOutcome['result'];
  workerId?: string;
  /** When its wait ended. */
  endedAt?: number;
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #seed: string | number;
  readonly #engine: RoutingEngine;
  readonly #heap = new EventHeap();
  readonly #traffic: readonly SimulatedContact[];
  readonly #visits: Visit[] = [];
  readonly #visitOf = new Map<string, Visit>();
  readonly #loads = new Map<string, WorkerLoad>();
  readonly #onShift = new Set<string>();
  readonly #costs = new Map<string, number>();
  readonly #asked: string[] = [];
  readonly #occupancy: OccupancyTally;
  readonly #chance: Readonly<Record<'answer' | 'delay' | 'back' | 'retry' | 'retryDelay', ChanceStream>>;
  readonly #offers = { issued: 0, declined: 0, expired: 0, revoked: 0 };
  readonly #decisions = { asked: 0, failed: 0 };
  readonly #patience: Patience;
  readonly #countFrom: number;
  readonly #end: number;
  #now: number;
  /** Contacts that have yet to arrive, and those who wait. */
  #pending: number;
  #returns = 0;

  constructor(options: SimulationOptions) {
    const { traffic, workers, intervalMs = halfHour, warmUpMs = 0, drainMs = 8 * halfHour } = options;
    const { clock = systemClock, strategyWaitMs: waitMs = usualWaitMs } = options;
    checkOptions(options);
    this.#options = options;
    this.#patience = { clock, waitMs };
    this.#seed = options.seed ?? 1;
    const random = counterRandom(this.#seed);
    this.#chance = {
      answer: random.stream('answer'),
      delay: random.stream('delay'),
      back: random.stream('back'),
      retry: random.stream('retry'),
      retryDelay: random.stream('retry-delay'),
    };
    this.#traffic = [...(typeof traffic === 'function' ? traffic(this.#seed) : traffic)].sort((a, b) => a.at - b.at);
    this.#traffic.forEach((contact, index) => checkContact(contact, index));
    this.#pending = this.#traffic.length;
    const first = this.#traffic[0]?.at ?? 0;
    const last = this.#traffic.at(-1)?.at ?? 0;
    const shifts = workers.map((worker, index) => workingTimes(worker, `workers[${index}]`));
    this.#now = shifts.reduce((least, times) => Math.min(least, times?.[0]?.from ?? least), first);
    this.#countFrom = first + warmUpMs;
    this.#end = last + drainMs;
    this.#occupancy = new OccupancyTally(this.#countFrom, last, intervalMs);
    this.#engine = createRoutingEngine({ queues: options.queues, rules: routingRules({ workerIdleMs: Infinity }) });
    for (const [index, worker] of workers.entries()) this.#register(worker, shifts[index]);
    this.#planArrival(0);
  }

  async run(): Promise<void> {
    while (this.#pending > 0) {
      const wakeAt = this.#engine.wakeAt ?? Infinity;
      const planned = this.#heap.next ?? Infinity;
      const next = Math.max(this.#now, Math.min(wakeAt, planned));
      if (next > this.#end || next === Infinity) break;
      this.#now = next;
      // What the engine has to do at a time it does before anything else happens then: an offer that expires now is gone.
      if (wakeAt <= planned) this.#apply({ type: 'tick' });
      else this.#heap.take()?.run();
      for (let id = this.#asked.shift(); id !== undefined; id = this.#asked.shift()) {
        const decision = this.#engine.decision(id);
        if (decision !== undefined) await this.#ask(decision);
      }
    }
    // Whoever still waits has waited until the end.
    if (this.#pending > 0 && this.#end < Infinity) this.#now = this.#end;
  }

  report(): SimulationReport {
    const { queues, intervalMs = halfHour, name, observeOutcome, serviceLevelMs = usualThreshold } = this.#options;
    for (const load of this.#loads.values()) load.change(this.#now, this.#occupancy, {});
    const counted = this.#visits.filter((visit) => visit.contact.at >= this.#countFrom);
    const outcomes = counted.map((visit) => outcomeOf(visit, this.#now));
    if (observeOutcome !== undefined) outcomes.forEach((outcome) => observeOutcome(outcome));
    return writeReport({
      name: name ?? [...new Set(queues.map(({ strategy }) => strategy?.name ?? 'default'))].join(', '),
      seed: this.#seed,
      from: this.#countFrom,
      outcomes,
      occupancy: this.#occupancy,
      intervalMs,
      thresholdMs: (channel) =>
        typeof serviceLevelMs === 'number' ? serviceLevelMs : (serviceLevelMs[channel] ?? usualThreshold),
      offers: this.#offers,
      decisions: this.#decisions,
    });
  }

  async #ask(decision: PendingDecision): Promise<void> {
    const answer = await answerDecision(decision, this.#patience);
    this.#decisions.asked += 1;
    if (answer?.type !== 'decide') this.#decisions.failed += 1;
    // Without an answer the engine goes on behind the question.
    this.#apply(answer ?? { type: 'tick' });
  }

  #register({ shifts: _, ...worker }: SimulatedWorker, times: readonly Period[] | undefined): void {
    this.#loads.set(worker.id, new WorkerLoad(worker.capacity, this.#now));
    if (times === undefined) this.#onShift.add(worker.id);
    this.#apply({ type: 'register', worker: { ...worker, available: times === undefined } });
    for (const { from, to } of times ?? []) {
      this.#heap.plan(from, () => {
        this.#onShift.add(worker.id);
        this.#apply({ type: 'setAvailable', workerId: worker.id, available: true });
      });
      this.#heap.plan(to, () => {
        this.#onShift.delete(worker.id);
        this.#apply({ type: 'setAvailable', workerId: worker.id, available: false, reason: 'off-shift' });
      });
    }
  }

  // One at a time, so that the heap stays small.
  #planArrival(index: number): void {
    const contact = this.#traffic[index];
    if (contact === undefined) return;
    this.#heap.plan(contact.at, () => {
      this.#planArrival(index + 1);
      this.#arrive(contact, index, 0);
    });
  }

  #arrive(contact: SimulatedContact, index: number, attempt: number): void {
    const { at, patienceMs } = contact;
    const visit: Visit = { contact, index, attempt, offers: 0, delayed: true, result: 'unserved' };
    this.#visits.push(visit);
    this.#visitOf.set(contact.id, visit);
    this.#apply({ type: 'enqueue', task: contact });
    if (patienceMs === undefined || visit.result !== 'unserved') return;
    this.#heap.plan(at + patienceMs, () => {
      if (visit.result === 'unserved') this.#apply({ type: 'cancel', taskId: contact.id, reason: 'abandoned' });
    });
  }

  #apply(command: RoutingCommand): void {
    const events = this.#engine.apply(command, this.#now);
    this.#options.observe?.(events);
    for (const event of events) this.#follow(event);
  }

  #follow(event: RoutingEvent): void {
    switch (event.type) {
      case 'offer-issued':
        this.#offers.issued += 1;
        this.#costs.set(event.offerId, event.cost);
        return this.#planAnswer(event.offerId, event.taskId);
      case 'offer-declined':
        this.#offers.declined += 1;
        return void this.#costs.delete(event.offerId);
      case 'offer-expired':
        this.#offers.expired += 1;
        return void this.#costs.delete(event.offerId);
      case 'offer-revoked':
        this.#offers.revoked += 1;
        return void this.#costs.delete(event.offerId);
      case 'task-assigned':
        return this.#begin(event.taskId, event.workerId, event.offerId);
      case 'task-cancelled':
        return this.#giveUp(event.taskId);
      case 'worker-available':
        return this.#loads.get(event.workerId)?.change(this.#now, this.#occupancy, { available: true });
      case 'worker-unavailable':
        this.#loads.get(event.workerId)?.change(this.#now, this.#occupancy, { available: false });
        if (event.reason === 'offer-expired') this.#planReturn(event.workerId);
        return;
      case 'decision-requested':
        this.#asked.push(event.decisionId);
        return;
      default:
        return;
    }
  }

  #planAnswer(offerId: string, taskId: string): void {
    const visit = this.#visitOf.get(taskId);
    if (visit === undefined) return;
    if (this.#now === visit.contact.at) visit.delayed = false;
    const { declined = 0, ignored = 0, delay } = this.#options.acceptance ?? {};
    const draw = visit.attempt * 1_000 + visit.offers++;
    const chance = this.#chance.answer(visit.index, draw);
    if (chance < ignored) return;
    const type = chance < ignored + declined ? 'decline' : 'accept';
    const delayMs = delay
      ? drawn(delay, (each) => this.#chance.delay(visit.index, draw * 8 + each), 'acceptance.delay')
      : 0;
    this.#heap.plan(this.#now + delayMs, () => {
      if (this.#engine.offer(offerId) !== undefined) this.#apply({ type, offerId });
    });
  }

  #begin(taskId: string, workerId: string, offerId: string | undefined): void {
    const visit = this.#visitOf.get(taskId);
    if (visit === undefined) return;
    if (visit.result === 'unserved') this.#pending -= 1;
    visit.result = 'answered';
    visit.workerId = workerId;
    visit.endedAt = this.#now;
    const units = this.#costs.get(offerId ?? '') ?? 0;
    this.#costs.delete(offerId ?? '');
    const load = this.#loads.get(workerId);
    load?.change(this.#now, this.#occupancy, { units });
    const { handleMs, wrapUpMs = 0 } = visit.contact;
    const close = () => {
      this.#visitOf.delete(taskId);
      load?.change(this.#now, this.#occupancy, { units: -units });
      this.#apply({ type: 'close', taskId });
    };
    this.#heap.plan(this.#now + handleMs, () => {
      this.#apply({ type: 'complete', taskId });
      if (wrapUpMs === 0) close();
      else this.#heap.plan(this.#now + wrapUpMs, close);
    });
  }

  // Whatever cancelled it: the contact itself or a rule of the queue.
  #giveUp(taskId: string): void {
    const visit = this.#visitOf.get(taskId);
    if (visit === undefined) return;
    this.#visitOf.delete(taskId);
    if (visit.result !== 'unserved') return;
    this.#pending -= 1;
    visit.result = 'abandoned';
    visit.endedAt = this.#now;
    const { retries } = this.#options;
    const { contact, index, attempt } = visit;
    if (retries === undefined || this.#chance.retry(index, attempt) >= retries.probability) return;
    const after = drawn(retries.after, (draw) => this.#chance.retryDelay(index, attempt * 8 + draw), 'retries.after');
    if (after === 0 && contact.patienceMs === 0)
      throw refuseSimulation('retries.after must be above 0 where patience is 0', 'retries.after');
    const again = { ...contact, id: `${contact.id}~${attempt + 2}`.replace(/~\d+(?=~)/, ''), at: this.#now + after };
    this.#pending += 1;
    this.#heap.plan(again.at, () => this.#arrive(again, index, attempt + 1));
  }

  #planReturn(workerId: string): void {
    const { returnAfter = constant(minute) } = this.#options.acceptance ?? {};
    const index = this.#returns++;
    const after = drawn(returnAfter, (draw) => this.#chance.back(index, draw), 'acceptance.returnAfter');
    this.#heap.plan(this.#now + after, () => {
      if (this.#onShift.has(workerId)) this.#apply({ type: 'setAvailable', workerId, available: true });
    });
  }
}

function outcomeOf({ contact, result, endedAt, delayed, workerId }: Visit, now: number): ContactOutcome {
  const waitMs = (endedAt ?? now) - contact.at;
  return { contact, result, waitMs, delayed, ...(workerId !== undefined && { workerId }) };
}
