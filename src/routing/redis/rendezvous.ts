/**
 * The nodes of a domain in the order in which they are to lead it, best first: by the highest random weight of domain
 * and node (Thaler and Ravishankar, 1998), so that domains spread over nodes, and few move when a node comes or goes.
 */
export function rendezvous(domain: string, nodes: readonly string[]): readonly string[] {
  const weighed = nodes.map((node) => ({ node, weight: hash(`${domain}\n${node}`) }));
  weighed.sort((a, b) => b.weight - a.weight || (a.node < b.node ? -1 : 1));
  return weighed.map(({ node }) => node);
}

/** FNV-1a, 32 bits, with the last step of MurmurHash3 behind it: names that end alike must not weigh alike. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
