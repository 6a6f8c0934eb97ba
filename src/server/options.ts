import {
  systemClock,
  systemRandom,
  ContactCenterError,
  type Clock,
  type Labels,
  type Random,
  type Selector,
} from 'onescreen';
import type { ClassificationPolicy, QueuePolicy, RoutingEvent, RoutingView, WorkerChannel } from 'onescreen/routing';
import type { ReasonCode } from '../protocol/agent-frames';
import type { ParticipantRecord, WrapUpPolicy } from '../protocol/log-entry';
import type { CallHost } from './call-host';
import type { ChatHost, ProviderRefs } from './chat-host';
import { screenPopOrigins } from './context';
import { memoryStore, type ConversationStore } from './conversation-store';
import type { Contact, DirectoryQuery } from './directory';
import { Hooks, hookTimeoutMs, type HookContext } from './hooks';
import { hostedChat } from './hosted-chat';
import { redacting, type Logger } from 'onescreen/logging';
import type { MeetingHost } from './meeting-host';
import { Policies } from './policies';
import { ResumeKey } from './resume-token';
import { longestRingMs } from './ring';
import type { RateLimit } from './token-bucket';

/** Who an agent is, as the vendor's own sign-in knows it. */
export interface AgentIdentity {
  readonly id: string;
  readonly displayName: string;
  /**
   * What customers and colleagues are shown as the role of this participant. A bot is an agent in all else: it signs in with
   * a `ContactCenterClient`, is offered tasks and wraps them up. Default `agent`.
   */
  readonly role?: 'agent' | 'bot';
  /** Ids of the queues the agent serves. */
  readonly queues: readonly string[];
  readonly labels?: Labels;
  /** Units of work at a time. Default 1. */
  readonly capacity?: number;
  /** What each channel costs of the capacity. Default: chat and, where the server has hosts for them, voice and meeting, 1 unit each. */
  readonly channels?: readonly WorkerChannel[];
  /** The agent's own names at providers, where the vendor keeps them. */
  readonly providerRefs?: ProviderRefs;
}

export interface QueueOptions extends QueuePolicy {
  /** What is asked of wrap-up. Default: no dispositions, none required, no limit. */
  readonly wrapUp?: Partial<WrapUpPolicy>;
  /** How long an agent's phone rings before the call goes to somebody else, in milliseconds, at most 25 s. Default 20 s. */
  readonly ringTimeoutMs?: number;
  /** Object id of the Teams resource account on whose behalf agents call for this queue. */
  readonly resourceAccount?: string;
  /** After how long a parked call that nobody has taken is offered again, in milliseconds. Default 3 min. */
  readonly parkLimitMs?: number;
  /** How often waiting callers of this queue are told how their wait stands. Default: what the server's option says. */
  readonly announceEveryMs?: number | false;
}

/** How long a call is parked by default, in milliseconds (chosen). */
export const parkLimitMs = 180_000;

/** Shortest secret, in characters (chosen: 128 bits written in hexadecimal). */
const shortestKey = 32;

/** Shortest time between two announcements to one caller, in milliseconds (chosen). */
const shortestAnnounceMs = 1_000;

/** What a customer's start asks for. Everything in it comes from the customer's page and is untrusted. */
export interface StartRequest {
  readonly customer: { readonly displayName: string; readonly id?: string };
  readonly context: Labels;
  readonly queueId?: string;
  /** What kind of channel it comes over, such as `chat` or `voice`. */
  readonly channel: string;
  /** For calls that were dialled from a phone: what was called, a resource account or a number. */
  readonly called?: string;
}

/**
 * How a new conversation's task is routed: into a queue, or by a classification policy. What is left out: the queue asked
 * for, else the first; the context as labels. A start with what makes no sense is refused with `routing/invalid`.
 */
export interface RouteDecision {
  /** Not beside {@link RouteDecision.classificationPolicyId}. */
  readonly queueId?: string;
  /** One of the server's `classification`: decides about queue, priority and more selectors by the labels. */
  readonly classificationPolicyId?: string;
  /** Where that policy fails or names no queue, and has no fallback queue of its own. Default: the queue asked for, else the first. */
  readonly fallbackQueueId?: string;
  /** From -100 to 100; higher goes first. Default 0. */
  readonly priority?: number;
  readonly labels?: Labels;
  readonly selectors?: readonly Selector[];
}

