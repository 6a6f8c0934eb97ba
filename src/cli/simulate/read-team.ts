import type { Labels } from 'onescreen';
import type { QueuePolicy } from 'onescreen/routing';
import { alike, type SimulatedContact, type SimulatedWorker } from 'onescreen/testing';
import * as v from 'valibot';
import { UsageError } from '../usage-error';

/** Who works, and how queues are served. */
export interface Team {
  readonly workers: readonly SimulatedWorker[];
  readonly queues: readonly QueuePolicy[];
}

const text = v.pipe(v.string(), v.nonEmpty());
const units = v.pipe(v.number(), v.minValue(0));
const whole = v.pipe(v.number(), v.integer(), v.minValue(1));

const time = v.union([
  v.number(),
  v.pipe(
    v.string(),
    v.transform((value) => Date.parse(value)),
    v.number('must be a time'),
  ),
]);

const period = { from: time, to: time };

const channel = v.pipe(
  v.strictObject({ channel: text, cost: units, max: v.optional(whole) }),
  v.transform(({ max, ...rest }) => ({ ...rest, ...(max !== undefined && { max }) })),
);

const shift = v.pipe(
  v.strictObject({ ...period, breaks: v.optional(v.array(v.strictObject(period)), []) }),
  v.readonly(),
);

const labels = v.record(text, v.union([v.string(), v.number(), v.boolean()]));

const worker = v.pipe(
  v.strictObject({
    id: text,
    /** So many who are alike. */
    count: v.optional(whole),
    queues: v.array(text),
    capacity: units,
    channels: v.array(channel),
    labels: v.optional(labels, {}),
    shifts: v.optional(v.array(shift)),
  }),
  v.transform(({ id, count, shifts, ...rest }): readonly SimulatedWorker[] => {
    const one = { ...rest, ...(shifts !== undefined && { shifts }) };
    return count === undefined ? [{ id, ...one }] : alike(count, one, id);
  }),
);

const queue = v.pipe(
  v.strictObject({
    id: text,
    offerTtlSeconds: v.optional(units, 30),
    concurrentOffers: v.optional(whole, 1),
    onExpire: v.optional(v.picklist(['keep', 'make-unavailable']), 'make-unavailable'),
    releaseCapacityAt: v.optional(v.picklist(['closed', 'wrapping']), 'closed'),
  }),
  v.transform(({ offerTtlSeconds, ...rest }): QueuePolicy => ({ ...rest, offerTtlMs: offerTtlSeconds * 1_000 })),
);

const team = v.strictObject({ workers: v.array(worker), queues: v.optional(v.array(queue), []) });

/**
 * Reads a team from JSON. Queues that the traffic names and the team does not get the usual policy. Throws a UsageError
 * that says where something is wrong.
 */
export function readTeam(json: string, traffic: readonly SimulatedContact[]): Team {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new UsageError('the team is no JSON');
  }
  const { success, output, issues } = v.safeParse(team, parsed);
  if (!success)
    throw new UsageError(`the team is wrong at ${v.getDotPath(issues[0]) ?? 'its top'}: ${issues[0].message}`);
  const named = new Set(output.queues.map(({ id }) => id));
  const missing = [...queuesOf(traffic)].filter((id) => !named.has(id)).map((id) => ({ id }));
  return { workers: output.workers.flat(), queues: [...output.queues, ...missing] };
}

/** A team of `count` who can do everything that the traffic asks for, one contact at a time. */
export function generalists(count: number, traffic: readonly SimulatedContact[]): Team {
  const queues = [...queuesOf(traffic)];
  const channels = [...new Set(traffic.map((each) => each.channel))].map((name) => ({ channel: name, cost: 1 }));
  const skills: Record<string, Labels[string]> = {};
  for (const { labels: asked = {} } of traffic) {
    for (const [key, value] of Object.entries(asked)) {
      const known = skills[key];
      skills[key] = typeof known === 'number' && typeof value === 'number' ? Math.max(known, value) : value;
    }
  }
  const workers = alike(count, { queues, capacity: 1, channels, labels: skills }, 'agent');
  return { workers, queues: queues.map((id) => ({ id })) };
}

function queuesOf(traffic: readonly SimulatedContact[]): ReadonlySet<string> {
  return new Set(traffic.map((each) => each.queueId));
}
