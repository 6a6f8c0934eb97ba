import { ContactCenterError } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { AgentCommands, AgentPush } from '../protocol/agent-frames';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { callCommands } from './call-commands';
import type { Callbacks } from './callbacks';
import type { Calls } from './calls';
import type { SignIn } from './sign-in';
import { receiveCommand, type Handlers } from './command-door';
import { agentCommands } from './command-schemas';
import type { Consults } from './consults/consults';
import { requirePatch, requireScreenPop } from './context';
import type { Conversations } from './conversations';
import type { ConnectRequest, ServerConnection } from './door';
import type { Escalation } from './escalation/escalation';
import type { MeetingReports } from './escalation/meeting-reports';
import { searchDirectory } from './directory';
import { messageCommands, notThere, type Seat } from './messages';
import type { AgentIdentity, ResolvedOptions } from './options';
import type { Parking } from './parking';
import { previousConversations } from './previous-conversations';
import type { CarriedOut } from './restart/carried-out';
import { makeRoom, recoveryMs, Session } from './session';
import type { LostCalls } from './lost-calls';
import type { TaskBoard } from './task-board';
import type { TaskEvents } from './task-events';
import type { Work } from './work';
import type { WrapUps } from './wrap-ups';

interface DeskParts {
  readonly options: ResolvedOptions;
  readonly signIn: SignIn;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly events: TaskEvents;
  readonly calls: Calls;
  readonly lost: LostCalls;
  readonly consults: Consults;
  readonly conversations: Conversations;
  readonly engine: RoutingEngine;
  readonly parking: Parking;
  readonly callbacks: Callbacks;
  readonly wrapUps: WrapUps;
  readonly escalation: Escalation;
  readonly meetings: MeetingReports;
  readonly carriedOut: CarriedOut;
  /** Throws `session/closed` once the server is. */
  readonly requireRunning: (action: string) => void;
}

/** Lets a desk in. Rejects with `session/unauthorized` for one whom the vendor does not know. */
export async function connectDesk(parts: DeskParts, request: ConnectRequest): Promise<ServerConnection> {
  const { options, signIn, agents } = parts;
  const { clock, random, logger, grace } = options;
  const { identity, providerRefs } = await signIn.desk(request.credentials['token']);
  parts.requireRunning('connect');
  const agent = admit(parts, identity);
  agent.providerRefs = { ...agent.providerRefs, ...providerRefs };
  const known = request.session === undefined ? undefined : agent.sessions.get(request.session);
  if (known === undefined) makeRoom(agent.sessions, (oldest) => agents.dropped(agent, oldest));
  const session = known ?? new Session<AgentPush>(random.id(), request.send);
  const generation = session.attach(request.send);
  const returned = agents.returned(agent);
  const recovered = known !== undefined && request.snapshot !== true;
  if (known === undefined) agent.leaving = undefined;
  if (!recovered) session.push(snapshotOf(parts, agent));
  agent.sessions.set(session.id, session);
  agents.attached(agent);
  if (returned) agents.tell(agent);
  logger.info('agent-connected', { agentId: agent.id, session: session.id, recovered });

  const handlers = deskCommands(parts, agent, session);
  const guard = () => {
    parts.requireRunning('carry out command');
    if (agents.get(agent.id) === agent) return;
    throw new ContactCenterError('session/signed-out', 'unable to carry out command; the agent has signed out');
  };
  const { answers, frames } = agent;
  const who = { agentId: agent.id };
  const { carriedOut } = parts;
  const door = { schemas: agentCommands, handlers, answers, frames, guard, logger, who, carriedOut };
  return {
    session: session.id,
    recovered,
    receive(frame) {
      let answered = () => {};
      const underWay = new Promise<void>((resolve) => (answered = resolve));
      agent.commands.add(underWay);
      void receiveCommand(frame, door).then((answer) => {
        if (answer !== undefined) session.answer(answer);
        agent.commands.delete(underWay);
        answered();
      });
    },
    disconnected(reason) {
      const afterMs = Math.max(recoveryMs, grace.tasksMs);
      const drop = { clock, afterMs, run: () => agents.dropped(agent, session) };
      if (!session.detach(generation, drop)) return;
      logger.info('agent-link-down', { agentId: agent.id, session: session.id, reason });
      agents.detached(agent);
    },
  };
}

function admit({ agents, signIn }: DeskParts, identity: AgentIdentity): Agent {
  try {
    return agents.admit(identity);
  } catch (error) {
    throw signIn.invalid(identity.id, error);
  }
}

function snapshotOf({ agents, board, work, options, parking, callbacks, wrapUps }: DeskParts, agent: Agent): AgentPush {
  const conversations = work.conversationsOf(agent).flatMap((conversation) => {
    const self = conversation.seatOf(agent.id);
    return self === undefined ? [] : [conversation.recordForAgent(self)];
  });
  const expected = [...agent.expected.values()];
  const parked = parking.listFor(agent);
  const promised = callbacks.listFor(agent);
  const drafts = wrapUps.draftsOf(agent);
  return {
    type: 'snapshot',
    agent: agents.record(agent),
    offers: board.offersTo(agent),
    conversations,
    ...(expected.length > 0 && { expected }),
    ...(parked.length > 0 && { parked }),
    ...(promised.length > 0 && { callbacks: promised }),
    ...(drafts !== undefined && { drafts }),
    at: options.clock.now(),
  };
}