/** How much the server takes from outside. `false` switches a limit off. */
export interface ServerLimits {
  /**
   * Frames of one agent or of one conversation's customer, over all their pages. Default: 500 at once, 50 a second.
   * Beyond, commands are answered with `command/rate-limited` and `retryAfterMs`, and not carried out.
   */
  readonly commands?: RateLimit | false;
  /** Starts of conversations, of all customers together. Default: 500 at once, 50 a second. Beyond: status 429. */
  readonly starts?: RateLimit | false;
  /** Questions of customers' pages how long the wait is, of all together. Default: 500 at once, 50 a second. Beyond: status 429. */
  readonly estimates?: RateLimit | false;
  /** Conversations that have not ended. Default 10,000. Beyond, a start is answered with status 503. */
  readonly openConversations?: number | false;
}

/** A customer's page asks to be called back at this number. Nothing of it but the ids is to be trusted. */
export interface RequestedCallback {
  /** E.164: `+` and 8 to 15 digits. */
  readonly phone: string;
  readonly conversation: {
    readonly id: string;
    readonly context: Labels;
    readonly customer: ParticipantRecord;
  };
}

export interface ServerOptions {
  /**
   * Tells who signs in, or undefined to turn them away. The request carries the desk's `controlPlane` token as
   * `Authorization: Bearer`.
   */
  readonly authenticate: (request: Request) => AgentIdentity | undefined | Promise<AgentIdentity | undefined>;
  /** At least one; the first serves customers who name none. */
  readonly queues: readonly QueueOptions[];
  /** Decides about a new conversation's queue or classification policy, priority, labels and selectors. */
  readonly route?: (start: StartRequest) => RouteDecision | Promise<RouteDecision>;
  /**
   * Policies that `route` and queues' exception rules can name; `classificationPolicy()` of `onescreen/routing/rules` makes
   * them. One is asked with the queue that the task is in, or goes to where no other is named. While its answer is awaited
   * the customer waits in no queue and has no place; where it fails, is late or makes no sense, `onError` is told, and the
   * task goes to the fallback queue, or stays in the queue that it was in. A server that takes a conversation up asks again
   * only what was not answered.
   */
  readonly classification?: readonly ClassificationPolicy[];
  /** How long the answer of a classification policy is awaited, in milliseconds. Default 5 s. */
  readonly classificationTimeoutMs?: number;
  /**
   * Called with what routing did, in order and each event once, and with what routing knows as it is told. Numbers begin anew
   * with each server; one that takes conversations up tells of their tasks as they are queued again.
   */
  readonly onEvents?: (events: readonly RoutingEvent[], routing: RoutingView) => void;
  /** Reasons that agents may give for being unavailable. */
  readonly reasons?: readonly ReasonCode[];
  /** Where chats live. The first is used unless a start names another. Default: the conversation log. */
  readonly chats?: readonly ChatHost[];
  /** What carries calls. Default: nothing. The first is used unless a start names another. */
  readonly calls?: readonly CallHost[];
  /** What makes meetings that conversations can be taken into; the first does. Default: nothing. */
  readonly meetings?: readonly MeetingHost[];
  /**
   * The vendor's own contacts that an agent's search finds, at most `limit` of them. One that rejects, or takes too long,
   * leaves contacts out. Default: none.
   */
  readonly directory?: (query: DirectoryQuery) => readonly Contact[] | Promise<readonly Contact[]>;
  /**
   * Whether a number that a customer's page names may be called, at the vendor's cost: allow what is known to be the
   * customer's, or was confirmed and is within limits. Default: only the number that the customer called from. Agents may
   * promise a callback to any number.
   */
  readonly allowCallback?: (request: RequestedCallback) => boolean | Promise<boolean>;
  /**
   * Whether anybody may ask how long the wait is before they start anything, as `CustomerClient.estimateWait` does: told
   * whether the queue is open, and an estimate in whole minutes. Default false.
   */
  readonly waitEstimates?: boolean;
  /**
   * How often waiting callers are told how their wait stands, in milliseconds, at least 1 s; only by call hosts that can.
   * Default: never.
   */
  readonly announceEveryMs?: number | false;
  /** Default: this process's memory. */
  readonly store?: ConversationStore;
  /**
   * A secret of at least 32 characters that signs customers' resume tokens. Give every server over one store the same, and
   * customers come back to any of them, also after a restart. Default: one that ends with this process.
   */
  readonly resumeKey?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /**
   * In milliseconds: how long an agent whose link is down keeps open offers (default 5 s) and tasks (default 60 s; also
   * those whose call the agent has lost), and how long after that a page that comes back finds the agent as available as
   * it was (default 15 min).
   */
  readonly grace?: { readonly offersMs?: number; readonly tasksMs?: number; readonly returnMs?: number };
  /** How long a waiting customer's page may be gone before the wait is given up, in milliseconds. Default 10 min. */
  readonly abandonAfterMs?: number;
  readonly limits?: ServerLimits;
  /**
   * How long `authenticate`, `route`, a call of a host or of the store may take, in milliseconds. Default 10 s.
   * Rings and dialled calls take as long as they ring.
   * Then the command that waits for it fails, `retryable`, and the conversation goes on.
   */
  readonly hookTimeoutMs?: number;
  /** Origins of other sites whose pages may call this server, or `*`. Default: none. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Origins, such as `https://crm.example`, to which the `screenPopUrl` of a context may lead: http and https only.
   * Default: none. Others are refused when an agent sets them, and left out, with a line in the log, when a start or a
   * call brings them.
   */
  readonly screenPops?: readonly string[];
  /** Where the server says what it does, in ids and codes; behind `redacting()` of `onescreen/logging`. Default: silent. */
  readonly logger?: Logger;
  /**
   * Given what the vendor's own code threw or rejected with, and what took too long: logs name the kind of an error
   * only, and pages are told neutral words.
   */
  readonly onError?: (error: unknown, context: HookContext) => void;
}

