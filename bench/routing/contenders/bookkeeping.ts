import type { Labels, RoutingExplanation, Selector } from 'onescreen';
import type { RoutingCommand, RoutingEvent, TaskSpec } from 'onescreen/routing';
import type { Matcher, Offered } from '../matcher';
import { channels, offerTtlMs, taskId, workerSpec, type World } from '../workload';
import { application, queueId } from './ours';

/** What is to be offered now, as it was written down. */
type Told = () => readonly { readonly task: number; readonly worker: number }[];

/**
 * Decides nothing and checks next to nothing: takes the commands of an engine, keeps its tasks, offers and work in hand
 * by id, and gives its events with explanations, of offers that it is told. So this much is spent before anybody has
 * looked for a worker: no engine with this interface can cost less.
 */
export function bookkeeping(told: Told): (world: World, offered: Offered) => Matcher {
  return (world, offered) => application(world, new Books(world, told), offered);
}

class Books {
  readonly #told: Told;
  readonly #workers: Worker[] = [];
  readonly #tasks = new Map<string, Task>();
  readonly #offers = new Map<string, Offer>();
  /** In the order in which they expire; those that have ended are passed over. */
  #clock: Offer[] = [];
  #expired = 0;
  #events: RoutingEvent[] = [];
  #seq = 0;
  #issued = 0;

  constructor(world: World, told: Told) {
    this.#told = told;
    for (let worker = 0; worker < world.workers; worker++) {
      const { id, labels = {} } = workerSpec(world, worker, queueId);
      this.#workers.push(new Worker(id, { ...labels }));
    }
  }

  apply(command: RoutingCommand, at: number): readonly RoutingEvent[] {
    this.#events = [];
    switch (command.type) {
      case 'enqueue':
        this.#enqueue(command.task, at);
        break;
      case 'accept':
        this.#accept(found(this.#offers.get(command.offerId)), at);
        return this.#events;
      case 'decline':
        this.#end(found(this.#offers.get(command.offerId)), 'offer-declined', at);
        break;
      case 'complete': {
        const { id, worker } = found(this.#tasks.get(command.taskId));
        this.#emit({ seq: ++this.#seq, at, type: 'task-wrapping', taskId: id, workerId: found(worker).id });
        return this.#events;
      }
      case 'close':
        this.#close(found(this.#tasks.get(command.taskId)), at);
        break;
      default:
        this.#expire(at);
    }
    for (const { task, worker } of this.#told())
      this.#offer(found(this.#tasks.get(taskId(task))), found(this.#workers[worker]), at);
    return this.#events;
  }

  tasks(): readonly { readonly status: string }[] {
    return [...this.#tasks.values()];
  }

  workers(): readonly { readonly consumed: number }[] {
    return this.#workers;
  }

  #emit(event: RoutingEvent): void {
    this.#events.push(event);
  }

  #enqueue({ id, channel, priority = 0, selectors = [] }: TaskSpec, at: number): void {
    if (this.#tasks.has(id)) throw new Error('there is such a task already');
    const cost = channels.find((each) => each.channel === channel)?.cost ?? 0;
    const copies = selectors.map((selector) => ({ ...selector }));
    this.#tasks.set(id, new Task(id, channel, cost, priority, copies, at));
    const place = { priority, virtualStartAt: at, suspended: false };
    this.#emit({ seq: ++this.#seq, at, type: 'task-queued', taskId: id, queueId, channel, ...place });
  }

  #offer(task: Task, worker: Worker, at: number): void {
    const id = `o-${++this.#issued}`;
    const expiresAt = at + offerTtlMs;
    const offer = new Offer(id, task, worker, expiresAt);
    this.#offers.set(id, offer);
    this.#clock.push(offer);
    task.status = 'offered';
    worker.take(task, id);
    this.#emit({
      seq: ++this.#seq,
      at,
      type: 'offer-issued',
      offerId: id,
      taskId: task.id,
      workerId: worker.id,
      queueId,
      channel: task.channel,
      priority: task.priority,
      cost: task.cost,
      issuedAt: at,
      expiresAt,
      explanation: new Explanation(task, worker, at),
    });
  }

  #accept({ id: offerId, task, worker, expiresAt }: Offer, at: number): void {
    if (expiresAt <= at) throw new Error('the offer has expired');
    this.#offers.delete(offerId);
    task.status = 'assigned';
    task.worker = worker;
    worker.take(task, undefined);
    const which = { offerId, taskId: task.id, workerId: worker.id };
    this.#emit({ seq: ++this.#seq, at, type: 'offer-accepted', ...which });
    this.#emit({ seq: ++this.#seq, at, type: 'task-assigned', ...which, queueId });
  }

  #end({ id: offerId, task, worker }: Offer, type: 'offer-declined' | 'offer-expired', at: number): void {
    this.#offers.delete(offerId);
    task.status = 'queued';
    worker.leave(task);
    this.#emit({ seq: ++this.#seq, at, type, offerId, taskId: task.id, workerId: worker.id });
  }

  #close(task: Task, at: number): void {
    const { id, worker } = task;
    const which = { taskId: id, workerId: found(worker).id };
    this.#tasks.delete(id);
    found(worker).leave(task);
    this.#emit({ seq: ++this.#seq, at, type: 'task-completed', ...which });
    this.#emit({ seq: ++this.#seq, at, type: 'task-closed', ...which });
  }

  #expire(at: number): void {
    for (let offer = this.#clock[this.#expired]; offer !== undefined; offer = this.#clock[this.#expired]) {
      if (offer.expiresAt > at) break;
      this.#expired += 1;
      if (this.#offers.has(offer.id)) this.#end(offer, 'offer-expired', at);
    }
    if (2 * this.#expired < this.#clock.length) return;
    this.#clock = this.#clock.slice(this.#expired);
    this.#expired = 0;
  }
}

class Worker {
  consumed = 0;
  readonly #inHand = new Map<string, { readonly channel: string; readonly offerId: string | undefined }>();

  constructor(
    readonly id: string,
    readonly labels: Labels,
  ) {}

  take({ id, channel, cost }: Task, offerId: string | undefined): void {
    if (!this.#inHand.has(id)) this.consumed += cost;
    this.#inHand.set(id, { channel, offerId });
  }

  leave({ id, cost }: Task): void {
    if (this.#inHand.delete(id)) this.consumed -= cost;
  }
}

class Task {
  status = 'queued';
  worker: Worker | undefined = undefined;

  constructor(
    readonly id: string,
    readonly channel: string,
    readonly cost: number,
    readonly priority: number,
    readonly selectors: readonly Selector[],
    readonly enqueuedAt: number,
  ) {}
}

class Offer {
  constructor(
    readonly id: string,
    readonly task: Task,
    readonly worker: Worker,
    readonly expiresAt: number,
  ) {}
}

class Explanation implements RoutingExplanation {
  readonly strategy = 'told';
  readonly runnersUp = [];
  readonly waitedMs: number;
  readonly constraints: RoutingExplanation['constraints'];
  readonly #worker: Worker;
  readonly #at: number;

  constructor({ channel, priority, selectors, enqueuedAt }: Task, worker: Worker, at: number) {
    this.#worker = worker;
    this.#at = at;
    this.waitedMs = at - enqueuedAt;
    this.constraints = { queueId, channel, priority, selectors, candidates: 1 };
  }

  get decidedAt(): Date {
    return new Date(this.#at);
  }

  get winner(): RoutingExplanation['winner'] {
    const { id: workerId, labels } = this.#worker;
    return { workerId, reason: 'told', labels };
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is no such thing in the books');
  return value;
}