const done: Readonly<Record<string, never>> = {};

function deskCommands(parts: DeskParts, agent: Agent, session: Session<AgentPush>): Handlers<AgentCommands> {
  const { options, agents, work, consults, conversations, parking, callbacks, wrapUps, escalation, meetings } = parts;
  // Who has given the conversation away still sees it, and can write notes.
  const seat = (conversationId: string): Seat => {
    const conversation = conversations.get(conversationId);
    const participantId = conversation?.seatOf(agent.id);
    if (conversation === undefined || participantId === undefined) throw notThere();
    return { conversation, participantId };
  };
  const calls = callCommands(parts, agent);
  const note = async (conversationId: string, fact: Parameters<Seat['conversation']['append']>[1]) => {
    const { conversation } = seat(conversationId);
    await conversation.log.inTurn(() => conversation.append(conversation.actor(agent.id), fact));
    return done;
  };
  return {
    ...messageCommands({
      actor: ({ conversation }) => conversation.actor(agent.id),
      seat,
      mayUse: () => true,
      tellOthers: (from, push) => conversations.tellOthers(from, push),
      visible: (entries) => entries,
      clock: options.clock,
      random: options.random,
    }),
    'availability/set': ({ availability, whenBusy }) => agents.setAvailability(agent, availability, whenBusy),
    'availability/clear-next': () => ({ agent: agents.clearNext(agent) }),
    'offer/accept': ({ offerId }) => {
      if (!agent.expected.has(offerId)) agent.phone.wantedAt(session);
      return work.accept(agent, offerId);
    },
    'offer/decline': ({ offerId, ...details }) => {
      work.decline(agent, offerId, details);
      return done;
    },
    'task/end': async ({ taskId }) => {
      await consults.end(agent, taskId);
      return done;
    },
    'task/requeue': async (args) => {
      await consults.requeue(agent, args);
      return done;
    },
    'wrap-up/save': (args) => {
      requireScreenPop(args.labels, options.screenPopSites, { action: 'save wrap-up', field: 'labels' });
      wrapUps.save(agent, session, args);
      return done;
    },
    'wrap-up/extend': ({ taskId }) => wrapUps.extend(agent, taskId),
    'wrap-up/complete': async (args) => {
      requireScreenPop(args.labels, options.screenPopSites, { action: 'complete wrap-up', field: 'labels' });
      await wrapUps.complete(agent, args);
      return done;
    },
    'phone/report': (report) => {
      agents.phoneReported(agent, report, session);
      return done;
    },
    'task/transfer': (args) => {
      requireScreenPop(args.labels, options.screenPopSites, { action: 'transfer task', field: 'labels' });
      return consults.transfer(agent, args);
    },
    'consult/start': (args) => consults.start(agent, args),
    'consult/act': async (args) => {
      await consults.act(agent, args);
      return done;
    },
    'task/escalate': (args) => {
      agent.phone.wantedAt(session);
      return escalation.escalate(agent, args);
    },
    'channel/invite': (args) => escalation.invite(agent, args),
    'invitation/withdraw': async (args) => {
      await escalation.withdraw(agent, args);
      return done;
    },
    'channel/end': async (args) => {
      await escalation.end(agent, args);
      return done;
    },
    'meeting/report': async ({ conversationId, channelId, report }) => {
      const conversation = conversations.get(conversationId);
      if (conversation?.participantOf(agent.id) === undefined) throw notThere();
      await meetings.told(conversation, { by: agent, channelId, report });
      return done;
    },
    'conversation/previous': ({ conversationId, ...page }) => {
      const isOpen = (id: string) => conversations.isOpen(id);
      return previousConversations({ ...options, isOpen }, seat(conversationId).conversation, page);
    },
    'task/park': async (args) => {
      await parking.park(agent, args);
      return done;
    },
    'parked/take': ({ taskId }) => {
      agent.phone.wantedAt(session);
      return parking.take(agent, taskId);
    },
    'callback/schedule': (args) => callbacks.schedule(agent, args),
    'callback/take': ({ callbackId }) => {
      agent.phone.wantedAt(session);
      return callbacks.take(agent, callbackId);
    },
    'callback/cancel': async ({ callbackId }) => {
      await callbacks.cancel(agent, callbackId);
      return done;
    },
    'directory/search': async (query) => ({ entries: await searchDirectory(parts, agent, query) }),
    ...calls,
    'call/dial': (args) => {
      requireScreenPop(args.context, options.screenPopSites, { action: 'call', field: 'context' });
      agent.phone.wantedAt(session);
      return calls['call/dial'](args);
    },
    'call/rejoin': (reference) => {
      agent.phone.wantedAt(session);
      return calls['call/rejoin'](reference);
    },
    'context/set': async ({ conversationId, patch }) => {
      const { conversation } = seat(conversationId);
      await conversation.log.inTurn(async () => {
        requirePatch(conversation.context, patch, options.screenPopSites);
        await conversation.append(conversation.actor(agent.id), { type: 'context-changed', patch });
      });
      return done;
    },
    'note/add': ({ conversationId, text }) => note(conversationId, { type: 'note', text }),
    'session/sign-out': ({ reason = 'signed-out', drain = false }) => {
      agents.signOut(agent, reason, drain);
      return done;
    },
  };
}
