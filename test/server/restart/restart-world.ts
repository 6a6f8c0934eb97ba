import { ContactCenterClient, ContactCenterError, type Clock, type Conversation, type Task } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import {
  createServer,
  memoryStore,
  type AgentIdentity,
  type ContactCenterServer,
  type ConversationStore,
  type ServerOptions,
} from 'onescreen/server';
import { inProcessSocket, seededRandom, virtualClock, type InProcessSocket } from 'onescreen/testing';
import { agent } from '../contact-center';

export const resumeKey = 'a secret of thirty-two characters';

/** What ends with a process: its timers, what it waits for, and whoever it talks to. */
interface Process {
  alive: boolean;
  readonly server: ContactCenterServer;
  /** Rejects when the process is killed. */
  readonly killed: Promise<never>;
  kill(): void;
}

/** A contact center whose server can be killed and started anew over the same store; pages are the real clients. */
export function restartWorld(
  options: Partial<ServerOptions> = {},
  agents: readonly AgentIdentity[] = [agent('ann'), agent('ben')],
  seed = 'restart',
) {
  const clock = virtualClock();
  const random = seededRandom(seed);
  const store = options.store ?? memoryStore();
  const links: InProcessSocket[] = [];
  const desks = new Map<string, number>();
  let runs = 0;
  let running: Process | undefined;
  /** Called when the store has taken entries, before the server knows. */
  let onStored: ((types: readonly string[]) => void) | undefined;

  const start = (more: Partial<ServerOptions> = {}): ContactCenterServer => {
    let kill = () => {};
    const killed = new Promise<never>((_, reject) => {
      kill = () => reject(new TypeError('connection reset'));
    });
    killed.catch(() => {});
    const life = { alive: true };
    const mortalClock: Clock = {
      now: () => clock.now(),
      schedule: (delayMs, run) =>
        clock.schedule(delayMs, () => {
          if (life.alive) run();
        }),
    };
    const server = createServer({
      authenticate: (request) => agents.find(({ id }) => request.headers.get('authorization') === `Bearer ${id}`),
      queues: [
        {
          id: 'support',
          wrapUp: { required: true, dispositions: [{ code: 'solved', label: 'Solved' }], limitMs: 60_000 },
        },
        { id: 'sales' },
      ],
      resumeKey,
      random: random.fork(`run ${++runs}`),
      ...options,
      ...more,
      clock: mortalClock,
      store: mortal(store, life, (types) => onStored?.(types)),
    });
    running = {
      ...{ server, killed },
      get alive() {
        return life.alive;
      },
      set alive(alive: boolean) {
        life.alive = alive;
      },
      kill() {
        life.alive = false;
        kill();
      },
    };
    for (const link of links) link.restore();
    return server;
  };

  const current = (): Process => {
    if (running?.alive === true) return running;
    throw new ContactCenterError('session/offline', 'unable to connect; nothing listens', { retryable: true });
  };
  /** Ends the process at once: nothing of it goes on, nobody is told. */
  const kill = () => {
    onStored = undefined;
    running?.kill();
    for (const link of links) link.drop({ recover: false, downMs: Number.POSITIVE_INFINITY });
  };
  const fetchHere: typeof fetch = async (input, init) => {
    const { server, killed } = current();
    return Promise.race([server.handle(new Request(input, init)), killed]);
  };
  const link = () => {
    const socket = inProcessSocket({ connect: async (request) => current().server.connect(request) }, clock);
    links.push(socket);
    return socket;
  };
  let pages = 0;
  start();
  return {
    ...{ clock, random, store, start, kill, link },
    get server() {
      return current().server;
    },
    settle: () => clock.advance(0),
    /** Kills the server and starts another one after `downMs`. */
    async restart(downMs = 2_000, more: Partial<ServerOptions> = {}) {
      kill();
      await clock.advance(downMs);
      const server = start(more);
      await server.ready;
      await clock.advance(0);
    },
    /** Kills the server the moment the store has taken an entry of this type; resolves once that has happened. */
    killOnce(type: string): Promise<void> {
      return new Promise((resolve) => {
        onStored = (types) => {
          if (!types.includes(type)) return;
          onStored = undefined;
          kill();
          resolve();
        };
      });
    },
    customer(): CustomerClient {
      return new CustomerClient({
        server: 'http://cc.example',
        providers: [serverChat()],
        environment: { clock, random: random.fork(`page ${++pages}`), socket: link() },
        fetch: fetchHere,
        storage: null,
      });
    },
    async chat(displayName = 'Cleo', more: Record<string, unknown> = {}) {
      const chat = await this.customer().start({ displayName, ...more });
      await clock.advance(0);
      return chat;
    },
    async desk(id: string, available = true): Promise<ContactCenterClient> {
      const tab = (desks.get(id) ?? 0) + 1;
      desks.set(id, tab);
      const client = new ContactCenterClient({
        controlPlane: controlPlane('http://cc.example'),
        tokens: async () => ({ token: id, expiresOn: Date.UTC(2100, 0) }),
        providers: [serverChat()],
        environment: { clock, random: random.fork(tab === 1 ? `desk ${id}` : `desk ${id} ${tab}`), socket: link() },
      });
      const signedIn = await client.signIn();
      if (available) await signedIn.setAvailability({ kind: 'available' });
      await clock.advance(0);
      return client;
    },
    /** The whole log of a conversation as the store has it. */
    log: (conversationId: string) => store.read(conversationId),
  };
}

