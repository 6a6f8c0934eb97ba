import { ContactCenterError } from 'onescreen';
import {
  createRouter,
  createRoutingEngine,
  type RoutingCommand,
  type RoutingEvent,
  type TaskExplanation,
} from 'onescreen/routing';
import { Agents } from './agents';
import { Announcements } from './announcements';
import { Callbacks } from './callbacks';
import { Calls } from './calls';
import { Consults } from './consults/consults';
import { ClassificationFaults } from './classification-faults';
import { Conversations } from './conversations';
import { connectCustomer } from './customer-door';
import { Customers } from './customers';
import { connectDesk } from './desk-door';
import type { ConnectRequest, ServerConnection } from './door';
import { Escalation } from './escalation/escalation';
import { MeetingReports } from './escalation/meeting-reports';
import { createHttpHandler, ownPaths } from './http-handler';
import { eventsTeller } from './events-teller';
import { errorFields } from 'onescreen/logging';
import { LostCalls } from './lost-calls';
import { resolveOptions, type ServerOptions } from './options';
import { Parking } from './parking';
import { queueFigures, type QueueFigures } from './queue-figures';
import { CarriedOut } from './restart/carried-out';
import { TakeUp } from './restart/take-up';
import { SignIn } from './sign-in';
import { StartKeys } from './start-keys';
import { TaskBoard } from './task-board';
import { TaskEvents } from './task-events';
import { Work } from './work';
import { WrapUps } from './wrap-ups';

/** The control plane itself, without any network: frames and requests in, frames and responses out. */
export interface ContactCenterServer {
  /**
   * Lets a page in. Rejects with `session/unauthorized` when it is turned away, `session/unavailable` when the
   * vendor's sign-in fails, and `session/closed` after `close`.
   */
  connect(request: ConnectRequest): Promise<ServerConnection>;
  /** Answers an HTTP request: `/conversations`, `/tokens`, `/health`, and what services post to hosts of calls. */
  handle(request: Request): Promise<Response>;
  /** Paths that `handle` answers, with everything below them. */
  readonly paths: readonly string[];
  /**
   * Resolves once the server has taken up the conversations that its store holds and that have not ended; `connect` and
   * `handle` wait for it. Rejects with `session/closed` when the server is closed before.
   */
  readonly ready: Promise<void>;
  /** Why a task is where it is, and what speaks against each agent. Throws `task/gone`. */
  explain(taskId: string): TaskExplanation;
  /** Why tasks wait that nobody has yet, by priority and age; at most `limit` of them (default 20). */
  waiting(query?: { readonly queueId?: string; readonly limit?: number }): readonly TaskExplanation[];
  /** How each queue stands, in the order of the options. */
  queues(): readonly QueueFigures[];
  /** Origins of other sites whose pages may call. */
  readonly allowedOrigins: readonly string[];
  /** Ends all that runs; idempotent. What is asked for after it is refused with `session/closed`. */
  close(): Promise<void>;
}

