import type { Redis } from 'ioredis';
import { ContactCenterError, systemRandom, type Random } from 'onescreen';
import type { ConversationStore, LogQuery, NewLogEntry, StoredAgent, StoredConversation } from 'onescreen/server';
import { isHostedChatEntry, type LogEntry } from '../../protocol/log-entry';
import { customerIdOf } from '../conversation-store';
import { keysOf } from './keys';
import { appendScript, keepAgentScript, readScript } from './store-scripts';

/** Whoever may write to the store now. */
export interface Term {
  /** Key in which the token of whoever leads stands. */
  readonly fence: string;
  /** Higher than that of everybody who led before. */
  readonly token: number;
  /** Told when the store has refused an entry because somebody else leads. */
  readonly lost: () => void;
}

export interface RedisStoreOptions {
  /** A client of the vendor's, which is used and not closed. */
  readonly redis: Redis;
  /** Name of what is stored together, such as a tenant's; part of every key. Default `onescreen`. */
  readonly domain?: string;
  /** Who may write. Left out: whoever has this store; then no other server may use the domain. `startClusterNode` brings its own. */
  readonly term?: Term;
  /** Where ids come from. */
  readonly random?: Random;
}

/**
 * Keeps the logs of conversations in Redis or Valkey, from version 6.2. An entry is as durable as Redis makes it: with
 * `appendonly yes` and `appendfsync always` nothing that was answered is lost when Redis dies. `append` rejects with
 * `session/closed` when somebody else leads the domain by now. Throws `command/invalid` without `redis`.
 */
export function redisStore(options: RedisStoreOptions): ConversationStore {
  const { redis, domain = 'onescreen', term, random = systemRandom } = { ...options };
  if (redis === undefined)
    throw new ContactCenterError('command/invalid', 'unable to use store; redis is missing', { field: 'redis' });
  const keys = keysOf(domain);
  const { fence = keys.fence, token = '' } = term ?? {};
  const tails = new Map<string, Promise<unknown>>();

  /** `run`, unless somebody else leads by now. */
  const fenced = async (run: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await run();
    } catch (error) {
      if (!isFenced(error)) throw error;
      term?.lost();
      throw new ContactCenterError('session/closed', 'unable to store; another node leads', { cause: error });
    }
  };

  const add = async (conversationId: string, entries: readonly NewLogEntry[]): Promise<readonly LogEntry[]> => {
    const customer = customerAfter(entries);
    const facts = entries.flatMap((entry) => {
      const { at, ...fact } = entry;
      return [isHostedChatEntry({ ...entry, seq: 0 }) ? 'm' : 's', at, JSON.stringify(fact)];
    });
    const scriptKeys = [keys.log(conversationId), keys.about(conversationId), fence, keys.open, keys.customer];
    const ends = entries.some(({ type }) => type === 'conversation-ended') ? '1' : '';
    const about = [
      token,
      random.id(),
      conversationId,
      ends,
      ...(customer === undefined ? ['', ''] : ['1', customer.id ?? '']),
    ];
    const places = await fenced(() => redis.eval(appendScript, scriptKeys.length, ...scriptKeys, ...about, ...facts));
    const [first = 0, ...times] = numbersIn(places);
    return entries.map((entry, index) => ({ ...entry, seq: first + index, at: times[index] ?? entry.at }));
  };

  return {
    async append(conversationId, entries) {
      if (entries.length === 0) return [];
      // One after the other: a call that is repeated after a broken link is known again by being the last one.
      const before = tails.get(conversationId) ?? Promise.resolve();
      const added = before.then(() => add(conversationId, entries));
      const tail = added.then(
        () => {},
        () => {},
      );
      tails.set(conversationId, tail);
      void tail.then(() => {
        if (tails.get(conversationId) === tail) tails.delete(conversationId);
      });
      return added;
    },
    async read(conversationId, { from = 1, before = endless, only, limit = endless }: LogQuery = {}) {
      const kind = only === undefined ? '' : only === 'messages' ? 'm' : 's';
      const found = await redis.eval(readScript, 1, keys.log(conversationId), from, before, kind, limit);
      return entriesIn(found).reverse();
    },
    async conversationsOf(customerId, { before, limit }) {
      const key = `${keys.customer}${customerId}`;
      const last = before === undefined ? '+inf' : `(${before}`;
      const found = await redis.zrevrangebyscore(key, last, '-inf', 'WITHSCORES', 'LIMIT', 0, limit);
      return conversationsIn(found);
    },
    async open() {
      return conversationsIn(await redis.zrange(keys.open, 0, -1, 'WITHSCORES'));
    },
    async keepAgent(agentId, agent) {
      const kept = agent === undefined ? '' : JSON.stringify(agent);
      await fenced(() => redis.eval(keepAgentScript, 2, keys.agents, fence, token, agentId, kept));
    },
    async agents() {
      const kept = await redis.hvals(keys.agents);
      return kept.map((text): unknown => JSON.parse(text)).filter(isAgent);
    },
  };
}

/** More than any log has, and still a whole number for Redis. */
const endless = Number.MAX_SAFE_INTEGER;

/** Whose conversation it is once these entries are in its log; undefined: they do not say. */
function customerAfter(entries: readonly NewLogEntry[]): { readonly id: string | undefined } | undefined {
  let customer: { readonly id: string | undefined } | undefined;
  for (const entry of entries) {
    if (entry.type === 'conversation-opened') customer = { id: customerIdOf(entry.context) };
    else if (entry.type === 'context-changed' && Object.hasOwn(entry.patch, 'customerId'))
      customer = { id: customerIdOf(entry.patch) };
  }
  return customer;
}

function isFenced(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('FENCED');
}

/** Pairs of id and score. */
function conversationsIn(reply: readonly string[]): readonly StoredConversation[] {
  const scores = reply.filter((_, index) => index % 2 === 1);
  return scores.map((score, index) => ({ id: reply[2 * index] ?? '', openedAt: Number(score) }));
}

function numbersIn(reply: unknown): readonly number[] {
  return Array.isArray(reply) ? reply.map(Number) : [];
}

/** Pairs of number and line, as the script gives them. */
function entriesIn(reply: unknown): LogEntry[] {
  const parts: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const entries: LogEntry[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const line = String(parts[index + 1]);
    const space = line.indexOf(' ');
    const fact: unknown = JSON.parse(line.slice(space + 1));
    const place = { seq: Number(parts[index]), at: Number(line.slice(1, space)) };
    const entry = typeof fact === 'object' ? { ...fact, ...place } : place;
    if (isEntry(entry)) entries.push(entry);
  }
  return entries;
}

function isAgent(value: unknown): value is StoredAgent {
  return typeof value === 'object' && value !== null && 'id' in value && 'availability' in value;
}

/** Nobody else writes logs; what is in one was an entry when it was added. */
function isEntry(value: object): value is LogEntry {
  return 'type' in value && typeof value.type === 'string' && 'by' in value;
}
