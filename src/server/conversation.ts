import type { Clock, Labels, Random } from 'onescreen';
import type { ConversationRecord } from '../protocol/frames';
import type {
  Actor,
  ChannelChange,
  InvitationRecord,
  KeptFact,
  LogEntry,
  ParticipantRecord,
} from '../protocol/log-entry';
import type { MeetingChange } from '../protocol/meeting-report';
import { Answers } from './answers';
import { isCallHost } from './channel-host';
import type { ProviderRefs } from './chat-host';
import { Concealment } from './concealment';
import { ConversationChannels, type OpenChannel } from './conversation-channels';
import { ConversationLog } from './conversation-log';
import type { ConversationStore } from './conversation-store';
import { customerView } from './customer-view';
import type { Hooks } from './hooks';
import { KnownMessages, type KnownMessage } from './known-messages';
import type { AgentIdentity } from './options';
import { keptOf, type KeepsOf } from './restart/kept-of';
import type { TokenBucket } from './token-bucket';

/** One customer's matter, as the server holds it in memory: its log and what follows from it. */
export class Conversation {
  readonly id: string;
  readonly log: ConversationLog;
  /** Whether the customer has a page that was given a resume token. */
  hasPage = false;
  /** Whether that page has been there. */
  attached = false;
  /** Whether the log says that nothing more will happen. */
  ended = false;
  /** Answers given to the customer's commands. */
  readonly answers = new Answers();
  /** Counts the frames of the customer. */
  readonly frames: TokenBucket;
  readonly #random: Random;
  readonly #present = new Map<string, ParticipantRecord>();
  /** Participant ids of agents, kept when they leave, so that they come back as the same. */
  readonly #agentParticipants = new Map<string, string>();
  /** Participant ids of those agents who are bots. */
  readonly #bots = new Set<string>();
  /** Agents who have given the conversation away and see it until their wrap-up has ended. */
  readonly #watching = new Set<string>();
  readonly #concealed = new Concealment();
  readonly #channels = new ConversationChannels();
  /** Of the customer and the agents, also of those who have left. */
  readonly #meetingNames = new Set<string>();
  readonly #invitations = new Map<string, InvitationRecord>();
  /** Meetings that the customer had come into, or was on the way into, and is out of. */
  readonly #outOf = new Set<string>();
  readonly #messages = new KnownMessages();
  #customer: ParticipantRecord;
  #context: Labels;
  /** The newest call; what follows is about it. */
  #callId: string | undefined;
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
    /** What is kept of a task, and of an agent who joins. */
    readonly keeps: KeepsOf;
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
      kept: (fact) => keptOf(this, fact, options.keeps),
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

  /** All that are open, in the order in which they were opened. */
  get channels(): readonly OpenChannel[] {
    return this.#channels.open;
  }

  /** Open and closed ones. */
  get allChannels(): readonly OpenChannel[] {
    return this.#channels.all;
  }

  /** While it is open. */
  channelOf(channelId: string): OpenChannel | undefined {
    return this.#channels.get(channelId);
  }

  /** The call that is open, and somebody may be in. */
  get call(): OpenChannel | undefined {
    return this.#channels.call;
  }

  /** The open call, else the channel that has been open the longest. */
  get channel(): OpenChannel | undefined {
    return this.#channels.main;
  }

  /** The channel, open or closed, once there is one. */
  get lastChannel(): OpenChannel | undefined {
    return this.#channels.last;
  }

  /** Why the last channel was closed, once all are. */
  get closedBecause(): string | undefined {
    return this.#channels.closedBecause;
  }

