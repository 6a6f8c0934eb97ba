/** Names of what a domain's routing keeps in Redis; all in one slot of Redis Cluster. */
export interface RoutingKeys {
  /** Who leads, as `token:node`; ends by itself. */
  readonly lease: string;
  /** The last token that was given out. */
  readonly token: string;
  /** Number of the last batch in the log. */
  readonly head: string;
  /** Commands that nobody has put into the log yet. */
  readonly inbox: string;
  /** Commands in their order, in batches; a batch's number is the first half of its id. */
  readonly log: string;
  /** Number of the batch that the snapshot includes. */
  readonly snapshot: string;
  /** Pieces of the snapshot of a batch. */
  readonly pieces: (batch: number) => string;
  /** When each node was last heard of. */
  readonly nodes: string;
}

export function keysOf(domain: string): RoutingKeys {
  const prefix = `onescreen:{${domain}}:routing:`;
  return {
    lease: `${prefix}lease`,
    token: `${prefix}token`,
    head: `${prefix}head`,
    inbox: `${prefix}inbox`,
    log: `${prefix}log`,
    snapshot: `${prefix}snapshot`,
    pieces: (batch) => `${prefix}snapshot:${batch}`,
    nodes: `${prefix}nodes`,
  };
}
