import type { CustomerCommands, CustomerPush } from '../protocol/customer-frames';
import type { Callbacks } from './callbacks';
import { receiveCommand, type Handlers } from './command-door';
import { customerCommands } from './command-schemas';
import type { Conversation } from './conversation';
import type { Conversations } from './conversations';
import { shownToCustomer } from './customer-view';
import type { Customers } from './customers';
import type { ConnectRequest, ServerConnection } from './door';
import type { Escalation } from './escalation/escalation';
import type { MeetingReports } from './escalation/meeting-reports';
import type { Hooks } from './hooks';
import { messageCommands, notThere } from './messages';
import type { ResolvedOptions } from './options';
import type { CarriedOut } from './restart/carried-out';
import { makeRoom, recoveryMs, Session } from './session';
import { audienceOf, issue, noToken } from './sign-in';
import type { ChatToken } from './chat-host';
import type { Work } from './work';

interface CustomerParts {
  readonly options: ResolvedOptions;
  readonly conversations: Conversations;
  readonly customers: Customers;
  readonly work: Work;
  readonly callbacks: Callbacks;
  readonly escalation: Escalation;
  readonly meetings: MeetingReports;
  readonly carriedOut: CarriedOut;
  /** Throws `session/closed` once the server is. */
  readonly requireRunning: (action: string) => void;
}

/** Lets a customer's page in. Rejects with `session/unauthorized` for a resume token that is not known. */
export async function connectCustomer(parts: CustomerParts, request: ConnectRequest): Promise<ServerConnection> {
  const { options, conversations, customers } = parts;
  const { clock, random, logger } = options;
  const conversation = await conversations.resume(request.credentials['resumeToken']);
  parts.requireRunning('connect');
  const known = request.session === undefined ? undefined : customers.session(conversation, request.session);
  if (known === undefined) {
    makeRoom(customers.sessions(conversation), (oldest) => customers.dropped(conversation, oldest));
  }
  const session = known ?? new Session<CustomerPush>(random.id(), request.send);
  const generation = session.attach(request.send);
  const recovered = known !== undefined && request.snapshot !== true;
  if (!recovered) {
    const status = customers.status(conversation);
    const customer = shownToCustomer(conversation.customer);
    session.push({ type: 'customer-snapshot', conversation: conversation.recordForCustomer(), status, customer });
  }
  customers.attached(conversation, session);

  const who = { conversationId: conversation.id };
  const handlers = commandsOf(parts, conversation);
  const { answers, frames } = conversation;
  const guard = () => parts.requireRunning('carry out command');
  const { carriedOut } = parts;
  const door = { schemas: customerCommands, handlers, answers, frames, guard, logger, who, carriedOut };
  return {
    session: session.id,
    recovered,
    receive(frame) {
      void receiveCommand(frame, door).then((answer) => {
        if (answer !== undefined) session.answer(answer);
      });
    },
    disconnected() {
      const drop = { clock, afterMs: recoveryMs, run: () => customers.dropped(conversation, session) };
      if (session.detach(generation, drop)) customers.detached(conversation);
    },
  };
}

/** A token for a conversation's customer. Rejects with `token/unavailable` where the channel needs none. */
export async function customerToken(conversation: Conversation, audience: string, hooks: Hooks): Promise<ChatToken> {
  const channel = conversation.channels.find(
    ({ host, channelId }) =>
      host.token !== undefined && audienceOf(host) === audience && !conversation.isConcealed(channelId),
  );
  if (channel === undefined) throw noToken();
  const { host } = channel;
  const ids = { host: host.name, conversationId: conversation.id };
  return issue(hooks, ids, () => host.token?.(conversation.customerAt(channel).providerRefs));
}

const done: Readonly<Record<string, never>> = {};

function commandsOf(
  { options, conversations, work, callbacks, escalation, meetings }: CustomerParts,
  conversation: Conversation,
): Handlers<CustomerCommands> {
  return {
    ...messageCommands({
      actor: ({ participantId }) => ({ kind: 'customer', id: participantId }),
      seat(conversationId) {
        if (conversationId !== conversation.id) throw notThere();
        return { conversation, participantId: conversation.customer.id };
      },
      // Whoever was invited has yet to accept.
      mayUse: (_, channelId) => !conversation.isConcealed(channelId),
      tellOthers: (from, push) => conversations.tellOthers(from, push),
      visible: (entries) => conversation.forCustomer(entries),
      clock: options.clock,
      random: options.random,
    }),
    'chat/end': async () => {
      await callbacks.withdraw(conversation);
      await work.customerLeft(conversation, 'customer-left');
      return done;
    },
    'callback/request': ({ phone, at }) => callbacks.request(conversation, { phone, at }),
    'invitation/answer': (args) => escalation.answer(conversation, args),
    'channel/leave': async ({ channelId }) => {
      await escalation.leave(conversation, channelId);
      return done;
    },
    'meeting/report': async ({ channelId, report }) => {
      if (conversation.isConcealed(channelId)) throw notThere();
      await meetings.told(conversation, { by: 'customer', channelId, report });
      return done;
    },
    'token/get': async ({ audience }) => {
      const { token, expiresOn } = await customerToken(conversation, audience, options.hooks);
      return { token, expiresOn };
    },
  };
}
