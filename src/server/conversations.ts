import { ContactCenterError, isContactCenterError, toContactCenterError } from 'onescreen';
import type { ConversationPush } from '../protocol/frames';
import type { LogEntry, ParticipantRecord } from '../protocol/log-entry';
import type { Agents } from './agents';
import { unavailable } from './channel-work';
import type { ChatHost } from './chat-host';
import { Conversation } from './conversation';
import type { Customers } from './customers';
import { errorFields } from './logger';
import type { Seat } from './messages';
import type { ResolvedOptions, RouteDecision, StartRequest } from './options';
import { parseResumeToken, unknownToken } from './resume-token';
import { TokenBucket } from './token-bucket';
import type { Work } from './work';

/** Conversations that have ended and whose customers may still come back to read, at most. */
const keptEnded = 500;

type Opened = Awaited<ReturnType<ChatHost['open']>>;

/** Which host a start asks for: by its name, by its kind of channel, or the default. */
interface HostChoice {
  readonly provider?: string;
  readonly channel?: string;
}

interface ConversationsParts {
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly work: Work;
  readonly customers: Customers;
}

/** All conversations that this server holds. */
export class Conversations {
  readonly #parts: ConversationsParts;
  readonly #conversations = new Map<string, Conversation>();
  readonly #ended = new Set<Conversation>();

