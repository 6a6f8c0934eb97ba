import { ContactCenterError, type Cancel } from 'onescreen';
import type { RoutingCommand, RoutingEngine, WorkerChannel } from 'onescreen/routing';
import type { AgentPush, AgentRecord, Availability, PhoneReport } from '../protocol/agent-frames';
import type { Kept } from '../protocol/kept';
import { Agent, defaultCapacity } from './agent';
import { channelOf } from './channel-host';
import type { StoredAgent } from './conversation-store';
import { KnownAgents } from './known-agents';
import type { AgentIdentity, ResolvedOptions } from './options';
import { hasRoom } from './room';
import { recoveryMs, type Session } from './session';
import { TokenBucket } from './token-bucket';

export interface AgentsOptions {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly apply: (command: RoutingCommand) => void;
  /** Takes an assigned task from an agent who cannot go on with it. */
  readonly giveBack: (agent: Agent, taskId: string, reason: string) => void;
  /** The agent is gone for good; what is still being wrapped up must end without it. */
  readonly gone: (agent: Agent, reason: string) => void;
}

/** What an agent wants to be, now and when the work in hand is done. */
type Wanted = Pick<Agent, 'availability' | 'next'>;

/** Who is signed in, whether they want work, and what becomes of their work when their link is down. */
export class Agents {
  readonly #options: ResolvedOptions;
  readonly #engine: RoutingEngine;
  readonly #apply: (command: RoutingCommand) => void;
  readonly #giveBack: AgentsOptions['giveBack'];
  readonly #gone: (agent: Agent, reason: string) => void;
  readonly #agents = new Map<string, Agent>();
  readonly #grace = new Map<string, readonly Cancel[]>();
  /** What those were who vanished, for when they come back. */
  readonly #vanished = new Map<string, Wanted & { readonly until: number }>();
  readonly #known: KnownAgents;

  constructor({ options, engine, apply, giveBack, gone }: AgentsOptions) {
    this.#giveBack = giveBack;
    this.#options = options;
    this.#engine = engine;
    this.#apply = apply;
    this.#gone = gone;
    this.#known = new KnownAgents(options);
  }

  get(id: string): Agent | undefined {
    return this.#agents.get(id);
  }

  /** Everybody who is signed in. */
  all(): Iterable<Agent> {
    return this.#agents.values();
  }

  /** Takes an agent in, or brings what is known of one up to date. */
  admit(identity: AgentIdentity): Agent {
    const { labels = {}, queues, capacity = defaultCapacity } = identity;
    const facts = { labels, queues, capacity };
    const known = this.#agents.get(identity.id);
    if (known !== undefined) {
      if (JSON.stringify(known.identity) !== JSON.stringify(identity)) {
        const channels = this.#channelsOf(identity, known.phone.ready);
        this.#apply({ type: 'update', workerId: identity.id, change: { ...facts, channels } });
        known.identity = identity;
        known.providerRefs = { ...known.providerRefs, ...identity.providerRefs };
      }
      return known;
    }
    const channels = this.#channelsOf(identity, false);
    this.#apply({ type: 'register', worker: { id: identity.id, ...facts, channels } });
    const { clock, limits } = this.#options;
    const agent = new Agent(identity, clock.now(), new TokenBucket(limits.commands, clock));
    this.#agents.set(identity.id, agent);
    return agent;
  }

  /** What the log keeps of an agent who joins. */
  keptOf(agentId: string): NonNullable<Kept['agent']> {
    const { capacity, channels } = this.#agents.get(agentId)?.identity ?? {};
    return { id: agentId, ...(capacity !== undefined && { capacity }), ...(channels !== undefined && { channels }) };
  }

  /** What the store knows of agents: who comes back soon enough wants what they wanted before. */
  recallKnown(known: readonly StoredAgent[]): void {
    const { clock, grace } = this.#options;
    const now = clock.now();
    for (const { id, availability, next, goneAt = now } of known) {
      if (goneAt + grace.returnMs > now) this.#vanished.set(id, { availability, next, until: goneAt + grace.returnMs });
    }
  }

