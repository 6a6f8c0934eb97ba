import { isContactCenterError, type ErrorCode } from 'onescreen';
import type { QueuePolicy, RoutingCommand, RoutingEvent, RoutingNode, WorkerSpec } from 'onescreen/routing';
import type { ContractCase } from './chat-provider-contract';

/** A node under test, with all that it told in `onEvents`. */
export interface ObservedNode {
  readonly node: RoutingNode;
  readonly events: readonly RoutingEvent[];
}

/** Routing of one domain that nobody has used yet. */
export interface RoutingNodeHarness {
  /** One or more nodes that share the domain. */
  readonly nodes: readonly ObservedNode[];
  /** Lets time pass until `condition` holds. Rejects when it takes unreasonably long. */
  until(condition: () => boolean): Promise<void>;
  /** Ends everything, also after a failed case. */
  close(): Promise<void>;
}

export interface RoutingNodeContract {
  readonly name: string;
  /** A fresh domain for every case, with these queues. */
  open(queues: readonly QueuePolicy[]): Promise<RoutingNodeHarness>;
}

/**
 * What an application expects of every {@link RoutingNode}, as cases for any test runner.
 *
 * @example
 * for (const { name, run } of routingNodeContract({ name: 'ours', open })) it(name, run);
 */
export function routingNodeContract(contract: RoutingNodeContract): readonly ContractCase[] {
  return Object.entries(cases).map(([name, { queues, check }]) => ({
    name: `${contract.name}: ${name}`,
    async run() {
      const harness = await contract.open(queues);
      try {
        await check(new Domain(harness));
      } finally {
        await harness.close();
      }
    },
  }));
}

/** The nodes of a case. Node n of fewer is one of those that are there. */
class Domain {
  readonly #harness: RoutingNodeHarness;

  constructor(harness: RoutingNodeHarness) {
    this.#harness = harness;
  }

  get all(): readonly ObservedNode[] {
    return this.#harness.nodes;
  }

  at(index: number): ObservedNode {
    const found = this.all[index % this.all.length];
    if (found === undefined) throw new Error('there is no node');
    return found;
  }

  apply(index: number, command: RoutingCommand): Promise<readonly RoutingEvent[]> {
    return this.at(index).node.apply(command);
  }

  /** Waits until all nodes know as much as the one that knows most. */
  async settle(): Promise<void> {
    const most = () => Math.max(...this.all.map(({ node }) => node.seq));
    await this.until('all nodes to know the same', () => this.all.every(({ node }) => node.seq === most()));
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    await this.#harness.until(condition).catch((cause: unknown) => {
      throw new Error(`waited in vain for ${what}`, { cause });
    });
  }
}

interface Case {
  readonly queues: readonly QueuePolicy[];
  readonly check: (domain: Domain) => Promise<void>;
}

const support: QueuePolicy = { id: 'support' };

function worker(id: string, capacity = 1): WorkerSpec {
  return { id, queues: ['support'], capacity, channels: [{ channel: 'chat', cost: 1 }], available: true };
}

function register(id: string, capacity?: number): RoutingCommand {
  return { type: 'register', worker: worker(id, capacity) };
}

function enqueue(id: string): RoutingCommand {
  return { type: 'enqueue', task: { id, queueId: 'support', channel: 'chat' } };
}

