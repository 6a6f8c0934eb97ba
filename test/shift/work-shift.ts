import { createHash } from 'node:crypto';
import type { LogEntry } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { createServer, memoryStore, type ConversationStore } from 'onescreen/server';
import {
  inProcessFetch,
  inProcessSocket,
  scriptedCustomers,
  seededRandom,
  virtualClock,
  type CustomerOutcome,
} from 'onescreen/testing';
import { scriptedAgent } from './scripted-agent';

export interface ShiftReport {
  /** SHA-256 of every entry of every conversation's log, in the order in which they were written. */
  readonly logHash: string;
  readonly entries: number;
  readonly conversations: number;
  /** What is wrong with a conversation's log, in words; empty when nothing is. */
  readonly defects: readonly string[];
  readonly outcomes: readonly CustomerOutcome[];
  readonly accepted: number;
  readonly declined: number;
  readonly ignored: number;
  readonly drops: number;
}

const hours8 = 8 * 3_600_000;

/** A store that hashes what it is given. */
function hashingStore() {
  const store = memoryStore();
  const hash = createHash('sha256');
  const conversations = new Set<string>();
  let entries = 0;
  const hashing: ConversationStore = {
    async append(conversationId, added) {
      const placed = await store.append(conversationId, added);
      conversations.add(conversationId);
      entries += placed.length;
      hash.update(JSON.stringify([conversationId, placed]));
      return placed;
    },
    read: (conversationId, query) => store.read(conversationId, query),
  };
  return { hashing, conversations, digest: () => hash.digest('hex'), count: () => entries };
}

/** Eight hours of a contact center in virtual time: `agents` desks and `chats` customers on one server core. */
export async function workShift(seed: string, { agents: agentCount = 20, chats = 500 } = {}): Promise<ShiftReport> {
  const clock = virtualClock();
  const random = seededRandom(seed);
  const { hashing, conversations, digest, count } = hashingStore();
  const server = createServer({
    authenticate: (request) => {
      const id = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
      return { id, displayName: id, queues: ['shop'], capacity: 2 };
    },
    queues: [{ id: 'shop', offerTtlMs: 15_000, wrapUp: { required: true, dispositions: dispositions() } }],
    store: hashing,
    clock,
    random: random.fork('server'),
  });
  const agents = Array.from({ length: agentCount }, (_, index) =>
    scriptedAgent(`agent-${index}`, server, clock, random.fork(`agent ${index}`)),
  );
  await Promise.all(agents.map((agent) => agent.signIn()));

  const outcomes: CustomerOutcome[] = [];
  const pages = random.fork('pages');
  let page = 0;
  const customers = scriptedCustomers({
    start(chat) {
      const client = new CustomerClient({
        server: 'http://shift.test',
        providers: [serverChat()],
        environment: { clock, random: pages.fork(`page ${++page}`), socket: inProcessSocket(server, clock) },
        fetch: inProcessFetch(server),
        storage: null,
      });
      return client.start(chat);
    },
    clock,
    random: random.fork('customers'),
    // So that the last comes before the shift ends.
    everyMs: [0, Math.floor((2 * 0.93 * hours8) / chats)],
    limit: chats,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  customers.on();
  await clock.advance(hours8);
  for (const agent of agents) agent.finish();
  await clock.runUntil(() => customers.present === 0, 2 * 3_600_000);
  await clock.advance(10 * 60_000);
  await customers.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server.close();

  const defects: string[] = [];
  for (const { conversationId, written } of outcomes) {
    if (conversationId === undefined) continue;
    const log = await hashing.read(conversationId);
    for (const defect of defectsOf(log, written)) defects.push(`${conversationId}: ${defect}`);
  }

  const sum = (of: (agent: (typeof agents)[number]) => number) => agents.reduce((total, agent) => total + of(agent), 0);
  return {
    logHash: digest(),
    entries: count(),
    conversations: conversations.size,
    defects,
    outcomes,
    accepted: sum((agent) => agent.accepted),
    declined: sum((agent) => agent.declined),
    ignored: sum((agent) => agent.ignored),
    drops: sum((agent) => agent.drops),
  };
}

/** Checks one conversation after the shift, which its customer remembers to have written `written` messages in. */
function defectsOf(log: readonly LogEntry[], written: number): readonly string[] {
  const defects: string[] = [];
  const fromCustomer = log.filter((entry) => entry.type === 'message' && entry.by.kind === 'customer').length;
  if (fromCustomer !== written) defects.push(`${fromCustomer} messages of the customer's ${written}`);
  const clientIds = log.flatMap((entry) => (entry.type === 'message' ? [entry.message.clientId] : []));
  if (new Set(clientIds).size !== clientIds.length) defects.push('a message twice');
  if (log.filter((entry) => entry.type === 'channel-closed').length !== 1) defects.push('not closed once');
  const tasks = log.flatMap((entry) => (entry.type === 'task' ? [entry.task] : []));
  const last = tasks.at(-1)?.status;
  if (last !== 'closed' && last !== 'cancelled') defects.push(`task left ${last}`);
  if (new Set(tasks.map(({ queuedAt }) => queuedAt)).size !== 1) defects.push('age not kept');
  if (log.some((entry, index) => entry.seq !== index + 1)) defects.push('a gap');
  return defects;
}

const dispositions = () => [
  { code: 'solved', label: 'Solved' },
  { code: 'open', label: 'Still open' },
];
