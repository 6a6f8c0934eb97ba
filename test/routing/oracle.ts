import type { Selector } from 'onescreen';
import type { QueuePolicy, RoutingCommand, TaskSpec, WorkerSpec } from 'onescreen/routing';

type Command<T extends RoutingCommand['type']> = Extract<RoutingCommand, { readonly type: T }>;

/** A queue of the model: one of three strategies, and every number given. */
export interface OracleQueue extends Omit<QueuePolicy, 'strategy'> {
  readonly offerTtlMs: number;
  readonly concurrentOffers: number;
  readonly order: 'longestIdle' | 'leastLoaded' | 'roundRobin';
}

interface Demand {
  readonly channel: string;
  readonly cost?: number | undefined;
}

interface Held {
  readonly channel: string;
  readonly cost: number;
}

export interface OracleTask {
  readonly id: string;
  readonly order: number;
  readonly since: number;
  /** Its channels, the first one first, and what each was said to cost. */
  channels: readonly Demand[];
  selectors: readonly { readonly selector: Selector; readonly until: number }[];
  queueId: string;
  priority: number;
  state: 'queued' | 'assigned' | 'wrapping' | 'completed';
  suspended: boolean;
  /** Nobody is asked before. */
  notBefore: number;
  only: readonly string[] | undefined;
  workerId: string | undefined;
  /** What it takes of its worker. */
  held: readonly Held[];
  closeAt: number;
  unassigned: number;
}

interface OracleWorker {
  readonly id: string;
  spec: WorkerSpec;
  registered: boolean;
  available: boolean;
  idleSince: number;
  /** Tasks that it refused since it last became available, and until when. */
  readonly refused: Map<string, number>;
}

export interface OracleOffer {
  readonly taskId: string;
  readonly workerId: string;
  readonly expiresAt: number;
  held: readonly Held[];
}

/** What a command about an offer means: the model knows offers by task and worker. */
export type OfferOf = (offerId: string) => Pick<OracleOffer, 'taskId' | 'workerId'> | undefined;

/**
 * The routing rules once more, written for the reader: it scans everything and keeps nothing in order. What the
 * engine does is compared with it.
 */
export class Oracle {
  readonly tasks = new Map<string, OracleTask>();
  readonly workers = new Map<string, OracleWorker>();
  offers: OracleOffer[] = [];
  now = 0;
  #order = 0;
  readonly #last = new Map<string, string>();

  constructor(readonly queues: readonly OracleQueue[]) {}

  /** The offers that follow, as `task -> worker`, in order; or the code with which the command is refused. */
  apply(command: RoutingCommand, offerOf: OfferOf, now: number): readonly string[] | string {
    this.now = Math.max(this.now, now);
    this.#pass();
    const refusal = this.#refusal(command, offerOf);
    if (refusal !== undefined) return refusal;
    this.#follow(command, offerOf);
    return this.#match();
  }

  status({ id, state }: OracleTask): string {
    return state === 'queued' && this.#offersFor(id).length > 0 ? 'offered' : state;
  }

  /** What is in use of a worker, each channel as often as it is. */
  held(workerId: string): readonly Held[] {
    return [
      ...this.#offersOf(workerId).flatMap((offer) => offer.held),
      ...[...this.tasks.values()].flatMap((task) => (task.workerId === workerId ? task.held : [])),
    ];
  }

  /** Whether `a` goes before `b` where all else is equal. */
  precedes(a: OracleTask, b: OracleTask): boolean {
    return this.#compare(a, b) < 0;
  }

  #pass(): void {
    const lapsed = this.offers.filter((each) => each.expiresAt <= this.now).sort((a, b) => a.expiresAt - b.expiresAt);
    for (const offer of lapsed) {
      if (!this.offers.includes(offer)) continue;
      this.#refuse(offer, Infinity, true);
      if (this.#queue(this.#task(offer.taskId)).onExpire !== 'keep') this.#leave(this.#worker(offer.workerId));
    }
    for (const task of [...this.tasks.values()]) if (task.closeAt <= this.now) this.#end(task);
  }

