import type { RoutingStrategy } from '../strategy';

/** Workers in the order of their ids, beginning behind the one who got the queue's last offer. */
export function roundRobin(): RoutingStrategy {
  return {
    name: 'roundRobin',
    rotate: true,
    compare: (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    describe: () => 'next in turn',
  };
}