type Unresolved =
  | 'screenPops'
  | 'classification'
  | 'classificationTimeoutMs'
  | 'grace'
  | 'route'
  | 'queues'
  | 'limits'
  | 'hookTimeoutMs'
  | 'onError'
  | 'directory'
  | 'allowCallback'
  | 'resumeKey'
  | 'onEvents';

export interface ResolvedOptions extends Required<Omit<ServerOptions, Unresolved>> {
  readonly queues: ReadonlyMap<string, QueueOptions>;
  readonly defaultQueue: QueueOptions;
  readonly defaultChat: ChatHost;
  readonly grace: { readonly offersMs: number; readonly tasksMs: number; readonly returnMs: number };
  readonly limits: Required<ServerLimits>;
  readonly route: (start: StartRequest) => RouteDecision | Promise<RouteDecision>;
  readonly directory: ServerOptions['directory'];
  readonly allowCallback: ServerOptions['allowCallback'];
  readonly onEvents: ServerOptions['onEvents'];
  readonly hooks: Hooks;
  readonly policies: Policies;
  readonly resume: ResumeKey;
  /** Origins to which screen pops may lead. */
  readonly screenPopSites: ReadonlySet<string>;
}

/** Fills in the defaults. Throws `command/invalid` or `routing/invalid` for what makes no sense. */
export function resolveOptions(options: ServerOptions): ResolvedOptions {
  const {
    queues,
    chats = [hostedChat()],
    calls = [],
    meetings = [],
    grace = {},
    route = () => ({}),
    limits = {},
    screenPops = [],
    directory,
    allowCallback,
    resumeKey,
    onEvents,
    classification = [],
    classificationTimeoutMs,
    ...others
  } = { ...options };
  const { hookTimeoutMs: timeoutMs = hookTimeoutMs, onError = () => {}, ...rest } = others;
  const { clock = systemClock, random = systemRandom } = rest;
  const logger = redacting(rest.logger);
  if (resumeKey !== undefined && resumeKey.length < shortestKey)
    throw refused('resumeKey', `it must have at least ${shortestKey} characters`);
  if (!(timeoutMs > 0)) throw refused('hookTimeoutMs', 'it must be above 0');
  if (typeof others.authenticate !== 'function') throw refused('authenticate', 'authenticate must be a function');
  const defaultQueue = queues?.[0];
  if (defaultQueue === undefined) throw refused('queues', 'queues must have at least one queue');
  const defaultChat = chats[0];
  if (defaultChat === undefined) throw refused('chats', 'there must be at least one chat host');
  if (new Set(chats.map(({ name }) => name)).size < chats.length) throw refused('chats', 'two hosts have one name');
  if (new Set(calls.map(({ name }) => name)).size < calls.length) throw refused('calls', 'two hosts have one name');
  if (new Set(meetings.map(({ name }) => name)).size < meetings.length)
    throw refused('meetings', 'two hosts have one name');
  for (const name of ['commands', 'starts', 'estimates'] as const) {
    const limit = limits[name];
    if (typeof limit === 'object' && !(limit.burst >= 1 && limit.perSecond > 0)) {
      throw refused(`limits.${name}`, 'the burst must be at least 1 and the rate above 0');
    }
  }
  checkInterval('announceEveryMs', rest.announceEveryMs);
  for (const [index, { wrapUp, ringTimeoutMs = 1, parkLimitMs: parkedMs = 1, announceEveryMs }] of queues.entries()) {
    checkInterval(`queues[${index}].announceEveryMs`, announceEveryMs);
    if (!(parkedMs > 0)) throw refused(`queues[${index}].parkLimitMs`, 'it must be above 0');
    if (!(ringTimeoutMs > 0 && ringTimeoutMs <= longestRingMs)) {
      throw refused(`queues[${index}].ringTimeoutMs`, `it must be above 0 and at most ${longestRingMs}`);
    }
    checkWrapUp(`queues[${index}].wrapUp`, wrapUp);
    if (wrapUp?.required === true && (wrapUp.dispositions ?? []).length === 0) {
      throw refused(`queues[${index}].wrapUp.dispositions`, 'a disposition is required and there is none');
    }
  }
  return {
    reasons: [],
    store: memoryStore(),
    abandonAfterMs: 600_000,
    allowedOrigins: [],
    announceEveryMs: false,
    waitEstimates: false,
    ...rest,
    clock,
    random,
    logger,
    resume: new ResumeKey(resumeKey, random),
    screenPopSites: screenPopOrigins(screenPops),
    hooks: new Hooks({ clock, logger, timeoutMs, onError }),
    policies: new Policies({
      classification,
      ...(classificationTimeoutMs !== undefined && { classificationTimeoutMs }),
    }),
    chats,
    calls,
    meetings,
    defaultChat,
    queues: new Map(queues.map((queue) => [queue.id, queue])),
    defaultQueue,
    grace: {
      offersMs: grace.offersMs ?? 5_000,
      tasksMs: grace.tasksMs ?? 60_000,
      returnMs: grace.returnMs ?? 900_000,
    },
    limits: { commands: chosenRate, starts: chosenRate, estimates: chosenRate, openConversations: 10_000, ...limits },
    route,
    directory,
    allowCallback,
    onEvents,
  };
}