  #refusal(command: RoutingCommand, offerOf: OfferOf): string | undefined {
    const task = 'taskId' in command ? this.tasks.get(command.taskId) : undefined;
    if ('taskId' in command && task === undefined) return 'task/gone';
    if ('offerId' in command && this.#offer(offerOf(command.offerId)) === undefined) return 'offer/gone';
    const handled = task?.state === 'wrapping' || task?.state === 'completed';
    switch (command.type) {
      case 'register':
        return this.workers.get(command.worker.id)?.registered === true ? 'routing/invalid' : undefined;
      case 'update':
      case 'setAvailable':
      case 'deregister':
        return this.#absent(command.workerId);
      case 'revoke':
        return 'workerId' in command ? this.#absent(command.workerId) : undefined;
      case 'enqueue':
        if (this.tasks.has(command.task.id)) return 'routing/invalid';
        if (command.assignTo === undefined) return undefined;
        return this.#absent(command.assignTo) ?? this.#full(command.assignTo, channelsOf(command.task));
      case 'assign':
        if (task?.state !== 'queued') return 'task/wrong-state';
        if (this.#offer(command) !== undefined) return undefined;
        return this.#absent(command.workerId) ?? this.#full(command.workerId, task.channels);
      case 'requeue':
        return handled ? 'task/wrong-state' : undefined;
      case 'hold': {
        const { workerId = '' } = task ?? {};
        if (task?.state !== 'assigned' || task.channels.some((each) => each.channel === command.channel))
          return 'task/wrong-state';
        return this.#absent(workerId) ?? this.#full(workerId, [command]);
      }
      case 'release': {
        const channels = task?.channels ?? [];
        const has = channels.some((each) => each.channel === command.channel);
        return handled || !has || channels.length === 1 ? 'task/wrong-state' : undefined;
      }
      case 'complete':
        return task?.state === 'assigned' ? undefined : 'task/wrong-state';
      case 'close':
        return handled ? undefined : 'task/wrong-state';
      case 'prioritize':
        return task?.state === 'queued' ? undefined : 'task/wrong-state';
      case 'unassign':
        if (task?.state !== 'assigned') return 'task/wrong-state';
        return task.unassigned < (this.#queue(task).maxUnassignments ?? 3) ? undefined : 'task/unassign-limit';
      default:
        return undefined;
    }
  }

  #follow(command: RoutingCommand, offerOf: OfferOf): void {
    switch (command.type) {
      case 'register': {
        const { worker: spec } = command;
        const available = spec.available === true;
        const refused = new Map<string, number>();
        this.workers.set(spec.id, { id: spec.id, spec, registered: true, available, idleSince: this.now, refused });
        return;
      }
      case 'update':
        return this.#update(this.#worker(command.workerId), command.change);
      case 'setAvailable': {
        const worker = this.#worker(command.workerId);
        if (!command.available) return this.#leave(worker, command.keepOffers);
        if (worker.available) return;
        worker.available = true;
        worker.idleSince = this.now;
        return worker.refused.clear();
      }
      case 'deregister': {
        const worker = this.#worker(command.workerId);
        this.#leave(worker);
        worker.registered = false;
        return;
      }
      case 'enqueue':
        return this.#enqueue(command);
      case 'assign':
        return this.#assign(this.#task(command.taskId), command.workerId);
      case 'accept': {
        const offer = found(this.#offer(offerOf(command.offerId)), 'offer');
        this.#drop(...this.#offersFor(offer.taskId));
        Object.assign(this.#task(offer.taskId), { state: 'assigned', workerId: offer.workerId, held: offer.held });
        return;
      }
      case 'decline':
        return this.#refuse(found(this.#offer(offerOf(command.offerId)), 'offer'), command.retryAt ?? Infinity, true);
      case 'revoke':
        if ('offerId' in command)
          return this.#refuse(found(this.#offer(offerOf(command.offerId)), 'offer'), Infinity, false);
        for (const offer of this.#offersOf(command.workerId)) this.#refuse(offer, Infinity, false);
        return;
      case 'requeue':
        return this.#requeue(this.#task(command.taskId), command);
      case 'hold': {
        const task = this.#task(command.taskId);
        task.channels = [...task.channels, command];
        task.held = [...task.held, ...this.#costs([command], task.workerId ?? '')];
        return;
      }
      case 'release': {
        const others = ({ channel }: Demand) => channel !== command.channel;
        const task = this.#task(command.taskId);
        task.channels = task.channels.filter(others);
        for (const each of [task, ...this.#offersFor(task.id)]) each.held = each.held.filter(others);
        return;
      }
      case 'complete': {
        const task = this.#task(command.taskId);
        task.state = 'wrapping';
        if (this.#queue(task).releaseCapacityAt === 'wrapping') this.#free(task);
        return;
      }
      case 'close': {
        const task = this.#task(command.taskId);
        const { closeAt = 0 } = command;
        if (closeAt <= this.now) return this.#end(task);
        Object.assign(task, { state: 'completed', closeAt });
        return;
      }
      case 'prioritize':
        this.#task(command.taskId).priority = command.priority;
        return;
      case 'unassign': {
        const task = this.#task(command.taskId);
        task.unassigned += 1;
        const { taskId, suspend = false } = command;
        return this.#requeue(task, { type: 'requeue', taskId, reason: 'unassigned', suspend });
      }
      case 'cancel':
        return this.#end(this.#task(command.taskId));
      default:
        return;
    }
  }

  #enqueue({ task: spec, assignTo }: Command<'enqueue'>): void {
    const task: OracleTask = {
      id: spec.id,
      order: this.#order++,
      since: Math.min(spec.virtualStartAt ?? this.now, this.now),
      channels: channelsOf(spec),
      selectors: this.#timed(spec.selectors ?? []),
      queueId: spec.queueId ?? '',
      priority: spec.priority ?? 0,
      state: 'queued',
      suspended: spec.suspend ?? false,
      notBefore: 0,
      only: spec.only,
      workerId: undefined,
      held: [],
      closeAt: Infinity,
      unassigned: 0,
    };
    this.tasks.set(spec.id, task);
    if (assignTo !== undefined) this.#assign(task, assignTo);
  }

  #assign(task: OracleTask, workerId: string): void {
    const offered = this.#offer({ taskId: task.id, workerId });
    this.#drop(...this.#offersFor(task.id));
    const held = offered?.held ?? this.#costs(task.channels, workerId);
    Object.assign(task, { state: 'assigned', suspended: false, workerId, held });
  }

  #requeue(task: OracleTask, command: Command<'requeue'>): void {
    this.#drop(...this.#offersFor(task.id));
    const { exclude = [], excludeUntil = Infinity, channel, selectors } = command;
    for (const id of exclude) this.workers.get(id)?.refused.set(task.id, excludeUntil);
    this.#free(task);
    const [first, ...others] = task.channels;
    if (channel !== undefined)
      task.channels = [{ ...first, channel }, ...others.filter((each) => each.channel !== channel)];
    if (selectors !== undefined) task.selectors = this.#timed(selectors);
    Object.assign(task, {
      state: 'queued',
      workerId: undefined,
      suspended: command.suspend ?? false,
      notBefore: command.notBefore ?? 0,
      only: undefined,
      queueId: command.queueId ?? task.queueId,
      priority: command.priority ?? task.priority,
    });
  }

  // The offers that the change makes impossible end, the newest first where there are too many.
  #update(worker: OracleWorker, change: Partial<WorkerSpec>): void {
    worker.spec = { ...worker.spec, ...change };
    const { queues, channels, capacity, maxConcurrentOffers = Infinity } = worker.spec;
    for (const offer of this.#offersOf(worker.id)) {
      const task = this.#task(offer.taskId);
      const served = task.channels.every(({ channel }) => channels.some((each) => each.channel === channel));
      if (!queues.includes(task.queueId) || !served || !this.#matches(task, worker)) this.#drop(offer);
    }
    for (const offer of this.#offersOf(worker.id).reverse()) {
      const held = this.held(worker.id);
      const crowded = this.#task(offer.taskId).channels.some(
        ({ channel }) => count(held, channel) > (channels.find((each) => each.channel === channel)?.max ?? Infinity),
      );
      if (crowded || exceeds(held, capacity) || this.#offersOf(worker.id).length > maxConcurrentOffers)
        this.#drop(offer);
    }
  }

  // Every waiting task in order, every worker for each of them.
  #match(): string[] {
    const issued: string[] = [];
    for (const task of [...this.tasks.values()].sort((a, b) => this.#compare(a, b))) {
      if (task.state !== 'queued' || task.suspended || task.notBefore > this.now) continue;
      const queue = this.#queue(task);
      const open = this.#offersFor(task.id).length;
      if (open >= queue.concurrentOffers) continue;
      const fitting = [...this.workers.values()].filter((worker) => this.#fits(task, worker));
      for (const { id } of this.#ordered(fitting, queue).slice(0, queue.concurrentOffers - open)) {
        const held = this.#costs(task.channels, id);
        this.offers.push({ taskId: task.id, workerId: id, expiresAt: this.now + queue.offerTtlMs, held });
        this.#last.set(queue.id, id);
        issued.push(`${task.id} -> ${id}`);
      }
    }
    return issued;
  }

  #ordered(workers: OracleWorker[], { id, order }: OracleQueue): readonly OracleWorker[] {
    const used = new Map(workers.map((each) => [each, sum(this.held(each.id))]));
    const units = (worker: OracleWorker) => used.get(worker) ?? 0;
    const load = (worker: OracleWorker) => (worker.spec.capacity > 0 ? units(worker) / worker.spec.capacity : 1);
    const byId = (a: OracleWorker, b: OracleWorker) => (a.id < b.id ? -1 : 1);
    if (order === 'roundRobin') {
      const last = this.#last.get(id) ?? '';
      const turn = (worker: OracleWorker) => (worker.id > last ? 0 : 1);
      return workers.sort((a, b) => turn(a) - turn(b) || byId(a, b));
    }
    return workers.sort(
      (a, b) =>
        (order === 'leastLoaded' ? units(a) - units(b) : 0) ||
        load(a) - load(b) ||
        a.idleSince - b.idleSince ||
        byId(a, b),
    );
  }

  #fits(task: OracleTask, worker: OracleWorker): boolean {
    const { id, spec } = worker;
    if (!worker.registered || !worker.available || !spec.queues.includes(task.queueId)) return false;
    if (task.only?.includes(id) === false || (worker.refused.get(task.id) ?? 0) > this.now) return false;
    if (this.#offer({ taskId: task.id, workerId: id }) !== undefined) return false;
    if (this.#offersOf(id).length >= (spec.maxConcurrentOffers ?? Infinity)) return false;
    return this.#matches(task, worker) && this.#full(id, task.channels) === undefined;
  }

  #matches(task: OracleTask, { spec }: OracleWorker): boolean {
    return task.selectors.every(({ selector, until }) => until <= this.now || holds(spec.labels ?? {}, selector));
  }

  #compare(a: OracleTask, b: OracleTask): number {
    const urgent = (task: OracleTask) =>
      task.selectors.some(({ selector, until }) => selector.expedite === true && until > this.now) ? 0 : 1;
    return urgent(a) - urgent(b) || b.priority - a.priority || a.since - b.since || a.order - b.order;
  }

  #absent(workerId: string): string | undefined {
    return this.workers.get(workerId)?.registered === true ? undefined : 'worker/gone';
  }

  #full(workerId: string, wanted: readonly Demand[]): string | undefined {
    const { spec } = this.#worker(workerId);
    const held = this.held(workerId);
    for (const { channel } of wanted) {
      const served = spec.channels.find((each) => each.channel === channel);
      if (served === undefined || count(held, channel) >= (served.max ?? Infinity)) return 'worker/no-capacity';
    }
    return exceeds([...held, ...this.#costs(wanted, workerId)], spec.capacity) ? 'worker/no-capacity' : undefined;
  }

  #costs(wanted: readonly Demand[], workerId: string): readonly Held[] {
    const { channels } = this.#worker(workerId).spec;
    return wanted.map(({ channel, cost }) => ({
      channel,
      cost: cost ?? channels.find((each) => each.channel === channel)?.cost ?? 0,
    }));
  }

  #timed(selectors: readonly Selector[]): OracleTask['selectors'] {
    return selectors.map((selector) => ({ selector, until: this.now + (selector.expiresAfterMs ?? Infinity) }));
  }

  #refuse(offer: OracleOffer, until: number, activity: boolean): void {
    this.#drop(offer);
    const worker = this.#worker(offer.workerId);
    worker.refused.set(offer.taskId, until);
    if (activity) worker.idleSince = this.now;
  }

  #leave(worker: OracleWorker, keepOffers = false): void {
    worker.available = false;
    if (!keepOffers) this.#drop(...this.#offersOf(worker.id));
  }

