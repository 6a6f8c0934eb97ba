/** Names of everything that a domain keeps in Redis; all in one slot of Redis Cluster. */
export function keysOf(domain: string) {
  const prefix = `onescreen:{${domain}}:`;
  return {
    prefix,
    /** The log of a conversation. */
    log: (conversationId: string) => `${prefix}log:${conversationId}`,
    /** What the store has to know of a conversation to add to its log. */
    about: (conversationId: string) => `${prefix}about:${conversationId}`,
    /** The conversations of each customer; the customer's id follows. */
    customer: `${prefix}customer:`,
    /** What nodes send to whoever leads by this token. */
    toLeader: (token: number) => `${prefix}leader:${token}`,
    /** What a node is sent. */
    toNode: (node: string) => `${prefix}node:${node}`,
    /** Socket.IO's stream, channels and sessions. */
    sockets: `${prefix}sockets`,
  };
}