const cases: Readonly<Record<string, Case>> = {
  'a command resolves with what followed from it, which the node then knows of': {
    queues: [support],
    async check(domain) {
      const registered = await domain.apply(0, register('ada'));
      equal(types(registered), 'worker-registered,worker-available', 'what registering did');
      const enqueued = await domain.apply(1, enqueue('t-1'));
      equal(types(enqueued), 'task-queued,offer-issued', 'what enqueuing did');
      equal(domain.at(1).node.view.task('t-1')?.offers[0]?.workerId, 'ada', 'who is offered the task');
      equal(domain.at(1).node.seq >= (enqueued.at(-1)?.seq ?? Infinity), true, 'whether the node knows of the events');
    },
  },

  'every node hears of every event, in one order, numbered without gaps, at times that do not go back': {
    queues: [support],
    async check(domain) {
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          domain.apply(index, index % 10 === 0 ? register(`w-${index}`, 2) : enqueue(`t-${index}`)),
        ),
      );
      await domain.settle();
      const first = JSON.stringify(domain.at(0).events);
      for (const { events } of domain.all) {
        equal(events.map(({ seq }) => seq).join(), events.map((_, index) => index + 1).join(), 'the numbers of events');
        equal(JSON.stringify(events), first, 'the events');
        equal(
          events.every(({ at }, index) => at >= (events[index - 1]?.at ?? 0)),
          true,
          'whether time goes on',
        );
      }
      equal(count(domain.at(0).events, 'task-queued'), 54, 'the tasks that were queued');
      equal(count(domain.at(0).events, 'offer-issued'), 12, 'the offers, as many as there is capacity');
    },
  },

  'commands of one node are followed in the order in which they were given': {
    queues: [support],
    async check(domain) {
      const ids = Array.from({ length: 300 }, (_, index) => `t-${index}`);
      await Promise.all(ids.map((id) => domain.apply(1, enqueue(id))));
      const queued = domain.at(1).events.flatMap((event) => (event.type === 'task-queued' ? event.taskId : []));
      equal(queued.join(), ids.join(), 'the order of tasks');
    },
  },

  'an offer that two nodes accept at once is accepted by one, and gone for the other': {
    queues: [support],
    async check(domain) {
      await domain.apply(0, register('ada'));
      const offered = await domain.apply(0, enqueue('t-1'));
      const offerId = offered.flatMap((event) => (event.type === 'offer-issued' ? event.offerId : []))[0] ?? '';
      const answers = await Promise.allSettled([0, 1].map((at) => domain.apply(at, { type: 'accept', offerId })));
      equal(answers.filter(({ status }) => status === 'fulfilled').length, 1, 'how often it was accepted');
      const [refused] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
      expectCode(refused, 'offer/gone');
      await domain.settle();
      for (const { node } of domain.all) equal(node.view.task('t-1')?.workerId, 'ada', 'who has the task');
    },
  },

  'what makes no sense is refused with the field, and changes nothing': {
    queues: [support],
    async check(domain) {
      const senseless: readonly unknown[] = [
        { type: 'enqueue', task: { id: 't', queueId: 'nowhere', channel: 'chat' } },
        { type: 'enqueue', task: { id: '', queueId: 'support', channel: 'chat' } },
        { type: 'enqueue', task: { id: 't', queueId: 'support', channel: 'chat', priority: NaN } },
        { type: 'enqueue' },
        { type: 'register', worker: { ...worker('ada'), capacity: -1 } },
        { type: 'dance' },
        {},
        null,
      ];
      for (const [index, command] of senseless.entries()) {
        // A vendor's program in JavaScript may say anything.
        const refused = await domain.apply(index, command as RoutingCommand).then(
          () => undefined,
          (error: unknown) => error,
        );
        expectCode(refused, 'routing/invalid');
      }
      await domain.apply(0, register('ada'));
      equal(domain.at(0).node.view.tasks().length, 0, 'the tasks that are there');
      equal(types(domain.at(0).events), 'worker-registered,worker-available', 'all that happened');
    },
  },

  'an offer expires by itself, and the task goes to another': {
    queues: [{ ...support, offerTtlMs: 300 }],
    async check(domain) {
      await domain.apply(0, register('ada'));
      await domain.apply(1, enqueue('t-1'));
      await domain.apply(2, register('bob'));
      await domain.until('the offer to expire', () =>
        domain.all.every(({ node }) => node.view.task('t-1')?.offers[0]?.workerId === 'bob'),
      );
      const { events } = domain.at(0);
      const [first] = events.flatMap((event) => (event.type === 'offer-issued' ? event : []));
      const [end] = events.flatMap((event) => (event.type === 'offer-expired' ? event : []));
      equal((end?.at ?? 0) >= (first?.expiresAt ?? Infinity), true, 'whether it had its time');
    },
  },

  'a strategy of the vendor is asked once for a decision, whichever node leads': {
    queues: [{ ...support, strategy: backwards(() => (asked += 1)) }],
    async check(domain) {
      asked = 0;
      for (const id of ['ada', 'bob', 'cyd']) await domain.apply(0, register(id));
      await domain.apply(1, enqueue('t-1'));
      await domain.until('the offer', () =>
        domain.all.every(({ node }) => node.view.task('t-1')?.offers[0]?.workerId === 'cyd'),
      );
      equal(asked, 1, 'how often the strategy was asked');
    },
  },

  'a strategy that throws or never answers holds up nobody': {
    queues: [
      { ...support, strategy: { name: 'thrower', rank: () => fail() } },
      { id: 'sales', strategy: { name: 'sleeper', rank: () => new Promise(() => {}) }, strategyTimeoutMs: 200 },
    ],
    async check(domain) {
      await domain.apply(0, { type: 'register', worker: { ...worker('ada', 4), queues: ['support', 'sales'] } });
      await domain.apply(1, enqueue('t-1'));
      await domain.apply(1, { type: 'enqueue', task: { id: 't-2', queueId: 'sales', channel: 'chat' } });
      await domain.until('both offers', () =>
        ['t-1', 't-2'].every((id) => domain.at(0).node.view.task(id)?.offers[0]?.workerId === 'ada'),
      );
      const [offer] = domain.at(0).events.flatMap((event) => (event.type === 'offer-issued' ? event : []));
      equal(offer?.explanation.fallback, 'thrower threw an error', 'what the explanation says');
    },
  },

  'every node can say where a task stands and why': {
    queues: [support],
    async check(domain) {
      await domain.apply(0, enqueue('t-1'));
      const { seq = 0 } = (await domain.apply(1, enqueue('t-2'))).at(-1) ?? {};
      await domain.until('all nodes to know', () => domain.all.every(({ node }) => node.seq >= seq));
      for (const { node } of domain.all) {
        equal(node.view.position('t-2', 0)?.position, 2, 'the position');
        equal(node.view.explain('t-2', 0).waitsFor, 'worker', 'what the task waits for');
        equal(node.view.queue('support')?.length, 2, 'the length of the queue');
      }
    },
  },

  'a node that is closed refuses, and the others go on': {
    queues: [support],
    async check(domain) {
      await domain.apply(0, register('ada'));
      const { node } = domain.at(0);
      await node.close();
      await node.close();
      const refused = await node.apply(enqueue('t-1')).then(
        () => undefined,
        (error: unknown) => error,
      );
      expectCode(refused, 'session/closed');
      for (const other of domain.all.slice(1)) {
        const id = `t-${domain.all.indexOf(other)}`;
        await other.node.apply(enqueue(id));
        equal(other.node.view.task(id)?.id, id, 'the task at another node');
      }
    },
  },
};

let asked = 0;

// Asks the workers in the wrong order, after a while.
function backwards(onAsked: () => void): NonNullable<QueuePolicy['strategy']> {
  return {
    name: 'backwards',
    async rank({ candidates }) {
      onAsked();
      await Promise.resolve();
      return [...candidates].reverse().map(({ id }) => ({ workerId: id }));
    },
  };
}

function fail(): never {
  throw new Error('this strategy always throws');
}

function types(events: readonly RoutingEvent[]): string {
  return events.map(({ type }) => type).join();
}

function count(events: readonly RoutingEvent[], type: RoutingEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

function expectCode(error: unknown, code: ErrorCode): void {
  if (isContactCenterError(error, code)) return;
  const got = isContactCenterError(error) ? error.code : String(error);
  throw new Error(`expected to be refused with ${code}, got ${got}`, { cause: error });
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`expected ${what} to be ${String(expected)}, got ${String(actual)}`);
}
