import type { Selector } from 'onescreen';
import type { QueuePolicy, RoutingCommand, TaskSpec, WorkerSpec } from 'onescreen/routing';

interface OracleTask {
  readonly spec: TaskSpec;
  readonly order: number;
  readonly since: number;
  readonly enqueuedAt: number;
  /** Its channels, the first one first, and what each was said to cost. */
  channels: readonly { readonly channel: string; readonly cost?: number | undefined }[];
  queueId: string;
  priority: number;
  state: 'queued' | 'assigned' | 'wrapping' | 'completed';
  suspended: boolean;
  only: readonly string[] | undefined;
  workerId?: string;
  closeAt?: number;
}

interface OracleWorker {
  spec: WorkerSpec;
  registered: boolean;
  available: boolean;
  idleSince: number;
  /** Tasks that it refused since it last became available, and until when. */
  refused: Map<string, number>;
}

interface OracleOffer {
  readonly taskId: string;
  readonly workerId: string;
  readonly expiresAt: number;
}

/**
 * The routing rules once more, written for the reader: it scans everything, keeps nothing in order and
 * knows offers by task and worker. What the engine does is compared with it.
 */
export class Oracle {
  readonly tasks = new Map<string, OracleTask>();
  readonly workers = new Map<string, OracleWorker>();
  offers: OracleOffer[] = [];
  now = 0;
  #order = 0;

  constructor(
    readonly queues: readonly (QueuePolicy & { readonly offerTtlMs: number; readonly concurrentOffers: number })[],
  ) {}

  /** The offers that follow, as `task -> worker`, in order. */
  apply(command: RoutingCommand, offerOf: (offerId: string) => OracleOffer | undefined, now: number): string[] {
    this.now = Math.max(this.now, now);
    this.#pass();
    this.#follow(command, offerOf);
    return this.#match();
  }

  /** Units in use. */
  consumed(workerId: string): number {
    return this.#held(workerId).reduce((sum, task) => sum + this.#cost(task.channels, workerId), 0);
  }

  /** Channels in use, each as often as it is, in the order of the alphabet. */
  load(workerId: string): readonly string[] {
    return this.#held(workerId)
      .flatMap((task) => task.channels.map((each) => each.channel))
      .sort();
  }

  /** The code with which a command about one channel of a task is to be refused. */
  refusal(command: RoutingCommand): string | undefined {
    if (command.type !== 'hold' && command.type !== 'release') return undefined;
    const task = this.#task(command.taskId);
    const has = task.channels.some((each) => each.channel === command.channel);
    if (command.type === 'release') {
      const allowed = task.state !== 'wrapping' && task.state !== 'completed' && has && task.channels.length > 1;
      return allowed ? undefined : 'task/wrong-state';
    }
    if (task.state !== 'assigned' || has) return 'task/wrong-state';
    const worker = this.#worker(task.workerId ?? '');
    if (!worker.registered) return 'worker/gone';
    return this.#hasRoom(worker, [command]) ? undefined : 'worker/no-capacity';
  }

  status(taskId: string): string | undefined {
    const task = this.tasks.get(taskId);
    if (task === undefined) return undefined;
    return task.state === 'queued' && this.offers.some((each) => each.taskId === taskId) ? 'offered' : task.state;
  }

  #pass(): void {
    const lapsed = this.offers.filter((each) => each.expiresAt <= this.now).sort((a, b) => a.expiresAt - b.expiresAt);
    for (const offer of lapsed) {
      if (!this.offers.includes(offer)) continue;
      this.#refuse(offer, Infinity);
      if (this.#queue(this.#task(offer.taskId)).onExpire !== 'keep') this.#leave(offer.workerId);
    }
    const due = [...this.tasks].filter(([, task]) => task.closeAt !== undefined && task.closeAt <= this.now);
    for (const [id] of due) this.#end(id);
  }

