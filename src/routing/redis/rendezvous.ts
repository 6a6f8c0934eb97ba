import { hash } from './hash';

/**
 * The nodes of a domain in the order in which they are to lead it, best first: by the highest random weight of domain
 * and node (Thaler and Ravishankar, 1998), so that domains spread over nodes, and few move when a node comes or goes.
 */
export function rendezvous(domain: string, nodes: readonly string[]): readonly string[] {
  const weighed = nodes.map((node) => ({ node, weight: hash(`${domain}\n${node}`) }));
  weighed.sort((a, b) => b.weight - a.weight || (a.node < b.node ? -1 : 1));
  return weighed.map(({ node }) => node);
}
