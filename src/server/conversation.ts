import { ContactCenterError, type Clock, type Labels, type Random } from 'onescreen';
import type { ConversationRecord } from '../protocol/frames';
import type { Actor, ChannelChange, LogEntry, LogFact, ParticipantRecord } from '../protocol/log-entry';
import type { MeetingChange } from '../protocol/meeting-report';
import { Answers } from './answers';
import type { ChannelHost } from './channel-host';
import type { HostedChannel, ProviderRefs } from './chat-host';
import { ConversationLog } from './conversation-log';
import type { ConversationStore } from './conversation-store';
import { customerView } from './customer-view';
import type { Hooks } from './hooks';
import { ResumeTokens } from './resume-token';
import type { TokenBucket } from './token-bucket';

/** Who wrote a message, and under which of the writer's own ids. */
export interface KnownMessage {
  readonly from: string;
  readonly seq: number;
  readonly at: number;
  readonly deleted: boolean;
}

/** A conversation's one channel, with the host that serves it. */
export interface OpenChannel extends HostedChannel {
  readonly host: ChannelHost;
  readonly channel: string;
  /** True as long as the host has not heard of it: a call that an agent is about to make. */
  readonly planned?: boolean;
}

/** One customer's matter, as the server holds it in memory: its log and what follows from it. */
export class Conversation {
  readonly id: string;
  readonly log: ConversationLog;
  readonly resume = new ResumeTokens();
  /** Answers given to the customer's commands. */
  readonly answers = new Answers();
  /** Counts the frames of the customer. */
  readonly frames: TokenBucket;
  readonly #random: Random;
  readonly #present = new Map<string, ParticipantRecord>();
  /** Participant ids of agents, kept when they leave, so that they come back as the same. */
  readonly #agentParticipants = new Map<string, string>();
  /** Agents who have given the conversation away and see it until their wrap-up has ended. */
  readonly #watching = new Set<string>();
  /** Participants whom the customer does not hear, and is not told of. */
  readonly #concealed = new Set<string>();
  /** What was said of them, by number. */
  readonly #hidden = new Map<number, LogEntry>();
  readonly #messages = new Map<string, KnownMessage>();
  readonly #byClientId = new Map<string, string>();
  /** Seq of the newest message that each participant has seen. */
  readonly #readUpTo = new Map<string, number>();
  #customer: ParticipantRecord;
  #context: Labels;
  #channel: OpenChannel | undefined;
  #closedBecause: string | undefined;
  #held = false;
  #recording: 'off' | 'on' | 'paused' = 'off';