  #follow(command: RoutingCommand, offerOf: (offerId: string) => OracleOffer | undefined): void {
    switch (command.type) {
      case 'register': {
        const available = command.worker.available === true;
        this.workers.set(command.worker.id, {
          spec: command.worker,
          registered: true,
          available,
          idleSince: this.now,
          refused: new Map(),
        });
        return;
      }
      case 'setAvailable': {
        const worker = this.#worker(command.workerId);
        if (command.available && !worker.available)
          Object.assign(worker, { available: true, idleSince: this.now, refused: new Map() });
        if (!command.available && command.keepOffers === true) worker.available = false;
        else if (!command.available) this.#leave(command.workerId);
        return;
      }
      case 'deregister':
        this.#leave(command.workerId);
        this.#worker(command.workerId).registered = false;
        return;
      case 'enqueue': {
        const { queueId = '', priority = 0, suspend = false, virtualStartAt = this.now } = command.task;
        const since = Math.min(virtualStartAt, this.now);
        this.tasks.set(command.task.id, {
          spec: command.task,
          order: this.#order++,
          since,
          enqueuedAt: this.now,
          channels: [command.task],
          queueId,
          priority,
          state: 'queued',
          suspended: suspend,
          only: command.task.only,
        });
        return;
      }
      case 'assign':
        this.offers = this.offers.filter((each) => each.taskId !== command.taskId);
        Object.assign(this.#task(command.taskId), { state: 'assigned', suspended: false, workerId: command.workerId });
        return;
      case 'accept': {
        const offer = this.#offer(offerOf(command.offerId));
        this.offers = this.offers.filter((each) => each.taskId !== offer.taskId);
        Object.assign(this.#task(offer.taskId), { state: 'assigned', workerId: offer.workerId });
        return;
      }
      case 'decline':
        return this.#refuse(this.#offer(offerOf(command.offerId)), command.retryAt ?? Infinity);
      case 'requeue': {
        const task = this.#task(command.taskId);
        this.offers = this.offers.filter((each) => each.taskId !== command.taskId);
        const from = task.workerId === undefined ? undefined : this.workers.get(task.workerId);
        if (from !== undefined) from.idleSince = this.now;
        delete task.workerId;
        task.state = 'queued';
        task.suspended = command.suspend ?? false;
        task.only = undefined;
        task.queueId = command.queueId ?? task.queueId;
        task.priority = command.priority ?? task.priority;
        return;
      }
      case 'hold': {
        const task = this.#task(command.taskId);
        task.channels = [...task.channels, command];
        return;
      }
      case 'release': {
        const task = this.#task(command.taskId);
        task.channels = task.channels.filter((each) => each.channel !== command.channel);
        return;
      }
      case 'complete': {
        const task = this.#task(command.taskId);
        if (this.#queue(task).releaseCapacityAt === 'wrapping') this.#worker(task.workerId ?? '').idleSince = this.now;
        task.state = 'wrapping';
        return;
      }
      case 'close':
        if (command.closeAt === undefined || command.closeAt <= this.now) return this.#end(command.taskId);
        Object.assign(this.#task(command.taskId), { state: 'completed', closeAt: command.closeAt });
        return;
      case 'cancel':
        this.offers = this.offers.filter((each) => each.taskId !== command.taskId);
        return this.#end(command.taskId);
      default:
        return;
    }
  }

  // Every waiting task in order, every worker for each of them.
  #match(): string[] {
    const issued: string[] = [];
    const first = [...this.tasks.values()].sort(
      (a, b) =>
        Number(this.#expedited(b)) - Number(this.#expedited(a)) ||
        b.priority - a.priority ||
        a.since - b.since ||
        a.order - b.order,
    );
    for (const task of first) {
      if (task.state !== 'queued' || task.suspended) continue;
      const queue = this.#queue(task);
      const open = this.offers.filter((each) => each.taskId === task.spec.id).length;
      if (open >= queue.concurrentOffers) continue;
      const best = [...this.workers.values()]
        .filter((worker) => this.#fits(task, worker))
        .sort((a, b) => this.#load(a) - this.#load(b) || a.idleSince - b.idleSince || (a.spec.id < b.spec.id ? -1 : 1));
      for (const worker of best.slice(0, queue.concurrentOffers - open)) {
        this.offers.push({ taskId: task.spec.id, workerId: worker.spec.id, expiresAt: this.now + queue.offerTtlMs });
        issued.push(`${task.spec.id} -> ${worker.spec.id}`);
      }
    }
    return issued;
  }

  #fits(task: OracleTask, worker: OracleWorker): boolean {
    const { spec } = worker;
    if (!worker.registered || !worker.available || !spec.queues.includes(task.queueId)) return false;
    if (task.only?.includes(spec.id) === false) return false;
    if ((worker.refused.get(task.spec.id) ?? 0) > this.now) return false;
    if (this.#held(spec.id).includes(task)) return false;
    if (!this.#hasRoom(worker, task.channels)) return false;
    if (this.offers.filter((each) => each.workerId === spec.id).length >= (spec.maxConcurrentOffers ?? Infinity))
      return false;
    return (task.spec.selectors ?? []).every(
      (selector) => !this.#counts(task, selector) || spec.labels?.[selector.key] === selector.value,
    );
  }

  #held(workerId: string): OracleTask[] {
    const offered = this.offers.filter((each) => each.workerId === workerId).map((each) => this.#task(each.taskId));
    const inHand = [...this.tasks.values()].filter(
      (task) =>
        task.workerId === workerId && (task.state === 'assigned' || this.#queue(task).releaseCapacityAt !== 'wrapping'),
    );
    return [...offered, ...inHand];
  }

  #hasRoom({ spec }: OracleWorker, channels: OracleTask['channels']): boolean {
    const load = this.load(spec.id);
    for (const { channel } of channels) {
      const served = spec.channels.find((each) => each.channel === channel);
      if (served === undefined) return false;
      if (load.filter((each) => each === channel).length + 1 > (served.max ?? Infinity)) return false;
    }
    return this.consumed(spec.id) + this.#cost(channels, spec.id) <= spec.capacity;
  }

  #cost(channels: OracleTask['channels'], workerId: string): number {
    const served = this.workers.get(workerId)?.spec.channels ?? [];
    return channels.reduce(
      (sum, { channel, cost }) => sum + (cost ?? served.find((each) => each.channel === channel)?.cost ?? 0),
      0,
    );
  }

  #load(worker: OracleWorker): number {
    return worker.spec.capacity > 0 ? this.consumed(worker.spec.id) / worker.spec.capacity : 1;
  }

  #counts(task: OracleTask, selector: Selector): boolean {
    return selector.expiresAfterMs === undefined || this.now < task.enqueuedAt + selector.expiresAfterMs;
  }

  #expedited(task: OracleTask): boolean {
    return (task.spec.selectors ?? []).some((selector) => selector.expedite === true && this.#counts(task, selector));
  }

  #refuse(offer: OracleOffer, until: number): void {
    this.offers = this.offers.filter((each) => each !== offer);
    const worker = this.#worker(offer.workerId);
    worker.refused.set(offer.taskId, until);
    worker.idleSince = this.now;
  }

  #leave(workerId: string): void {
    this.#worker(workerId).available = false;
    this.offers = this.offers.filter((each) => each.workerId !== workerId);
  }

  #end(taskId: string): void {
    const task = this.#task(taskId);
    const worker = task.workerId === undefined ? undefined : this.workers.get(task.workerId);
    if (worker !== undefined && this.#held(worker.spec.id).includes(task)) worker.idleSince = this.now;
    this.tasks.delete(taskId);
  }

  #task(id: string): OracleTask {
    return found(this.tasks.get(id), `task ${id}`);
  }

  #worker(id: string): OracleWorker {
    return found(this.workers.get(id), `worker ${id}`);
  }

  #queue(task: OracleTask) {
    return found(
      this.queues.find((queue) => queue.id === task.queueId),
      `queue ${task.queueId}`,
    );
  }

  #offer(wanted: OracleOffer | undefined): OracleOffer {
    return found(
      this.offers.find((each) => each.taskId === wanted?.taskId && each.workerId === wanted.workerId),
      'offer',
    );
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the oracle knows no ${what}`);
  return value;
}
