import { leastFlexible, type RoutingStrategy } from 'onescreen/routing';

/** Longest time since its last activity, then by id: the policy of the floor, and of everything that is compared with it. */
const activity: RoutingStrategy = {
  name: 'activity',
  compare: (a, b) => a.idleSince - b.idleSince,
  describe: (worker, now) => `idle for ${Math.round((now.getTime() - worker.idleSince) / 1_000)} s`,
};

/** Whom to ask first. `default` is what a queue does that names no strategy. */
export const policies = { activity, default: leastFlexible() } as const satisfies Readonly<
  Record<string, RoutingStrategy>
>;

export type PolicyName = keyof typeof policies;
