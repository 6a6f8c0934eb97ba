import {
  createEnvironment,
  createLive,
  select,
  type AgentPush,
  type ChannelLink,
  type ChatProvider,
  type ConversationPush,
  type ConversationRecord,
  type LinkState,
  type Live,
} from 'onescreen';
import { controlPlane, openFrameLink } from 'onescreen/control-plane';
import { createServer } from 'onescreen/server';
import {
  inProcessFetch,
  inProcessSocket,
  seededRandom,
  virtualClock,
  type ChatParty,
  type ChatProviderHarness,
} from 'onescreen/testing';
import { ReplaySubject, defer } from 'rxjs';
import type { CustomerCommands, CustomerPush } from '../../src/protocol/customer-frames';

/** The pushes about one conversation, those so far first, as the client hands them to a provider. */
function conversationPushes(): {
  readonly pushes$: ChannelLink['pushes$'];
  load(record: ConversationRecord): void;
  push(push: ConversationPush): void;
} {
  let soFar = new ReplaySubject<ConversationPush>();
  let joined: ReplaySubject<ConversationPush> | undefined;
  return {
    pushes$: defer(() => (joined = soFar)),
    load({ id, entries }) {
      if (joined === undefined) soFar = new ReplaySubject();
      soFar.next({ type: 'log', conversationId: id, entries });
    },
    push: (push) => soFar.next(push),
  };
}

const onlineOf = (state$: Live<LinkState>) => select(state$, ({ status }) => status === 'online');

/** A chat on a server core in this process, between one customer and one agent, under virtual time. */
export async function openHostedChat(provider: ChatProvider, recover: boolean): Promise<ChatProviderHarness> {
  const clock = virtualClock();
  const random = seededRandom('contract');
  const server = createServer({
    authenticate: () => ({ id: 'ada', displayName: 'Ada', queues: ['support'] }),
    queues: [{ id: 'support' }],
    clock,
    random: random.fork('server'),
    grace: { offersMs: 600_000, tasksMs: 600_000 },
  });
  const sockets = { customer: inProcessSocket(server, clock), agent: inProcessSocket(server, clock) };
  const environment = (party: ChatParty) =>
    createEnvironment({ clock, random: random.fork(party), socket: sockets[party] });
  const tokens = { get: async () => ({ token: 'agent', expiresAt: Number.MAX_SAFE_INTEGER }) };
  const pushes = { customer: conversationPushes(), agent: conversationPushes() };
  const records: Partial<Record<ChatParty, ConversationRecord>> = {};
  const load = (party: ChatParty, record: ConversationRecord) => {
    records[party] = record;
    pushes[party].load(record);
  };

  const started = await inProcessFetch(server)('http://server/conversations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: { displayName: 'Grace' } }),
  });
  const { resumeToken } = (await started.json()) as { readonly resumeToken: string };
  const customer = openFrameLink<CustomerCommands, CustomerPush>({
    url: 'http://server',
    door: 'customers',
    environment: environment('customer'),
    socket: sockets.customer,
    renewable: false,
    credentials: async () => ({ resumeToken }),
    isPush: (frame): frame is CustomerPush => typeof frame === 'object',
  });
  customer.pushes$.subscribe((push) => {
    if (push.type === 'customer-snapshot') load('customer', push.conversation);
    else if (push.type !== 'customer-status') pushes.customer.push(push);
  });

  const agent = controlPlane('http://server').connect({ environment: environment('agent'), tokens });
  let offerId: string | undefined;
  agent.pushes$.subscribe((push: AgentPush) => {
    if (push.type === 'offer') offerId = push.offer.id;
    else if (push.type === 'snapshot') push.conversations.forEach((record) => load('agent', record));
    else if (push.type === 'log' || push.type === 'typing') pushes.agent.push(push);
  });
  await agent.command('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
  await clock.runUntil(() => offerId !== undefined);
  load('agent', (await agent.command('offer/accept', { offerId: offerId! })).conversation);

  const links: Readonly<Record<ChatParty, Pick<ChannelLink, 'online$' | 'command'>>> = {
    customer: { online$: onlineOf(customer.state$), command: (...command) => customer.command(...command) },
    agent: { online$: onlineOf(agent.state$), command: (...command) => agent.command(...command) },
  };
  const self = (party: ChatParty) => records[party]!.self;
  return {
    names: { customer: self('customer'), agent: self('agent') },
    async fill(texts) {
      const { conversationId, channelId } = address();
      for (const [index, text] of texts.entries()) {
        await customer.command('message/send', { conversationId, channelId, clientId: `fill-${index}`, text });
      }
      // Both come back without recovery, so that they know no more than a snapshot says.
      for (const socket of [sockets.customer, sockets.agent]) socket.drop({ recover: false, downMs: 0 });
      await clock.advance(0);
    },
    join(party) {
      const { conversationId, channelId } = address();
      return provider.open({
        conversationId,
        channelId,
        providerRefs: {},
        self: { participantId: self(party), displayName: party, providerRefs: {} },
        open$: createLive(true).live,
        tokens,
        controlPlane: { ...links[party], pushes$: pushes[party].pushes$ },
        clock,
        random: random.fork(`${party}-chat`),
      });
    },
    async setLink(party, up) {
      if (up) sockets[party].restore();
      else sockets[party].drop({ recover, downMs: Number.POSITIVE_INFINITY });
      await clock.advance(0);
    },
    until: (condition) => clock.runUntil(condition, 60_000),
    wait: (ms) => clock.advance(ms),
    leftovers: () => clock.pending,
    async close() {
      await Promise.all([customer.close(), agent.close()]);
      await server.close();
    },
  };

  function address() {
    const opened = records.agent?.entries.find((entry) => entry.type === 'channel-opened');
    return { conversationId: records.agent!.id, channelId: opened!.channelId };
  }
}