  /** An agent of whom only the log tells so far, with room for one more task over these channels. */
  recall(
    { id, capacity, channels = [] }: NonNullable<Kept['agent']>,
    displayName: string,
    more: readonly string[],
  ): Agent {
    const known = this.#agents.get(id);
    const consumed = this.#engine.worker(id)?.consumed ?? 0;
    // No limit to one channel: what the agent has now was within it.
    const costs = new Map((known?.identity.channels ?? channels).map(({ channel, cost }) => [channel, cost]));
    for (const channel of more) if (!costs.has(channel)) costs.set(channel, 1);
    const needed = more.reduce((sum, channel) => sum + (costs.get(channel) ?? 1), consumed);
    const identity: AgentIdentity = {
      ...{ id, displayName, queues: [] },
      capacity: Math.max(known?.identity.capacity ?? capacity ?? defaultCapacity, needed),
      channels: [...costs].map(([channel, cost]) => ({ channel, cost })),
    };
    const facts = { queues: [], capacity: identity.capacity ?? needed, channels: identity.channels ?? [] };
    if (known !== undefined) {
      known.identity = identity;
      this.#apply({ type: 'update', workerId: id, change: facts });
      return known;
    }
    this.#apply({ type: 'register', worker: { id, ...facts } });
    const { clock, limits } = this.#options;
    const agent = new Agent(identity, clock.now(), new TokenBucket(limits.commands, clock));
    this.#agents.set(id, agent);
    return agent;
  }

