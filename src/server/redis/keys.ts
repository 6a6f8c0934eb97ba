import { ContactCenterError } from 'onescreen';

/** Names of everything that a domain keeps in Redis; all in one slot of Redis Cluster. */
export interface Keys {
  /** Who leads, as `token:node`; ends by itself. */
  readonly lease: string;
  /** The last token that was given out. */
  readonly fence: string;
  /** The log of a conversation. */
  readonly log: (conversationId: string) => string;
  /** What the store has to know of a conversation to add to its log. */
  readonly about: (conversationId: string) => string;
  /** Conversations that have not ended, by when they were opened. */
  readonly open: string;
  /** The conversations of each customer, in the same way; the customer's id follows. */
  readonly customer: string;
  /** What agents want. */
  readonly agents: string;
  /** Signs resume tokens where the vendor gives no key. */
  readonly resumeKey: string;
  /** What nodes send to whoever leads by this token. */
  readonly toLeader: (token: number) => string;
  /** What a node is sent. */
  readonly toNode: (node: string) => string;
  /** Socket.IO's stream; its channels and sessions begin with it. */
  readonly sockets: string;
}

/** Throws `command/invalid` for a domain that would tear its keys apart in Redis Cluster. */
export function keysOf(domain: string): Keys {
  if (domain === '' || /[{}]/.test(domain)) {
    const message = 'unable to use Redis; domain must be a name without braces';
    throw new ContactCenterError('command/invalid', message, { field: 'domain' });
  }
  const prefix = `onescreen:{${domain}}:server:`;
  return {
    lease: `${prefix}lease`,
    fence: `${prefix}fence`,
    log: (conversationId) => `${prefix}log:${conversationId}`,
    about: (conversationId) => `${prefix}about:${conversationId}`,
    open: `${prefix}open`,
    customer: `${prefix}customer:`,
    agents: `${prefix}agents`,
    resumeKey: `${prefix}resume-key`,
    toLeader: (token) => `${prefix}leader:${token}`,
    toNode: (node) => `${prefix}node:${node}`,
    sockets: `${prefix}sockets`,
  };
}
