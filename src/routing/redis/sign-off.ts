import { delay, type Clock } from 'onescreen';
import type { Connection } from './connection';
import type { RoutingKeys } from './keys';
import { signsOf } from './reply';
import { signOffScript } from './scripts';

interface SignOffParts {
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  readonly clock: Clock;
  readonly node: string;
  readonly leaseMs: number;
}

/**
 * Takes a node that does not lead off the list of those that may. Resolves with the number of the log's last batch where
 * nobody is left who leads or will, with undefined as soon as somebody shows that they are there. Takes as long as a leader
 * who is gone keeps the lease, at most.
 */
export async function signOff({ connection, keys, clock, node, leaseMs }: SignOffParts): Promise<number | undefined> {
  const look = async () =>
    signsOf(await connection.run(signOffScript, [keys.nodes, keys.lease, keys.head], [node], leaseMs));
  const first = await look();
  const until = clock.now() + 2 * leaseMs;
  for (let found = first; clock.now() < until; found = await look()) {
    if (found.lease !== '' && found.lease !== first.lease) return undefined;
    let isAnybodyLeft = found.lease !== '';
    for (const [other, at] of found.nodes) {
      if (at > (first.nodes.get(other) ?? 0)) return undefined;
      // Whoever is there says so four times in the time of a lease.
      if (at > found.now - leaseMs / 2) isAnybodyLeft = true;
    }
    if (!isAnybodyLeft) return found.head;
    await delay(clock, leaseMs / 20);
  }
  return undefined;
}