  #end(task: OracleTask): void {
    this.#drop(...this.#offersFor(task.id));
    this.#free(task);
    // Its id may come again.
    for (const { refused } of this.workers.values()) refused.delete(task.id);
    this.tasks.delete(task.id);
  }

  #free(task: OracleTask): void {
    const worker = task.held.length > 0 ? this.workers.get(task.workerId ?? '') : undefined;
    if (worker !== undefined) worker.idleSince = this.now;
    task.held = [];
  }

  #drop(...offers: readonly OracleOffer[]): void {
    this.offers = this.offers.filter((each) => !offers.includes(each));
  }

  #offersFor(taskId: string): OracleOffer[] {
    return this.offers.filter((each) => each.taskId === taskId);
  }

  #offersOf(workerId: string): OracleOffer[] {
    return this.offers.filter((each) => each.workerId === workerId);
  }

  #offer(of: Pick<OracleOffer, 'taskId' | 'workerId'> | undefined): OracleOffer | undefined {
    return this.offers.find((each) => each.taskId === of?.taskId && each.workerId === of.workerId);
  }

  #task(id: string): OracleTask {
    return found(this.tasks.get(id), `task ${id}`);
  }

  #worker(id: string): OracleWorker {
    return found(this.workers.get(id), `worker ${id}`);
  }

  #queue(task: OracleTask): OracleQueue {
    return found(
      this.queues.find((queue) => queue.id === task.queueId),
      `queue ${task.queueId}`,
    );
  }
}

function channelsOf({ channel, cost, more = [] }: TaskSpec): readonly Demand[] {
  return [{ channel, cost }, ...more.map((each) => ({ channel: each }))];
}

function holds(labels: Readonly<Record<string, unknown>>, { key, operator, value }: Selector): boolean {
  const label = labels[key];
  if (operator === 'equal' || operator === 'notEqual') return (label === value) === (operator === 'equal');
  if (typeof label !== 'number' || typeof value !== 'number') return false;
  if (label === value) return operator === 'lessThanOrEqual' || operator === 'greaterThanOrEqual';
  return label < value === operator.startsWith('less');
}

function sum(held: readonly Held[]): number {
  return held.reduce((total, { cost }) => total + cost, 0);
}

// Costs such as 0.1 do not add up to the last digit.
function exceeds(held: readonly Held[], capacity: number): boolean {
  return sum(held) > capacity + 1e-9;
}

function count(held: readonly Held[], channel: string): number {
  return held.filter((each) => each.channel === channel).length;
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the model knows no ${what}`);
  return value;
}
