import { ContactCenterClient, type AccessToken, type MessageItem } from 'onescreen';
import { acsChat } from 'onescreen/acs/chat';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import { CustomerClient, type CustomerChat } from 'onescreen/customer';
import { acsChatHost, startServer, type AgentIdentity, type ServerOptions } from 'onescreen/server';
import { afterEach, describe, expect, it } from 'vitest';
import { serveChats, type BotOptions, type BotReply } from '../../examples/recipes/chat-bot';
import { startEmulator } from '../emulator/checked-emulator';
import { agent, contactCenter } from '../server/contact-center';
import { accepted, restartWorld, texts } from '../server/restart/restart-world';

const robo: AgentIdentity = { id: 'robo', displayName: 'Robo', role: 'bot', queues: ['bots'], capacity: 50 };

/** The bot first; people where it hands over, gives up or is not there. */
const queues: ServerOptions['queues'] = [
  {
    id: 'bots',
    exceptions: [
      {
        id: 'no-bot',
        when: { type: 'waitTime', afterMs: 10_000 },
        actions: [{ type: 'move', queueId: 'support' }],
      },
    ],
  },
  { id: 'support', wrapUp: { required: true, dispositions: [{ code: 'solved', label: 'Solved' }] } },
];

async function echo({ text }: MessageItem): Promise<BotReply> {
  if (text === 'bye') return { say: 'Bye!', end: true };
  if (text === 'crash') throw new Error('no such intent');
  if (text !== 'human') return { say: `You said: ${text}` };
  const learnt = { intent: 'refund', order: 4711 };
  return { say: 'I fetch a colleague.', handOver: { queue: 'support', note: 'Wants a refund.', learnt } };
}

function world(options: Partial<ServerOptions> = {}, more: Partial<BotOptions> = {}) {
  const errors: unknown[] = [];
  const center = restartWorld({ queues, ...options }, [robo, agent('ann')]);
  const bot = async () => {
    const client = await center.desk('robo', false);
    const serving = serveChats(client, {
      ...{ reply: echo, humans: 'support', greeting: 'Hello, I am Robo.', clock: center.clock },
      onError: (error) => void errors.push(error),
      ...more,
    });
    await center.settle();
    return { client, serving };
  };
  /** The customer writes, and has what there is to read a second later. */
  const write = async (chat: CustomerChat, text: string) => {
    await chat.send(text);
    await center.clock.advance(1_000);
    return texts(chat).at(-1);
  };
  return { center, errors, bot, write };
}

const rolesOf = ({ participants$ }: Pick<CustomerChat, 'participants$'>) =>
  participants$.value
    .map(({ displayName, role, present }) => `${displayName}: ${role}${present ? '' : ', gone'}`)
    .sort();

