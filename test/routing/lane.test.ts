import fc from 'fast-check';
import { longestIdle } from 'onescreen/routing';
import { expect, it } from 'vitest';
import { Facts } from '../../src/routing/facts';
import { Lane, type Seeker } from '../../src/routing/lane';
import { createPool } from '../../src/routing/pool';
import { resolvePolicies } from '../../src/routing/queue-policy';
import { Roster } from '../../src/routing/roster';
import { TaskQueue } from '../../src/routing/task-queue';
import { WorkerRecord } from '../../src/routing/worker-record';

// So many that a lane has several chunks; small teams are looked through to the end.
const mostWorkers = 200;

/** A worker gets another place in the order, and room or none; or somebody looks for the first few, perhaps behind one. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      worker: fc.nat(mostWorkers - 1),
      idleSince: fc.nat(1_000),
      hasRoom: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ first: fc.integer({ min: 1, max: 80 }), after: fc.option(fc.nat(999)) }) },
);

it('shows those with room in the order of the strategy, whatever has changed since somebody looked', () => {
  let looked = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: mostWorkers }),
      fc.boolean(),
      fc.array(step, { minLength: 300, maxLength: 900, size: 'max' }),
      (size, rotates, steps) => {
        const team = new Team(size, rotates);
        for (const each of steps) {
          if ('worker' in each) team.change(each.worker % size, each.idleSince, each.hasRoom);
          else {
            looked += 1;
            const after = rotates ? each.after : null;
            expect(team.search(each.first, after)).toEqual(team.sorted(each.first, after));
          }
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(looked).toBeGreaterThan(5_000);
});

/** The workers' own for the lane; another one beside it would have a different one. */
const key = 3;

class Team {
  readonly #all: WorkerRecord[] = [];
  readonly #roster = new Roster();
  readonly #facts = new Facts(this.#roster);
  readonly #pool;
  readonly #lane: Lane;
  readonly #room = new Set<WorkerRecord>();
  #changes = 0;

  constructor(
    size: number,
    readonly rotates: boolean,
  ) {
    const policy = resolvePolicies([{ id: 'support', strategy: longestIdle() }]).get('support');
    if (policy === undefined) throw new Error('there is no policy');
    const queue = new TaskQueue(policy);
    this.#pool = createPool(queue, 'chat', 1);
    this.#lane = new Lane(this.#pool, undefined, this.#facts, this.#roster);
    for (let number = 0; number < size; number += 1) {
      const worker = new WorkerRecord({
        ...{ id: `w${String(number).padStart(3, '0')}`, labels: {}, tags: undefined, queues: ['support'], capacity: 1 },
        ...{ channels: [], maxConcurrentOffers: undefined, registered: true, available: true, availableSince: 0 },
        ...{ idleSince: 0, epoch: 0, holds: new Map() },
      });
      this.#roster.enter(worker);
      this.#all.push(worker);
      this.#facts.enter(worker);
      this.change(number, 0, true);
    }
  }

  // As the index does it.
  change(number: number, idleSince: number, hasRoom: boolean): void {
    const worker = this.#all[number];
    if (worker === undefined) return;
    const { latest } = worker;
    worker.idleSince = idleSince;
    worker.touch((this.#changes += 1));
    this.#facts.note(worker, hasRoom ? 1 : 0);
    if (hasRoom) this.#room.add(worker);
    else this.#room.delete(worker);
    const order = latest === undefined ? 0 : this.#pool.order(latest, worker);
    if (order !== 0) {
      worker.standing = this.#changes;
      this.#facts.renew(worker);
      if (this.#roster.isListed(number, key)) this.#lane.move(worker, key, order > 0 || this.rotates, hasRoom);
    }
    if (hasRoom && !this.#roster.isListed(number, key)) this.#lane.add(worker, key);
  }

  search(first: number, after: number | null): readonly string[] {
    const found: string[] = [];
    const seeker: Seeker = {
      bits: [],
      left: Infinity,
      visit({ id }) {
        found.push(id);
        if (found.length === first) seeker.left = 0;
      },
    };
    this.#lane.search(seeker, after === null ? undefined : this.#at(after));
    return found;
  }

  sorted(first: number, after: number | null): readonly string[] {
    const all = [...this.#room].sort((a, b) => this.#pool.order(a, b));
    const from = after === null ? -1 : all.findIndex((worker) => this.#pool.order(worker, this.#at(after)) > 0);
    const around = from < 0 ? all : [...all.slice(from), ...all.slice(0, from)];
    return around.slice(0, first).map(({ id }) => id);
  }

  // Somebody who belongs behind all who became idle at this time.
  #at(idleSince: number): WorkerRecord {
    const last = new WorkerRecord({
      ...{ id: 'x', labels: {}, tags: undefined, queues: ['support'], capacity: 1 },
      ...{ channels: [], maxConcurrentOffers: undefined, registered: true, available: true, availableSince: 0 },
      ...{ idleSince, epoch: 0, holds: new Map() },
    });
    return last;
  }
}