  readonly #starts: TokenBucket;
  /** Starts under way. */
  #starting = 0;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
    this.#starts = new TokenBucket(parts.options.limits.starts, parts.options.clock);
  }

  get(id: string): Conversation | undefined {
    return this.#conversations.get(id);
  }

  /** The conversation that a resume token opens. Throws `session/unauthorized`. */
  resume(token: unknown): Conversation {
    const { conversationId, secret } = parseResumeToken(token);
    const conversation = this.#conversations.get(conversationId);
    if (conversation === undefined || !conversation.resume.accepts(secret)) throw unknownToken();
    return conversation;
  }

  /**
   * Opens a conversation, its channel and its task. Rejects with `command/invalid`, `channel/unavailable` when the
   * host fails, `command/rate-limited` or `conversation/too-many` when there are too many.
   */
  async start(start: StartRequest & HostChoice): Promise<Conversation> {
    this.#admit();
    this.#starting += 1;
    try {
      return await this.#start(start);
    } finally {
      this.#starting -= 1;
    }
  }

  #admit(): void {
    const retryAfterMs = this.#starts.take();
    if (retryAfterMs > 0) {
      throw new ContactCenterError('command/rate-limited', 'unable to start conversation; there are too many starts', {
        retryable: true,
        retryAfterMs,
      });
    }
    const { openConversations } = this.#parts.options.limits;
    const open = this.#conversations.size - this.#ended.size + this.#starting;
    if (openConversations === false || open < openConversations) return;
    throw new ContactCenterError('conversation/too-many', 'unable to start conversation; too many are open', {
      retryable: true,
    });
  }

  async #start(start: StartRequest & HostChoice): Promise<Conversation> {
    const { options, work } = this.#parts;
    const { random, store, clock, queues, defaultQueue } = options;
    const host = this.#host(start);
    const request: StartRequest = {
      customer: start.customer,
      context: { ...(start.customer.id !== undefined && { customerId: start.customer.id }), ...start.context },
      ...(start.queueId !== undefined && { queueId: start.queueId }),
    };
    if (start.queueId !== undefined && !queues.has(start.queueId)) throw unknown('queueId', 'queue');
    const {
      queueId = start.queueId ?? defaultQueue.id,
      priority = 0,
      labels = request.context,
      selectors = [],
    } = await this.#route(request);
    const id = random.id();
    const customer: ParticipantRecord = {
      id: random.id(),
      role: 'customer',
      displayName: start.customer.displayName,
      providerRefs: {},
    };
    const conversation = new Conversation({
      id,
      customer,
      context: request.context,
      store,
      clock,
      hooks: options.hooks,
      random,
      frames: new TokenBucket(options.limits.commands, clock),
      appended: (from, entries, agentIds) => this.#appended(from, entries, agentIds),
    });
    await conversation.log.inTurn(() => this.#open(conversation, host));
    this.#conversations.set(id, conversation);
    try {
      work.enqueue(conversation, { queueId, channel: channelOf(host), priority, labels, selectors });
    } catch (error) {
      this.#conversations.delete(id);
      await work.customerLeft(conversation, 'abandoned');
      throw isContactCenterError(error, 'routing/invalid') ? this.#routeInvalid(error, queueId) : error;
    }
    await conversation.log.settled();
    options.logger.info('conversation-started', { conversationId: id, host: host.name, queueId });
    return conversation;
  }

  tellOthers({ conversation, participantId }: Seat, push: ConversationPush): void {
    for (const agentId of conversation.agentIds) {
      if (conversation.participantOf(agentId) !== participantId) this.#parts.agents.get(agentId)?.push(push);
    }
    if (conversation.customer.id !== participantId) this.#parts.customers.push(conversation, push);
  }

  /** Nothing more will happen in it. The newest of them stay for customers who come back to read. */
  finished(conversation: Conversation): void {
    this.#parts.customers.finished(conversation);
    this.#ended.add(conversation);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= keptEnded) break;
      this.#ended.delete(oldest);
      this.#conversations.delete(oldest.id);
      this.#parts.customers.forget(oldest);
    }
  }

  async #route(request: StartRequest): Promise<RouteDecision> {
    const { route, hooks, logger, queues } = this.#parts.options;
    let decision: RouteDecision;
    try {
      decision = await hooks.call({ hook: 'route' }, () => route(request));
    } catch (error) {
      logger.error('route-failed', errorFields(error));
      // A refusal in our own words is meant for the page.
      throw toContactCenterError(error, 'command/failed', 'unable to start conversation; it cannot be routed');
    }
    const field = faultIn(decision, queues);
    if (field === undefined) return decision;
    throw this.#routeInvalid(
      new ContactCenterError('routing/invalid', `unable to route; ${field} is wrong`, { field }),
    );
  }

  // The vendor is told what is wrong with the decision; the customer's page cannot help it.
  #routeInvalid(error: ContactCenterError, queueId?: string): ContactCenterError {
    const { hooks, logger } = this.#parts.options;
    const { code, field } = error;
    logger.error('route-invalid', { field, queueId, ...errorFields(error) });
    hooks.report(error, { hook: 'route', ...(queueId !== undefined && { queueId }) });
    return new ContactCenterError(code, 'unable to start conversation; it cannot be routed', {
      ...(field !== undefined && { field }),
      cause: error,
    });
  }

  async #open(conversation: Conversation, host: ChatHost): Promise<void> {
    const { random, logger, hooks } = this.#parts.options;
    const channelId = random.id();
    const { id: conversationId, customer } = conversation;
    const ids = { host: host.name, conversationId, channelId };
    const close = (refs: Opened) => {
      const channel = { conversationId, channelId, providerRefs: refs.providerRefs };
      const participant = { ...customer, providerRefs: refs.customerRefs };
      return hooks.call({ hook: 'host.close', ...ids }, () => host.close(channel, participant)).catch(() => {});
    };
    let opened: Opened;
    try {
      const request = { conversationId, channelId, customer };
      // Nobody is waiting any more for a chat that opens too late.
      opened = await hooks.call(
        { hook: 'host.open', ...ids },
        () => host.open(request),
        (late) => void close(late),
      );
    } catch (error) {
      logger.warn('channel-open-failed', { conversationId, host: host.name, ...errorFields(error) });
      throw unavailable('unable to start conversation; the chat could not be opened', error);
    }
    const { providerRefs, customerRefs } = opened;
    const participant = { ...customer, providerRefs: customerRefs };
    const channel = { conversationId, channelId, providerRefs, host, channel: channelOf(host) };
    conversation.opened(channel, participant);
    try {
      await conversation.append(
        { kind: 'customer', id: customer.id },
        { type: 'conversation-opened', context: conversation.context },
        { type: 'channel-opened', channelId, channel: channelOf(host), provider: host.name, providerRefs },
        { type: 'participant-joined', participant },
      );
    } catch (error) {
      await close(opened);
      throw unavailable('unable to start conversation; it could not be stored', error);
    }
  }

  #appended(conversation: Conversation, entries: readonly LogEntry[], agentIds: readonly string[]): void {
    const push: ConversationPush = { type: 'log', conversationId: conversation.id, entries };
    for (const agentId of agentIds) this.#parts.agents.get(agentId)?.push(push);
    this.#parts.customers.appended(conversation, entries);
  }

  #host({ provider, channel }: HostChoice): ChatHost {
    const { chats, defaultChat } = this.#parts.options;
    const named = provider === undefined ? chats : chats.filter(({ name }) => name === provider);
    if (named.length === 0) throw unknown('provider', 'chat host');
    if (channel === undefined) return named[0] ?? defaultChat;
    const host = named.find((one) => channelOf(one) === channel);
    if (host === undefined) throw unknown('channel', 'channel');
    return host;
  }
}

function channelOf({ channel = 'chat' }: ChatHost): string {
  return channel;
}

/** The field of a decision that makes no sense, of those that the engine does not look at or needs no chat for. */
function faultIn(decision: unknown, queues: ReadonlyMap<string, unknown>): string | undefined {
  if (typeof decision !== 'object' || decision === null) return 'route';
  const { queueId, priority }: { readonly queueId?: unknown; readonly priority?: unknown } = decision;
  if (queueId !== undefined && !(typeof queueId === 'string' && queues.has(queueId))) return 'queueId';
  const fits = priority === undefined || (typeof priority === 'number' && priority >= -100 && priority <= 100);
  return fits ? undefined : 'priority';
}

function unknown(field: string, what: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to start conversation; there is no such ${what}`, { field });
}