export type RestartWorld = ReturnType<typeof restartWorld>;

/** What a process that is killed asked for may still be done; it never learns of it. */
function mortal(
  store: ConversationStore,
  life: { readonly alive: boolean },
  stored: (types: readonly string[]) => void,
): ConversationStore {
  const never = () => new Promise<never>(() => {});
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!life.alive) return never();
    const result = await work();
    return life.alive ? result : never();
  };
  const conversationsOf = store.conversationsOf?.bind(store);
  const open = store.open?.bind(store);
  const keepAgent = store.keepAgent?.bind(store);
  const agents = store.agents?.bind(store);
  return {
    append: (id, entries) =>
      run(async () => {
        const added = await store.append(id, entries);
        stored(added.map(({ type }) => type));
        return added;
      }),
    read: (id, query) => run(() => store.read(id, query)),
    ...(conversationsOf && { conversationsOf: (id, query) => run(() => conversationsOf(id, query)) }),
    ...(open && { open: () => run(() => open()) }),
    ...(keepAgent && { keepAgent: (id, kept) => run(() => keepAgent(id, kept)) }),
    ...(agents && { agents: () => run(() => agents()) }),
  };
}

/** The offer that the desk has now, accepted. */
export async function accepted(world: RestartWorld, desk: ContactCenterClient): Promise<Task> {
  await world.clock.runUntil(() => desk.offers$.value.length > 0, 120_000);
  const [offer] = desk.offers$.value;
  if (offer === undefined) throw new Error('there is no offer');
  const task = await offer.accept();
  await world.settle();
  return task;
}

/** Texts of a conversation's messages, in order. */
export function texts({ timeline$ }: Pick<Conversation, 'timeline$'>): string[] {
  return [...timeline$.value].flatMap((item) => (item.kind === 'message' ? [item.text] : []));
}

/** The conversation's timeline in words, without messages. */
export function story({ timeline$ }: Pick<Conversation, 'timeline$'>): string[] {
  return [...timeline$.value].flatMap((item) => {
    switch (item.kind) {
      case 'participant':
        return `${item.displayName ?? item.participantId} ${item.change}`;
      case 'task':
        return `task ${item.status}`;
      case 'channel':
        return `channel ${item.change}`;
      default:
        return [];
    }
  });
}