  /** From now on those who were taken up with their work have as long to come back as if their links had just gone down. */
  awaitRecalled(): void {
    const { clock, grace } = this.#options;
    for (const agent of this.#agents.values()) {
      if (agent.connected || this.#grace.has(agent.id)) continue;
      const { availability, next } = this.#vanished.get(agent.id) ?? agent;
      agent.gone = { since: clock.now(), availability, next };
      this.#grace.set(agent.id, [
        clock.schedule(grace.tasksMs, () => this.#requeueAll(agent, 'agent-disconnected')),
        clock.schedule(Math.max(recoveryMs, grace.tasksMs), () => {
          if (this.#agents.get(agent.id) === agent) this.#remove(agent, 'agent-disconnected');
        }),
      ]);
    }
  }

  record(agent: Agent): AgentRecord {
    const { chats, calls, meetings, reasons } = this.#options;
    const worker = this.#engine.worker(agent.id);
    const kinds = new Set([...chats, ...calls, ...meetings].map(channelOf));
    const channels = [...kinds].map((kind) => [kind, worker !== undefined && hasRoom(worker, kind)] as const);
    return agent.record(worker?.consumed ?? 0, { reasons, channels: Object.fromEntries(channels) });
  }

  /** Tells all pages of the agent how the agent stands. */
  tell(agent: Agent): void {
    agent.push({ type: 'agent', agent: this.record(agent) });
  }

  attached(agent: Agent): void {
    for (const cancel of this.#grace.get(agent.id) ?? []) cancel();
    this.#grace.delete(agent.id);
    this.#syncPhone(agent);
    this.#sync(agent);
    this.#known.keep(agent);
  }

  /** A page has come back, or a new one is here: who had vanished is what it was before. Before the page is told. */
  returned(agent: Agent): boolean {
    const before = this.#vanished.get(agent.id);
    this.#vanished.delete(agent.id);
    if (before === undefined || before.until <= this.#options.clock.now()) return false;
    // What was to come after the work in hand comes when that is done, wherever it was done.
    if (before.next === undefined || agent.busy) this.#become(agent, before.availability, before.next);
    else this.#become(agent, before.next);
    this.#options.logger.info('agent-returned', { agentId: agent.id });
    return true;
  }

  /** What a page says of the agent's phone. */
  phoneReported(agent: Agent, report: PhoneReport, session: Session<AgentPush>): void {
    agent.phone.reported(report, session);
    this.#syncPhone(agent);
  }

  /** A ring did not get through to the agent's phone. */
  unreachable(agent: Agent): void {
    agent.phone.unreachable();
    this.#syncPhone(agent);
  }

  /** The agent let its phone ring. */
  unanswered(agent: Agent): void {
    if (!agent.connected) this.#remember(agent);
    if (agent.availability.kind === 'available') this.#become(agent, { kind: 'unavailable', reason: 'ring-no-answer' });
    this.#revokeOffers(agent);
    this.tell(agent);
  }

  /** One of the agent's links is down. With the last of them offers stop at once; the rest follows after its grace. */
  detached(agent: Agent): void {
    if (this.#agents.get(agent.id) === agent) this.#syncPhone(agent);
    if (agent.connected || this.#agents.get(agent.id) !== agent || this.#grace.has(agent.id)) return;
    const { clock, grace, logger } = this.#options;
    agent.gone = { since: clock.now(), availability: agent.availability, next: agent.next };
    logger.info('agent-disconnected', { agentId: agent.id });
    this.#sync(agent, 'agent-disconnected');
    this.#known.keep(agent);
    this.#grace.set(agent.id, [
      clock.schedule(grace.offersMs, () => {
        if (agent.offers.size > 0) this.#apply({ type: 'revoke', workerId: agent.id, reason: 'agent-disconnected' });
      }),
      clock.schedule(grace.tasksMs, () => this.#requeueAll(agent, 'agent-disconnected')),
    ]);
  }

  /** A page has been gone for too long. With the last of them the agent is signed out. */
  dropped(agent: Agent, session: Session<AgentPush>): void {
    agent.sessions.delete(session.id);
    session.close();
    if (agent.sessions.size === 0 && this.#agents.get(agent.id) === agent) this.#remove(agent, 'agent-disconnected');
  }

  setAvailability(
    agent: Agent,
    availability: Availability,
    whenBusy: 'now' | 'after-current',
  ): { readonly status: 'updated' | 'queued'; readonly agent: AgentRecord } {
    const { reasons } = this.#options;
    if (availability.kind === 'unavailable' && availability.reason !== undefined && reasons.length > 0) {
      if (!reasons.some(({ code }) => code === availability.reason)) {
        throw new ContactCenterError('command/invalid', 'unable to set availability; there is no such reason', {
          field: 'availability.reason',
        });
      }
    }
    this.#vanished.delete(agent.id);
    const queued = whenBusy === 'after-current' && agent.busy;
    if (queued) {
      agent.next = availability;
      this.#sync(agent);
      this.#known.keep(agent);
    } else {
      this.#become(agent, availability);
      if (availability.kind === 'unavailable') this.#revokeOffers(agent);
    }
    this.tell(agent);
    return { status: queued ? 'queued' : 'updated', agent: this.record(agent) };
  }

  clearNext(agent: Agent): AgentRecord {
    agent.next = undefined;
    this.#sync(agent);
    this.#known.keep(agent);
    this.tell(agent);
    return this.record(agent);
  }

  /** The agent let an offer expire. */
  expired(agent: Agent): void {
    if (!agent.connected) this.#remember(agent);
    this.#become(agent, { kind: 'unavailable', reason: 'offer-expired' });
    this.tell(agent);
  }

  /** The agent's work has changed; what waited for its end happens when it has ended. */
  workChanged(agent: Agent): void {
    if (!agent.busy && agent.next !== undefined) this.#become(agent, agent.next);
    this.tell(agent);
    if (agent.leaving !== undefined && !agent.busy) this.#signOut(agent, agent.leaving);
  }

  /** Signs the agent out: now, giving back what is in hand, or once the work in hand is done. */
  signOut(agent: Agent, reason: string, drain: boolean): void {
    agent.leaving = reason;
    this.#sync(agent);
    this.#revokeOffers(agent);
    if (drain && agent.busy) return this.tell(agent);
    this.#signOut(agent, reason);
  }

  close(): void {
    for (const cancels of this.#grace.values()) for (const cancel of cancels) cancel();
    this.#grace.clear();
    this.#vanished.clear();
    for (const agent of this.#agents.values()) for (const session of agent.sessions.values()) session.close();
    this.#agents.clear();
  }

  #become(agent: Agent, availability: Availability, next?: Availability): void {
    agent.availability = availability;
    agent.next = next;
    agent.since = this.#options.clock.now();
    this.#sync(agent);
    this.#known.keep(agent);
  }

  /** Calls are offered only where a phone is ready for them. */
  #channelsOf({ channels }: AgentIdentity, phoneReady: boolean): readonly WorkerChannel[] {
    const { calls, meetings } = this.#options;
    const carried = new Set<string>(calls.map(({ channel }) => channel));
    const usual = ['chat', ...carried, ...new Set(meetings.map(({ channel }) => channel))];
    const all = channels ?? usual.map((channel) => ({ channel, cost: 1 }));
    return phoneReady ? all : all.filter(({ channel }) => !carried.has(channel));
  }

  #syncPhone(agent: Agent): void {
    const phone = JSON.stringify(agent.phone.report);
    if (phone === agent.phoneTold) return;
    agent.phoneTold = phone;
    if (this.#options.calls.length > 0) {
      const channels = this.#channelsOf(agent.identity, agent.phone.ready);
      this.#apply({ type: 'update', workerId: agent.id, change: { channels }, reason: 'phone-not-ready' });
    }
    this.tell(agent);
  }

  // Open offers stay; whoever wants them taken back says so.
  #sync(agent: Agent, reason?: string): void {
    const available = agent.takesOffers;
    if (this.#engine.worker(agent.id)?.available === available) return;
    this.#apply({
      type: 'setAvailable',
      workerId: agent.id,
      available,
      keepOffers: true,
      ...(reason !== undefined && { reason }),
    });
  }

  #revokeOffers(agent: Agent): void {
    if (agent.offers.size > 0) this.#apply({ type: 'revoke', workerId: agent.id, reason: 'agent-unavailable' });
  }

  #requeueAll(agent: Agent, reason: string): void {
    for (const [taskId, status] of [...agent.tasks]) {
      if (status === 'assigned') this.#giveBack(agent, taskId, reason);
    }
    // Who was only to finish that is signed out by now.
    if (this.#agents.get(agent.id) !== agent) return;
    this.#remember(agent);
    if (agent.availability.kind === 'available') this.#become(agent, { kind: 'unavailable', reason });
    this.tell(agent);
  }

  // What it was when it vanished, not what became of it since.
  #remember(agent: Agent): void {
    const { id, leaving, gone } = agent;
    if (leaving !== undefined || gone === undefined || this.#vanished.has(id)) return;
    const { clock, grace } = this.#options;
    for (const [other, { until }] of this.#vanished) if (until <= clock.now()) this.#vanished.delete(other);
    this.#vanished.set(id, { availability: gone.availability, next: gone.next, until: gone.since + grace.returnMs });
  }

  #signOut(agent: Agent, reason: string): void {
    if (this.#agents.get(agent.id) !== agent) return;
    this.#vanished.delete(agent.id);
    this.#known.forget(agent.id);
    const sessions = [...agent.sessions.values()];
    agent.sessions.clear();
    const farewell = () => {
      for (const session of sessions) {
        session.push({ type: 'signed-out', reason });
        session.close();
      }
    };
    // A page that is told leaves, and would never learn what became of its commands.
    if (agent.commands.size === 0) farewell();
    else void Promise.allSettled(agent.commands).then(farewell);
    // Pages of customers are told why an agent has left: not in the agent's own words.
    this.#remove(agent, 'signed-out');
  }

  #remove(agent: Agent, reason: string): void {
    for (const cancel of this.#grace.get(agent.id) ?? []) cancel();
    this.#grace.delete(agent.id);
    if (reason === 'agent-disconnected') this.#remember(agent);
    this.#agents.delete(agent.id);
    this.#revokeOffers(agent);
    for (const [taskId, status] of [...agent.tasks]) {
      if (status === 'assigned') this.#giveBack(agent, taskId, reason);
    }
    this.#gone(agent, reason);
    this.#apply({ type: 'deregister', workerId: agent.id, reason });
    // Not the reason: agents may write what they like.
    this.#options.logger.info('agent-signed-out', { agentId: agent.id });
  }
}