  constructor(options: {
    readonly id: string;
    readonly customer: ParticipantRecord;
    readonly context: Labels;
    readonly store: ConversationStore;
    readonly clock: Clock;
    readonly hooks: Hooks;
    readonly random: Random;
    readonly frames: TokenBucket;
    /** `agentIds` took part until now; who joins gets the whole conversation instead. */
    readonly appended: (conversation: Conversation, entries: readonly LogEntry[], agentIds: readonly string[]) => void;
  }) {
    this.id = options.id;
    this.frames = options.frames;
    this.#random = options.random;
    this.#customer = options.customer;
    this.#context = options.context;
    this.log = new ConversationLog({
      conversationId: options.id,
      store: options.store,
      clock: options.clock,
      hooks: options.hooks,
      appended: (entries) => {
        const agentIds = [...new Set([...this.agentIds, ...this.#watching])];
        for (const entry of entries) this.#fold(entry);
        options.appended(this, entries, agentIds);
      },
    });
  }

  get customer(): ParticipantRecord {
    return this.#customer;
  }

  get context(): Labels {
    return this.#context;
  }

  /** The channel while it is open. */
  get channel(): OpenChannel | undefined {
    return this.#closedBecause === undefined ? this.#channel : undefined;
  }

  /** The channel, open or closed, once there is one. */
  get lastChannel(): OpenChannel | undefined {
    return this.#channel;
  }

  /** Why the channel was closed, once it is. */
  get closedBecause(): string | undefined {
    return this.#closedBecause;
  }

  /** What can be said of the call as it is, among what may change of it. */
  is(change: ChannelChange): boolean {
    switch (change) {
      case 'held':
      case 'resumed':
        return this.#held === (change === 'held');
      case 'recording-started':
        return this.#recording !== 'off';
      default:
        return this.#recording === recordingAfter(change);
    }
  }

  /** Display names of the agents who talk to the customer. */
  get agentNames(): readonly string[] {
    return [...this.#present.values()]
      .filter(({ id, role }) => role === 'agent' && !this.#concealed.has(id))
      .map(({ displayName }) => displayName);
  }

  /** People from outside who take part now. */
  get experts(): readonly ParticipantRecord[] {
    return [...this.#present.values()].filter(({ role }) => role === 'expert');
  }

  /** Whoever takes part now and goes by one of these names at a provider. */
  known(refs: ProviderRefs): ParticipantRecord | undefined {
    const names = Object.entries(refs);
    return [...this.#present.values()].find(({ providerRefs }) =>
      names.some(([key, name]) => providerRefs[key] === name),
    );
  }

  /** Ids of the agents who take part now. */
  get agentIds(): readonly string[] {
    return [...this.#agentParticipants].filter(([, id]) => this.#present.has(id)).map(([agentId]) => agentId);
  }

  /** The agent's participant id, when the agent takes part now. */
  participantOf(agentId: string): string | undefined {
    const id = this.#agentParticipants.get(agentId);
    return id !== undefined && this.#present.has(id) ? id : undefined;
  }

  /** The agent's participant id, when the agent may see the conversation: takes part, or has given it away. */
  seatOf(agentId: string): string | undefined {
    return (
      this.participantOf(agentId) ?? (this.#watching.has(agentId) ? this.#agentParticipants.get(agentId) : undefined)
    );
  }

  /** From now on the agent sees the conversation without taking part. */
  watchedBy(agentId: string): void {
    this.#watching.add(agentId);
  }

  /** True when the agent saw it without taking part. */
  unwatched(agentId: string): boolean {
    return this.#watching.delete(agentId);
  }

  /** The customer is not told that this participant comes and goes, before it is revealed. */
  conceal(participantId: string): void {
    this.#concealed.add(participantId);
  }

  /** What the customer was not told of this participant, who now talks to the customer. */
  reveal(participantId: string): readonly LogEntry[] {
    if (!this.#concealed.delete(participantId) || !this.#present.has(participantId)) return [];
    const joined = [...this.#hidden.values()]
      .filter((entry) => entry.type === 'participant-joined' && entry.participant.id === participantId)
      .slice(-1);
    for (const { seq } of joined) this.#hidden.delete(seq);
    return joined;
  }

  /** Of these entries what the customer may know. */
  forCustomer(entries: readonly LogEntry[]): readonly LogEntry[] {
    return customerView(entries.filter(({ seq }) => !this.#hidden.has(seq)));
  }

  present(participantId: string): ParticipantRecord | undefined {
    return this.#present.get(participantId);
  }

  /** The agent as a participant, with the id it had before when it was here before. */
  agentParticipant(agent: Omit<ParticipantRecord, 'id' | 'role'> & { readonly agentId: string }): ParticipantRecord {
    const id = this.#agentParticipants.get(agent.agentId) ?? this.#random.id();
    this.#agentParticipants.set(agent.agentId, id);
    return { id, role: 'agent', displayName: agent.displayName, providerRefs: agent.providerRefs };
  }

  /** Remembers where the channel is, the first or the one after the last was closed; the log says so with `channel-opened`. */
  opened(channel: OpenChannel, customer: ParticipantRecord): void {
    if (channel.channelId !== this.#channel?.channelId) {
      this.#closedBecause = undefined;
      this.#held = false;
      this.#recording = 'off';
    }
    this.#channel = channel;
    this.#customer = customer;
  }

  message(id: string): KnownMessage | undefined {
    return this.#messages.get(id);
  }

  /** The message that this participant sent under this id of its own. */
  messageSent(
    from: string,
    clientId: string,
  ): { readonly messageId: string; readonly seq: number; readonly at: number } | undefined {
    const messageId = this.#byClientId.get(`${from} ${clientId}`);
    const known = messageId === undefined ? undefined : this.#messages.get(messageId);
    return messageId === undefined || known === undefined ? undefined : { messageId, seq: known.seq, at: known.at };
  }

  hasRead(participantId: string, seq: number): boolean {
    return (this.#readUpTo.get(participantId) ?? 0) >= seq;
  }

  append(by: Actor, ...facts: readonly LogFact[]): Promise<readonly LogEntry[]> {
    return this.log.append(by, facts);
  }

  /** The conversation as the agent with this participant id may see it. */
  recordForAgent(self: string): ConversationRecord {
    return { id: this.id, self, ...this.log.recent() };
  }

  recordForCustomer(): ConversationRecord {
    const { entries, more } = this.log.recent();
    return { id: this.id, self: this.#customer.id, entries: this.forCustomer(entries), more };
  }

  /** @throws ContactCenterError `channel/closed` when nothing more can be said in it, `command/invalid` when it is not this one */
  requireChannel(channelId: string): OpenChannel {
    if (this.#channel?.channelId !== channelId) {
      throw new ContactCenterError('command/invalid', 'unable to use channel; the conversation has none of this id', {
        field: 'channelId',
      });
    }
    if (this.#closedBecause === undefined) return this.#channel;
    throw new ContactCenterError('channel/closed', 'unable to use channel; it is closed');
  }

  #fold(entry: LogEntry): void {
    switch (entry.type) {
      case 'conversation-opened':
        this.#context = entry.context;
        return;
      case 'context-changed':
        this.#context = patched(this.#context, entry.patch);
        return;
      case 'channel-changed':
        if (entry.change === 'held' || entry.change === 'resumed') this.#held = entry.change === 'held';
        else if (isRecordingChange(entry.change)) this.#recording = recordingAfter(entry.change);
        return;
      case 'channel-closed':
        if (entry.channelId === this.#channel?.channelId) this.#closedBecause = entry.reason;
        return;
      case 'participant-joined':
        this.#present.set(entry.participant.id, entry.participant);
        if (this.#concealed.has(entry.participant.id)) this.#hidden.set(entry.seq, entry);
        for (const [agentId, id] of this.#agentParticipants) {
          if (id === entry.participant.id) this.#watching.delete(agentId);
        }
        return;
      case 'participant-left':
        this.#present.delete(entry.participantId);
        if (this.#concealed.delete(entry.participantId)) this.#hidden.set(entry.seq, entry);
        return;
      case 'message': {
        const { id, from, clientId } = entry.message;
        this.#messages.set(id, { from, seq: entry.seq, at: entry.at, deleted: false });
        if (clientId !== undefined) this.#byClientId.set(`${from} ${clientId}`, id);
        return;
      }
      case 'message-read': {
        const seq = this.#messages.get(entry.messageId)?.seq ?? 0;
        if (entry.by.id !== undefined && !this.hasRead(entry.by.id, seq)) this.#readUpTo.set(entry.by.id, seq);
        return;
      }
      case 'message-deleted': {
        const known = this.#messages.get(entry.messageId);
        if (known !== undefined) this.#messages.set(entry.messageId, { ...known, deleted: true });
        return;
      }
      default:
    }
  }
}

type RecordingChange = Exclude<ChannelChange, 'held' | 'resumed'>;

function isRecordingChange(change: ChannelChange | MeetingChange): change is RecordingChange {
  return change.startsWith('recording-');
}

function recordingAfter(change: RecordingChange): 'off' | 'on' | 'paused' {
  if (change === 'recording-stopped') return 'off';
  return change === 'recording-paused' ? 'paused' : 'on';
}

function patched(context: Labels, patch: Readonly<Record<string, Labels[string] | null>>): Labels {
  const next = new Map(Object.entries(context));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  return Object.fromEntries(next);
}