/** Makes a control plane. Throws `command/invalid` or `routing/invalid` for options that make no sense. */
export function createServer(options: ServerOptions): ContactCenterServer {
  const resolved = resolveOptions(options);
  const { clock } = resolved;
  // A page may still know an offer of the server before this one.
  const engine = createRoutingEngine({
    queues: options.queues,
    rules: resolved.policies.rules,
    offerPrefix: `${resolved.random.id()}-`,
  });

  const tellVendor = eventsTeller(resolved);
  const faults = new ClassificationFaults();
  // What follows from an event may tell the engine more; the events of that come after those already here.
  const waiting: RoutingEvent[] = [];
  let handling = false;
  /** The task of which nothing that is said follows now. */
  let quiet: string | undefined;
  const onEvents = (events: readonly RoutingEvent[]) => {
    faults.noted(events);
    tellVendor(events, engine);
    waiting.push(...events.filter((event) => quiet === undefined || !('taskId' in event) || event.taskId !== quiet));
    if (handling) return;
    handling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        customers.routed(next);
        taskEvents.handle(next);
      }
    } finally {
      handling = false;
    }
  };
  const router = createRouter({
    engine,
    clock,
    onEvents,
    onStrategyFailed({ error, ...ids }) {
      resolved.logger.error('strategy-failed', { ...ids, ...errorFields(error) });
      resolved.hooks.report(error, { hook: 'strategy', ...ids });
    },
    onClassificationFailed({ error, ...ids }) {
      // What is not awaited any more has failed already.
      if (engine.classification(ids.taskId) !== undefined) faults.threw(ids.taskId);
      resolved.logger.error('classification-failed', { ...ids, reason: 'threw', ...errorFields(error) });
      resolved.hooks.report(error, { hook: 'classification', ...ids });
    },
  });
  const apply = (command: RoutingCommand) => {
    router.apply(command);
  };

  const agents = new Agents({
    ...{ options: resolved, engine, apply },
    giveBack(agent, taskId, reason) {
      const task = board.task(taskId);
      if (task !== undefined) consults.events.giveBack(task, reason, [agent.id]);
    },
    gone: (agent, reason) => wrapUps.release(agent, reason),
  });
  const board: TaskBoard = new TaskBoard({
    ...{ options: resolved, apply, agents },
    callEnded(conversation, reason) {
      consults.events.channelEnded(conversation, reason);
      lost.over(board.tasksOf(conversation));
    },
  });
  const taskEvents: TaskEvents = new TaskEvents({
    options: resolved,
    engine,
    agents,
    board,
    faults,
    queueChanged: (queueId) => customers.queueChanged(queueId),
    finished: (conversation) => conversations.finished(conversation),
    cancelled: (conversation, reason) =>
      work.letGo(conversation, reason, () => board.taskOf(conversation) === undefined),
    customerGone: (conversation) => {
      const by = { kind: 'customer', id: conversation.customer.id } as const;
      // A ring may be wrong about that; nobody is left behind in a call that nobody looks after.
      return work.callEnded(conversation, by, 'customer-left', false);
    },
    joins: (task) => callbacks.opensChannel(task),
    joined: ({ conversation }) => calls.agentJoined(conversation),
    asked: () => consults.events,
    changed: (task) => {
      for (const observer of [parking, callbacks, announcements, wrapUps]) observer.taskChanged(task);
    },
  });
  const wrapUps = new WrapUps({ options: resolved, board });
  const work: Work = new Work(resolved, board, taskEvents);
  const customers: Customers = new Customers({
    ...{ options: resolved, engine, board, work },
    callbackDueAt: (conversation) => callbacks.dueAt(conversation),
  });
  const lost = new LostCalls({
    ...{ options: resolved, agents, board, work },
    giveBack: (task, reason) => consults.events.giveBack(task, reason, []),
  });
  const calls: Calls = new Calls({
    options: resolved,
    ready: () => ready.catch(() => {}),
    board,
    work,
    lost,
    conversations: () => conversations,
    consults: () => consults,
    callbackWanted: (conversation, phone) => callbacks.wanted(conversation, phone),
    added: () => escalation,
  });
  const conversations: Conversations = new Conversations({
    ...{ options: resolved, agents, board, work, customers, calls },
    appended: (entries) => escalation.appended(entries),
    isPromised: (conversation) => callbacks.dueAt(conversation) !== undefined,
    stored: (conversationId) => takeUp.one(conversationId),
  });
  const consults: Consults = new Consults({
    options: resolved,
    engine,
    agents,
    board,
    work,
    customers,
    lost: () => lost,
  });
  const shared = { options: resolved, engine, agents, board, work, calls, consults };
  const parking: Parking = new Parking(shared);
  const callbacks: Callbacks = new Callbacks({ ...shared, conversations: () => conversations });
  const announcements: Announcements = new Announcements(shared);
  const escalation: Escalation = new Escalation({ ...shared, lost, callbacks, conversations, customers });
  const meetings = new MeetingReports({
    ...{ options: resolved, agents, board, work },
    customerIn: (conversation, channelId) => escalation.customerIn(conversation, channelId),
  });
  const signIn = new SignIn(resolved);
  let closed = false;
  const requireRunning = (action: string) => {
    if (closed) throw new ContactCenterError('session/closed', `unable to ${action}; the server is closed`);
  };
  const people = { signIn, agents, customers };
  const doings = {
    board,
    work,
    events: taskEvents,
    calls,
    lost,
    consults,
    conversations,
    parking,
    callbacks,
    wrapUps,
    escalation,
    meetings,
    starts: new StartKeys(resolved.clock, resolved.resume),
    carriedOut: new CarriedOut(),
  };
  const takeUp: TakeUp = new TakeUp({
    ...{ options: resolved, ...people, ...doings, conversations: () => conversations },
    quietly(taskId, tell) {
      quiet = taskId;
      try {
        tell();
      } finally {
        quiet = undefined;
      }
    },
  });
  const parts = { options: resolved, engine, ...people, ...doings, requireRunning };
  const handleRequest = createHttpHandler(parts);
  const ready = takeUp.all();
  ready.catch(() => {}); // Whoever waits for it is told.
  try {
    calls.start();
  } catch (error) {
    takeUp.close();
    throw error;
  }

  return {
    allowedOrigins: resolved.allowedOrigins,
    async connect(request) {
      requireRunning('connect');
      await ready;
      if (request.door === 'agents') return connectDesk(parts, request);
      if (request.door === 'customers') return connectCustomer(parts, request);
      throw new ContactCenterError('command/invalid', 'unable to connect; there is no such door', { field: 'door' });
    },
    async handle(request) {
      await ready;
      return handleRequest(request);
    },
    ready,
    paths: [...ownPaths, ...resolved.calls.flatMap(({ webhooks }) => webhooks?.path ?? [])],
    explain: (taskId) => engine.explain(taskId, clock.now()),
    waiting: ({ queueId, limit = 20 } = {}) =>
      engine
        .tasks()
        .filter((task) => task.workerId === undefined && (queueId === undefined || task.queueId === queueId))
        .sort((a, b) => b.priority - a.priority || a.virtualStartAt - b.virtualStartAt)
        .slice(0, limit)
        .map(({ id }) => engine.explain(id, clock.now())),
    queues: () => queueFigures(parts),
    async close() {
      if (closed) return;
      closed = true;
      takeUp.close();
      calls.close();
      lost.close();
      for (const one of [work, consults, parking, callbacks, wrapUps, announcements, escalation]) one.close();
      resolved.hooks.close();
      router.close();
      agents.close();
      customers.close();
    },
  };
}