describe('a bot that answers chats', () => {
  it('is a bot to the customer and in the log, and ends a chat without leaving anything', async () => {
    const { center, bot, write, errors } = world();
    const { client } = await bot();
    const chat = await center.chat('Cleo', { text: 'hello' });
    await center.clock.advance(1_000);
    expect(texts(chat)).toEqual(['Hello, I am Robo.', 'hello', 'You said: hello']);
    expect(rolesOf(chat)).toEqual(['Cleo: customer', 'Robo: bot']);
    expect(chat.state$.value).toMatchObject({ phase: 'active', agents: ['Robo'] });
    expect(await write(chat, 'again')).toBe('You said: again');
    expect(await write(chat, 'bye')).toBe('Bye!');
    expect(chat.state$.value).toMatchObject({ phase: 'ended' });
    const log = await center.log(chat.conversationId);
    const kinds = log.flatMap((entry) => (entry.type === 'message' ? [entry.by.kind] : []));
    expect(kinds).toEqual(['bot', 'customer', 'bot', 'customer', 'bot', 'customer', 'bot']);
    expect(log.at(-1)).toMatchObject({ type: 'conversation-ended' });
    expect(client.agent.state$.value.load).toMatchObject({ tasks: 0, used: 0 });
    expect(errors).toEqual([]);
  });

  it('hands over to people with all that it learnt, keeps the age, and is free at once', async () => {
    const { center, bot, write } = world();
    const { client } = await bot();
    const ann = await center.desk('ann');
    const chat = await center.chat();
    await center.clock.advance(20_000);
    expect(await write(chat, 'human')).toBe('I fetch a colleague.');
    expect(chat.state$.value).toMatchObject({ phase: 'queued', position: 1 });
    expect(rolesOf(chat)).toEqual(['Cleo: customer', 'Robo: bot, gone']);
    const [offer] = ann.offers$.value;
    expect(offer?.task).toMatchObject({
      ...{ queueId: 'support', purpose: 'transfer', labels: { intent: 'refund', order: 4711 } },
      from: { agentId: 'robo', displayName: 'Robo', note: 'Wants a refund.' },
    });
    const task = await accepted(center, ann);
    expect(task.sla$.value.waitedMs).toBeGreaterThanOrEqual(21_000);
    expect(texts(task.conversation)).toEqual(['Hello, I am Robo.', 'human', 'I fetch a colleague.']);
    expect(task.conversation.context$.value).toMatchObject({ intent: 'refund', order: 4711 });
    expect(rolesOf(task.conversation)).toEqual(['Cleo: customer', 'Robo: bot, gone', 'ann A.: agent']);
    expect(client.tasks$.value).toEqual([]);
    expect(client.agent.state$.value.load.used).toBe(0);
    await task.conversation.channel('chat')?.send('How can I help?');
    expect(await write(chat, 'is anybody there?')).toBe('is anybody there?');
    await task.end();
    await task.wrapUp.complete({ disposition: 'solved' });
    await center.settle();
    expect((await center.log(chat.conversationId)).at(-1)).toMatchObject({ type: 'conversation-ended' });
  });

  it('can be given the customer again by a colleague, and answers only what nobody has', async () => {
    const { center, bot, write } = world();
    await bot();
    const ann = await center.desk('ann');
    const chat = await center.chat();
    await write(chat, 'human');
    const task = await accepted(center, ann);
    await write(chat, 'thanks');
    await task.conversation.channel('chat')?.send('Robo does the rest.');
    await write(chat, 'really?');
    await task.transfer({ agent: 'robo' });
    await center.clock.advance(1_000);
    expect(texts(chat).slice(2)).toEqual([
      ...['I fetch a colleague.', 'thanks', 'Robo does the rest.', 'really?', 'You said: really?'],
    ]);
    expect(rolesOf(chat)).toEqual(['Cleo: customer', 'Robo: bot', 'ann A.: agent, gone']);
  });

  it('hands over what it fails at, and tells why to whoever runs it', async () => {
    const { center, bot, write, errors } = world();
    await bot();
    const ann = await center.desk('ann');
    await write(await center.chat(), 'crash');
    expect(ann.offers$.value).toMatchObject([{ task: { queueId: 'support' } }]);
    expect(errors).toEqual([new Error('no such intent')]);
  });

  it('says nothing for a customer who leaves while it thinks', async () => {
    const thinking: ((reply: BotReply) => void)[] = [];
    const { center, bot, errors } = world({}, { reply: () => new Promise((done) => void thinking.push(done)) });
    const { client } = await bot();
    const chat = await center.chat('Cleo', { text: 'hello' });
    await center.clock.advance(1_000);
    await chat.end();
    await center.clock.advance(1_000);
    thinking[0]?.({ say: 'Hello!', handOver: { queue: 'support' } });
    await center.clock.advance(1_000);
    expect(texts(chat)).toEqual(['Hello, I am Robo.', 'hello']);
    expect(client.tasks$.value).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('wraps up with the disposition that its queue asks for', async () => {
    const wrapUp = { required: true, dispositions: [{ code: 'bot', label: 'Bot' }] };
    const { center, bot, write } = world({ queues: [{ id: 'bots', wrapUp }] }, { disposition: 'bot' });
    await bot();
    const chat = await center.chat();
    await write(chat, 'bye');
    const tasks = (await center.log(chat.conversationId)).flatMap((entry) => (entry.type === 'task' ? entry.task : []));
    expect(tasks.at(-1)).toMatchObject({ status: 'closed', disposition: 'bot' });
  });
});

describe('a bot that goes away', () => {
  it('and comes back goes on where it was, and answers what came meanwhile once', async () => {
    const { center, bot, write } = world();
    const first = await bot();
    const chat = await center.chat();
    await write(chat, 'one');
    first.serving.unsubscribe();
    await first.client.close();
    await write(chat, 'two');
    await write(chat, 'three');
    await bot();
    await center.clock.advance(1_000);
    expect(texts(chat).slice(1)).toEqual(['one', 'You said: one', 'two', 'three', 'You said: two', 'You said: three']);
  });

  it('for good leaves its customers to people', async () => {
    const { center, bot, write } = world();
    const { client, serving } = await bot();
    const chat = await center.chat();
    await write(chat, 'one');
    serving.unsubscribe();
    await client.close();
    const ann = await center.desk('ann');
    await center.clock.advance(59_000);
    expect(ann.offers$.value).toEqual([]);
    await center.clock.advance(2_000);
    expect(ann.offers$.value).toMatchObject([{ task: { queueId: 'support' } }]);
  });

  it('and is not there when somebody comes costs them ten seconds', async () => {
    const { center } = world();
    const ann = await center.desk('ann');
    await center.chat();
    await center.clock.advance(9_999);
    expect(ann.offers$.value).toEqual([]);
    await center.clock.advance(1);
    expect(ann.offers$.value).toHaveLength(1);
  });

  it('on purpose is given nobody any more, and finishes what it has', async () => {
    const { center, bot, write } = world();
    const { client } = await bot();
    const chat = await center.chat();
    await write(chat, 'one');
    await client.signOut({ drain: true });
    const other = await center.chat('Dora');
    await center.clock.advance(1_000);
    expect(other.state$.value).toMatchObject({ phase: 'queued' });
    expect(client.session$.value.status).toBe('online');
    expect(await write(chat, 'two')).toBe('You said: two');
    await write(chat, 'bye');
    expect(client.session$.value.status).toBe('signed-out');
    expect(other.state$.value).toMatchObject({ phase: 'queued' });
  });

  it('with its server for a moment is still a bot, and nothing is said twice', async () => {
    const { center, bot, write, errors } = world();
    await bot();
    const chat = await center.chat();
    await write(chat, 'one');
    await center.restart();
    await center.clock.advance(10_000);
    expect(await write(chat, 'two')).toBe('You said: two');
    expect(texts(chat)).toEqual(['Hello, I am Robo.', 'one', 'You said: one', 'two', 'You said: two']);
    expect(rolesOf(chat)).toEqual(['Cleo: customer', 'Robo: bot']);
    const log = await center.log(chat.conversationId);
    expect(log.filter((entry) => entry.type === 'message').at(-1)).toMatchObject({ by: { kind: 'bot' } });
    await center.desk('ann');
    await write(chat, 'human');
    expect(chat.state$.value).toMatchObject({ phase: 'queued' });
    expect(errors).toEqual([]);
  });
});

describe('a bot in a Node process of its own', () => {
  const running: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.close();
  });

  it('serves over real sockets, with nothing but the defaults', async () => {
    const server = await startServer({
      authenticate: (request) => (request.headers.get('authorization') === 'Bearer secret' ? robo : undefined),
      queues,
    });
    running.push(server);
    const { url } = server;
    const client = new ContactCenterClient({
      controlPlane: controlPlane(url),
      tokens: async () => ({ token: 'secret', expiresOn: Date.now() + 3_600_000 }),
      providers: [serverChat()],
    });
    running.push(client);
    await client.signIn();
    const errors: unknown[] = [];
    const serving = serveChats(client, { reply: echo, humans: 'support', onError: (error) => errors.push(error) });
    running.push({ close: async () => serving.unsubscribe() });
    const customers = new CustomerClient({ server: url, providers: [serverChat()] });
    running.push(customers);
    const chat = await customers.start({ displayName: 'Cleo', text: 'hello' });
    await expect.poll(() => texts(chat), { timeout: 5_000 }).toEqual(['hello', 'You said: hello']);
    await chat.send('human');
    await expect.poll(() => chat.state$.value.phase, { timeout: 5_000 }).toBe('queued');
    await expect.poll(() => client.tasks$.value.length, { timeout: 5_000 }).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('a bot in chats of Azure Communication Services', () => {
  const running: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.close();
  });

  it('reads and writes in plain Node, and hands over to a desk', async () => {
    const emulator = await startEmulator();
    running.push(emulator);
    const server = await startServer({
      authenticate: (request) =>
        [robo, agent('ann')].find(({ id }) => request.headers.get('authorization') === `Bearer ${id}`),
      queues,
      chats: [acsChatHost({ connectionString: emulator.connectionString })],
    });
    running.push(server);
    const { url } = server;
    const deskOf = async (id: string) => {
      const client = new ContactCenterClient({
        controlPlane: controlPlane(url),
        tokens: async ({ audience }) => {
          if (audience !== 'chat') return { token: id, expiresOn: Date.now() + 3_600_000 };
          const response = await fetch(`${url}/tokens`, {
            method: 'POST',
            headers: { authorization: `Bearer ${id}`, 'content-type': 'application/json' },
            body: JSON.stringify({ audience }),
          });
          return tokenIn(await response.json());
        },
        providers: [acsChat({ pollMs: 1_000 })],
      });
      running.push(client);
      await client.signIn();
      return client;
    };
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const bot = await deskOf('robo');
    const serving = serveChats(bot, { reply: echo, humans: 'support', greeting: 'Hello, I am Robo.', onError });
    running.push({ close: async () => serving.unsubscribe() });
    const customers = new CustomerClient({ server: url, providers: [acsChat({ pollMs: 1_000 })] });
    running.push(customers);
    const chat = await customers.start({ displayName: 'Cleo', text: 'hello' });
    const soon = { timeout: 15_000, interval: 50 };
    await expect.poll(() => texts(chat), soon).toContain('You said: hello');
    expect(rolesOf(chat)).toEqual(['Cleo: customer', 'Robo: bot']);
    await chat.send('human');
    await expect.poll(() => chat.state$.value.phase, soon).toBe('queued');
    const ann = await deskOf('ann');
    await ann.agent.setAvailability({ kind: 'available' });
    await expect.poll(() => ann.offers$.value.length, soon).toBe(1);
    const task = await ann.offers$.value[0]?.accept();
    // Which of the first two is first is up to the network.
    const all = ['hello', 'Hello, I am Robo.', 'You said: hello', 'human', 'I fetch a colleague.'].sort();
    await expect.poll(() => task && texts(task.conversation).sort(), soon).toEqual(all);
    await expect.poll(() => texts(chat).sort(), soon).toEqual(all);
    expect(errors).toEqual([]);
  });
});

function tokenIn(body: unknown): AccessToken {
  const { token, expiresOn } = Object.assign({ token: '', expiresOn: 0 }, body);
  return { token, expiresOn, kind: 'acsUser' };
}

describe('a role that there is none of', () => {
  it('turns whoever signs in away, and the vendor is told why', async () => {
    const told: unknown[] = [];
    const wrong = Object.assign(agent('robo'), { role: 'robot' });
    const center = contactCenter({ authenticate: () => wrong, onError: (error) => void told.push(error) });
    await expect(center.desk('robo')).rejects.toMatchObject({ code: 'session/unavailable' });
    expect(told[0]).toMatchObject({ code: 'command/invalid', field: 'role' });
  });
});