  /** The customer with their names in this channel. */
  customerAt({ customerRefs }: OpenChannel): ParticipantRecord {
    return { ...this.#customer, providerRefs: { ...this.#customer.providerRefs, ...customerRefs } };
  }

  invitation(id: string): InvitationRecord | undefined {
    return this.#invitations.get(id);
  }

  /** The one into this channel that the customer has not answered. */
  openInvitation(channelId: string): InvitationRecord | undefined {
    return [...this.#invitations.values()].find((one) => one.channelId === channelId && one.status === 'open');
  }

  /** Whether the customer can be invited: the channel is new to them, or a meeting that they are out of again. */
  isWithoutCustomer(channelId: string): boolean {
    return this.isConcealed(channelId) || this.#outOf.has(channelId);
  }

  /** Whether the customer is in this channel, or may come into it. */
  reaches({ channelId, beside }: OpenChannel): boolean {
    if (beside !== undefined) return false;
    return !this.isConcealed(channelId) || this.openInvitation(channelId) !== undefined;
  }

  /** The agent with this participant id has been let into the channel. */
  entered(channelId: string, participantId: string): void {
    this.#channels.enter(channelId, participantId);
  }

  exited(channelId: string, participantId: string): void {
    this.#channels.leave(channelId, participantId);
  }

  isIn(channelId: string, participantId: string): boolean {
    return this.#channels.isIn(channelId, participantId);
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
    return this.agents.filter(({ id }) => !this.#concealed.hasParticipant(id)).map(({ displayName }) => displayName);
  }

  /** Agents who take part now, bots among them. */
  get agents(): readonly ParticipantRecord[] {
    return [...this.#present.values()].filter(({ role }) => role === 'agent' || role === 'bot');
  }

  /** People from outside who are in the call now. */
  get experts(): readonly ParticipantRecord[] {
    return [...this.#present.values()].filter(
      ({ role, providerRefs }) => role === 'expert' && providerRefs['meeting'] === undefined,
    );
  }

  /** People from outside who are in the meeting now. */
  get meetingExperts(): readonly ParticipantRecord[] {
    return [...this.#present.values()].filter(
      ({ role, providerRefs }) => role === 'expert' && providerRefs['meeting'] !== undefined,
    );
  }

  /** Whether one of ours, who takes or took part, goes by this name in meetings. */
  isOurs(meeting: string): boolean {
    return this.#meetingNames.has(meeting);
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

  /** The agent who takes or took part as this participant. */
  agentBehind(participantId: string): string | undefined {
    return [...this.#agentParticipants].find(([, id]) => id === participantId)?.[0];
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

  /** The agent as the log names them: as a participant once they are one. */
  actor(agentId: string): Actor {
    const id = this.seatOf(agentId) ?? agentId;
    return { kind: this.#bots.has(id) ? 'bot' : 'agent', id };
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
    this.#concealed.participant(participantId);
  }

  /** Whether the customer is not told of this participant. */
  isWithheld(participantId: string): boolean {
    return this.#concealed.hasParticipant(participantId);
  }

  /** What the customer was not told of this participant, who now talks to the customer. */
  reveal(participantId: string): readonly LogEntry[] {
    return this.#concealed.revealParticipant(participantId, this.#present.has(participantId));
  }

  /** The customer is not told of this channel, nor of what is said in it, before it is revealed. */
  concealChannel(channelId: string): void {
    this.#concealed.channel(channelId);
  }

  isConcealed(channelId: string): boolean {
    return this.#concealed.hasChannel(channelId);
  }

  /** What the customer was not told of this channel, which they are in now. */
  revealChannel(channelId: string): readonly LogEntry[] {
    return this.#concealed.revealChannel(channelId);
  }

  /** Of these entries what the customer may know. */
  forCustomer(entries: readonly LogEntry[]): readonly LogEntry[] {
    const shown = entries.filter((entry) => !this.#concealed.isHidden(entry));
    return customerView(shown, this.#customer.id);
  }

  present(participantId: string): ParticipantRecord | undefined {
    return this.#present.get(participantId);
  }

  /** The agent as a participant, with the id it had before when it was here before. */
  agentParticipant(
    { id: agentId, displayName, role = 'agent' }: Pick<AgentIdentity, 'id' | 'displayName' | 'role'>,
    providerRefs: ProviderRefs,
  ): ParticipantRecord {
    const id = this.#agentParticipants.get(agentId) ?? this.#random.id();
    this.#agentParticipants.set(agentId, id);
    if (role === 'bot') this.#bots.add(id);
    else this.#bots.delete(id);
    return { id, role, displayName, providerRefs, agentId };
  }

  /** Remembers where a channel is, a new one or one that is known better by now; the log says so with `channel-opened`. */
  opened(channel: OpenChannel, customer: ParticipantRecord): void {
    if (isCallHost(channel.host) && channel.channelId !== this.#callId) {
      this.#callId = channel.channelId;
      this.#callIsNew();
    }
    this.#channels.set(channel);
    this.#customer = customer;
  }

  /** A channel has not come about after all. */
  notOpened(channelId: string, customer: ParticipantRecord): void {
    this.#channels.remove(channelId);
    this.#customer = customer;
  }

  message(id: string): KnownMessage | undefined {
    return this.#messages.get(id);
  }

  /** The message that this participant sent under this id of its own. */
  messageSent(from: string, clientId: string): ReturnType<KnownMessages['sent']> {
    return this.#messages.sent(from, clientId);
  }

  hasRead(participantId: string, seq: number): boolean {
    return this.#messages.hasRead(participantId, seq);
  }

  append(by: Actor, ...facts: readonly KeptFact[]): Promise<readonly LogEntry[]> {
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

  /** @throws ContactCenterError `channel/closed` when nothing more can be said in it, `command/invalid` when there is none */
  requireChannel(channelId: string): OpenChannel {
    return this.#channels.require(channelId);
  }

  /** Takes in what the log holds already. */
  recallEntry(entry: LogEntry): void {
    this.log.recall(entry);
    this.#fold(entry);
  }

  /** Who a participant is of whom the log holds that they came; `agentId` for an agent. */
  recallParticipant(participant: ParticipantRecord, agentId: string | undefined): void {
    if (participant.role === 'customer') this.#customer = participant;
    if (agentId === undefined) return;
    this.#agentParticipants.set(agentId, participant.id);
    if (participant.role === 'bot') this.#bots.add(participant.id);
  }

  /** Those that the customer has not answered. */
  get openInvitations(): readonly InvitationRecord[] {
    return [...this.#invitations.values()].filter(({ status }) => status === 'open');
  }

  #noteName({ role, providerRefs: { meeting } }: ParticipantRecord): void {
    if (role !== 'expert' && meeting !== undefined) this.#meetingNames.add(meeting);
  }

  #noteCustomer(channelId: string, change: ChannelChange | MeetingChange): void {
    if (change === 'waiting' || change === 'joined') this.#outOf.delete(channelId);
    else if (isWayOut(change)) this.#outOf.add(channelId);
  }

  #callIsNew(): void {
    this.#held = false;
    this.#recording = 'off';
  }

  #fold(entry: LogEntry): void {
    this.#concealed.fold(entry);
    switch (entry.type) {
      case 'conversation-opened':
        this.#context = entry.context;
        return;
      case 'context-changed':
        this.#context = patched(this.#context, entry.patch);
        return;
      case 'channel-changed':
        if (entry.participantId === this.#customer.id) this.#noteCustomer(entry.channelId, entry.change);
        if (entry.channelId !== this.#callId) return;
        if (entry.change === 'held' || entry.change === 'resumed') this.#held = entry.change === 'held';
        else if (isRecordingChange(entry.change)) this.#recording = recordingAfter(entry.change);
        return;
      case 'channel-closed':
        this.#channels.close(entry.channelId, entry.reason);
        if (entry.channelId === this.#callId) this.#callIsNew();
        return;
      case 'invitation':
        this.#invitations.set(entry.invitation.id, entry.invitation);
        if (entry.invitation.status === 'accepted') this.#outOf.delete(entry.invitation.channelId);
        return;
      case 'participant-joined':
        this.#present.set(entry.participant.id, entry.participant);
        this.#noteName(entry.participant);
        for (const [agentId, id] of this.#agentParticipants) {
          if (id === entry.participant.id) this.#watching.delete(agentId);
        }
        return;
      case 'participant-left':
        this.#present.delete(entry.participantId);
        return;
      default:
        this.#messages.fold(entry);
    }
  }
}

function isWayOut(change: ChannelChange | MeetingChange): boolean {
  return ['left', 'denied', 'lobby-timeout', 'removed', 'failed'].includes(change);
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