function checkInterval(field: string, everyMs: number | false = false): void {
  if (everyMs === false || everyMs >= shortestAnnounceMs) return;
  throw refused(field, `it must be at least ${shortestAnnounceMs}`);
}

function checkWrapUp(field: string, wrapUp: Partial<WrapUpPolicy> = {}): void {
  const { dispositions = [], required = false, limitMs, atLimit, limitDisposition, maxExtensions = 0 } = wrapUp;
  if (limitMs !== undefined && !(limitMs > 0)) throw refused(`${field}.limitMs`, 'it must be above 0');
  if (!(Number.isInteger(maxExtensions) && maxExtensions >= 0))
    throw refused(`${field}.maxExtensions`, 'it must be a whole number, 0 or above');
  if (limitDisposition !== undefined && !dispositions.some(({ code }) => code === limitDisposition))
    throw refused(`${field}.limitDisposition`, 'it is not one of the dispositions');
  if (atLimit !== 'complete') return;
  if (limitMs === undefined)
    throw refused(`${field}.limitMs`, 'wrap-up is to be completed at a limit and there is none');
  if (required && limitDisposition === undefined)
    throw refused(`${field}.limitDisposition`, 'a disposition is required and there is none for the limit');
}

/** Chosen: far above what people do. */
const chosenRate: RateLimit = { burst: 500, perSecond: 50 };

/** What a queue asks of wrap-up, with nothing left open. */
export function wrapUpOf(queue: QueueOptions | undefined): WrapUpPolicy {
  return { dispositions: [], required: false, ...queue?.wrapUp };
}

function refused(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to create server; ${why}`, { field });
}
